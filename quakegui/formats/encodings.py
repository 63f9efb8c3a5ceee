"""Decoding of bytes whose encoding is not declared: an encoding is chosen only if the resulting text is plausible."""

from __future__ import annotations

import codecs
import re

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_ODD = re.compile(rb"[\x80-\xff]")
_PAIR = rb"(?:[\xa1-\xa9\xb0-\xf7][\xa1-\xfe])+"
_CHINESE = re.compile(rb"(?<![A-Za-z])" + _PAIR + rb"|" + _PAIR + rb"(?![A-Za-z])")
"""Characters of GB 2312: both bytes are above 0xa0, where accented letters of European names stand alone or within a word."""
_KANA = re.compile("[\u3041-\u30fe]")
_COMMON_KANJI = re.compile(rb"[\x88-\x97][\x40-\x7e\x80-\xfc]")
_ENOUGH = 0.8
"""Minimum share of the non-ASCII bytes that must be characters in everyday use."""


def decode(data: bytes) -> tuple[str, str]:
    """Return the text of `data`, and the encoding with which it was decoded.

    A byte-order mark takes precedence, then UTF-8. GB18030 (Chinese catalogues) or Shift-JIS (Japanese ones) is used if most of
    the non-ASCII text is everyday characters; otherwise the Western encoding of Windows, and last Latin-1, which never fails.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return data.decode(encoding), encoding
            except UnicodeDecodeError:
                break
    for encoding, fits in (("utf-8", _always), ("gb18030", is_chinese), ("cp932", _is_japanese), ("cp1252", _always)):
        try:
            if fits(data):
                return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1"), "latin-1"


def _always(data: bytes) -> bool:
    return True


def is_chinese(data: bytes) -> bool:
    """Return whether the bytes beyond ASCII are plausible Chinese in GB 18030; a few of them may be damaged."""
    odd = len(_ODD.findall(data))
    return sum(map(len, _CHINESE.findall(data))) >= _ENOUGH * odd


def _is_japanese(data: bytes) -> bool:
    text = data.decode("cp932")
    foreign = sum(character > "\x7f" for character in text)
    return len(_KANA.findall(text)) + len(_COMMON_KANJI.findall(data)) >= _ENOUGH * foreign
