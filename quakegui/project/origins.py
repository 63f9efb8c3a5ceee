"""Where the project's earthquakes are from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Origin:
    """A catalogue file that events were taken from.

    Attributes
    ----------
    name
        The file's name without its folder; of an archive's member the member's.
    sha256
        Of its contents, unpacked.
    events
        How many events it holds, chosen or not.
    """

    name: str
    sha256: str
    events: int


@dataclass(frozen=True, slots=True)
class Origins:
    """Where the project's events are from; empty where they were in memory already."""

    files: tuple[Origin, ...] = ()
