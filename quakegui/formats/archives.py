"""Files, folders and archives, opened one by one without trusting them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from quakegui.formats import bounds, packed, tapes, zips
from quakegui.formats.errors import FormatError, shown
from quakegui.formats.source import Source, folder_siblings, is_wanted, modified, read_file


def expand(path: str | Path, *, on_problem: Callable[[FormatError], None] | None = None) -> Iterator[Source]:
    """Yield every file at `path`: the file itself, a folder's files in order of name, an archive's members.

    Gzip, bzip2, xz, tar and zip are recognised by their first bytes. Nothing is written to disk, so a member's path cannot
    leave the archive; members that try are refused all the same. Hidden files, and what macOS adds to archives, are left out.

    Parameters
    ----------
    path
        A file or a folder (searched through all its levels).
    on_problem
        Called with each file that cannot be opened; the rest goes on. Without it the first problem is raised.

    Raises
    ------
    FormatError
        If a file cannot be opened and `on_problem` is None, or nothing is at `path`.
    """
    root = Path(path)
    report = on_problem if on_problem is not None else _raise
    if root.is_dir():
        files = sorted(file for file in root.rglob("*") if is_wanted(file.relative_to(root).parts) and file.is_file())
    else:
        files = [root]
    for file in files:
        # A name that is no text in this system's encoding is still a name; what could not be read of it is marked.
        name = shown(str(file.relative_to(root.parent)) if root.is_dir() else file.name, bounds.LONGEST_NAME)
        try:
            data = read_file(file, name)
        except FormatError as error:
            report(error)
            continue
        beside = folder_siblings(file.parent)
        yield from _unpack(Source(name, data, beside, modified(file)), report, bounds.Budget(), depth=0)


def _raise(error: FormatError) -> None:
    raise error


def _unpack(source: Source, report: Callable[[FormatError], None], budget: bounds.Budget, depth: int) -> Iterator[Source]:
    is_packed = bool(packed.compression(source.data))
    is_zip = source.data[:4] == b"PK\x03\x04" and not zips.is_workbook(source)
    try:
        is_tar = packed.is_tar(tapes.head(source) if is_packed else source.data)
    except FormatError as error:
        report(error)
        return
    if not (is_packed or is_tar or is_zip):
        yield source
    elif depth >= bounds.DEEPEST_NESTING:
        report(
            source.fault("Archives are nested more than {deepest_nesting} levels deep.", deepest_nesting=bounds.DEEPEST_NESTING)
        )
    elif is_packed and not is_tar:
        try:
            data = tapes.decompressed(source, budget)
        except FormatError as error:
            report(error)
            return
        inner = Source(packed.without_ending(source.name), data, source.siblings, source.modified_ms)
        yield from _unpack(inner, report, budget, depth + 1)
    else:
        for member in tapes.tar_members(source, report, budget) if is_tar else zips.zip_members(source, report, budget):
            yield from _unpack(member, report, budget, depth + 1)
