"""What holds for every file from elsewhere, without loading a reader: how its words are shown, and what a bomb looks like.

The worker process and a window that has just started need this, and nothing of the formats' libraries.
"""

from __future__ import annotations

HIGHEST_RATIO = 250.0
"""Unpacked to packed size above which a large member is taken for a bomb; minute files full of 99999 reach about 60."""
SMALL = 16 * 1024**2
"""Bytes below which the ratio does not matter."""


def shown(text: str, longest: int) -> str:
    """Return text from a file as it can be shown: on one line, without control characters, its middle left out if it is long.

    Terminals obey control characters, and characters that turn the direction of writing make one name look like another.
    """
    plain = text if text.isprintable() else "".join(map(_printable, text))
    half = longest // 2
    return plain if len(plain) <= longest else f"{plain[:half]} ... {plain[-half:]}"


def _printable(character: str) -> str:
    if character.isprintable():
        return character
    return " " if character.isspace() else "\ufffd"
