"""Night means stored beside the readings, so that opening a season does not read the readings."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, delete, func, select, text

from quakegui.progress import ProgressCallback, silent
from quakegui.project import schema
from quakegui.project.acts import hidden_files, names_of_contents
from quakegui.project.domains import INPUTS
from quakegui.project.flag_rows import flags_in_force, utc_days_of
from quakegui.project.live_rows import LIVE, fold, mark_stale, without_overruled
from quakegui.project.reading_blocks import Block, Issue, merged, standing
from quakegui.project.setting_rows import config_of, get_setting, put_setting, raise_revision
from quakegui.project.store import Project, ProjectError
from quakegui.season.config import SeasonConfig
from quakegui.season.flags import NO_SPANS, Flag, Spans, has_reading, is_flagged, spans_of, without
from quakegui.season.localtime import FIRST_DAY, LAST_DAY, calendar, night_bounds, skipped_days, wall_clock_ms
from quakegui.season.night import NightMeans, night_means, recorded_days
from quakegui.season.quality import Quality
from quakegui.words import Said

RUN_DAYS = 64
"""Days of one station that are unpacked together: limits one-second readings to some 150 MB."""

READY_DAYS = 8
"""Number of changed UTC days of a station up to which their nights are computed before the transaction that stores them."""

_REACH = (int(FIRST_DAY.astype(np.int64)), int(LAST_DAY.astype(np.int64)))
"""Valid range of days: nights outside it are not from readings but from an untrusted file, and would extend the calendar."""
_BLOCK_FACTS = ("station", "utc_day", "cadence_ms", "data_type", "derived", "count", "times", "values", "file")
"""The columns of a `Block` in the database."""
_NIGHTS_OF = "SELECT day, value, coverage, quality FROM night WHERE station = :code AND day BETWEEN :first AND :last"


Night = tuple[float | None, float, int]
"""Mean in nT (None if there is none), data coverage 0 to 1, and `Quality` bits."""


def read_blocks(connection: Connection, code: str, first: int, last: int, *, hidden: bool = False) -> list[Block]:
    """Return the blocks of a station on several UTC days.

    Parameters
    ----------
    connection
        Connection within a transaction.
    code
        Station code.
    first, last
        Days since 1970, both included.
    hidden
        Whether blocks that are not in force are returned as well, and live readings that do not count.
    """
    found = _stored_blocks(connection, code, first, last, hidden=hidden)
    return found if hidden else without_overruled(found)


def _stored_blocks(connection: Connection, code: str, first: int, last: int, *, hidden: bool = False) -> list[Block]:
    """Return blocks like `read_blocks`, live ones that do not count included: none is unpacked."""
    table, file = schema.block.c, schema.imported_file.c
    rows = connection.execute(
        select(
            *(table[name] for name in _BLOCK_FACTS), table.missing, file.issued_ms, file.modified_ms, file.sha256, file.format
        )
        .join_from(schema.block, schema.imported_file, table.file == file.id)
        .where(table.station == code, table.utc_day.between(first, last))
        .order_by(table.id)
    ).all()
    numbers = {row.file for row in rows}
    left_out = frozenset() if hidden else hidden_files(connection, code, among=numbers)
    # Names matter only for times marked as missing, which are rare.
    names = names_of_contents(connection, numbers) if any(row.missing for row in rows) else {}
    return [
        Block(
            **dict(zip(_BLOCK_FACTS, row, strict=False)),
            missing=row.missing or b"",
            names=frozenset(names.get(row.file, ())),
            issue=Issue.of(row.issued_ms, row.modified_ms, row.sha256),
            live=row.format == LIVE,
        )
        for row in rows
        if row.file not in left_out
    ]


@dataclass(frozen=True, slots=True)
class _Inputs:
    """All that the nights of a station's local days `first` to `last` are computed from."""

    first: int
    last: int
    blocks: tuple[Block, ...]
    config: SeasonConfig
    flagged: bytes

    def nights(self) -> dict[int, Night]:
        """Return the night of each local day."""
        blocks = standing(without_overruled(self.blocks))
        return _nights(blocks, self.first, self.last, self.config, np.frombuffer(self.flagged, np.int64).reshape(-1, 2))


_Ready = Sequence[tuple[_Inputs, dict[int, Night]]]
"""Nights computed before a transaction, with their inputs: they are right if these have not changed."""


def _computed(connection: Connection, code: str, days: Collection[int]) -> _Ready:
    """Compute the nights that depend on some UTC days of a station, if they are few, such as those that arrive live."""
    if len(days) > READY_DAYS:
        return ()
    config = config_of(connection)
    flagged = flagged_time(connection, code, config)
    found = [_inputs(connection, code, first, last, config, flagged=flagged) for first, last in _runs(days)]
    return [(inputs, inputs.nights()) for inputs in found]


