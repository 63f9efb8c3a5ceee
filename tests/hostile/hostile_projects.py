"""A small good project and its export, made once, and what a stranger may have written into its database."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
from hostile_mutations import Mutation

from quakegui.project import catalogue, exchange, journal, registrations, runs, seasons
from quakegui.project.importing import store_files
from quakegui.project.nights import days_with_data
from quakegui.project.parsing import ParsedFile
from quakegui.project.reading_blocks import blocks_of
from quakegui.project.store import Project
from quakegui.season.events import Declustering, Event
from quakegui.season.kp import Kp
from quakegui.season.labels import LabelSource
from quakegui.season.network import Station
from quakegui.season.readings import Readings

CODES = ("AAA", "BBB", "CCC", "DDD")
PLACES = ((28.0, 101.6), (28.6, 101.9), (28.1, 102.4), (27.5, 102.0))
DAYS = 34


def make_project(folder: Path) -> None:
    """Make a project with hours of four stations, events, labels of all kinds, Kp, a run and its predictions."""
    rng = np.random.default_rng(3)
    time = np.datetime64("2022-03-01T00:30", "ms") + np.arange(24 * DAYS) * np.timedelta64(1, "h")
    common = np.repeat(rng.normal(0, 5, DAYS), 24)
    with Project.create(folder, timezone="Asia/Shanghai", name="Small") as project:
        files = []
        for number, (code, place) in enumerate(zip(CODES, PLACES, strict=True)):
            value = np.round(50_000 + 40 * number + common + rng.normal(0, 1, time.size), 2)
            blocks = blocks_of(Readings(code, time, value, 3600.0))
            station = Station(code, f"Station {code}", *place)
            files.append(
                ParsedFile(f"{code}.csv", f"{code}.csv", f"{number:064d}", "table", blocks, (station,), None, ("a note",))
            )
        store_files(project, files)
        events = (
            Event("e1", np.datetime64("2022-03-20T04:00", "ms"), 5.1, 28.6, 102.4, 10.0, "泸定", "Mw"),
            Event("e2", np.datetime64("2022-03-28T04:00", "ms"), 3.6, 27.2, 101.9, None, "'quoted"),
        )
        catalogue.store_events(project, events, declustering=Declustering())
        catalogue.make_class_scheme(project)
        days = days_with_data(project)
        project.set_config(replace(project.config(), first_day=days[-8], last_day=days[-1]))
        journal.apply_rule(project)
        journal.write_labels(project, days[-6:-4], 3, source=LabelSource.ANALYST, author="李", note="+ peak")
        journal.write_labels(project, days[-6:-5], 2, source=LabelSource.SETTLED, author="Wang")
        journal.undo(project, "Wang")
        journal.write_note(project, days[-3], "windy", "李")
        index = Kp(np.array(["2022-03-20T00", "2022-03-20T03"], dtype="datetime64[ms]"), np.array([3.0, 5.7]))
        store_files(project, [ParsedFile("kp.csv", "kp.csv", "k" * 64, "kp", kp=index)])
        runs.add_run(project, runs.Run("run-1", 1_650_000_000_000, "done", {"epochs": 3}, {"epochs": 3}))
        shares = np.tile([0.2, 0.2, 0.2, 0.2, 0.2], (2, 1))
        said = runs.LedgerPredictions(days[-4:-2], shares, "out-of-fold", ("aa", "bb"), np.array([1, 2], dtype=np.int64), "cc")
        runs.append_predictions(project, "run-1", said)
        registrations.add_registration(
            project, "run-1", title="run", first_day=None, last_day=np.datetime64("2199-12-31"), files=(),
            alarm_rule=(0.5, 2, 15), author="Li", now_ms=1_700_000_000_000,
        )  # fmt: skip
    shutil.rmtree(folder / "cache")


TABLES = {
    "setting": ("key", "value"),
    "station": ("code", "name", "latitude", "longitude", "elevation_m", "typed"),
    "imported_file": ("name", "base", "sha256", "format", "imported_ms", "readings", "notes", "replaced_by"),
    "block": ("station", "utc_day", "cadence_ms", "data_type", "derived", "file", "count", "times", '"values"'),
    "night": ("station", "day", "value", "coverage", "quality"),
    "stale_night": ("station", "utc_day"),
    "kp": ("time_ms", "value"),
    "event": ("id", "time_ms", "magnitude", "latitude", "longitude", "depth_km", "place", "kept", "magnitude_type"),
    "journal": ("id", "at_ms", "step", "author", "kind", "day", "source", "owner", "old", "new", "note", "run", "replaces"),
    "run": ("id", "created_ms", "status", "config", "card"),
    "prediction": ("run", "day", "kind", "p0", "p4", "map_hash", "issued_ms", "cutoff_ms"),
    "registration": ("at_ms", "author", "run", "terms"),
}
VALUES = (
    *("NULL", "''", "0", "-1", "1", "2.5", "9e999", "-9e999", "9223372036854775807", "-9223372036854775808", "1e308", "4"),
    *(
        "'x'",
        "x'00ff'",
        "x''",
        "zeroblob(70000)",
        "'<script>alert(1)</script>'",
        "'=1+1'",
        "char(0)",
        "char(55296)",
        "'../../x'",
    ),
    *("'{'", "'[]'", "'{}'", "'null'", "'\"x\"'", "'[[[[]]]]'", "printf('%.5000d', 1)", "replace(printf('%3000d',0),' ','[')"),
    *(
        "'Mars/Base'",
        "'/etc/passwd'",
        '\'{"timezone":"UTC","night":{"coverage":NaN}}\'',
        '\'{"method":"none","radius_km":"x"}\'',
    ),
    *('\'{"split_magnitude":"x","north_centre":1}\'', "'{\"days_after\":-5}'", "'2022'", "1e18", "100000000", "'nan'"),
)
"""What may stand in a column, as SQL."""
SETTINGS = (
    *("config", "timezone", "schema", "revision", "name", "synthetic", "class_scheme", "label_rule", "event_selection"),
    *("declustering", "event_origins", "run_in_use", "night_key", "incoming"),
)
PARTS = (
    "CREATE TRIGGER evil AFTER INSERT ON journal BEGIN DELETE FROM station; END",
    "CREATE TRIGGER evil INSTEAD OF INSERT ON v BEGIN SELECT 1; END",
    "CREATE VIEW v AS SELECT * FROM journal",
    "CREATE VIEW v AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x FROM c) SELECT * FROM c",
    "CREATE TABLE extra (a, b)",
    "CREATE INDEX evil ON journal (abs(day))",
    "CREATE UNIQUE INDEX evil ON journal (day)",
    "DROP TRIGGER journal_no_update",
    "DROP TABLE kp",
    "DROP TABLE setting",
    "ALTER TABLE station ADD COLUMN evil TEXT DEFAULT (1)",
    "ALTER TABLE station RENAME TO other",
    "PRAGMA user_version = 99",
    "PRAGMA application_id = 1",
    "PRAGMA journal_mode = DELETE",
    "UPDATE setting SET value = '99' WHERE key = 'schema'",
    "UPDATE setting SET value = '1' WHERE key = 'schema'",
)


def spoil(database: Path, program: Sequence[Mutation]) -> None:
    """Change a project's database as a stranger may, by statements that a program of mutations names."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA foreign_keys=OFF")
        for table in ("journal", "prediction", "registration"):
            for verb in ("update", "delete"):
                connection.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}")
        for kind, where, number in program:
            # What cannot be written so is no attack; the rest of the program is.
            with suppress(sqlite3.Error):
                connection.execute(_statement(kind, where, number))
        connection.commit()


