"""A listener stores messages in batches, acknowledges them afterwards, and never lets them overrule a file."""

from __future__ import annotations

import contextlib
import importlib
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from live_parts import NOON, Given, impf
from terminal import Terminal

from quakegui.project import journal, live, live_rows, nights, seasons
from quakegui.project.acts import acts
from quakegui.project.exchange import export_project
from quakegui.project.flags import Subject
from quakegui.project.importing import import_paths, store_files
from quakegui.project.journal.row import RowContent
from quakegui.project.journal.writing import append
from quakegui.project.live_rows import fold
from quakegui.project.nights import ensure_nights, load_nights
from quakegui.project.parsing import ParsedFile
from quakegui.project.reading_blocks import blocks_of
from quakegui.project.store import Project, ProjectError
from quakegui.project.undoing import undo_import
from quakegui.season.labels import LabelSource
from quakegui.season.localtime import wall_clock_ms
from quakegui.season.quality import Quality
from quakegui.season.readings import Readings
from quakegui.serve.broker import Message
from quakegui.serve.listening import Listener

DAY = NOON.astype("datetime64[D]")
NIGHT = DAY.astype("datetime64[ms]") + np.timedelta64(16, "h")  # 00:00 in Shanghai, for three hours


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project.create(tmp_path / "live", timezone="Asia/Shanghai")


def heard(project: Project, *messages: Message) -> Given:
    """Let a listener flush these messages."""
    source = Given(*messages)
    Listener(project, source).run(cancelled=_after_one())
    return source


def _after_one():
    calls = iter((False, True))
    return lambda: next(calls, True)


def values_of(project: Project, since: np.datetime64 = NOON, hours: int = 12) -> dict[str, float]:
    fold(project)
    found = seasons.record(project, "KAK", since, since + np.timedelta64(hours, "h"))
    return {str(at)[11:19]: value for one in found for at, value in zip(one.time, one.values, strict=True)}


def day_file(
    code: str, start: np.datetime64, values: np.ndarray, *, modified: np.datetime64, cadence_s: float = 60.0
) -> ParsedFile:
    time = start + np.arange(values.size) * np.timedelta64(round(1000 * cadence_s), "ms")
    readings = Readings(code, time[np.isfinite(values)], values[np.isfinite(values)], cadence_s)
    modified_ms = int(modified.astype("datetime64[ms]").astype(np.int64))
    return ParsedFile(
        "day.min", "day.min", f"{hash((code, str(start))) % 10**12:064d}", "iaga", blocks_of(readings), modified_ms=modified_ms
    )


