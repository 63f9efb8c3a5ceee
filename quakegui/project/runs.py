"""Training runs and their predictions of each day. Predictions form a ledger: rows are added, never changed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, func, select

from quakegui.project import chain, schema
from quakegui.project.domains import RUNS
from quakegui.project.setting_rows import put_setting, require_revision
from quakegui.project.store import Project, ProjectError
from quakegui.season.localtime import wall_clock_ms
from quakegui.words import Said

UNPREDICTED = -1
KINDS = ("in-sample", "out-of-fold", "prospective")


@dataclass(frozen=True, slots=True)
class Run:
    """One training run.

    Attributes
    ----------
    id
        Its name, also that of its folder under `runs/`.
    created_ms
        When it was started, in milliseconds since 1970 UTC.
    status
        "running", "done", "failed" or "cancelled".
    config, card
        Its settings and its results, as JSON values.
    """

    id: str
    created_ms: int
    status: str
    config: dict[str, Any]
    card: dict[str, Any]


@dataclass(frozen=True, slots=True)
class LedgerPredictions:
    """Predictions of one run for several days.

    Attributes
    ----------
    days
        Local dates, datetime64[D], shape (day,).
    probabilities
        Shape (day, class); rows sum to 1.
    kind
        One of `KINDS`.
    map_hash
        Fingerprint of the maps that were predicted from, shape (day,).
    cutoff_ms
        Time up to which readings were used, in milliseconds since 1970 UTC, shape (day,).
    config_hash
        Fingerprint of the parameters of the season.
    """

    days: NDArray[np.datetime64]
    probabilities: NDArray[np.float64]
    kind: str
    map_hash: tuple[str, ...]
    cutoff_ms: NDArray[np.int64]
    config_hash: str

    def __post_init__(self) -> None:
        """Raise ValueError for an unknown kind or arrays of the wrong shape."""
        if self.kind not in KINDS:
            raise ValueError(Said("Unknown kind of prediction '{kind}': use {kinds}.", kind=self.kind, kinds=", ".join(KINDS)))
        if self.probabilities.shape != (self.days.size, 5) or self.days.size != len(self.map_hash):
            raise ValueError(Said("Predictions need five probabilities and a map checksum per day."))


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One row of the ledger.

    Attributes
    ----------
    day
        Local date.
    kind
        One of `KINDS`.
    probabilities
        Probabilities of the five classes.
    map_hash
        Fingerprint of the map that was predicted from.
    issued_ms, cutoff_ms
        Time of issue, and time up to which readings were used, in milliseconds since 1970 UTC.
    """

    day: np.datetime64
    kind: str
    probabilities: tuple[float, ...]
    map_hash: str
    issued_ms: int
    cutoff_ms: int


@dataclass(frozen=True, slots=True)
class PredictionTable:
    """The predictions of one run for each day of the season.

    Attributes
    ----------
    run
        Id of the run.
    probabilities
        Shape (day, class), NaN where there is no prediction.
    kind
        "out-of-fold", "prospective", "in-sample" or "", shape (day,). Scores use the first two only.
    """

    run: str
    probabilities: NDArray[np.float64]
    kind: NDArray[np.str_]

    @property
    def classes(self) -> NDArray[np.int8]:
        """The most probable class of each day, shape (day,), -1 where there is no prediction."""
        known: NDArray[np.bool_] = np.all(np.isfinite(self.probabilities), axis=1)
        best = np.full(known.size, UNPREDICTED, dtype=np.int8)
        best[known] = self.probabilities[known].argmax(axis=1)
        return best


def add_run(project: Project, run: Run, *, revision: int | None = None) -> None:
    """Record the start of a run.

    Parameters
    ----------
    project, run
        The project and the run.
    revision
        Revision of the project when the season for the training was computed, if the run is trained on this project.

    Raises
    ------
    ProjectError
        If a run with this id exists: runs are never overwritten.
    SupersededError
        If the revision has changed.
    """
    with project.write(RUNS) as connection:
        if revision is not None:
            require_revision(connection, revision)
        if connection.scalar(select(schema.run.c.id).where(schema.run.c.id == run.id)) is not None:
            raise ProjectError(Said("The run {run_id} already exists; runs are never overwritten.", run_id=run.id))
        connection.execute(schema.run.insert().values(_row(run)))


