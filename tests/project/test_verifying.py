"""A record that other hands touched: every way in which a journal or a ledger can be changed beside the program is told."""

from __future__ import annotations

import json
import re
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from former_version import turn_back
from project_parts import tamper
from terminal import Terminal

from quakegui.project import chain, exchange, journal, runs, schema, verifying
from quakegui.project.importing import import_paths
from quakegui.project.shared.address import is_shared_folder
from quakegui.project.store import DATABASE, Project
from quakegui.season.labels import LabelSource

DAYS = np.array(["2022-03-01", "2022-03-02", "2022-03-03"], dtype="datetime64[D]")
HOUR_MS = 3_600_000
KNOWN_MS = DAYS.astype("datetime64[ms]").astype(np.int64)
NOW_MS = int(KNOWN_MS[-1]) + 100 * HOUR_MS
CHANGED = "changed after being written."
GUARDS = ("journal_no_update", "journal_no_delete", "prediction_no_update", "prediction_no_delete")


def predictions(
    *, kind: str = "prospective", run_days: np.ndarray = DAYS, known_ms: np.ndarray = KNOWN_MS
) -> runs.LedgerPredictions:
    shares = np.tile([0.1, 0.6, 0.1, 0.1, 1 / 3 - 7 / 30], (run_days.size, 1))
    return runs.LedgerPredictions(run_days, shares, kind, ("aa",) * run_days.size, known_ms, "cc")


def fill(project: Project) -> None:
    """Six rows of the journal, one of them of a note, and three of the ledger."""
    journal.write_labels(project, DAYS, 3, source=LabelSource.ANALYST, author="王")
    journal.write_labels(project, DAYS[:2], 1, source=LabelSource.ANALYST, author="Li", note="it's 'odd'\n")
    journal.write_note(project, DAYS[0], "00" if project.is_shared else "0\x000", "Li")  # a server stores no null character
    runs.add_run(project, runs.Run("run-1", 1_600_000_000_000, "done", {}, {}))
    for day, known in zip(DAYS, KNOWN_MS, strict=True):
        said = predictions(run_days=np.array([day]), known_ms=np.array([known]))
        runs.append_predictions(project, "run-1", said, issued_ms=int(known) + HOUR_MS)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with Project.create(tmp_path / "p", name="Small") as project:
        fill(project)
    return tmp_path / "p"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(capsys)


def found(folder: Path, *, now_ms: int = NOW_MS) -> tuple[str, ...]:
    """Return what is told of the record when the project is opened, less the sentence on what to do."""
    with Project.open(folder, now_ms=now_ms) as project:
        findings = project.findings
        assert set(findings) <= set(project.warnings)
        with project.read() as connection:
            assert verifying.examine(connection, now_ms=now_ms).faults == findings[:-1]
    return findings[:-1]


def rewrite(folder: Path, table: str) -> None:
    """Give every row of a table the hash that is due to it, as an owner who knows how could."""
    own = {"journal": schema.journal, "prediction": schema.prediction}[table]
    tamper(folder, f"UPDATE {table} SET chain = NULL")
    with Project.open(folder, now_ms=NOW_MS) as project, project.read() as connection:
        due = [(link.due, link.id) for link in chain.links(connection, own)]
    tamper(folder, *(f"UPDATE {table} SET chain = '{one}' WHERE id = {number}" for one, number in due))


def rewrite_last(folder: Path) -> None:
    """Give the ledger's last row the hash that is due to it."""
    with Project.open(folder, now_ms=NOW_MS) as project, project.read() as connection:
        *_, last = chain.links(connection, schema.prediction)
    tamper(folder, f"UPDATE prediction SET chain = '{last.due}' WHERE id = {last.id}")


