"""The members of zip archives, each unpacked within the bounds."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import PurePosixPath

from quakegui.formats import bounds, packed
from quakegui.formats.errors import FormatError, shown
from quakegui.formats.source import Source, is_wanted
from quakegui.words import Said


def is_workbook(source: Source) -> bool:
    """Whether a zip is a workbook, which is read as a table, or refused as one, and not unpacked."""
    if packed.is_opendocument(source.data):
        return True
    try:
        with zipfile.ZipFile(io.BytesIO(source.data)) as archive:
            return "[Content_Types].xml" in archive.NameToInfo
    except bounds.UNPACKING_ERRORS:
        return False


def zip_members(source: Source, report: Callable[[FormatError], None], budget: bounds.Budget) -> Iterator[Source]:
    """Yield a zip's files in order of their names, one at a time; what cannot be unpacked is reported, and the rest goes on.

    Parameters
    ----------
    source
        A zip archive.
    report
        Called with the error of the archive, or of each file that is skipped.
    budget
        What the whole archive may still unpack; the files are subtracted, and unpacking ends when it is spent.
    """
    if source.data.count(b"PK\x01\x02") > bounds.MOST_ENTRIES:
        report(
            source.fault(
                "The zip file lists more than {most_entries:,} files; it was not read.", most_entries=bounds.MOST_ENTRIES
            )
        )
        return
    try:
        archive = zipfile.ZipFile(io.BytesIO(source.data))
    except bounds.UNPACKING_ERRORS as error:
        report(source.fault("The zip file is damaged or truncated ({error}).", error=error))
        return
    with archive:
        infos = [info for info in archive.infolist() if info.filename and not info.is_dir()]
        infos = [info for info in infos if is_wanted(PurePosixPath(info.filename.replace("\\", "/")).parts)]
        siblings = _ArchiveSiblings(source, {info.filename.lower(): info for info in infos}, budget)
        for info in sorted(infos, key=lambda info: info.filename):
            try:
                data = _member(archive, info, source, budget)
            except FormatError as error:
                report(error)
                if budget.spent:
                    return
                continue
            name = shown(f"{source.name}/{info.filename}", bounds.LONGEST_NAME)
            yield Source(
                name, data, partial(siblings.find, str(PurePosixPath(info.filename).parent)), packed.zip_modified(info)
            )


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, source: Source, budget: bounds.Budget) -> bytes:
    name = f"{source.name}/{info.filename}"
    path = PurePosixPath(info.filename.replace("\\", "/"))
    bounds.refuse_way_out(path, name)
    if info.flag_bits & 0x1:
        raise FormatError(Said("A file in the archive is encrypted; unpack it with its password first."), file=name)
    budget.count_member(source.name)
    try:
        with archive.open(info) as stream:
            return bounds.bounded(stream, max(info.compress_size, 1), budget, name)
    except bounds.UNPACKING_ERRORS as error:
        raise FormatError(Said("A file in the archive is damaged or truncated ({error}).", error=error), file=name) from error


@dataclass(slots=True)
class _ArchiveSiblings:
    """Looks up neighbours in an archive; each is unpacked once, however many members ask for it."""

    source: Source
    infos: dict[str, zipfile.ZipInfo]
    budget: bounds.Budget
    found: dict[str, bytes | None] = field(default_factory=dict)

    def find(self, folder: str, name: str) -> bytes | None:
        """Return the bytes of the file of that name in a folder of the archive, or None.

        Parameters
        ----------
        folder
            The folder within the archive, with slashes.
        name
            Name of the file, whatever its case; one that cannot be unpacked is not found.
        """
        sought = str(PurePosixPath(folder) / name).lower()
        if sought in self.infos and sought not in self.found:
            self.found[sought] = self._read(self.infos[sought])
        return self.found.get(sought)

    def _read(self, info: zipfile.ZipInfo) -> bytes | None:
        # A fresh handle on the bytes already in memory: the archive of the walk may be closed by the time this is asked.
        try:
            with zipfile.ZipFile(io.BytesIO(self.source.data)) as again:
                return _member(again, info, self.source, self.budget)
        except (FormatError, *bounds.UNPACKING_ERRORS):
            return None  # a damaged neighbour is as good as none, and is reported when its own turn comes
