"""Runs as zip files: export, and import from untrusted sources."""

from __future__ import annotations

import lzma
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from quakegui.learn.runs.predictions import PREDICTIONS
from quakegui.learn.runs.registry import RunError, RunFolder, disk_errors, new_folder, read_run
from quakegui.learn.runs.runchecks import EXPORTED, checked_members
from quakegui.project.filesystem import whole_file
from quakegui.words import Said

_DAMAGE = (
    *(OSError, EOFError, ValueError, LookupError, ArithmeticError, MemoryError, RuntimeError),
    *(zlib.error, lzma.LZMAError, zipfile.BadZipFile, struct.error),
)
"""Exceptions raised by a damaged archive."""


def export_run(run: RunFolder, path: Path) -> None:
    """Write a finished run as one zip file.

    Parameters
    ----------
    run, path
        The run and the new file.

    Raises
    ------
    RunError
        If the run is not finished, its folder contains a link, or the file cannot be written.
    """
    run = read_run(run.folder)
    if run.card is None:
        raise RunError(Said("The run “{run_title}” is not finished: only finished runs can be exported.", run_title=run.title))
    with disk_errors(path), whole_file(path, durable=True) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as archive:
        for name in EXPORTED:
            if (run.folder / name).is_file():
                archive.write(run.folder / name, f"{run.id}/{name}")


def _any_run(_run_id: str, _run: RunFolder) -> None:
    """Accept every run."""


def import_run(runs: Path, path: Path, *, check: Callable[[str, RunFolder], None] = _any_run) -> RunFolder:
    """Import a run from a file of `export_run`, under its own id.

    Parameters
    ----------
    runs
        Folder of the runs.
    path
        The zip file.
    check
        Called with the id and the run before it appears; raises ValueError to refuse it.

    Raises
    ------
    RunError
        If the file is not an exported run, has other or too large contents, the run exists already, or the disk cannot be
        written.
    """
    try:
        with open_archive(path) as archive:
            members = [info for info in archive.infolist() if info.filename and not info.is_dir()]
            run_id = checked_members(members)
            if os.path.lexists(runs / run_id):
                raise RunError(Said("The run {run_id} is already in this project.", run_id=run_id))
            with new_folder(runs, run_id) as part:
                for info in members:
                    unpack(archive, info, part / PurePosixPath(info.filename).name)
                found = read_run(part)
                if found.card is None:
                    raise ValueError(Said("The run in the file is not finished."))
                found.history()
                if (part / PREDICTIONS).is_file():
                    found.predictions()
                check(run_id, found)
    except ValueError as error:
        raise RunError(Said("{path} was not imported. {error}", path=path, error=error)) from error
    except OSError as error:
        raise RunError(
            Said(
                "{path} was not imported. {runs} cannot be written: {strerror}.",
                path=path,
                runs=runs,
                strerror=error.strerror or error,
            )
        ) from error
    return read_run(runs / run_id)


def open_archive(path: Path) -> zipfile.ZipFile:
    """Open an archive; raises ValueError if it is not a zip file or not a regular file (reading a pipe would block)."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise ValueError(Said("The path is not a file."))
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, struct.error, LookupError, NotImplementedError, EOFError) as error:
        raise ValueError(Said("The file is damaged or is not a zip file: {error}.", error=error)) from error
    except OSError as error:
        raise ValueError(
            Said("The file cannot be read or is damaged: {strerror}.", strerror=error.strerror or error)
        ) from error


def unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path) -> None:
    """Write one member of an archive to a file.

    Parameters
    ----------
    archive, info
        The archive, and its member.
    target
        The file.

    Raises
    ------
    ValueError
        If the member cannot be unpacked.
    OSError
        If the file cannot be written.
    """
    with target.open("wb") as out:
        try:
            source = archive.open(info)
        except _DAMAGE as error:
            raise ValueError(Said("The file is damaged: {error}.", error=error)) from error
        with source:
            while True:
                try:
                    part = source.read(1 << 20)
                except _DAMAGE as error:
                    raise ValueError(Said("The file is damaged: {error}.", error=error)) from error
                if not part:
                    return
                out.write(part)
