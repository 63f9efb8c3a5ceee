"""Shared projects on a real server."""

from __future__ import annotations

import filecmp
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest
from typer.testing import CliRunner

from quakegui.cli.verbs import app
from quakegui.project import catalogue, flags, receipt, registrations, runs, schema, verifying
from quakegui.project.acts import acts
from quakegui.project.exchange import export_project, import_export
from quakegui.project.importing import import_paths
from quakegui.project.journal import (
    Follower,
    in_force,
    journal_rows,
    redo,
    undo,
    write_label_list,
    write_labels,
    write_note,
)
from quakegui.project.journal.writing import GivenLabel
from quakegui.project.live import Arrival, live_states, store_arrival
from quakegui.project.live_rows import LiveReadings, fold
from quakegui.project.lookout import Lookout
from quakegui.project.nights import ensure_nights, load_nights
from quakegui.project.nights_due import NightsDue
from quakegui.project.registered import examine_registrations
from quakegui.project.seasons import record
from quakegui.project.shared.address import parse_address
from quakegui.project.shared.roles import create_roles
from quakegui.project.sharing import create_shared, join, migrate
from quakegui.project.stations import set_stations
from quakegui.project.store import Project, ProjectError
from quakegui.season.events import ClassScheme, Declustering, Event, Selection
from quakegui.season.labels import LabelSource
from quakegui.season.network import Station
from quakegui.season.quality import Quality

pytestmark = pytest.mark.shared

DAYS = np.arange("2022-01-01", "2022-01-11", dtype="datetime64[D]")
Sql = Callable[..., list[tuple[Any, ...]]]


def label(project: Project, day: int = 0, cls: int | None = 3, author: str = "owner", **more: Any) -> int:
    return write_labels(project, DAYS[day : day + 1], cls, source=LabelSource.ANALYST, author=author, **more)


@pytest.fixture
def as_user(shared: Project, url: str, sql: Sql, tmp_path: Path) -> Callable[[str, str], Project]:
    """Return a function that opens the project as a new login in one of its roles."""
    create_roles(parse_address(url))
    database = url.rsplit("/", 1)[1]

    def opened(user: str, role: str) -> Project:
        sql("postgres", f"DROP ROLE IF EXISTS {user}")
        sql("postgres", f"CREATE ROLE {user} LOGIN; GRANT {database}_{role} TO {user}")
        return join(tmp_path / user, url.replace("//owner@", f"//{user}@"))

    return opened


def test_labels_undo_and_the_chain_are_as_in_every_project(shared: Project, tmp_path: Path) -> None:
    label(shared)
    label(shared, cls=1)
    write_note(shared, DAYS[0], "storm 磁暴", "owner")
    assert undo(shared, "owner") == 3
    assert undo(shared, "owner") == 2
    assert in_force(shared)[DAYS[0]].cls == 3
    assert redo(shared, "owner") == 2
    with Project.open(shared.folder, read_only=True) as again:
        assert in_force(again)[DAYS[0]].cls == 1
        with again.read() as connection:
            state = verifying.examine(connection, now_ms=2**42)
    assert state.faults == ()
    assert [chain.rows for chain in state.chains] == [6, 0, 0]
    assert not (shared.folder / "project.sqlite").exists()


def test_an_export_goes_back_and_forth_unchanged(shared: Project, url: str, sql: Sql, tmp_path: Path) -> None:
    set_stations(shared, Station("B_1", "甲", 30.0, 102.0), Station("BA"), Station("B-2"), author="owner")
    label(shared)
    export_project(shared, tmp_path / "export")
    with Project.create(tmp_path / "plain") as plain:
        import_export(plain, tmp_path / "export")
        assert journal_rows(plain) == journal_rows(shared)
        assert plain.network() == shared.network()
        export_project(plain, tmp_path / "plain export")
    assert filecmp.dircmp(tmp_path / "export", tmp_path / "plain export").diff_files == []
    sql("postgres", "CREATE DATABASE back")
    where = url.rsplit("/", 1)[0] + "/back"
    words = ["new", str(tmp_path / "back"), "--shared", where, "--from", str(tmp_path / "plain export")]
    assert CliRunner().invoke(app, words).exit_code == 0
    with Project.open(tmp_path / "back") as back:
        assert journal_rows(back) == journal_rows(shared)
        label(back, 4)
        set_stations(back, Station("NEW"), author="owner")  # its facts continue the numbers of those that came
        assert back.network().codes == ("B-2", "BA", "B_1", "NEW")
        with back.read() as connection:
            assert verifying.examine(connection, now_ms=2**42).faults == ()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql://bo:secret@centre/liangshan", "must not contain a password"),
        ("postgresql://bo@centre/liangshan?password=secret", "must not contain a password"),
        ("postgresql://bo@centre/liangshan?sslmode=require", "remove sslmode=require"),
        ("mysql://bo@centre/liangshan", "is not the address of a database"),
        ("postgresql://bo@centre", "is not the address of a database"),
        ("postgresql://bo@centre/x?passfile=/etc/passwd", "is not the address of a database"),
    ],
)
def test_an_unusable_address_is_refused_by_a_sentence_without_a_secret(url: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match=words) as refusal:
        create_shared(tmp_path / "p", url)
    assert "secret" not in str(refusal.value)
    assert not (tmp_path / "p").exists()