def _inputs(connection: Connection, code: str, first: int, last: int, config: SeasonConfig, *, flagged: Spans) -> _Inputs:
    return _Inputs(first, last, tuple(_stored_blocks(connection, code, first - 1, last + 1)), config, flagged.tobytes())


def update_nights(
    connection: Connection,
    utc_days: Mapping[str, Iterable[int]],
    *,
    progress: ProgressCallback = silent,
    ready: _Ready = (),
) -> NDArray[np.datetime64]:
    """Compute the night means of the days that depend on changed readings; returns the days whose nights changed.

    Parameters
    ----------
    connection
        Connection within a writing transaction.
    utc_days
        UTC days (days since 1970) with changed readings, by station.
    progress
        Called with stations done, stations in all and a text.
    ready
        Nights that were computed before, with their inputs.
    """
    config = config_of(connection)
    if utc_days and get_setting(connection, "night_key") is None:
        put_setting(connection, "night_key", night_key(config))
    changed: set[int] = set()
    for number, (code, days) in enumerate(utc_days.items()):
        progress(number, len(utc_days), Said("night means of {code}", code=code))
        flagged = flagged_time(connection, code, config)
        for first, last in _runs(days):
            inputs = _inputs(connection, code, first, last, config, flagged=flagged)
            after = next((nights for known, nights in ready if known == inputs), None)
            changed |= _store_run(connection, code, first, last, inputs.nights() if after is None else after)
    return np.array(sorted(changed), dtype=np.int64).astype("datetime64[D]")


def flagged_time(connection: Connection, code: str, config: SeasonConfig) -> Spans:
    """Return the time whose readings of a station do not count because analysts flagged them.

    Parameters
    ----------
    connection
        Connection within a transaction.
    code
        Station code.
    config
        Says which hours are the night, and in which time zone.
    """
    return spans_of(flags_in_force(connection, code), timezone=config.timezone, config=config.night)


def ensure_nights(project: Project, *, progress: ProgressCallback = silent) -> NDArray[np.datetime64]:
    """Update the night means to the readings, those that arrived live included, the time zone and the night parameters.

    Each station has its own transaction, so that labels can be set meanwhile; work interrupted by a crash is recorded, and
    finished at the next call.

    Parameters
    ----------
    project
        Open project; if its inputs cannot be written, nothing is done.
    progress
        Called with stations done, stations in all and a text.

    Returns
    -------
    ndarray
        The days whose nights changed, datetime64[D], shape (day,).

    Raises
    ------
    ProjectError
        If stored readings are damaged or the project cannot be written; finished stations stay so.
    """
    none = np.array([], dtype="datetime64[D]")
    if INPUTS not in project.rights:
        return none
    fold(project, progress=progress)
    with project.read() as connection:
        key = night_key(config_of(connection))
        found = get_setting(connection, "night_key")
    if found is not None and found != key:
        _discard_nights(project)
    with project.read() as connection:
        stations = connection.scalars(select(schema.stale_night.c.station).distinct()).all()
    changed = [none]
    for number, code in enumerate(stations):
        progress(number, len(stations), Said("night means of {code}", code=code))
        changed.append(_refresh_station(project, code))
    return np.unique(np.concatenate(changed))


def nights_after_change(project: Project, *, progress: ProgressCallback = silent) -> NDArray[np.datetime64]:
    """Update the night means as `ensure_nights` does, after a change that is saved already.

    Parameters
    ----------
    project, progress
        As for `ensure_nights`.

    Raises
    ------
    ProjectError
        As of `ensure_nights`; its sentence adds that the change itself is saved.
    """
    try:
        return ensure_nights(project, progress=progress)
    except ProjectError as error:
        raise ProjectError(
            Said("Everything was saved except the night means, which will be updated later. {error}", error=error)
        ) from error


def mark_days_stale(connection: Connection, utc_days: Mapping[str, Iterable[tuple[int, int]]]) -> None:
    """Mark as stale what has readings of some UTC days, and raise the revision: flags on them changed.

    Parameters
    ----------
    connection
        Connection within the transaction that changes the flags.
    utc_days
        By station, the first and the last day of each stretch, both included, in days since 1970.
    """
    table = schema.block.c
    for code, pairs in utc_days.items():
        known = np.array(
            connection.scalars(select(table.utc_day).where(table.station == code).distinct()).all(), dtype=np.int64
        )
        touched = np.zeros(known.size, dtype=bool)
        for first, last in pairs:
            touched |= (known >= first) & (known <= last)
        mark_stale(connection, {code: known[touched].tolist()})
    raise_revision(connection)


def has_stale_nights(connection: Connection) -> bool:
    """Return whether readings have changed since the night means were computed."""
    return connection.scalar(select(schema.stale_night.c.station).limit(1)) is not None


