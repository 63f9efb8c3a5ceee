"""Where a journal is kept: in a project, or in the copy of that of a shared project that a window shows (see `outbox`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from sqlalchemy import Connection


class Keeper(Protocol):
    """Where a journal is read and written.

    Attributes
    ----------
    timezone
        IANA name of the time zone of its days.
    is_shared
        Whether it is on a server, so that `add_step` writes labels and notes in one round trip.
    """

    @property
    def timezone(self) -> str: ...  # noqa: D102 - above
    @property
    def is_shared(self) -> bool: ...  # noqa: D102 - above

    def read(self) -> AbstractContextManager[Connection]:
        """Yield a connection that sees one consistent state."""

    def write(self, *domains: str) -> AbstractContextManager[Connection]:
        """Yield a connection whose changes are kept when the block ends, or rolled back if it raises."""

    def add_step(
        self, author: str, rows: Sequence[Mapping[str, Any]], *, at_ms: int, seen: int | None = None
    ) -> tuple[int | None, bool]:
        """Write one step to a server; see `Project.add_step`.

        Parameters
        ----------
        author, rows
            Who writes it, and kind, day, source, owner and content of each row.
        at_ms
            The present time, in milliseconds since 1970 UTC.
        seen
            The last row of the journal that the author has seen; None for any.
        """
