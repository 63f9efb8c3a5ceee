"""The reader of cdflib for bytes in memory, with limits."""

from __future__ import annotations

import io
from typing import Any

import cdflib
import numpy as np

from quakegui.words import Said

MOST_RECORDS = 40_000_000
"""Maximum number of records of one variable: more than a year of seconds."""
_MOST_READS = 300_000


class _Bytes(io.BytesIO):
    """A file in memory that stops endless loops: it fails past its end and after more reads than a valid file needs."""

    reads = 0

    def read(self, size: int | None = -1, /) -> bytes:
        self.reads += 1
        if self.reads > _MOST_READS:
            raise EOFError(Said("the file's records refer to each other in a loop"))
        part = super().read(size)
        if size is not None and len(part) < size:
            raise EOFError(Said("an offset points past the end of the file"))
        return part


class Reader(cdflib.CDF):  # type: ignore[misc]
    """The reader of cdflib for bytes in memory: it opens and leaves no file, and enforces limits."""

    def __init__(self, data: bytes) -> None:
        self._bytes = data
        # The path is arbitrary: the method that would open it is replaced below.
        super().__init__("http://in.memory", string_encoding="latin-1")

    def _file_or_url_or_s3_handler(self, filename: str, filetype: str, s3_read_method: int) -> Any:
        return _Bytes(self._bytes)

    def whole(self, name: str) -> Any:
        """Return all records of a variable; raises ValueError if it has more than the limits allow."""
        variable = self.varinq(name)
        # Deflate compresses at most 1030 to one, so a small file cannot contain everything that it may declare.
        most = min(MOST_RECORDS, 150 * len(self._bytes))
        if not -1 <= variable.Last_Rec < most or variable.Num_Dims > 0:
            raise ValueError(
                Said(
                    "variable {name} has {last_rec} records of {num_dims} dimensions",
                    name=name,
                    last_rec=variable.Last_Rec + 1,
                    num_dims=variable.Num_Dims,
                )
            )
        return np.empty(0) if variable.Last_Rec < 0 else self.varget(name)
