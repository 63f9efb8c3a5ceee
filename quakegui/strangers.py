"""Rules for every untrusted file that need no reader: how its text is displayed, and when an archive counts as a bomb.

The worker process and a window at its start need these, without the libraries of the formats.
"""

from __future__ import annotations

HIGHEST_RATIO = 250.0
"""Ratio of unpacked to packed size above which a large member counts as a bomb; minute files full of 99999 reach about 60."""
SMALL = 16 * 1024**2
"""Size in bytes below which the ratio does not matter."""


def shown(text: str, longest: int) -> str:
    """Return text from a file for display: on one line, without control characters, shortened in the middle if it is long.

    Terminals execute control characters, and characters that change the writing direction make one name look like another.
    """
    plain = text if text.isprintable() else "".join(map(_printable, text))
    half = longest // 2
    return plain if len(plain) <= longest else f"{plain[:half]} ... {plain[-half:]}"


def _printable(character: str) -> str:
    if character.isprintable():
        return character
    return " " if character.isspace() else "\ufffd"
