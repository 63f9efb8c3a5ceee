"""Searchable Chinese text in PDF files.

Fonts often use one glyph for an ideograph and for the radical of the same form. Qt maps a glyph in a PDF to the first code
point that has it, and radicals come first: 日 would be found as U+2F47, which nobody types.
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import Final

_NAMES: Final = re.compile(rb"begincmap.*?endcmap", re.DOTALL)
_LISTED: Final = re.compile(rb"\[[^\]]*\]")
_RADICAL: Final = re.compile(rb"<(2[EF][0-9A-F]{2})>")

_SUPPLEMENT: Final = str.maketrans(
    "⺠⺩⺬⺶⺼⻁⻄⻅⻆⻈⻉⻋⻓⻔⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻪⻬⻮⻰",
    "民王示羊肉虎西见角讠贝车长门青韦页风飞食马骨鬼鱼鸟卤麦黄黾齐齿龙",
)
"""Radicals without an ideograph in the normal forms of Unicode, though fonts draw them alike (Unicode's table of equivalent
unified ideographs).
"""


def name_ideographs(path: Path) -> None:
    """Map every glyph for a radical to the ideograph of the same form, in a PDF that Qt wrote.

    The code points are as long as before, so nothing else in the file moves.
    """
    data = path.read_bytes()
    named = _NAMES.sub(lambda names: _LISTED.sub(lambda listed: _RADICAL.sub(_ideograph, listed[0]), names[0]), data)
    if named != data:
        path.write_bytes(named)


def _ideograph(found: re.Match[bytes]) -> bytes:
    character = unicodedata.normalize("NFKC", chr(int(found[1], 16))).translate(_SUPPLEMENT)
    return b"<%04X>" % ord(character) if len(character) == 1 else found[0]