def _discard_nights(project: Project) -> None:
    """Delete all night means after a change of the night parameters."""
    table = schema.block.c
    with project.write() as connection:
        touched: dict[str, set[int]] = {}
        for code, day in connection.execute(select(table.station, table.utc_day).distinct()):
            touched.setdefault(code, set()).add(day)
        connection.execute(delete(schema.night))
        mark_stale(connection, touched)
        put_setting(connection, "night_key", night_key(config_of(connection)))
        raise_revision(connection)


def _refresh_station(project: Project, code: str) -> NDArray[np.datetime64]:
    """Compute the nights of a station that are not up to date; before the transaction, since labels wait for it."""
    table = schema.stale_night.c
    query = select(table.utc_day).where(table.station == code)
    with project.read() as connection:
        ready = _computed(connection, code, connection.scalars(query).all())
    with project.write() as connection:
        days = connection.scalars(query).all()
        last = connection.scalar(select(func.max(schema.night.c.day)))
        changed = update_nights(connection, {code: days}, ready=ready)
        connection.execute(delete(schema.stale_night).where(table.station == code))
        # Only for a new day and for a night that is over: otherwise open windows would compute their season again with every
        # batch that arrives live, although a night in progress has no mean.
        over = config_of(connection).over_at(changed) <= np.datetime64(wall_clock_ms(), "ms")
        if over.any() or (changed.size and (last is None or changed.astype(np.int64).max() > last)):
            raise_revision(connection)
    return changed


def night_key(config: SeasonConfig) -> str:
    """Return a fingerprint of everything but the readings that night means depend on."""
    parts: dict[str, object] = {"timezone": config.timezone, "night": asdict(config.night)}
    if skipped_days(config.timezone).size:  # to recompute nights of such days, which earlier versions computed
        parts["skipped"] = skipped_days(config.timezone).astype(str).tolist()
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def load_nights(project: Project) -> NightMeans | None:
    """Return the night means of every station, or None without data.

    The days begin with the first day with data, or the first day of the season if that is earlier, and end with the last day
    with data, or the last day of the season.
    """
    days = _axis(project)
    with project.read() as connection:
        table = schema.station.c
        codes = tuple(connection.scalars(select(table.code).where(table.absent.is_(None)).order_by(table.code)))
        shape = (days.size, len(codes))
        values, coverage = np.full(shape, np.nan), np.zeros(shape)
        quality = np.full(shape, int(Quality.MISSING), dtype=np.uint16)
        for station, code in enumerate(codes if days.size else ()):
            # Directly from the driver: ten years of a hundred stations are 365,000 rows, too many for an object each.
            asked = {"code": code, "first": _REACH[0], "last": _REACH[1]}
            rows = connection.execute(text(_NIGHTS_OF), asked).cursor.fetchall()
            if rows:
                found = np.array(rows, dtype=np.float64)  # None becomes NaN
                day = found[:, 0].astype(np.int64).astype("datetime64[D]")
                found, day = found[np.isin(day, days)], np.searchsorted(days, day[np.isin(day, days)])
                values[day, station], coverage[day, station] = found[:, 1], found[:, 2]
                quality[day, station] = found[:, 3].astype(np.uint16)
    return NightMeans(days, codes, values, coverage, quality) if days.size else None


def with_flagged(project: Project, night: NightMeans, flags: Sequence[Flag]) -> NightMeans:
    """Return night means as they would be without flags; nothing is stored.

    Parameters
    ----------
    project, night
        The project, and its night means.
    flags
        The flags by which these were formed.
    """
    values, coverage, quality = night.values.copy(), night.coverage.copy(), night.quality.copy()
    axis = night.days.astype(np.int64)
    reached = utc_days_of(f"{flag.station} {flag.when}" for flag in flags)
    with project.read() as connection:
        config = config_of(connection)
        for station, code in enumerate(night.codes):
            spans = [(max(first, axis[0] - 1), min(last, axis[-1] + 1)) for first, last in reached.get(code, ())]
            for first, last in _runs(day for low, high in spans for day in range(low, high + 1)):
                blocks = standing(read_blocks(connection, code, first - 1, last + 1))
                for day, (value, share, bits) in _nights(blocks, first, last, config).items():
                    at = np.searchsorted(axis, day)
                    if at < axis.size and axis[at] == day:
                        values[at, station] = np.nan if value is None else value
                        coverage[at, station], quality[at, station] = share, bits
    return replace(night, values=values, coverage=coverage, quality=quality)


def season_days(project: Project) -> NDArray[np.datetime64]:
    """Return the local dates of the season, datetime64[D], shape (day,); empty while there are no readings."""
    days = _axis(project)
    config = project.config()
    first = 0 if config.first_day is None else np.searchsorted(days, config.first_day)
    return days[first : None if config.last_day is None else np.searchsorted(days, config.last_day, side="right")]


