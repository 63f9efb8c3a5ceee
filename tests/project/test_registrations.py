"""Registrations as a project keeps them: chained, never changed, carried along, and compared with what there is now."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from former_version import turn_back
from project_parts import tamper
from terminal import Terminal

from quakegui.project import catalogue, chain, exchange, journal, registrations, runs, schema
from quakegui.project.importing import import_paths
from quakegui.project.registered import examine_registrations
from quakegui.project.registrations import Registration
from quakegui.project.shared.address import is_shared_folder
from quakegui.project.store import DATABASE, Project, ProjectError
from quakegui.season.events import ClassScheme, Declustering, Event, Selection
from quakegui.season.labels import LabelRule, LabelSource

HOUR_MS = 3_600_000
FIRST, LAST = np.datetime64("2022-03-10"), np.datetime64("2022-03-20")
FIRST_MS = int(FIRST.astype("datetime64[ms]").astype(np.int64)) - 8 * HOUR_MS
"""Midnight of the first day in Shanghai."""
NOW_MS = FIRST_MS + 1000 * HOUR_MS
BOX = Selection(box=(26.0, 31.0, 100.0, 104.0), min_magnitude=3.1)
EVENTS = (Event("a", np.datetime64("2022-02-01T12:00:00", "ms"), 4.5, 28.0, 102.0, 10.0, "", "M"),)


def predictions(day: np.datetime64, known_ms: int, kind: str = "prospective") -> runs.LedgerPredictions:
    shares = np.array([[0.4, 0.6, 0.0, 0.0, 0.0]])
    return runs.LedgerPredictions(np.array([day]), shares, kind, ("aa",), np.array([known_ms]), "cc")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project with a run of two files, a row in journal and ledger, and that run registered; copy it before use."""
    folder = tmp_path_factory.mktemp("registered") / "p"
    with Project.create(folder, timezone="Asia/Shanghai", name="Small") as project:
        select(project, BOX)
        catalogue.set_class_scheme(project, ClassScheme(4.0, (29.0, 102.0), (27.0, 102.0)))
        journal.write_labels(project, np.array([FIRST - 9]), 3, source=LabelSource.ANALYST, author="Li")
        runs.add_run(project, runs.Run("run-1", 1, "done", {}, {}))
        (folder / "runs" / "run-1").mkdir()
        for name in ("config.json", "weights.npz"):
            (folder / "runs" / "run-1" / name).write_text("{}")
        taught = predictions(FIRST - 5, FIRST_MS - 120 * HOUR_MS, "out-of-fold")
        runs.append_predictions(project, "run-1", taught, issued_ms=FIRST_MS - 1)
        freeze(project)
    return folder


@pytest.fixture
def folder(template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(template, tmp_path / "p"))


def freeze(project: Project, run_id: str = "run-1", **more: object) -> Registration:
    given = {
        "title": "spring",
        "first_day": FIRST,
        "last_day": LAST,
        "alarm_rule": (0.5, 2, 7),
        "author": "王",
        "now_ms": FIRST_MS,
    }
    files = ("config.json", "weights.npz", "history.csv")
    return registrations.add_registration(project, run_id, files=files, **{"now_ms": FIRST_MS, **given, **more})  # type: ignore[arg-type]


def faults(folder: Path) -> list[str]:
    with Project.open(folder, now_ms=NOW_MS) as project:
        (record,) = examine_registrations(project, now_ms=NOW_MS)
    return list(record.faults)


def test_a_registration_holds_what_there_was_and_is_found_by_its_run(folder: Path) -> None:
    with Project.open(folder, now_ms=NOW_MS) as project:
        (found,) = registrations.registrations(project)
        assert registrations.registration_of(project, "run-1") == found
        assert registrations.registration_of(project, "run-2") is None
        assert [registrations.registration_of(project, run) is None for run in ("run-1", "run-2")] == [False, True]
        assert [name for name, _ in found.terms.files] == ["config.json", "weights.npz"]
        assert found.terms.selection == BOX
        assert found.terms.classes == catalogue.class_scheme(project)
        assert found.terms.label_rule == LabelRule()
        assert found.terms.config == project.config()
        assert found.terms.ledger_row == 1
        with project.read() as connection:
            assert chain.head(connection, schema.prediction) == (1, found.terms.ledger_hash)
            assert chain.head(connection, schema.registration) == (1, found.hash)
        np.testing.assert_array_equal(found.covers(np.array([FIRST - 1, FIRST, LAST, LAST + 1])), [False, True, True, False])
        with pytest.raises(ProjectError, match="“spring” is registered from 2022-03-10 to 2022-03-20; it cannot be renamed"):
            freeze(project)
    assert faults(folder) == []


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"now_ms": FIRST_MS + 4 * HOUR_MS}, "The night of 2022-03-10 is over; .* on 2022-03-11"),
        ({"last_day": FIRST - 1}, "first day must not be after its last"),
        ({"last_day": np.datetime64("2300-01-01")}, "must not be after 2199-12-31"),
        ({"alarm_rule": (1.5, 2, 7)}, "threshold above 0 and not above 1"),
        ({"alarm_rule": (0.5, 0, 7)}, "1 to 366 consecutive days"),
    ],
)
def test_terms_that_are_none_are_refused_and_nothing_is_kept(folder: Path, more: dict[str, object], why: str) -> None:
    with Project.open(folder, now_ms=NOW_MS) as project:
        runs.add_run(project, runs.Run("run-2", 1, "done", {}, {}))
        with pytest.raises(ProjectError, match=why):
            freeze(project, "run-2", **more)
        assert len(registrations.registrations(project)) == 1


