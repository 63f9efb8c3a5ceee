"""Transactions on the database of a shared project: locks, deadlines, and commits whose answer was lost."""

from __future__ import annotations

import json
import time
import weakref
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Engine, RootTransaction, TextClause, create_engine, event, select, text
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.pool import QueuePool

from quakegui.project import chain, domains
from quakegui.project.errors import ProjectError, UnreachableError
from quakegui.project.shared.address import Address
from quakegui.project.shared.tables import LOCKS, deed
from quakegui.words import Said

PATIENCE_S: Final = 8.0
"""Seconds that a writer waits for its turn."""
IDLE_S: Final = {domains.JOURNAL: 30, domains.INPUTS: 600, domains.RUNS: 600}
"""Seconds after which the server ends a transaction in which nothing happens, such as that of a laptop that fell asleep."""
_ADD_STEP: Final = text(
    "SELECT * FROM add_step(:act, :author, CAST(:seen AS bigint), CAST(:contents AS jsonb), CAST(:at_ms AS bigint), :patience)"
)
_ROWS_OF: Final = text(
    "SELECT count(*) AS known, coalesce(min(journal.id) - 1, 0) AS first, coalesce(max(journal.id), 0) AS last, "
    "coalesce(max(deed.step), CASE WHEN min(journal.step) = max(journal.step) THEN max(journal.step) END, 0) AS step "
    "FROM deed LEFT JOIN journal ON journal.xmin = deed.xmin WHERE deed.id = :act"
)
"""What was written in one transaction has the number of the transaction."""
RESTED_S: Final = 5.0
"""Seconds after which a connection that was not used is tried before it is used again."""


def engine_to(address: Address) -> Engine:
    """Return an engine for a shared project.

    Readers see one state of the database (REPEATABLE READ). Writers take the locks of their domains with their first statement
    (READ COMMITTED): under a stricter level the state that they see would be older than the lock.

    Raises
    ------
    ProjectError
        If the driver is not installed.
    """
    try:
        from quakegui.project.shared import driver
    except ImportError as error:
        raise ProjectError(
            Said(
                "Shared projects need the PostgreSQL driver, which is not installed. Install it with 'pip install "
                '"quakegui[shared]"\'.'
            )
        ) from error
    pool: dict[str, Any] = {"poolclass": QueuePool, "pool_size": 4, "max_overflow": 16}
    engine = create_engine(
        "postgresql+psycopg://",
        creator=lambda: driver.connect(address),
        hide_parameters=True,
        use_native_hstore=False,
        **pool,
    )
    event.listen(engine, "begin", _begin)
    weakref.finalize(engine, engine.pool.dispose)  # of a project that a person's program does not close
    closed = list[Engine]()
    event.listen(engine, "engine_disposed", closed.append)
    event.listen(engine, "checkin", lambda _raw, record: record.invalidate() if closed else _rest(record))
    event.listen(engine, "checkout", _wake)
    return engine


def _begin(connection: Connection) -> None:
    """Begin a transaction as the options of the connection say, in one round trip."""
    import psycopg

    options = connection.get_execution_options()
    if options.get("plain"):
        return
    raw: Any = connection.connection.driver_connection
    taken, patience_s = options.get("domains", domains.EVERYTHING), options.get("patience", PATIENCE_S)
    connection.info.pop(chain.END, None)
    try:
        if not options.get("write"):
            raw.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            return
        with raw.patient(patience_s):
            cursor = raw.execute(_beginning(taken, patience_s, options.get("act")))
        if domains.JOURNAL in taken and options.get("act") is not None:
            while cursor.nextset():
                pass
            connection.info[chain.END] = chain.End(*cursor.fetchall()[0])
    except psycopg.Error as error:
        lost = raw.closed
        if lost:
            connection.invalidate(error)
        raise DBAPIError.instance(None, None, error, psycopg.Error, connection_invalidated=lost) from error


def _rest(record: Any) -> None:
    record.info["rested"] = time.monotonic()


def _wake(raw: Any, record: Any, _proxy: object) -> None:
    """Try a connection that was not used for some time; the pool makes another one if it is lost."""
    import psycopg

    if time.monotonic() - record.info.get("rested", time.monotonic()) > RESTED_S:
        try:
            raw.execute("")
        except psycopg.OperationalError as error:
            raise DisconnectionError from error


