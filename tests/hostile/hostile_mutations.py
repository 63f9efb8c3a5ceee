"""Damage as data: a short program of mutations, drawn by hypothesis, that turns a good file into one from a stranger."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

LARGEST = 64 * 1024
"""Bytes that a mutated part may grow to: what is slow at that size is slow for its shape, not for its length."""

TOKENS: tuple[bytes, ...] = (
    *(b"nan", b"-inf", b"1e400", b"-1e308", b"1e-400", b"9" * 400, b"-0", b"0x10", b"1_000", b"+", b"-", b".", b","),
    *(b"0000-00-00", b"9999-12-31", b"10000-01-01", b"-001-01-01", b"0001-01-01T00:00:00", b"2022-02-30", b"24:00:00"),
    *(b"23:59:60", b"99:99:99", b"+99:99", b"Z", b"18446744073709551616", b"-9223372036854775808", b"2147483648"),
    *("٣".encode(), "２０２２".encode(), "Ⅷ".encode(), "½".encode(), "\ufeff".encode(), "\u2028".encode(), "\u202e".encode()),
    *(b"\x00", b"\x00\x00\x00\x00", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x80", b"\xff\xfe", b"\x1a", b"\x0b", b"\x1c"),
    *(b"\r", b"\n", b"\r\n\r\n", b"\t", b'"', b'""', b"'", b";", b"|", b"#", b"\\", b"/", b"../", b"C:\\", b"\xed\xa0\x80"),
    *(b"<script>", b"<!DOCTYPE x>", b"<!ENTITY a 'b'>", b"&a;", b"&#0;", b"&#x110000;", b"<![CDATA[", b"]]>", b"<a", b"</"),
    *(b"{", b"}", b"[", b"]", b"[" * 3000, b'{"a":' * 3000, b"null", b"true", b"NaN", b"Infinity", b'"\\ud800"', b"=1+1", b"@"),
    *(b"encoding='utf-7'", b"encoding='idna'", b"99999.00", b"88888.00", b"1e9", b"1048577", b"XFD1048576", b"AAAA1"),
)
"""What strangers' files are known to hold where a number, a date or a name is expected."""

Mutation = tuple[int, float, int]
"""Kind, place from 0 to 1, and a number that the kind takes what it needs from."""

_WORD = re.compile(rb"[0-9A-Za-z.+-]+")


def _at(data: bytes, where: float) -> int:
    return int(where * len(data))


def _overwrite(data: bytes, where: float, number: int) -> bytes:
    at = _at(data, where)
    return data[:at] + bytes([number % 256]) + data[at + 1 :]


def _flip(data: bytes, where: float, number: int) -> bytes:
    at = min(_at(data, where), len(data) - 1)
    return data[:at] + bytes([data[at] ^ (1 << number % 8)]) + data[at + 1 :] if data else data


def _number(data: bytes, where: float, number: int) -> bytes:
    """Put an interesting binary number where one may lie."""
    at, width = _at(data, where), (1, 2, 4, 8)[number % 4]
    value = (0, 1, 2**31 - 1, 2**31, 2**32 - 1, 2**63 - 1, 2**64 - 1, 255, 256, 65535)[number // 4 % 10] % 256**width
    return data[:at] + value.to_bytes(width, "big" if number & 64 else "little") + data[at + width :]


def _delete(data: bytes, where: float, number: int) -> bytes:
    at = _at(data, where)
    return data[:at] + data[at + 1 + number % 97 :]


def _cut(data: bytes, where: float, number: int) -> bytes:
    return data[: _at(data, where)] if number % 2 else data[_at(data, where) :]


def _repeat(data: bytes, where: float, number: int) -> bytes:
    at, length = _at(data, where), 1 + number % 61
    return data[:at] + data[at : at + length] * (1 + number // 61 % 700) + data[at + length :]


def _move(data: bytes, where: float, number: int) -> bytes:
    at, length = _at(data, where), 1 + number % 83
    rest = data[:at] + data[at + length :]
    to = number % (len(rest) + 1)
    return rest[:to] + data[at : at + length] + rest[to:]


def _insert(data: bytes, where: float, number: int) -> bytes:
    at = _at(data, where)
    return data[:at] + TOKENS[number % len(TOKENS)] + data[at:]


def _word(data: bytes, where: float, number: int) -> bytes:
    """Replace the word at or after a place: a number, a date, a name."""
    found = _WORD.search(data, _at(data, where))
    if found is None:
        return data
    return data[: found.start()] + TOKENS[number % len(TOKENS)] + data[found.end() :]


def _line(data: bytes, where: float, number: int) -> bytes:
    """Let a line stand where another one stood, or twice, or not at all."""
    lines = data.split(b"\n")
    at, other = min(int(where * len(lines)), len(lines) - 1), number // 4 % len(lines)
    if number % 4 == 0:
        lines[at], lines[other] = lines[other], lines[at]
    elif number % 4 == 1:
        lines.insert(at, lines[other])
    elif number % 4 == 2:
        del lines[at]
    else:
        lines[at] = lines[at] * 3
    return b"\n".join(lines)


def _encode(data: bytes, _where: float, number: int) -> bytes:
    name = ("utf-16", "utf-16-be", "utf-8-sig", "gb18030", "utf-32", "cp437")[number % 6]
    return data.decode("utf-8", "replace").encode(name, "replace")


def _rebuild(data: bytes, where: float, number: int) -> bytes:
    """Mutate within a zlib stream, so that its checksum is right and what it holds is not."""
    at = max(data.find(b"\x78\x9c"), data.find(b"\x78\xda"))
    if at < 0:
        return _word(data, where, number)
    stream = zlib.decompressobj()
    try:
        inner = stream.decompress(data[at:], LARGEST)
    except zlib.error:
        return _flip(data, where, number)
    return data[:at] + zlib.compress(_overwrite(inner, where, number)) + stream.unused_data


_KINDS = (_overwrite, _flip, _number, _delete, _cut, _repeat, _move, _insert, _word, _word, _line, _encode, _rebuild)


def mutations(*, most: int = 8) -> st.SearchStrategy[list[Mutation]]:
    """Return programs of one to `most` mutations."""
    one = st.tuples(st.integers(0, len(_KINDS) - 1), st.floats(0, 1, exclude_max=True), st.integers(0, 2**16 - 1))
    return st.lists(one, min_size=1, max_size=most)


def mutated(data: bytes, program: Sequence[Mutation]) -> bytes:
    """Return `data` after a program of mutations."""
    for kind, where, number in program:
        data = _KINDS[kind](data, where, number)[:LARGEST]
    return data


@dataclass(frozen=True, slots=True)
class Seed:
    """A good file: its bytes, or the parts that an archive is packed from.

    Attributes
    ----------
    name
        File name that it would have.
    parts
        Contents by name within the archive; of a plain file one without a name.
    """

    name: str
    parts: dict[str, bytes]

    def mutated(self, program: Sequence[Mutation], *, inside: bool, part: int) -> bytes:
        """Return the file with one part mutated before packing (`inside`), or mutated as a whole."""
        parts = dict(self.parts)
        if inside or list(parts) == [""]:
            name = sorted(parts)[part % len(parts)]
            parts[name] = mutated(parts[name], program)
            return packed(parts)
        return mutated(packed(parts), program)


def packed(parts: dict[str, bytes]) -> bytes:
    """Return a plain file's bytes, or a zip of the parts."""
    import io
    import zipfile

    if list(parts) == [""]:
        return parts[""]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