def select(project: Project, selection: Selection, declustering: Declustering = Declustering()) -> None:  # noqa: B008
    catalogue.store_events(project, EVENTS, declustering=declustering, selection=selection)


def predict(project: Project, issued_ms: int) -> None:
    runs.append_predictions(project, "run-1", predictions(FIRST, FIRST_MS), issued_ms=issued_ms)


CHANGED: dict[str, tuple[Callable[[Project], object], list[str]]] = {
    "parameters": (
        lambda project: project.set_config(replace(project.config(), grace_minutes=5.0)),
        ["Season parameters have changed since the run “spring” was registered: grace_minutes."],
    ),
    "window": (lambda project: project.set_config(replace(project.config(), last_day=LAST)), []),
    "box": (
        lambda project: catalogue.store_events(
            project, EVENTS, declustering=Declustering(), selection=replace(BOX, min_magnitude=4)
        ),
        ["The selection of earthquakes by region or magnitude has changed since the run “spring” was registered."],
    ),
    "dates of the earthquakes": (
        lambda project: select(project, replace(BOX, until=date(2023, 1, 1))),
        [],
    ),
    "aftershocks": (
        lambda project: select(project, BOX, Declustering("none")),
        ["The method of aftershock removal has changed since the run “spring” was registered."],
    ),
    "classes": (
        lambda project: catalogue.set_class_scheme(project, ClassScheme(4.5, (29.0, 102.0), (27.0, 102.0))),
        ["The earthquake classes have changed since the run “spring” was registered."],
    ),
    "weights": (
        lambda project: (project.folder / "runs" / "run-1" / "weights.npz").write_text("[]"),
        ["The file weights.npz of the run “spring” is missing or has changed since the run was registered."],
    ),
    "recipe gone": (
        lambda project: (project.folder / "runs" / "run-1" / "config.json").unlink(),
        ["The file config.json of the run “spring” is missing or has changed since the run was registered."],
    ),
    "folder gone": (
        lambda project: shutil.rmtree(project.folder / "runs" / "run-1"),
        ["The folder of the registered run “spring” is missing."],
    ),
    "prediction of a night that was not over": (
        lambda project: runs.append_predictions(
            project, "run-1", predictions(FIRST, FIRST_MS), issued_ms=FIRST_MS + 3 * HOUR_MS
        ),
        ["The model “spring” predicted 2022-03-10 before the night was over."],
    ),
    "prediction in time": (
        lambda project: runs.append_predictions(
            project, "run-1", predictions(FIRST, FIRST_MS), issued_ms=FIRST_MS + 4 * HOUR_MS
        ),
        [],
    ),
}


@pytest.mark.parametrize("what", CHANGED)
def test_what_has_changed_since_is_told(folder: Path, what: str) -> None:
    change, told = CHANGED[what]
    with Project.open(folder, now_ms=NOW_MS) as project:
        change(project)
    assert faults(folder) == told


def test_a_ledger_that_was_written_anew_is_not_the_registered_one(folder: Path) -> None:
    tamper(folder, "UPDATE prediction SET p1 = 0.5, p2 = 0.1", "UPDATE prediction SET chain = NULL")
    with Project.open(folder, now_ms=NOW_MS) as project, project.read() as connection:
        (link,) = chain.links(connection, schema.prediction)
    tamper(folder, f"UPDATE prediction SET chain = '{link.due}'")
    with Project.open(folder, now_ms=NOW_MS) as project:
        assert project.findings == (), "the chain by itself is whole"
    assert faults(folder) == ["The hash of row 1 of the ledger differs from its value when the run “spring” was registered."]