def test_beyond_this_machine_only_verified_encryption_is_used() -> None:
    assert parse_address("postgresql://bo@centre/liangshan").sslmode == "verify-full"
    assert parse_address("postgresql://bo@127.0.0.1/liangshan").sslmode == "prefer"
    assert parse_address("postgresql://bo@/liangshan?host=/run/postgresql").host == "/run/postgresql"


def test_what_the_server_refuses_is_one_sentence(url: str, postgresql: str, sql: Sql, tmp_path: Path) -> None:
    for where, words in {
        f"{postgresql}/nowhere": "no database nowhere",
        f"{postgresql.replace('owner', 'stranger')}/postgres": "rejected the login stranger",
        "postgresql://owner@127.0.0.1:1/liangshan": "cannot be reached",
        url: "does not belong to a quakegui project",
    }.items():
        with pytest.raises(ProjectError, match=words):
            join(tmp_path / "p", where)
        assert not (tmp_path / "p" / "project.toml").exists()
    create_shared(tmp_path / "first", url).close()
    with pytest.raises(ProjectError, match="already contains a project"):
        create_shared(tmp_path / "second", url)


def test_another_format_is_refused_and_migrated_by_the_owner(shared: Project, url: str, sql: Sql) -> None:
    database = url.rsplit("/", 1)[1]
    for version, words in {"4": "Its owner upgrades it", "99": "newer quakegui"}.items():
        sql(database, f"UPDATE setting SET value = '{version}' WHERE key = 'schema'")
        with pytest.raises(ProjectError, match=words):
            Project.open(shared.folder)
    with pytest.raises(ProjectError, match="newer quakegui"):
        migrate(shared.folder)
    sql(database, f"UPDATE setting SET value = '{schema.SCHEMA}' WHERE key = 'schema'")
    sql(database, "DROP TRIGGER journal_no_update ON journal")
    with Project.open(shared.folder) as opened:
        assert "journal_no_update" in opened.findings[0]
    assert migrate(shared.folder) == ()
    sql(database, "DROP TABLE live_batch, live_station; UPDATE setting SET value = '5' WHERE key = 'schema'")
    assert migrate(shared.folder) == (5,)
    with pytest.raises(psycopg.errors.CheckViolation):
        sql(database, "INSERT INTO live_batch (utc_day, received_ms, readings) VALUES (999999, 0, '')")
    with Project.open(shared.folder) as opened:
        assert opened.findings == ()


def test_an_analyst_adds_in_the_own_name_and_changes_nothing(as_user: Any, url: str, sql: Sql) -> None:
    bo = as_user("bo", "analyst")
    assert bo.rights == {"journal"}
    assert bo.login == "bo"
    label(bo, author="bo")
    undo(bo, "bo")
    with pytest.raises(ProjectError, match="set the analyst's name to bo"):
        label(bo, author="li")
    with pytest.raises(ProjectError, match="no right"):
        set_stations(bo, Station("XXX"), author="bo")
    database = url.rsplit("/", 1)[1]
    columns = "at_ms, step, author, kind, day, source, owner, new, note, run, blind, chain"
    for statement in (
        "UPDATE journal SET new = 1",
        "DELETE FROM journal",
        "TRUNCATE journal",
        "DELETE FROM night",
        "UPDATE setting SET value = '1'",
        "ALTER TABLE journal DISABLE TRIGGER ALL",
        f"INSERT INTO journal (id, {columns}) SELECT id + 1, {columns} FROM journal WHERE id = 2",
        f"INSERT INTO journal (id, {columns}) SELECT 9, {columns.replace('author', repr('li'))} FROM journal WHERE id = 2",
    ):
        with pytest.raises(psycopg.Error, match=r"permission denied|must be owner|does not continue"):
            sql(database, statement, user="bo")
    for statement in ("UPDATE journal SET new = 1", "DELETE FROM journal", "TRUNCATE journal CASCADE", "DELETE FROM deed"):
        with pytest.raises(psycopg.Error, match="never changed"):
            sql(database, statement)
    bo.close()


