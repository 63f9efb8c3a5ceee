"""What the login of a shared project may write, and under which name."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, func, literal_column, select

from quakegui.project import domains

_WITNESS: Final = {domains.JOURNAL: "journal", domains.INPUTS: "imported_file", domains.RUNS: "prediction"}
"""A table of each domain: who can add rows to it can write in the domain."""


def rights_of(connection: Connection) -> frozenset[str]:
    """Return the domains that the login can write."""
    row = connection.execute(select(*(func.has_table_privilege(name, "INSERT") for name in _WITNESS.values()))).one()
    return frozenset(domain for domain, may in zip(_WITNESS, row, strict=True) if may)


def login_of(connection: Connection) -> str:
    """Return the name of the login, or "" if it owns the database and may write in any name."""
    user, is_owner = connection.execute(select(literal_column("session_user"), func.is_owner())).one()
    return "" if is_owner else str(user)