def _row(run: Run) -> dict[str, Any]:
    return {
        "id": run.id,
        "created_ms": run.created_ms,
        "status": run.status,
        "config": json.dumps(run.config, ensure_ascii=False),
        "card": json.dumps(run.card, ensure_ascii=False),
    }


def finish_run(project: Project, run_id: str, status: str, card: dict[str, Any]) -> None:
    """Record how a run ended: its status and card.

    Parameters
    ----------
    project, run_id
        The project, and the id of the run; nothing happens if there is no such run.
    status
        "done", "failed" or "cancelled".
    card
        Its results, as JSON values.

    Raises
    ------
    ProjectError
        If the project cannot be written.
    """
    with project.write(RUNS) as connection:
        values = {"status": status, "card": json.dumps(card, ensure_ascii=False)}
        connection.execute(schema.run.update().where(schema.run.c.id == run_id).values(**values))


def complete_run(project: Project, run: Run, predictions: Sequence[LedgerPredictions], *, issued_ms: int | None = None) -> None:
    """Record a run as done with all its predictions, and make it the current run; a run already recorded as done is unchanged.

    All is written in one transaction: a run that is done has its predictions, however the program ends.

    Parameters
    ----------
    project, run
        The project, and the run with its card.
    predictions
        Its predictions.
    issued_ms
        As for `append_predictions`.
    """
    values = {"status": "done", "card": json.dumps(run.card, ensure_ascii=False)}
    with project.write(RUNS) as connection:
        status = connection.scalar(select(schema.run.c.status).where(schema.run.c.id == run.id))
        if status == "done":
            return
        if status is None:
            connection.execute(schema.run.insert().values(_row(run)))
        connection.execute(schema.run.update().where(schema.run.c.id == run.id).values(**values))
        _issue(connection, run.id, predictions, issued_ms)
        put_setting(connection, "run_in_use", run.id)


def unfinished(project: Project) -> tuple[str, ...]:
    """Return the ids of the runs that are not recorded as done, oldest first."""
    table = schema.run.c
    with project.read() as connection:
        query = select(table.id).where(table.status != "done").order_by(table.created_ms, table.id)
        return tuple(connection.scalars(query))


def runs(project: Project) -> tuple[Run, ...]:
    """Return all runs, oldest first."""
    with project.read() as connection:
        rows = connection.execute(select(schema.run).order_by(schema.run.c.created_ms, schema.run.c.id)).all()
    return tuple(Run(row.id, row.created_ms, row.status, json.loads(row.config), json.loads(row.card)) for row in rows)


def count(project: Project) -> int:
    """Return the number of training runs in the folder of the project, whatever their status."""
    return sum(not path.parent.name.startswith(".") for path in (project.folder / "runs").glob("*/config.json"))


def append_predictions(
    project: Project,
    run_id: str,
    *predictions: LedgerPredictions,
    issued_ms: int | None = None,
    not_before_ms: int = 0,
    revision: int | None = None,
) -> int:
    """Append predictions to the ledger, all of them or none.

    Parameters
    ----------
    project, run_id, predictions
        The project, the run and its predictions.
    issued_ms
        Time of issue, in milliseconds since 1970 UTC; default the present time. If the last row of the ledger is later, its
        time is used: other programs may write predictions too, and clocks may be set back.
    not_before_ms
        Earliest time of issue.
    revision
        Revision of the project when the season of the predicted maps was computed; None for any.

    Returns
    -------
    int
        The time of issue; 0 if there are no predictions.

    Raises
    ------
    SupersededError
        If the revision has changed; nothing was added.
    """
    if not any(part.days.size for part in predictions):
        return 0
    with project.write(RUNS) as connection:
        if revision is not None:
            require_revision(connection, revision)
        return _issue(connection, run_id, predictions, issued_ms, not_before_ms)


