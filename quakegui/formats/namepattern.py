"""The station code in file names, located by a pattern of the user: "mag_{code}_*.csv"."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from quakegui.formats.source import Source
from quakegui.words import Said

PLACE = "{code}"
_CODE = "(?P<code>[A-Za-z0-9]{1,16})"


def check_pattern(pattern: str) -> None:
    """Raise ValueError for a pattern without exactly one "{code}"; an empty pattern is allowed."""
    if pattern and pattern.count(PLACE) != 1:
        raise ValueError(
            Said('The file-name pattern must contain "{code}" exactly once, in place of the station code.', code=PLACE)
        )


def station_by(pattern: str, source: Source) -> str:
    """Return the station's code in capitals from its place in a file's name; the pattern may leave out the name's ending.

    Parameters
    ----------
    pattern
        Form of the name, whatever its case: "{code}" stands for the code, "*" for any characters, "?" for one.
    source
        The file.

    Raises
    ------
    FormatError
        If the file's name does not have that form.
    """
    before, after = (re.escape(part).replace(r"\*", ".*").replace(r"\?", ".") for part in pattern.split(PLACE))
    name = source.base
    for form in (name, PurePosixPath(name).stem):
        found = re.fullmatch(before + _CODE + after, form, re.IGNORECASE)
        if found is not None:
            return found.group("code").upper()
    raise source.fault("The file name does not match {station_pattern}, so the station is unknown.", station_pattern=pattern)