ROW = r"Row 1 of the register (of the run run-1, written 2022-03-09T16:00:00 UTC by 王)"


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE registration SET at_ms = at_ms", ""),
        (
            "UPDATE registration SET terms = replace(terms, '2022-03-20', '2022-03-12')",
            f"{ROW} changed after being written.",
        ),
        ("UPDATE registration SET terms = replace(terms, 'true', 'true ')", f"{ROW} changed after being written."),
        ("UPDATE registration SET chain = NULL", f"{ROW}: hash missing, so not written by quakegui."),
        ("DELETE FROM registration", "Row 1 of the register disappeared."),
    ],
)
def test_a_registration_that_other_hands_changed_is_told(
    folder: Path, capsys: pytest.CaptureFixture[str], statement: str, told: str
) -> None:
    with (
        Project.open(folder, now_ms=NOW_MS) as project,
        pytest.raises(ProjectError, match="never changed"),
        project.write() as connection,
    ):
        connection.exec_driver_sql(statement)
    if is_shared_folder(folder) and statement.startswith("DELETE"):
        pytest.skip("On a server only a receipt tells that the last rows disappeared: its counters skip numbers by themselves.")
    tamper(folder, statement)
    with Project.open(folder, now_ms=NOW_MS) as project:
        assert project.findings[:1] == ((told,) if told else ())
    out, _ = Terminal(capsys)("verify", folder, "--json", code=1 if told else 0)
    assert json.loads(out)["faults"][:1] == ([told] if told else [])


def test_terms_that_quakegui_did_not_write_are_refused(folder: Path) -> None:
    tamper(folder, "UPDATE registration SET terms = replace(terms, 'config.json', '../config.json')")
    with pytest.raises(ProjectError, match=r"registration 1 .*only include files from the run's folder"):
        Project.open(folder, now_ms=NOW_MS)


def test_a_receipt_holds_the_register_and_one_from_before_it_holds_the_rest(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run, receipt, old = Terminal(capsys), tmp_path / "receipt.json", tmp_path / "old.json"
    run("verify", folder, "--receipt", receipt)
    kept = json.loads(receipt.read_text())
    with Project.open(folder, now_ms=NOW_MS) as project:
        (found,) = registrations.registrations(project)
    assert kept["registrations"] == {"id": 1, "hash": found.hash, "rows": 1}
    old.write_text(json.dumps({name: value for name, value in kept.items() if name != "registrations"}))
    for file in (receipt, old):
        assert "agrees with the receipt of" in run("verify", folder, "--receipt", file)[1]
    tamper(folder, "DELETE FROM registration", "UPDATE sqlite_sequence SET seq = 0 WHERE name = 'registration'")
    assert json.loads(run("verify", folder, "--receipt", old, "--json")[0])["registrations"]["rows"] == 0
    out, _ = run("verify", folder, "--receipt", receipt, "--json", code=1)
    assert json.loads(out)["faults"][0].startswith("The register ends at row 0; according to the receipt of ")


def test_an_export_carries_registrations_and_one_from_before_them_comes_in(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Project.open(folder, now_ms=NOW_MS) as project:
        before = registrations.registrations(project)
        exchange.export_project(project, tmp_path / "export")
    with Project.create(tmp_path / "back", timezone="UTC") as back:
        import_paths(back, [tmp_path / "export"])
        assert registrations.registrations(back) == before
    facts = json.loads(Terminal(capsys)("verify", tmp_path / "back", "--json")[0])
    assert (facts["registrations"]["rows"], facts["registrations"]["hash"]) == (1, before[0].hash)
    (tmp_path / "export" / "registrations.csv").unlink()
    manifest = tmp_path / "export" / "project.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "version": 2}))
    with Project.create(tmp_path / "older", timezone="UTC") as older:
        import_paths(older, [tmp_path / "export"])
        assert registrations.registrations(older) == ()
        assert len(runs.ledger(older, "run-1")) == 1


@pytest.mark.sqlite("a server's project is upgraded by its owner, see tests/shared")
def test_a_project_of_version_3_gets_its_register_and_keeps_its_record(folder: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(folder / DATABASE)) as old:
        turn_back(old, 3)
        old.commit()
    with pytest.raises(ProjectError, match="older format"):
        Project.open(folder, read_only=True)
    with Project.open(folder, now_ms=NOW_MS) as project, Project.create(tmp_path / "new") as new:
        assert project.findings == ()
        assert len(journal.journal_rows(project)) == len(runs.ledger(project, "run-1")) == 1
        assert registrations.registrations(project) == ()
        shapes = []
        for one in (project, new):
            with one.read() as connection:
                shapes.append(connection.exec_driver_sql("SELECT type, name FROM sqlite_master ORDER BY type, name").fetchall())
        assert shapes[0] == shapes[1]
        assert freeze(project).id == 1
    with closing(sqlite3.connect(folder / "project.version3.sqlite")) as kept:
        assert kept.execute("SELECT value FROM setting WHERE key = 'schema'").fetchone() == ("3",)