def _issue(
    connection: Connection, run_id: str, predictions: Sequence[LedgerPredictions], issued_ms: int | None, not_before_ms: int = 0
) -> int:
    """Append predictions to the ledger and return their time of issue; within the transaction, no later row can appear."""
    now_ms = wall_clock_ms() if issued_ms is None else issued_ms
    last_ms = connection.scalar(select(func.max(schema.prediction.c.issued_ms))) or 0
    issued = max(now_ms, not_before_ms, last_ms)
    chain.append(connection, schema.prediction, [row for part in predictions for row in _ledger_rows(run_id, part, issued)])
    return issued


def _ledger_rows(run_id: str, predictions: LedgerPredictions, issued_ms: int) -> list[dict[str, Any]]:
    return [
        {
            "run": run_id,
            "day": int(day),
            "kind": predictions.kind,
            **{f"p{cls}": float(share) for cls, share in enumerate(shares)},
            "map_hash": map_hash,
            "issued_ms": issued_ms,
            "cutoff_ms": int(cutoff),
            "config_hash": predictions.config_hash,
        }
        for day, shares, map_hash, cutoff in zip(
            predictions.days.astype("datetime64[D]").astype(np.int64),
            predictions.probabilities,
            predictions.map_hash,
            predictions.cutoff_ms,
            strict=True,
        )
    ]


def ledger(project: Project, run_id: str) -> tuple[LedgerRow, ...]:
    """Return all predictions of a run, in order of issue.

    Parameters
    ----------
    project, run_id
        The project, which is only read, and the id of the run; an unknown run has no predictions.
    """
    table = schema.prediction
    with project.read() as connection:
        rows = connection.execute(select(table).where(table.c.run == run_id).order_by(table.c.id)).all()
    return tuple(
        LedgerRow(
            np.datetime64(row.day, "D"),
            row.kind,
            (row.p0, row.p1, row.p2, row.p3, row.p4),
            row.map_hash,
            row.issued_ms,
            row.cutoff_ms,
        )
        for row in rows
    )


def predictions(project: Project, run_id: str, days: NDArray[np.datetime64]) -> PredictionTable:
    """Return the predictions of a run for each of several days.

    If there are several for one day, those issued before the day was known (prospective) take precedence over out-of-fold and
    then in-sample ones; of the same kind, the first is used.

    Parameters
    ----------
    project, run_id
        The project, which is only read, and the id of the run; an unknown run has no predictions.
    days
        Local dates, datetime64[D], shape (day,).
    """
    table = schema.prediction.c
    with project.read() as connection:
        rows = connection.execute(select(schema.prediction).where(table.run == run_id).order_by(table.id)).all()
    place = {int(day): index for index, day in enumerate(days.astype("datetime64[D]").astype(np.int64))}
    shares = np.full((days.size, 5), np.nan)
    kind = np.full(days.size, "", dtype="<U11")
    for row in rows:
        at = place.get(row.day)
        if at is not None and (not kind[at] or KINDS.index(row.kind) > KINDS.index(str(kind[at]))):
            shares[at] = row.p0, row.p1, row.p2, row.p3, row.p4
            kind[at] = row.kind
    return PredictionTable(run_id, shares, kind)


def use_run(project: Project, run_id: str | None) -> None:
    """Make a run the current run, or none.

    Parameters
    ----------
    project
        Open project whose runs can be written.
    run_id
        Id of the run, whose existence is not checked; None for no current run.

    Raises
    ------
    ProjectError
        If the id cannot be that of a run, or the project cannot be written.
    """
    with project.write(RUNS) as connection:
        put_setting(connection, "run_in_use", run_id or "")


def run_in_use(project: Project) -> str | None:
    """Return the current run: the chosen one, otherwise the latest with predictions, otherwise None."""
    chosen = project.setting("run_in_use")
    if chosen:
        return chosen
    if chosen == "":
        return None
    table = schema.prediction.c
    with project.read() as connection:
        return connection.scalar(select(table.run).order_by(table.id.desc()).limit(1))


def predictions_in_use(project: Project, days: NDArray[np.datetime64]) -> PredictionTable | None:
    """Return the predictions of the current run for each of several days, or None if there is no current run.

    Parameters
    ----------
    project
        Open project; is only read.
    days
        Local dates, datetime64[D], shape (day,).
    """
    run_id = run_in_use(project)
    return predictions(project, run_id, days) if run_id is not None else None