def test_a_reader_reads_and_ingest_imports(as_user: Any, shared: Project) -> None:
    label(shared)
    with as_user("ro", "reader") as reader:
        assert reader.read_only
        assert in_force(reader)[DAYS[0]].cls == 3
        with pytest.raises(ProjectError, match="read-only"):
            label(reader, author="ro")
    with as_user("ing", "ingest") as ingest:
        assert ingest.rights == {"inputs", "runs"}
        set_stations(ingest, Station("XXX"))
        assert [act.author for act in acts(ingest)] == ["ing"]
        ingest.set_config(ingest.config())
        with pytest.raises(ProjectError, match="no right"):
            label(ingest, author="ing")


def test_ingest_stores_what_arrives_live(as_user: Any, shared: Project) -> None:
    centre = as_user("dora", "ingest")
    time_ms = int(np.datetime64("2022-01-01T00:00:00", "ms").astype(np.int64)) + 1000 * np.arange(3)
    for values in ([46_000_000, 46_000_100, 46_000_200], [46_000_300]):
        readings = LiveReadings("KAK", 1000, 1, False, time_ms[: len(values)], np.array(values))
        store_arrival(centre, Arrival([readings], int(time_ms[-1])))
        fold(centre)
    (found,) = record(shared, "KAK", np.datetime64("2022-01-01"), np.datetime64("2022-01-02"))
    assert found.values.tolist() == [46_000.3, 46_000.1, 46_000.2]
    assert [state.messages for state in live_states(shared)] == [2]
    assert acts(shared)[-1].author == "dora"
    centre.close()