def commit(engine: Engine, transaction: RootTransaction, act: UUID, taken: tuple[str, ...]) -> None:
    """Commit; if the answer is lost, ask the server whether it has the act.

    Parameters
    ----------
    engine
        The engine of the project.
    transaction
        The transaction, which has recorded the act.
    act
        Its number.
    taken
        Its domains.

    Raises
    ------
    ProjectError
        If the server does not have it, or cannot be asked.
    """
    try:
        transaction.commit()
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        try:
            # Its locks are free once the server has finished with it, one way or the other.
            with engine.connect().execution_options(write=True, domains=taken) as connection, connection.begin():
                kept = connection.scalar(select(deed.c.id).where(deed.c.id == act)) is not None
        except DBAPIError:
            raise _in_doubt() from error
        if not kept:
            raise


def add_step(
    engine: Engine,
    act: UUID,
    author: str,
    rows: Sequence[Mapping[str, Any]],
    *,
    seen: int | None,
    at_ms: int,
    patience_s: float,
) -> Any:
    """Write one step of labels or notes in one round trip; if the answer is lost, it is sent once more under the same number.

    Parameters
    ----------
    engine
        The engine of the project.
    act
        Number of the change.
    author
        Who writes it.
    rows
        Kind, day, source, owner and content of each row.
    seen
        The last row of the journal that the author has seen; None for any.
    at_ms
        The present time, in milliseconds since 1970 UTC.
    patience_s
        Seconds that the server waits for other writers.

    Returns
    -------
    Row
        `step`: the step, 0 if nothing changed, None if the server leaves it to the caller. `first`, `last`: the last row of the
        journal before and after. `late`: whether one of the days has a row later than `seen`, so that nothing was written.
    """
    patience_s = min(patience_s, PATIENCE_S)
    values = {
        "act": act,
        "author": author,
        "seen": seen,
        "contents": json.dumps(rows),
        "at_ms": at_ms,
        "patience": f"{round(1000 * patience_s)}ms",
    }
    try:
        return _asked(engine, _ADD_STEP, values, patience_s)
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
    try:
        return _asked(engine, _ADD_STEP, values, patience_s)
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None):
            raise
        raise _in_doubt() from error


def rows_of(connection: Connection, act: UUID) -> tuple[int, int] | None:
    """Return the row of the journal before those of a change, and its last one, equal if it has none; None if it is unknown.

    Parameters
    ----------
    connection
        Connection to the server, within a transaction.
    act
        Number of the change.
    """
    found = connection.execute(_ROWS_OF, {"act": act}).one()
    return (found.first, found.last) if found.known else None


def step_of(connection: Connection, act: UUID) -> int | None:
    """Return the step of the journal that a change made, 0 if it made none; None if the change is unknown."""
    found = connection.execute(_ROWS_OF, {"act": act}).one()
    return found.step if found.known else None


def _asked(engine: Engine, statement: TextClause, values: dict[str, Any], patience_s: float) -> Any:
    """Return the row that one statement gives, which is a transaction of its own and may wait for a lock."""
    with engine.connect().execution_options(plain=True) as connection:
        raw: Any = connection.connection.driver_connection
        with raw.patient(patience_s):
            return connection.execute(statement, values).one()


def _in_doubt() -> UnreachableError:
    return UnreachableError(
        Said(
            "The connection to the server was lost while this change was being saved; it is not known whether it was "
            "saved. Check the project when the server can be reached again."
        )
    )


def _beginning(taken: tuple[str, ...], patience_s: float, act: UUID | None) -> str:
    """Return the statements that begin a writing transaction, for one round trip."""
    statements = [
        "BEGIN ISOLATION LEVEL READ COMMITTED",
        f"SET LOCAL lock_timeout = {round(1000 * patience_s)}",
        f"SET LOCAL idle_in_transaction_session_timeout = {1000 * max(IDLE_S[domain] for domain in taken)}",
        *(f"SELECT pg_advisory_xact_lock({LOCKS[domain]})" for domain in domains.EVERYTHING if domain in taken),
    ]
    if act is not None:
        statements.append(f"INSERT INTO deed (id) VALUES ('{act}')")  # noqa: S608
        if domains.JOURNAL in taken:
            statements.append("SELECT id, chain, step, at_ms FROM journal_end()")
    return "; ".join(statements)