def test_what_the_program_itself_does_is_sound(folder: Path) -> None:
    assert found(folder) == ()
    with Project.open(folder, now_ms=NOW_MS) as project:
        assert project.warnings == ()
        journal.undo(project, "Li")
        journal.redo(project, "Li")
        runs.complete_run(project, runs.Run("run-2", 1, "done", {}, {}), [predictions(kind="out-of-fold")])
    assert found(folder, now_ms=time.time_ns() // 1_000_000) == ()


INSERTED = (
    "INSERT INTO journal SELECT 7, at_ms, 9, author, kind, day, source, owner, old, 4, note, run, blind, NULL, NULL, NULL, "
    "{chain} FROM journal WHERE id = 1"
)
CUT_OFF = ("DELETE FROM journal WHERE id = 6", "DELETE FROM journal WHERE id > 3", "DELETE FROM journal")
WRITTEN = r"of 2022-03-0\d, written 20\S+ UTC by"
ISSUED = r"of 2022-03-02, issued 2022-03-02T01:00:00 UTC by the model run-1"


@pytest.mark.parametrize(
    ("statements", "told"),
    [
        (["UPDATE journal SET new = 0 WHERE id = 2"], [rf"Row 2 of the label journal \({WRITTEN} 王\) {CHANGED}"]),
        (["UPDATE journal SET author = 'Wu' WHERE id = 2"], [rf"Row 2 of the label journal \({WRITTEN} Wu\) {CHANGED}"]),
        (["UPDATE journal SET note = '0' WHERE id = 6"], [rf"Row 6 of the label journal \({WRITTEN} Li\) {CHANGED}"]),
        (["UPDATE journal SET redoes = 3 WHERE id = 5"], [rf"Row 5 of the label journal \({WRITTEN} Li\) {CHANGED}"]),
        (["UPDATE journal SET at_ms = at_ms - 1"], [rf"Rows 1 to 6 of the label journal \({WRITTEN} 王\) {CHANGED}"]),
        (["UPDATE prediction SET p1 = 0.6000000000000001 WHERE id = 2"], [rf"Row 2 of the ledger \({ISSUED}\) {CHANGED}"]),
        (["UPDATE prediction SET kind = 'in-sample' WHERE id = 2"], [rf"Row 2 of the ledger \({ISSUED}\) {CHANGED}"]),
        (["DELETE FROM journal WHERE id = 6"], ["Row 6 of the label journal disappeared."]),
        (["DELETE FROM journal WHERE id > 3"], ["Rows 4 to 6 of the label journal disappeared."]),
        (["DELETE FROM journal"], ["Rows 1 to 6 of the label journal disappeared."]),
        (["DELETE FROM journal WHERE id = 1"], ["Row 1 of the label journal disappeared."]),
        (["DELETE FROM prediction WHERE id = 2"], ["Row 2 of the ledger disappeared."]),
        (
            [
                "DELETE FROM journal WHERE id = 3",
                "UPDATE journal SET id = id - 1 WHERE id > 3",
                "UPDATE sqlite_sequence SET seq = 5 WHERE name = 'journal'",
            ],
            [rf"Rows 3 to 5 of the label journal \({WRITTEN} Li\) {CHANGED}"],
        ),
        (
            [
                "UPDATE journal SET id = 99 WHERE id = 2",
                "UPDATE journal SET id = 2 WHERE id = 3",
                "UPDATE journal SET id = 3 WHERE id = 99",
            ],
            [rf"Rows 2 to 4 of the label journal \({WRITTEN} 王\) {CHANGED}"],
        ),
        (
            [INSERTED.format(chain="NULL")],
            [rf"Row 7 of the label journal \({WRITTEN} 王\): hash missing, so not written by quakegui."],
        ),
        (
            [INSERTED.format(chain="chain")],
            [rf"Row 7 of the label journal \({WRITTEN} 王\) {CHANGED}"],
        ),
        (["UPDATE journal SET chain = NULL WHERE id = 1"], [r"Row 1 of the label journal .*: hash missing"]),
        (["UPDATE journal SET chain = NULL"], [r"Rows 1 to 6 of the label journal .*: hash missing"]),
        (
            ["UPDATE journal SET chain = replace(chain, substr(chain, 1, 1), 'x') WHERE id = 3"],
            [rf"Rows 3 to 4 of the label journal \({WRITTEN} 王\) {CHANGED}"],
        ),
        (
            ["UPDATE journal SET new = 0 WHERE id = 1", "UPDATE prediction SET day = day + 1 WHERE id = 3"],
            [r"Row 1 of the label journal", r"Row 3 of the ledger"],
        ),
    ],
)  # fmt: skip
def test_a_changed_record_is_told_with_its_row(folder: Path, run: Terminal, statements: list[str], told: list[str]) -> None:
    if is_shared_folder(folder) and statements[0] in CUT_OFF:
        pytest.skip("On a server only a receipt tells that the last rows disappeared: its counters skip numbers by themselves.")
    tamper(folder, *statements)
    said = found(folder)
    assert len(said) == len(told)
    for sentence, pattern in zip(said, told, strict=True):
        assert re.match(pattern, sentence), sentence
    out, err = run("verify", folder, "--json", code=1)
    assert json.loads(out)["faults"] == list(said)
    assert "differs from what quakegui wrote" in err
    _, err = run("labels", "list", folder)
    assert said[0] in err


@pytest.mark.sqlite("on a server, see tests/shared")
def test_lost_guards_are_told_once_and_put_back(folder: Path) -> None:
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        connection.execute("DROP TRIGGER journal_no_update")
        connection.execute("DROP TRIGGER prediction_no_delete")
    sentence = (
        "The database triggers that protect the label journal and the ledger from changes were removed "
        "(journal_no_update, prediction_no_delete); quakegui restores them when the project is next opened for writing."
    )
    with Project.open(folder, read_only=True, now_ms=NOW_MS) as project:
        assert project.findings[:-1] == (sentence,)
    with Project.open(folder, now_ms=NOW_MS) as project:
        assert project.findings[:-1] == (sentence,)
    assert found(folder) == ()
    with closing(sqlite3.connect(folder / DATABASE)) as connection, pytest.raises(sqlite3.DatabaseError, match="never changed"):
        connection.execute("UPDATE journal SET note = 'x'")


@pytest.mark.parametrize(
    ("issued", "now_ms", "told"),
    [
        (-HOUR_MS // 2, NOW_MS, "Predictions issued before their night was over: 1, the first in row 4 of the ledger."),
        (HOUR_MS, int(KNOWN_MS[-1]) + HOUR_MS // 2, "Predictions with an issue time in the future: 2, the first in row 3 "),
        (
            HOUR_MS // 2,
            NOW_MS,
            "Predictions with an issue time before that of the preceding row: 1, the first in row 4 of the ledger.",
        ),
    ],
)
def test_an_issue_that_cannot_be_is_told(folder: Path, issued: int, now_ms: int, told: str) -> None:
    late = predictions(run_days=DAYS[-1:], known_ms=KNOWN_MS[-1:])
    with Project.open(folder, now_ms=NOW_MS) as project:
        runs.append_predictions(project, "run-1", late, issued_ms=int(KNOWN_MS[-1]) + HOUR_MS)
    tamper(folder, f"UPDATE prediction SET issued_ms = {int(KNOWN_MS[-1]) + issued} WHERE id = 4")
    rewrite(folder, "prediction")
    said = found(folder, now_ms=now_ms)
    assert any(sentence.startswith(told) for sentence in said), said


def test_predictions_written_by_a_clock_that_was_set_back_bear_the_time_of_the_row_above(folder: Path) -> None:
    last, early = int(KNOWN_MS[-1]) + HOUR_MS, int(KNOWN_MS[-1]) - 5 * HOUR_MS
    with Project.open(folder, now_ms=NOW_MS) as project:
        assert runs.append_predictions(project, "run-1", predictions(kind="in-sample"), issued_ms=early) == last
        said = [predictions(kind="out-of-fold")]
        runs.complete_run(project, runs.Run("run-2", 1, "done", {}, {}), said, issued_ms=early)
        runs.append_predictions(project, "run-1", predictions(), issued_ms=early, not_before_ms=last + 1)
        assert {row.issued_ms for row in runs.ledger(project, "run-2")} == {last}
        assert [row.issued_ms for row in runs.ledger(project, "run-1")][-6:] == [last] * 3 + [last + 1] * 3
    assert found(folder) == ()


def test_a_prediction_long_after_its_night_is_no_fault_and_told(folder: Path, run: Terminal) -> None:
    with Project.open(folder, now_ms=NOW_MS) as project:
        runs.append_predictions(project, "run-1", predictions(), issued_ms=NOW_MS)
    with Project.open(folder, now_ms=NOW_MS) as project:
        assert project.findings == ()
        assert project.warnings == (
            "Prospective predictions issued more than a day after their night: 3, the first in row 4 of the ledger. They "
            "count in scores but could not warn anyone.",
        )
    out, _ = run("verify", folder, "--json")
    assert json.loads(out)["sound"]
    (note,) = json.loads(out)["notes"]
    assert note.startswith("Prospective predictions issued more than a day after their night: 3, ")


def test_only_the_receipt_sees_a_chain_that_was_rewritten_whole(folder: Path, tmp_path: Path, run: Terminal) -> None:
    receipt = tmp_path / "stick" / "small.receipt.json"
    receipt.parent.mkdir()
    _, err = run("verify", folder, "--receipt", receipt)
    assert f"Receipt written to {receipt}" in err
    kept = json.loads(receipt.read_text())
    assert (kept["project"], kept["schema"], kept["journal"]["id"], kept["journal"]["rows"]) == ("Small", schema.SCHEMA, 6, 6)
    with Project.open(folder, now_ms=NOW_MS) as project:
        journal.write_labels(project, DAYS, 4, source=LabelSource.ANALYST, author="Li")
    _, err = run("verify", folder, "--receipt", receipt)
    assert "agrees with the receipt of" in err
    assert json.loads(receipt.read_text()) == kept
    tamper(folder, "UPDATE journal SET new = 0 WHERE id = 2")
    rewrite(folder, "journal")
    assert found(folder) == ()
    run("verify", folder)
    out, err = run("verify", folder, "--receipt", receipt, "--json", code=1)
    (fault,) = json.loads(out)["faults"]
    assert fault.startswith("The hash of row 6 of the label journal differs from the receipt of ")
    assert fault in err or "differs from what quakegui wrote" in err


def test_a_receipt_that_an_editor_saved_again_is_one(folder: Path, tmp_path: Path, run: Terminal) -> None:
    receipt = tmp_path / "small.receipt.json"
    run("verify", folder, "--receipt", receipt)
    receipt.write_bytes(b"\xef\xbb\xbf" + receipt.read_bytes().replace(b"\n", b"\r\n"))
    _, err = run("verify", folder, "--receipt", receipt)
    assert "agrees with the receipt of" in err


def test_the_receipt_sees_an_end_that_was_cut_off_with_its_counter(folder: Path, tmp_path: Path, run: Terminal) -> None:
    receipt = tmp_path / "receipt.json"
    run("verify", folder, "--receipt", receipt)
    tamper(folder, "DELETE FROM prediction WHERE id = 3", "UPDATE sqlite_sequence SET seq = 2 WHERE name = 'prediction'")
    assert found(folder) == ()
    out, _ = run("verify", folder, "--receipt", receipt, "--json", code=1)
    (fault,) = json.loads(out)["faults"]
    assert fault.startswith("The ledger ends at row 2; according to the receipt of ")


def test_no_receipt_is_written_of_a_broken_record_and_none_taken_from_another_file(
    folder: Path, tmp_path: Path, run: Terminal
) -> None:
    receipt = tmp_path / "receipt.json"
    run("verify", folder, "--receipt", receipt)
    (tmp_path / "notes.json").write_text('{"format": "something else"}')
    _, err = run("verify", folder, "--receipt", tmp_path / "notes.json", code=1)
    assert "is not a quakegui receipt" in err
    tamper(folder, "UPDATE journal SET new = 0 WHERE id = 2")
    _, err = run("verify", folder, "--receipt", tmp_path / "new.json", code=1)
    assert "No receipt was written" in err
    assert "agrees with the receipt of" not in run("verify", folder, "--receipt", receipt, code=1)[1], (
        "its head is there, row 2 is not"
    )
    assert not (tmp_path / "new.json").exists()


@pytest.mark.sqlite("the bytes of its file")
def test_verify_prints_the_chains_and_changes_nothing(folder: Path, run: Terminal) -> None:
    before = (folder / DATABASE).read_bytes()
    out, err = run("verify", folder)
    assert "label journal" in out
    assert "ledger" in out
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        for table in ("journal", "prediction"):
            (last,) = connection.execute(f"SELECT chain FROM {table} ORDER BY id DESC LIMIT 1").fetchone()
            assert last in out
    assert "The record is as quakegui wrote it." in err
    assert (folder / DATABASE).read_bytes() == before


def test_a_project_taken_out_and_in_again_has_the_same_chain(folder: Path, tmp_path: Path, run: Terminal) -> None:
    run("verify", folder, "--receipt", tmp_path / "receipt.json")
    with Project.open(folder, now_ms=NOW_MS) as project:
        exchange.export_project(project, tmp_path / "export")
    with Project.create(tmp_path / "back", timezone="UTC") as back:
        import_paths(back, [tmp_path / "export"])
    assert found(tmp_path / "back") == ()
    run("verify", tmp_path / "back", "--receipt", tmp_path / "receipt.json")
    with Project.open(tmp_path / "back", now_ms=NOW_MS) as back:
        journal.write_labels(back, DAYS, 4, source=LabelSource.ANALYST, author="Li")
    assert found(tmp_path / "back") == ()


def test_an_export_changed_on_the_way_is_told(folder: Path, tmp_path: Path) -> None:
    with Project.open(folder, now_ms=NOW_MS) as project:
        exchange.export_project(project, tmp_path / "export")
    table = tmp_path / "export" / "journal.csv"
    table.write_text(table.read_text(encoding="utf-8").replace(",王,label,", ",吴,label,", 1), encoding="utf-8")
    with Project.create(tmp_path / "back", timezone="UTC") as back:
        import_paths(back, [tmp_path / "export"])
    (sentence,) = found(tmp_path / "back")
    assert sentence.startswith("Row 1 of the label journal")


def unchain(folder: Path) -> None:
    """Turn a project into one of version 2, whose rows had no hashes; on a server, into one that its export filled."""
    if is_shared_folder(folder):
        tamper(folder, *(f"UPDATE {table} SET chain = NULL" for table in ("journal", "prediction")))
        tamper(
            folder,
            *(f"INSERT INTO setting SELECT 'unchained_{table}', max(id) FROM {table}" for table in ("journal", "prediction")),
        )
        return
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        turn_back(connection)
        connection.commit()


def test_rows_from_before_the_chain_are_named_and_sealed_by_the_next_one(folder: Path, run: Terminal) -> None:
    unchain(folder)
    assert found(folder) == ()
    out, _ = run("verify", folder, "--json")
    facts = json.loads(out)
    assert (facts["journal"]["rows"], facts["journal"]["unchained"]) == (6, 6)
    assert (facts["ledger"]["rows"], facts["ledger"]["unchained"]) == (3, 3)
    _, err = run("verify", folder)
    assert "6 rows of the label journal were written before rows had hashes" in err
    with Project.open(folder, now_ms=NOW_MS) as project:
        journal.write_labels(project, DAYS, 0, source=LabelSource.ANALYST, author="Li")
    assert found(folder) == ()
    tamper(folder, "UPDATE journal SET new = 0 WHERE id = 2")
    (sentence,) = found(folder)
    assert sentence.startswith("Row 7 of the label journal")
    assert sentence.endswith(CHANGED)


@pytest.mark.parametrize(
    "change",
    [
        "issued_ms = cutoff_ms - 1800000",
        "issued_ms = 4102444800000",
        "issued_ms = issued_ms - CASE id WHEN 3 THEN 86400000 ELSE 0 END",
    ],
)
def test_times_of_issue_of_rows_from_before_the_chain_are_a_note_and_those_of_today_a_fault(
    folder: Path, tmp_path: Path, run: Terminal, change: str
) -> None:
    tamper(folder, f"UPDATE prediction SET {change} WHERE id > 1")
    unchain(folder)
    assert found(folder) == ()
    with Project.open(folder, now_ms=NOW_MS) as project:
        (note,) = (one for one in project.warnings if "Unchained predictions with an impossible issue time" in one)
        assert "the first in row" in note
    out, _ = run("verify", folder, "--json", "--receipt", tmp_path / "receipt.json")
    assert json.loads(out)["sound"]
    assert note in json.loads(out)["notes"]
    assert (tmp_path / "receipt.json").exists()
    with Project.open(folder, now_ms=NOW_MS) as project:
        runs.append_predictions(project, "run-1", predictions(run_days=DAYS[-1:], known_ms=KNOWN_MS[-1:]), issued_ms=NOW_MS)
    assert found(folder) == ()
    tamper(folder, f"UPDATE prediction SET issued_ms = {int(KNOWN_MS[-1]) - HOUR_MS} WHERE id = 4")
    rewrite_last(folder)
    tamper(folder, "UPDATE setting SET value = '4' WHERE key = 'unchained_prediction'")  # so as to pass for an old one
    assert "Predictions issued before their night was over: 1, the first in row 4 of the ledger." in found(folder)


def test_a_time_of_issue_that_cannot_be_keeps_no_receipt_from_being_written(
    folder: Path, tmp_path: Path, run: Terminal
) -> None:
    tamper(folder, f"UPDATE prediction SET issued_ms = {int(KNOWN_MS[-1]) - HOUR_MS} WHERE id = 3")
    rewrite(folder, "prediction")
    receipt = tmp_path / "receipt.json"
    out, _ = run("verify", folder, "--json", "--receipt", receipt, code=1)
    assert json.loads(out)["faults"][0].startswith("Predictions issued before their night was over: 1, ")
    assert json.loads(receipt.read_text())["ledger"]["id"] == 3


def test_an_export_from_before_the_chain_comes_in_as_unchained(folder: Path, tmp_path: Path, run: Terminal) -> None:
    with Project.open(folder, now_ms=NOW_MS) as project:
        exchange.export_project(project, tmp_path / "export")
    for name in ("journal", "predictions"):
        path = tmp_path / "export" / f"{name}.csv"
        pd.read_csv(path, dtype=str, keep_default_na=False).drop(columns="chain").to_csv(path, index=False)
    with Project.create(tmp_path / "back", timezone="UTC") as back:
        import_paths(back, [tmp_path / "export"])
    assert found(tmp_path / "back") == ()
    facts = json.loads(run("verify", tmp_path / "back", "--json")[0])
    assert (facts["journal"]["unchained"], facts["ledger"]["unchained"]) == (6, 3)


@pytest.mark.sqlite("a server's tables are those that its owner made, nobody sends them")
def test_tables_that_are_not_of_the_version_that_they_say_are_refused(folder: Path) -> None:
    unchain(folder)
    tamper(folder, f"UPDATE setting SET value = '{schema.SCHEMA}' WHERE key = 'schema'")
    with pytest.raises(Exception, match=f"declares table version {schema.SCHEMA}, but its table 'station' has another version"):
        Project.open(folder)


def test_two_writers_at_once_make_one_chain(folder: Path) -> None:
    with Project.open(folder, now_ms=NOW_MS) as one, Project.open(folder, now_ms=NOW_MS) as other:

        def write(project: Project, author: str) -> None:
            for number in range(40):
                journal.write_labels(project, DAYS, number % 5, source=LabelSource.ANALYST, author=author)

        writers = [threading.Thread(target=write, args=pair) for pair in ((one, "A"), (other, "B"), (one, "C"))]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
    assert found(folder) == ()
    with Project.open(folder) as project:
        assert len(journal.journal_rows(project)) == 6 + 3 * 40 * 3


def test_older_rows_of_a_long_record_have_their_turn(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "AT_OPENING", 20)
    with Project.open(folder, now_ms=NOW_MS) as project:
        for number in range(31):
            journal.write_labels(project, DAYS, number % 5, source=LabelSource.ANALYST, author="Wu")
        assert len(journal.journal_rows(project)) == 99
    tamper(folder, "UPDATE journal SET new = (new + 1) % 5 WHERE id IN (31, 95)")
    told = set()
    for day in range(4):
        with Project.open(folder, read_only=True, now_ms=NOW_MS + day * 24 * HOUR_MS) as project:
            assert any(sentence.startswith("Row 95 ") for sentence in project.findings), (
                "the newest rows are looked at each time"
            )
            told.add(any(sentence.startswith("Row 31 ") for sentence in project.findings))
    assert told == {True, False}
    with Project.open(folder, read_only=True, now_ms=NOW_MS) as project, project.read() as connection:
        assert len(verifying.examine(connection, now_ms=NOW_MS).faults) == 2
    tamper(folder, "DELETE FROM journal WHERE id = 50")
    with Project.open(folder, read_only=True, now_ms=NOW_MS) as project:
        assert "Row 50 of the label journal disappeared." in project.findings
