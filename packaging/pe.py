"""Reads which libraries a Windows program file asks for, and which names it offers (PE format, imports and exports only)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

SUFFIXES = (".exe", ".dll", ".pyd")
AMD64 = 0x8664
_PE32_PLUS = 0x20B
_EXPORTS, _IMPORTS, _DELAYED = 0, 1, 13


class ProgramFileError(ValueError):
    """The file is no PE file for 64-bit Windows, or it is cut off."""


@dataclass(frozen=True, slots=True)
class Binary:
    """What a program file asks for and offers.

    Attributes
    ----------
    imports
        Libraries loaded with it, lower case, in the file's order.
    delayed
        Libraries loaded when one of their functions is first called, lower case.
    exports
        Names offered to others, in the file's order.
    """

    imports: tuple[str, ...]
    delayed: tuple[str, ...]
    exports: tuple[str, ...]


def read(path: Path) -> Binary:
    """Return the imports and exports of a program file.

    Raises
    ------
    ProgramFileError
        With a sentence that names the file.
    """
    return parse(path.read_bytes(), str(path))


def parse(data: bytes, name: str = "data") -> Binary:
    """Return the imports and exports of a program file's bytes; see `read`."""
    try:
        return _Reader(data).binary()
    except (struct.error, IndexError, ValueError) as error:
        raise ProgramFileError(f"{name} is no complete program file for 64-bit Windows: {error}") from None


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        if data[:2] != b"MZ":
            raise ValueError("it does not begin with MZ")
        start = self._number("I", 0x3C)
        if data[start : start + 4] != b"PE\0\0":
            raise ValueError("it has no PE header")
        machine, sections = struct.unpack_from("<HH", data, start + 4)
        optional_size = self._number("H", start + 20)
        optional = start + 24
        if machine != AMD64 or self._number("H", optional) != _PE32_PLUS:
            raise ValueError(f"it is made for another machine ({machine:#x})")
        count = self._number("I", optional + 108)
        self._folders = [struct.unpack_from("<II", data, optional + 112 + 8 * k) for k in range(min(count, 16))]
        table = optional + optional_size
        # virtual size, virtual address, size in the file, place in the file
        self._sections = [struct.unpack_from("<IIII", data, table + 40 * k + 8) for k in range(sections)]

    def binary(self) -> Binary:
        return Binary(
            tuple(self._libraries(_IMPORTS, size=20, name_at=12)),
            tuple(self._libraries(_DELAYED, size=32, name_at=4)),
            tuple(self._exports()),
        )

    def _number(self, kind: str, at: int) -> int:
        return int(struct.unpack_from(f"<{kind}", self._data, at)[0])

    def _place(self, address: int) -> int:
        for virtual_size, virtual, size, place in self._sections:
            if virtual <= address < virtual + max(virtual_size, size):
                return place + address - virtual
        raise ValueError(f"address {address:#x} is in none of its sections")

    def _text(self, address: int) -> str:
        start = self._place(address)
        return self._data[start : self._data.index(b"\0", start)].decode("latin-1")

    def _folder(self, number: int) -> int:
        return self._folders[number][0] if number < len(self._folders) else 0

    def _libraries(self, folder: int, *, size: int, name_at: int) -> list[str]:
        address = self._folder(folder)
        found: list[str] = []
        if not address:
            return found
        at = self._place(address)
        while name := self._number("I", at + name_at):
            found.append(self._text(name).lower())
            at += size
        return found

    def _exports(self) -> list[str]:
        address = self._folder(_EXPORTS)
        if not address:
            return []
        at = self._place(address)
        count, names = self._number("I", at + 24), self._number("I", at + 32)
        table = self._place(names) if count else 0
        return [self._text(self._number("I", table + 4 * k)) for k in range(count)]