def test_who_labels_blind_sees_no_label_of_others_in_a_copy_of_the_database_either(
    as_user: Any, shared: Project, url: str, sql: Sql
) -> None:
    """Such as a restored backup, whose name differs from that of the groups."""
    label(shared, 0)
    with as_user("blindo", "blind") as blind:
        label(blind, 1, author="blindo")
    shared.close()
    database = url.rsplit("/", 1)[1]
    sql("postgres", f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'")
    sql("postgres", f"CREATE DATABASE {database}_copy TEMPLATE {database}")
    assert sql(f"{database}_copy", "SELECT author FROM journal", user="blindo") == [("blindo",)]
    assert sql(f"{database}_copy", "SELECT author FROM journal ORDER BY id") == [("owner",), ("blindo",)]


def test_who_labels_blind_sees_no_label_of_others_and_still_continues_the_chain(as_user: Any, shared: Project) -> None:
    label(shared, 0)
    blind = as_user("blindo", "blind")
    label(blind, 1, author="blindo")
    label(shared, 2)
    label(blind, 1, cls=2, author="blindo")
    assert set(in_force(blind)) == {DAYS[1]}
    assert [row.author for row in journal_rows(blind)] == ["blindo", "blindo"]
    assert any("labels blind" in warning for warning in blind.warnings)
    assert blind.findings == ()
    blind.close()
    assert set(in_force(shared)) == set(DAYS[:3])
    with shared.read() as connection:
        assert verifying.examine(connection, now_ms=2**42).faults == ()


def test_who_labels_blind_neither_writes_nor_compares_a_receipt_and_who_sees_all_does(
    as_user: Any, shared: Project, tmp_path: Path
) -> None:
    label(shared, 0)
    path = tmp_path / "receipt.json"
    with shared.read() as connection:
        kept = receipt.write_receipt(shared, verifying.examine(connection, now_ms=2**42), path, now_ms=2**40)
    with as_user("rhea", "reader") as reader:
        assert receipt.differences(reader, kept) == ()
    with as_user("blinda", "blind") as blind:
        with blind.read() as connection:
            state = verifying.examine(connection, now_ms=2**42)
        said = "labels blind and does not see the whole record.* Ask a colleague"
        with pytest.raises(ProjectError, match=said):
            receipt.write_receipt(blind, state, tmp_path / "new.json", now_ms=2**40)
        with pytest.raises(ProjectError, match=said):
            receipt.differences(blind, kept)
    assert not (tmp_path / "new.json").exists()


def test_a_login_that_labels_blind_does_not_judge_a_registered_run_whose_predictions_it_does_not_see(
    as_user: Any, shared: Project
) -> None:
    event = Event("a", np.datetime64("2022-01-01T12:00:00", "ms"), 4.5, 28.0, 102.0, 10.0, "", "M")
    box = Selection(box=(26.0, 31.0, 100.0, 104.0), min_magnitude=3.1)
    catalogue.store_events(shared, (event,), declustering=Declustering(), selection=box)
    catalogue.set_class_scheme(shared, ClassScheme(4.0, (29.0, 102.0), (27.0, 102.0)))
    runs.add_run(shared, runs.Run("run-1", 1, "done", {}, {}))
    (shared.folder / "runs" / "run-1").mkdir(parents=True)
    (shared.folder / "runs" / "run-1" / "config.json").write_text("{}")
    shares = np.array([[0.4, 0.6, 0.0, 0.0, 0.0]])
    taught = runs.LedgerPredictions(DAYS[:1], shares, "out-of-fold", ("aa",), np.array([1]), "cc")
    runs.append_predictions(shared, "run-1", taught, issued_ms=2)
    now_ms = int(DAYS[5].astype("datetime64[ms]").astype(np.int64))
    registrations.add_registration(
        shared,
        "run-1",
        title="spring",
        first_day=DAYS[6],
        last_day=DAYS[9],
        files=("config.json",),
        alarm_rule=(0.5, 2, 7),
        author="owner",
        now_ms=now_ms,
    )
    (found,) = examine_registrations(shared, now_ms=now_ms)
    assert (found.faults, found.notes) == ((), ())
    with as_user("blindi", "blind") as blind:
        (found,) = examine_registrations(blind, now_ms=now_ms)
    assert (found.days.size, found.gaps.size, found.faults) == (0, 0, ())
    assert "“spring” was not checked" in found.notes[0]


def test_codes_are_ordered_as_in_sqlite_on_a_server_that_orders_as_people_do(postgresql: str, sql: Sql, tmp_path: Path) -> None:
    if int(str(sql("postgres", "SHOW server_version_num")[0][0])) < 150_000:
        pytest.skip("Databases that order text as people do begin with PostgreSQL 15.")
    sql("postgres", "CREATE DATABASE icu TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US'")
    codes = ("B_1", "BA", "B-2", "B1", "A9")
    assert sql("icu", "SELECT 'B_1' < 'BA' AND 'B-2' < 'B1'") == [(True,)]  # by bytes, "_" comes after "A"
    with create_shared(tmp_path / "icu", f"{postgresql}/icu") as project:
        set_stations(project, *map(Station, codes))
        rows = sql("icu", "SELECT code FROM station ORDER BY code")
    assert [code for (code,) in rows] == sorted(codes)


def test_labels_do_not_wait_for_an_import(shared: Project) -> None:
    with Project.open(shared.folder) as importing, importing.write() as connection:
        connection.exec_driver_sql("SELECT 1")
        label(shared)
    with Project.open(shared.folder) as other:
        other.answer_here()
        with shared.write("journal"), pytest.raises(ProjectError, match="writing to the shared project"):
            label(other)


def test_a_window_hears_of_others_and_not_of_itself(shared: Project) -> None:
    lookout = Lookout(shared)
    follower = Follower(shared)
    try:
        with Project.open(shared.folder) as other:
            label(shared, 0)
            label(other, 1, author="owner")
            set_stations(other, Station("XXX"), author="owner")
        due = time.monotonic() + 20
        news = []
        while not (sum(len(one.rows) for one in news) == 1 and any(one.readings for one in news)):
            assert time.monotonic() < due
            news.append(lookout.look())
        assert [row.day for one in news for row in one.rows] == [int(DAYS[1].astype(int))]
        assert set(follower.in_force()) == set(DAYS[:2])
    finally:
        lookout.close()


def test_a_window_whose_connection_is_lost_as_it_closes_leaves_none_open(
    shared: Project, url: str, sql: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, lost = url.rsplit("/", 1)[1], []

    def open_connections() -> int:
        ((count,),) = sql("postgres", f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{database}'")
        return int(count)

    def rollback(connection: Any) -> None:
        lost.append(connection)
        connection.close()
        raise psycopg.OperationalError("server closed the connection unexpectedly")

    before = open_connections()
    lookout = Lookout(shared)
    assert open_connections() > before
    monkeypatch.setattr(psycopg.Connection, "rollback", rollback)
    lookout.close()
    assert len(lost) == 1
    due = time.monotonic() + 20
    while open_connections() > before:  # the server takes a moment to notice
        assert time.monotonic() < due


def test_a_commit_whose_answer_is_lost_is_kept_once(shared: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    real = psycopg.Connection.commit
    lost = []

    def commit(connection: Any) -> None:
        real(connection)
        if not lost:
            lost.append(connection)
            connection.close()
            raise psycopg.OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(psycopg.Connection, "commit", commit)
    assert write_label_list(shared, [GivenLabel(DAYS[0], 3, LabelSource.ANALYST, "owner")]) == (1, 0)
    assert len(lost) == 1
    assert [row.step for row in journal_rows(shared)] == [1]
    assert undo(shared, "owner") == 1


def test_a_connection_lost_before_the_commit_keeps_nothing(shared: Project, sql: Sql) -> None:
    with pytest.raises(ProjectError, match="was lost"), shared.write("journal"):
        sql("postgres", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'quakegui'")
    assert journal_rows(shared) == ()
    assert label(shared) == 1


def test_a_project_closed_during_a_query_leaves_no_connection_open(shared: Project) -> None:
    other = Project.open(shared.folder)
    with other.read() as connection:
        raw: Any = connection.connection.driver_connection
        other.close()
    assert raw.closed


def test_a_frozen_server_gives_a_sentence(shared: Project, url: str, frozen: Any, impatient: None) -> None:
    shared.answer_here()
    label(shared)
    with frozen(url):
        began = time.monotonic()
        with pytest.raises(ProjectError, match="it is not known whether it was saved"):
            label(shared, 1)
        with pytest.raises(ProjectError, match="cannot be reached"):
            journal_rows(shared)
        assert time.monotonic() - began < 10
    label(shared, 1)
    assert [row.day for row in journal_rows(shared)] == DAYS[:2].astype(int).tolist(), "saved when it thawed or again, but once"


def test_what_sqlite_stores_and_postgresql_does_not_is_a_sentence(shared: Project) -> None:
    with pytest.raises(ProjectError, match="null character"):
        write_note(shared, DAYS[0], "a\x00b", "owner")
    entry = GivenLabel(DAYS[0], 2, LabelSource.ANALYST, "x" * 500)
    assert write_label_list(shared, [entry]) == (1, 0)


def test_a_flag_of_an_analyst_takes_effect_once_ingest_computes(as_user: Any, shared: Project, tmp_path: Path) -> None:
    hours = np.arange("2022-01-01T00:30", "2022-01-04T00:30", 60, dtype="datetime64[m]")
    lines = [f"{hour}:00Z,{50_000 + number % 7}.5" for number, hour in enumerate(hours)]
    (tmp_path / "readings.csv").write_text("\n".join(["time,AAA", *lines]) + "\n")
    assert not import_paths(shared, [tmp_path / "readings.csv"]).skipped
    revision = shared.revision()
    due = NightsDue(shared)
    assert not due.look()
    with as_user("bo", "analyst") as bo:
        flags.flag(bo, [flags.Subject("AAA", "2022-01-02")], author="bo", reason="a lorry")
        assert load_nights(bo).quality.max() < Quality.FLAGGED
    assert shared.revision() > revision
    assert due.look()
    assert not due.look(), "once"
    ensure_nights(shared)
    night = load_nights(shared)
    assert [str(day) for day in night.days[(night.quality[:, 0] & Quality.FLAGGED) > 0]] == ["2022-01-02"]