@pytest.mark.sqlite("another program holds the file")
def test_a_project_that_cannot_be_written_is_told_once_each_time(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quakegui.project.store.BUSY_S", 0.05)
    monkeypatch.setattr("quakegui.project.database.BUSY_S", 0.05)
    said, source = list[str](), Given()
    listener = Listener(project, source, tell=lambda text, _kind: said.append(text), every_s=0.0)
    with contextlib.closing(sqlite3.connect(project.folder / "project.sqlite", isolation_level=None)) as other:
        for minute in range(2):
            source.messages = [impf(NOON + minute * np.timedelta64(60_000, "ms"), [46_000.0])]
            other.execute("BEGIN IMMEDIATE")
            turns = iter((False, False, True))
            with pytest.raises(ProjectError, match="in use by another program"):
                listener.run(lambda turns=turns: next(turns))
            other.execute("ROLLBACK")
            listener.run(_after_one())
            assert len(source.acknowledged) == minute + 1
    refused = [text for text in said if "in use by another program" in text]
    assert len(refused) == 2
    assert all("Listening continues" in text for text in refused)


def test_what_arrives_is_stored_then_acknowledged_and_readable(project: Project) -> None:
    source = heard(project, impf(NOON, [46_000.1, 46_000.2]), impf(NOON + 2000, [46_000.3]))
    assert len(source.acknowledged) == 2
    assert values_of(project) == {"12:00:00": 46_000.1, "12:00:01": 46_000.2, "12:00:02": 46_000.3}
    (state,) = live.live_states(project)
    assert (state.station, state.last, state.delay_s, state.messages, state.refused) == ("KAK", NOON + 2000, 1.0, 2, 0)


def test_nothing_is_acknowledged_that_could_not_be_stored(project: Project) -> None:
    folder, said = project.folder, list[str]()
    with Project.open(folder, read_only=True) as closed:
        source = Given(impf(NOON, [46_000.1]))
        listener = Listener(closed, source, tell=lambda text, _kind: said.append(text), every_s=0.0)
        with pytest.raises(ProjectError, match="read-only"):
            listener.run(cancelled=_after_one())
        assert source.acknowledged == []
        assert "Listening continues" in said[0]


def test_duplicates_and_any_order_give_the_same_record(project: Project, tmp_path: Path) -> None:
    messages = [impf(NOON + 10_000 * k, 46_000.0 + np.arange(10) / 10 + k) for k in range(12)]
    heard(project, *messages)
    shuffled = [messages[k] for k in np.random.default_rng(0).permutation(np.repeat(np.arange(12), 3))]
    other = Project.create(tmp_path / "other", timezone="Asia/Shanghai")
    for at in range(0, 36, 9):
        heard(other, *shuffled[at : at + 9])
        if at == 9:
            fold(other)
    assert values_of(other) == values_of(project)
    assert len(values_of(project)) == 120


def test_a_later_value_overwrites_and_null_never_does(project: Project) -> None:
    heard(project, impf(NOON, [46_000.0, 46_001.0]))
    fold(project)
    heard(project, impf(NOON, [46_100.0, None]), impf(NOON + 1000, [None]))
    assert values_of(project) == {"12:00:00": 46_100.0, "12:00:01": 46_001.0}


def test_a_higher_level_takes_precedence_whenever_it_arrives(project: Project) -> None:
    heard(project, impf(NOON, [46_200.0], level=2), impf(NOON, [46_100.0, 46_101.0], level=1))
    assert values_of(project) == {"12:00:00": 46_200.0, "12:00:01": 46_101.0}


def test_derived_values_are_not_mixed_with_recorded_ones(project: Project) -> None:
    vector = {"geomagneticFieldX": [30_000.0] * 3, "geomagneticFieldY": [0.0] * 3}
    heard(project, impf(NOON, [40_000.0] * 3, element="Z", **vector), impf(NOON, [46_000.0, 46_000.0]))
    assert values_of(project) == {"12:00:00": 46_000.0, "12:00:01": 46_000.0}


def test_stamps_ahead_of_the_clock_and_very_old_ones_are_refused_and_said(project: Project) -> None:
    said: list[str] = []
    now_ms = int(NOON.astype(np.int64))
    source = Given(
        impf(NOON - 1000, [46_000.0]),
        impf(NOON + 299_000, [46_001.0, 46_002.0, 46_003.0], received_ms=now_ms),
        impf("2000-01-01T00:00:00", [46_004.0], received_ms=now_ms),
    )
    listener = Listener(project, source, tell=lambda text, _kind: said.append(text))
    listener.run(cancelled=_after_one())
    assert sorted(values_of(project, NOON - 3_600_000).values()) == [46_000.0, 46_001.0, 46_002.0]
    (state,) = live.live_states(project)
    assert (state.refused, "more than 31 days old" in state.reason) == (2, True)
    assert len(source.acknowledged) == 3


def test_a_file_of_the_whole_day_is_the_record_with_its_gaps(project: Project, tmp_path: Path) -> None:
    seconds = 46_000.0 + np.sin(np.arange(3 * 3600) / 600.0)
    heard(project, *(impf(NIGHT + 60_000 * k, seconds[60 * k : 60 * k + 60]) for k in range(180)))
    minutes = np.where(np.arange(1440) % 100 == 99, np.nan, 46_010.0 + np.arange(1440) % 7 / 10)
    whole = day_file("KAK", DAY.astype("datetime64[ms]"), minutes, modified=DAY + 2)
    alone = Project.create(tmp_path / "alone", timezone="Asia/Shanghai")
    for one in (project, alone):
        store_files(one, [whole])
    night, expected = load_nights(project), load_nights(alone)
    assert night is not None
    assert expected is not None
    for name in ("days", "values", "coverage", "quality"):
        np.testing.assert_array_equal(getattr(night, name), getattr(expected, name))


def test_a_file_written_during_the_day_is_the_record_up_to_its_last_reading(project: Project) -> None:
    heard(project, impf(NOON, [46_000.0] * 180))
    part = day_file("KAK", NOON, np.array([46_100.0, 46_101.0]), modified=NOON + np.timedelta64(2, "m"))
    store_files(project, [part])
    found = values_of(project)
    assert [found[at] for at in ("12:00:00", "12:01:00", "12:01:01")] == [46_100.0, 46_101.0, 46_000.0]
    assert "12:00:01" not in found


def test_gaps_are_named_until_a_file_fills_them(project: Project) -> None:
    heard(project, impf(NOON, [46_000.0] * 10), impf(NOON + 40_000, [46_000.0] * 5))
    (gap,) = live.gaps(project, "KAK")
    assert (gap.since, gap.until, gap.readings) == (NOON + 10_000, NOON + 39_000, 30)
    store_files(project, [day_file("KAK", NOON, np.full(45, 46_000.0), modified=DAY + 2, cadence_s=1.0)])
    assert live.gaps(project, "KAK") == ()


def test_a_day_of_live_readings_is_one_act_that_can_be_undone(project: Project) -> None:
    heard(project, impf(NOON, [46_000.0]), impf(NOON, [47_000.0], code="kny"))
    (act,) = acts(project)
    assert (act.author, act.summary["names"]) == ("live", ["live 2026-03-10"])
    undo_import(project)
    assert values_of(project) == {}


def test_an_export_has_what_arrived_live(project: Project, tmp_path: Path) -> None:
    heard(project, impf(NOON, [46_000.0, 46_001.0]))
    export_project(project, tmp_path / "out")
    other = Project.create(tmp_path / "other", timezone="UTC")
    import_paths(other, [tmp_path / "out"])
    assert values_of(other) == {"12:00:00": 46_000.0, "12:00:01": 46_001.0}


def test_a_night_in_progress_changes_no_revision_until_it_is_over(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = {"ms": int((NIGHT + 3_600_000).astype(np.int64))}
    for module in ("quakegui.project.nights", "quakegui.serve.listening"):
        monkeypatch.setattr(f"{module}.wall_clock_ms", lambda: clock["ms"])
    hour = [impf(NIGHT + 60_000 * k, [46_000.0] * 60) for k in range(180)]
    heard(project, *hour[:60])
    ensure_nights(project)
    revision = project.revision()
    heard(project, *hour[60:90])
    ensure_nights(project)
    assert project.revision() == revision
    night = load_nights(project)
    assert night is not None
    assert night.coverage.max() == pytest.approx(0.5)
    heard(project, *hour[90:])
    clock["ms"] = int((NIGHT + 4 * 3_600_000).astype(np.int64))
    Listener(project, Given()).settle()
    assert project.revision() > revision
    night = load_nights(project)
    assert night is not None
    assert np.nanmax(night.values) == 46_000.0


def test_a_flag_takes_effect_with_the_next_flush_and_once(project: Project) -> None:
    heard(project, *(impf(NIGHT + 60_000 * k, [46_000.0] * 60) for k in range(180)))
    listener = Listener(project, Given())
    assert listener.settle()
    assert not listener.settle()
    with project.write("journal", "inputs") as connection:  # as an analyst of a shared project, who may not compute
        append(connection, {Subject("KAK", str(DAY + 1)).key: RowContent(1, "a lorry")}, "bo")
    assert listener.settle()
    night = load_nights(project)
    assert night is not None
    assert (night.quality & Quality.FLAGGED).any()
    assert not listener.settle()


def test_what_arrives_while_night_means_are_computed_is_received(project: Project) -> None:
    class Late(Given):
        def receive(self, timeout_s: float) -> Sequence[Message]:
            return super().receive(timeout_s) if timeout_s < 0.1 else []

    listener = Listener(project, source := Late())
    heard(project, impf(NOON, [46_000.0] * 60))
    source.messages = [impf(NOON + 60_000, [46_000.0] * 60)]
    assert listener.settle()
    assert source.messages == []
    listener.flush()
    assert len(source.acknowledged) == 1


def test_a_message_that_comes_again_is_acknowledged_and_not_counted_again(project: Project) -> None:
    first = impf(NOON, [46_000.0] * 60)
    bad = Message(first.topic, b"no JSON", first.received_ms)
    source = heard(project, first, bad, replace(first, repeated=True), replace(bad, repeated=True))
    assert len(source.acknowledged) == 4
    assert [(state.messages, state.refused) for state in live.live_states(project)] == [(1, 1)]


@pytest.mark.parametrize(("module", "name"), [("live_rows", "latest"), ("nights", "night_means")])
def test_labels_do_not_wait_while_readings_are_merged_or_night_means_computed(
    project: Project, monkeypatch: pytest.MonkeyPatch, module: str, name: str
) -> None:
    whole = getattr(importlib.import_module(f"quakegui.project.{module}"), name)
    steps: list[int] = []

    def label_meanwhile(*given: object, **named: object) -> object:
        with Project.open(project.folder) as window:
            window.answer_here()
            days = np.array([DAY + len(steps)])
            steps.append(journal.write_labels(window, days, 1, source=LabelSource.ANALYST, author="Bo"))
        return whole(*given, **named)

    heard(project, *(impf(NIGHT + 60_000 * k, [46_000.0] * 60) for k in range(180)))
    monkeypatch.setattr(f"quakegui.project.{module}.{name}", label_meanwhile)
    ensure_nights(project)
    assert steps
    assert all(steps)
    night = load_nights(project)
    assert night is not None
    assert np.nanmax(night.values) == 46_000.0


@pytest.mark.parametrize("first", [False, True])
def test_two_programs_that_fold_at_the_same_time_lose_nothing(
    project: Project, monkeypatch: pytest.MonkeyPatch, *, first: bool
) -> None:
    """The second one folds, and deletes what it has folded, between the computation and the transaction of the other."""
    heard(project, impf(NOON, [46_000.0, 46_001.0]))
    if not first:
        fold(project)
        heard(project, impf(NOON, [46_100.0]))
    whole, others = live_rows.pack, [Project.open(project.folder)]

    def fold_meanwhile(numbers: np.ndarray) -> bytes:
        while others:
            with others.pop() as other:
                heard(other, impf(NOON, [46_200.0], received_ms=int((NOON + 9000).astype(np.int64))))
                assert fold(other) == 2
        return whole(numbers)

    monkeypatch.setattr(live_rows, "pack", fold_meanwhile)
    fold(project)
    assert values_of(project) == {"12:00:00": 46_200.0, "12:00:01": 46_001.0}


def test_readings_that_change_while_nights_are_computed_are_in_them(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, others = nights.night_means, [Project.open(project.folder)]

    def import_meanwhile(*given: object, **named: object) -> object:
        found = whole(*given, **named)
        while others:
            with others.pop() as other:
                store_files(other, [day_file("KAK", NIGHT, np.full(180, 46_500.0), modified=DAY + 2)])
        return found

    heard(project, *(impf(NIGHT + 60_000 * k, [46_000.0] * 60) for k in range(180)))
    monkeypatch.setattr(nights, "night_means", import_meanwhile)
    ensure_nights(project)
    night = load_nights(project)
    assert night is not None
    assert np.nanmax(night.values) == 46_500.0


def test_a_station_that_falls_silent_is_reported_once(project: Project) -> None:
    heard(project, impf(NOON, [46_000.0]))
    changes: list[tuple[str, str]] = []
    now = int(NOON.astype(np.int64))
    source = Given()
    listener = Listener(project, source, warn=lambda change: changes.append((change.light, change.state.station)))
    listener.settle(now + 60_000)
    listener.settle(now + 1_200_000)
    listener.settle(now + 1_300_000)
    assert changes == [("silent", "KAK")]


def test_a_listener_that_is_started_again_reports_only_what_has_changed(project: Project) -> None:
    heard(project, impf(NOON, [46_000.0]))
    changes: list[str] = []

    def started_again(minutes: int, *, warn: bool = True) -> list[str]:
        listener = Listener(project, Given(), warn=(lambda change: changes.append(change.light)) if warn else None)
        listener.settle(int(NOON.astype(np.int64)) + 60_000 * minutes)
        return changes

    assert started_again(20, warn=False) == []
    assert started_again(20) == started_again(30) == ["silent"]
    heard(project, impf(NOON + 1_800_000, [46_000.0]))
    assert started_again(31, warn=False) == ["silent"]
    assert started_again(31) == started_again(32) == ["silent", "live"]
    (project.folder / "silent.json").write_text("3", encoding="utf-8")
    assert started_again(90) == ["silent", "live", "silent"]


def test_a_listener_that_is_to_end_leaves_the_night_means_to_the_next(project: Project) -> None:
    source = Given(*(impf(NIGHT, [46_000.0] * 60, code=code) for code in ("kak", "mmb", "kny")))
    listener, turns = Listener(project, source, every_s=0.0), iter((False, False, True, True))
    listener.run(lambda: next(turns))
    assert len(source.acknowledged) == 3
    with project.read() as connection:
        assert nights.has_stale_nights(connection)
    ensure_nights(project)
    with project.read() as connection:
        assert not nights.has_stale_nights(connection)


def test_the_command_prints_the_state_and_the_gaps_of_each_station(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    heard(project, impf(NOON, [46_000.0] * 10), impf(NOON + 40_000, [46_000.0] * 5))
    run = Terminal(capsys)
    (facts,) = run.json("listen", project.folder, "--status")
    assert (facts["station"], facts["light"], facts["missing"], facts["delay_s"]) == ("KAK", "silent", 30, 1.0)
    assert facts["gaps"] == [{"since": "2026-03-10T12:00:10Z", "until": "2026-03-10T12:00:39Z", "readings": 30}]
    assert "KAK: 30 readings missing from 2026-03-10T12:00:10Z" in run("listen", project.folder, "--status")[0]
    assert "needs the address" in run("listen", project.folder, code=2)[1]
    assert "do not belong in the address" in run("listen", project.folder, "mqtt://a:b@c", "--topic", "#", code=1)[1]


def test_live_readings_are_exported_as_soon_as_the_listener_has_ended(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    heard(project, impf(NOON, [46_000.0] * 60))
    project.close()
    Terminal(capsys)("readings", project.folder, tmp_path / "out")
    (file,) = (tmp_path / "out").iterdir()
    assert file.read_text().count("46000.00\n") == 60


def test_data_without_their_header_are_reported_after_a_minute(project: Project) -> None:
    line = b"2026,3,10,12,0,0,0,46000123"
    told: list[str] = []
    now_ms = wall_clock_ms()
    source = Given(Message("wic/A/data", line, now_ms))
    listener = Listener(project, source, tell=lambda text, _kind: told.append(text))
    listener.run(_after_one())
    assert told == []
    source.messages = [Message("wic/A/data", line, now_ms - 61_000)]
    listener.run(_after_one())
    listener.run(_after_one())
    assert [str(text) for text in told] == [
        "WIC: data are not stored before the header of the sensor arrives; listen to the topic wic/A/meta, too."
    ]
    assert source.acknowledged == []