def _statement(kind: int, where: float, number: int) -> str:
    value = VALUES[number % len(VALUES)]
    if kind == 0:
        return PARTS[number % len(PARTS)]
    if kind <= 3:
        return f"UPDATE setting SET value = {value} WHERE key = '{SETTINGS[int(where * len(SETTINGS))]}'"
    tables = sorted(TABLES)
    table = tables[int(where * len(tables))]
    column = TABLES[table][number // 64 % len(TABLES[table])]
    if kind == 4:
        return f'DELETE FROM "{table}" WHERE rowid % 3 = {number % 3}'
    if kind == 5:
        return f'UPDATE "{table}" SET {column} = {value}'
    return f'UPDATE "{table}" SET {column} = {value} WHERE rowid = (SELECT rowid FROM "{table}" LIMIT 1 OFFSET {number % 5})'


def use(folder: Path, *, all_of_it: bool) -> None:
    """Open a project and ask everything of it that the program asks."""
    with Project.open(folder) as project:
        project.network()
        project.config()
        project.revision()
        for one in (journal.journal_rows, journal.in_force, journal.rows, journal.notes, journal.label_rule):
            one(project)
        journal.next_step(project, "李", back=True)
        journal.next_step(project, "Wang", back=False)
        for one in (
            catalogue.events,
            catalogue.all_events,
            catalogue.class_scheme,
            catalogue.event_classes,
            catalogue.selection_facts,
        ):
            one(project)
        days = days_with_data(project)
        runs.runs(project)
        runs.ledger(project, "run-1")
        runs.predictions_in_use(project, days)
        seasons.kp(project)
        since, until = np.datetime64("2022-03-01", "ms"), np.datetime64("2022-04-05", "ms")
        for code in project.network().codes:
            seasons.series(project, code, since, until)
        journal.rule_labels(project)
        if all_of_it:
            season = seasons.load_season(project)
            assert season is None or len(season.days) < 100_000
            journal.write_labels(
                project, np.array(["2022-03-25"], dtype="datetime64[D]"), 1, source=LabelSource.ANALYST, author="A"
            )
            exchange.export_project(project, folder.parent / "out")