def days_with_data(project: Project) -> NDArray[np.datetime64]:
    """Return every local date with a reading or a night mean, datetime64[D], shape (day,), increasing."""
    with project.read() as connection:
        day = schema.night.c.day
        found = connection.scalars(select(day).where(day.between(*_REACH)).distinct().order_by(day)).all()
    days = np.array(found, dtype=np.int64).astype("datetime64[D]")
    return days[~np.isin(days, skipped_days(project.timezone))]


def _axis(project: Project) -> NDArray[np.datetime64]:
    """Return every calendar day from the first to the last day of the project, datetime64[D], shape (day,)."""
    with project.read() as connection:
        day = schema.night.c.day
        first, last = connection.execute(select(func.min(day), func.max(day)).where(day.between(*_REACH))).one()
        config = config_of(connection)
    if first is None:
        return np.array([], dtype="datetime64[D]")
    if config.first_day is not None:
        first = min(first, int(config.first_day.astype(np.int64)))
    if config.last_day is not None:
        last = max(last, int(config.last_day.astype(np.int64)))
    return calendar(np.datetime64(first, "D"), np.datetime64(last, "D"), config.timezone)


def _runs(days: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Split the local days that depend on UTC days (one day to either side) into runs of at most `RUN_DAYS`."""
    reach = sorted({day + near for day in days for near in (-1, 0, 1)})
    edges = [0, *(at for at in range(1, len(reach)) if reach[at] != reach[at - 1] + 1), len(reach)]
    for start, end in pairwise(edges):
        for at in range(start, end, RUN_DAYS):
            yield reach[at], reach[min(at + RUN_DAYS, end) - 1]


def _store_run(connection: Connection, code: str, first: int, last: int, after: Mapping[int, Night]) -> set[int]:
    """Store the nights of a station's local days `first`..`last` and return those that are not as they were."""
    table = schema.night.c
    here = (table.station == code) & table.day.between(first, last)
    before = {row.day: (row.value, row.coverage, row.quality) for row in connection.execute(select(schema.night).where(here))}
    if after == before:
        return set()
    connection.execute(delete(schema.night).where(here))
    if after:
        names = ("value", "coverage", "quality")
        rows = [{"station": code, "day": day, **dict(zip(names, night, strict=True))} for day, night in after.items()]
        connection.execute(schema.night.insert(), rows)
    return {day for day in before.keys() | after.keys() if before.get(day) != after.get(day)}


def _nights(blocks: list[Block], first: int, last: int, config: SeasonConfig, flagged: Spans = NO_SPANS) -> dict[int, Night]:
    """Return the night of each local day with a reading or a recorded night, without the readings of flagged time.

    If there are records of several sampling intervals, one with a night mean takes precedence, then the more final, then the
    finer.
    """
    days = np.arange(first, last + 1, dtype=np.int64).astype("datetime64[D]")
    start, end = night_bounds(days, config.timezone, config.night.window)
    reach = np.stack([start.astype("datetime64[D]"), end.astype("datetime64[D]")]).astype(np.int64)
    best: dict[int, tuple[tuple[bool, bool, int], Night]] = {}
    for record in merged(blocks):
        mine = [block for block in blocks if block.count and block.cadence_ms == round(record.cadence_s * 1000.0)]
        derived: NDArray[np.bool_] = np.any(np.isin(reach, [block.utc_day for block in mine if block.derived]), axis=0)
        final = {block.utc_day: block.data_type for block in sorted(mine, key=lambda block: block.data_type)}
        drops = is_flagged(record.time, flagged, cadence_s=record.cadence_s, config=config.night)
        kept = without(record, drops) if drops.any() else record
        found = night_means(replace(kept, derived=False), days, timezone=config.timezone, config=config.night)
        marked = has_reading(record.time[drops], start, end, cadence_s=record.cadence_s, config=config.night)
        present = set(recorded_days(record, timezone=config.timezone).astype(np.int64).tolist())
        for at, day in enumerate(range(first, last + 1)):
            value, coverage = float(found.values[at, 0]), float(found.coverage[at, 0])
            if day not in present and coverage == 0.0:
                continue
            quality = int(found.quality[at, 0]) | (Quality.DERIVED if derived[at] and coverage > 0.0 else 0)
            quality |= Quality.FLAGGED if marked[at] else 0
            rank = (not np.isnan(value), coverage > 0.0, final.get(int(reach[0, at]), 0))
            # Records come finest first, so the finer one is kept at equal rank.
            if day not in best or rank > best[day][0]:
                best[day] = rank, (None if np.isnan(value) else value, coverage, quality)
    return {day: night for day, (_, night) in sorted(best.items())}
