"""Source files of the earthquakes of a project."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Origin:
    """A catalogue file from which earthquakes were imported.

    Attributes
    ----------
    name
        Name of the file without its folder, or of the member of an archive.
    sha256
        SHA-256 of its unpacked contents.
    events
        Number of earthquakes in it, selected or not.
    """

    name: str
    sha256: str
    events: int


@dataclass(frozen=True, slots=True)
class Origins:
    """The source files of the earthquakes of a project; empty if they came from memory."""

    files: tuple[Origin, ...] = ()
