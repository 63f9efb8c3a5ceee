"""The operating day: what is predicted when, what counts as prospective, and what is said of late and corrected days."""

from __future__ import annotations

import csv
import errno
import itertools
import os
import shutil
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from run_projects import LATER_DAYS, open_window, season_of

from quakegui.judge.predictors import PREDICTORS
from quakegui.learn import issuing, operating, season_runs
from quakegui.learn.issuing import knowledge_end_of_run, predict_days
from quakegui.learn.operating import Update
from quakegui.learn.prospective import evaluate_prospective
from quakegui.learn.runs import registry
from quakegui.learn.runs.portions import Portions
from quakegui.learn.runs.registry import RunFolder
from quakegui.learn.watching import Watch
from quakegui.learn.worker.asking import answer
from quakegui.project import flags, journal, runs, seasons
from quakegui.project.store import Project
from quakegui.project.verifying import examine
from quakegui.season.labels import LabelSource
from quakegui.season.localtime import local_date
from quakegui.season.season import Season

HOUR_MS = 3_600_000
LONG_AFTER = 1_700_000_000_000
"""A moment, milliseconds since 1970, when every night of the season is over."""


def unheard(_message: object) -> None:
    return


class Answers:
    """Stands for the worker: every map has the same answer, and it counts the maps."""

    def __init__(self, event_probability: float = 0.9) -> None:
        self.asked: list[int] = []
        rest = (1 - event_probability, *[event_probability / 4] * 4)
        self.row = np.array(rest)

    def __call__(self, run: RunFolder, maps: np.ndarray, **_: object) -> np.ndarray:
        self.asked.append(len(maps))
        return np.tile(self.row, (len(maps), 1))


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Answers:
    made = Answers()
    monkeypatch.setattr(issuing, "answer", made)
    return made


def just_after(season: Season, index: int) -> int:
    """Half an hour after a day has become known, milliseconds since 1970."""
    return int(season.available_at[season.shown][index].astype("datetime64[ms]").astype(np.int64)) + HOUR_MS // 2


def round_of(project: Project, *paths: Path, now_ms: int | None = None) -> Update:
    return operating.update(project, paths, listen=unheard, now_ms=now_ms)


@pytest.mark.slow  # a process with TensorFlow; the same is tested in process beside it
def test_the_worker_predicts_new_days_as_the_run_itself_would(trained: Path) -> None:
    with Project.open(trained) as project:
        season = season_of(project)
        run = season_runs.find_run(project, None)
        maps = season.indices(np.arange(len(season.days)))[season.has_map]
        told = answer(run, maps, listen=unheard)
        np.testing.assert_allclose(told, run.predictions().final[season.has_map], atol=1e-5)
        np.testing.assert_allclose(told.sum(axis=1), 1, atol=1e-5)


def test_days_after_the_run_become_prospective_rows_once(trained: Path, answers: Answers) -> None:
    with Project.open(trained) as project:
        first = round_of(project)
        assert first.predictions.issued == ()
        assert answers.asked == [0]
        open_window(project)
        season = season_of(project)
        run = season_runs.find_run(project, None)
        done = round_of(project, now_ms=just_after(season, -1))
        new = season.days[-LATER_DAYS:]
        mapped = [day for day, has in zip(new, season.has_map[-LATER_DAYS:], strict=True) if has]
        assert [one.day for one in done.predictions.issued] == mapped
        assert {one.kind for one in done.predictions.issued} == {"prospective"}
        assert {day for day, _ in done.predictions.without_map} == set(new) - set(mapped)
        rows = [row for row in runs.ledger(project, run.id) if row.kind == "prospective"]
        assert [row.day for row in rows] == mapped
        assert {row.issued_ms for row in rows} == {just_after(season, -1)}
        assert all(row.cutoff_ms < row.issued_ms for row in rows)
        again = round_of(project)
        assert again.predictions.issued == ()
        assert again.predictions.unchanged == len(mapped)
        assert answers.asked == [0, len(mapped), 0]


def test_predictions_follow_a_flag_and_its_undo(trained: Path, answers: Answers) -> None:
    with Project.open(trained) as project:
        open_window(project)
        season, run = season_of(project), season_runs.find_run(project, None)
        predict_days(project, season, run, listen=unheard, now_ms=LONG_AFTER)
        first, night = len(answers.asked), season.days[-LATER_DAYS + 1]
        before = season.indices(np.arange(len(season.days)))
        flags.flag(project, flags.nights_of("BBB", night, night, timezone=project.timezone), author="Li", reason="cow")
        flagged = season_of(project)
        done = predict_days(project, flagged, run, listen=unheard, now_ms=LONG_AFTER)
        differ = (flagged.indices(np.arange(len(season.days))) != before).any(axis=(1, 2))
        changed = season.days[differ & season.has_map]
        assert night in changed
        assert [one.day for one in done.issued] == changed.tolist()
        assert all(one.corrected for one in done.issued)  # the ledger keeps the former ones, which count in scores
        journal.undo(project, "Li")
        again = predict_days(project, season_of(project), run, listen=unheard, now_ms=LONG_AFTER)
        assert again.issued == ()  # the former maps were predicted already
        assert answers.asked[first:] == [len(changed), 0]


@pytest.mark.parametrize("minutes", [90, -90])
def test_a_prediction_is_issued_when_it_is_written_and_never_before_the_row_above(
    trained: Path, monkeypatch: pytest.MonkeyPatch, minutes: int
) -> None:
    """While a worker is asked another program predicts, and the clock goes on, or is set back."""
    with Project.open(trained) as project:
        open_window(project)
        season, run = season_of(project), season_runs.find_run(project, None)
        clock = [just_after(season, -1)]

        def ask(_run: RunFolder, maps: Portions, **_: object) -> np.ndarray:
            if len(maps):
                clock[0] += 10 * 60_000
                one = runs.LedgerPredictions(
                    season.days[:1], np.full((1, 5), 0.2), "in-sample", ("m",), np.zeros(1, np.int64), season.config.hash
                )
                runs.append_predictions(project, run.id, one, issued_ms=clock[0])
                clock[0] += minutes * 60_000
            return np.full((len(maps), 5), 0.2)

        monkeypatch.setattr(issuing, "answer", ask)
        for module in (issuing, runs):
            monkeypatch.setattr(module, "wall_clock_ms", lambda: clock[0])
        done = round_of(project)
        rows = runs.ledger(project, run.id)
        said = rows[-len(done.predictions.issued) :]
        assert {row.issued_ms for row in said} == {just_after(season, -1) + (10 + max(minutes, 0)) * 60_000}
        assert all(after.issued_ms >= before.issued_ms for before, after in itertools.pairwise(rows))
        late = [(row.issued_ms - row.cutoff_ms) / HOUR_MS for row in said]
        assert [one.late_hours for one in done.predictions.issued] == late
        with project.read() as connection:
            assert examine(connection, now_ms=rows[-1].issued_ms).faults == ()


def test_days_asked_about_in_portions_are_predicted_as_at_once(
    trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def by_map(_run: RunFolder, maps: Portions, **_: object) -> np.ndarray:
        asked.append(len(maps))
        share = maps.whole().reshape(len(maps), -1).mean(axis=1) / 255.0
        return np.column_stack([1.0 - share, *[share / 4.0] * 4])

    monkeypatch.setattr(issuing, "answer", by_map)
    found = []
    for most in (512, 3):
        monkeypatch.setattr(issuing, "MOST_MAPS", most)
        asked.clear()
        with Project.open(shutil.copytree(trained, tmp_path / str(most))) as project:
            run = replace(season_runs.find_run(project, None), id="other")
            said = predict_days(project, season_of(project), run, listen=unheard, now_ms=LONG_AFTER)
            found.append((said, runs.ledger(project, "other")))
        assert max(asked) <= most
    assert len(asked) > 2
    assert len(found[0][0].issued) == sum(asked)
    assert found[0] == found[1]


def test_nothing_that_the_run_knows_of_is_prospective(trained: Path, answers: Answers) -> None:
    with Project.open(trained) as project:
        season = season_of(project)
        run = season_runs.find_run(project, None)
        assert knowledge_end_of_run(run) >= season.available_at[season.shown][-1] - np.timedelta64(1, "D")
        before_all = replace(run, about={**run.about, "knows_until": str(season.available_at[season.shown][3])})
        done = predict_days(project, season, replace(before_all, id="other"), listen=unheard, now_ms=LONG_AFTER)
        kinds = {one.day: one.kind for one in done.issued}
        assert {kinds[day] for day in season.days[:4]} == {"in-sample"}
        assert {kinds[day] for day in season.days[4:]} == {"prospective"}
        untold = replace(run, about={})
        assert knowledge_end_of_run(untold) > season.available_at[season.shown][-1]


def test_late_days_are_told_as_late_and_on_time_ones_are_not(trained: Path, answers: Answers) -> None:
    with Project.open(trained) as project:
        open_window(project)
        season = season_of(project)
        mapped = np.flatnonzero(season.has_map)
        done = round_of(project, now_ms=just_after(season, int(mapped[-1])))
        late = [one.late for one in done.predictions.issued]
        assert late == [True] * (len(late) - 2) + [late[-2], False]
        assert done.predictions.issued[-1].late_hours == pytest.approx(0.5)
        assert any("Late predictions" in note for note in done.notes)


def night_of(season: Season, index: int) -> tuple[int, int]:
    """Return when the night of a day ends and when it is over, milliseconds since 1970."""
    end = int(season.available_at[season.shown][index].astype("datetime64[ms]").astype(np.int64))
    return end, end + 15 * 60_000


def test_nothing_is_said_of_a_night_before_it_is_over(trained: Path, answers: Answers) -> None:
    """83 % of a night is enough for a mean, and half an hour before its end it is still no night."""
    with Project.open(trained) as project:
        open_window(project)
        season, run = season_of(project), season_runs.find_run(project, None)
        index = int(np.flatnonzero(season.has_map)[-1])
        day, (end, over) = season.days[index], night_of(season, int(np.flatnonzero(season.has_map)[-1]))
        for now_ms in (end - HOUR_MS // 2, end, over - 1):
            early = round_of(project, now_ms=now_ms)
            assert day not in {one.day for one in early.predictions.issued}
            assert (day, np.datetime64(over, "ms")) in early.predictions.waiting
            assert early.next_over == np.datetime64(over, "ms")
            assert any(f"The night of {day} is not over; prediction is possible from" in note for note in early.notes)
            assert day not in {row.day for row in runs.ledger(project, run.id) if row.kind == "prospective"}
            assert day not in {day for day, _ in early.predictions.without_map}
        done = round_of(project, now_ms=over)
        assert [one.day for one in done.predictions.issued] == [day]
        assert [one.late_hours for one in done.predictions.issued] == [0.25]
        assert not done.predictions.issued[0].corrected
        assert all(row.issued_ms >= row.cutoff_ms for row in runs.ledger(project, run.id))


def test_a_season_computed_before_or_after_predicts_no_night_that_is_not_over(trained: Path, answers: Answers) -> None:
    with Project.open(trained) as project:
        open_window(project)
        season = season_of(project)
        run = replace(season_runs.find_run(project, None), id="other")
        index = int(np.flatnonzero(season.has_map)[-1])
        said = predict_days(project, season, run, listen=unheard, now_ms=night_of(season, index)[1] - 1)
        assert season.days[index] not in {one.day for one in said.issued}
        assert season.days[index - 1] in {one.day for one in said.issued}


def test_readings_ahead_of_the_clock_are_told(trained: Path, answers: Answers) -> None:
    with Project.open(trained) as project:
        last = seasons.days_with_data(project)[-1].astype("datetime64[ms]").astype(np.int64)
        ahead = [
            note
            for note in round_of(project, now_ms=int(last) - 12 * HOUR_MS).notes
            if "ahead of this computer's clock" in note
        ]
        assert [note.split()[2] for note in ahead] == ["AAA", "BBB", "CCC", "DDD", "EEE", "FFF", "GGG"]
        assert not any("ahead of this computer" in note for note in round_of(project).notes)


def test_a_watch_wakes_when_a_night_is_over(tmp_path: Path) -> None:
    moments, over = iter([0, 500, 1000, 1500, 2000, 2500]), threading.Event()
    watch = Watch(tmp_path, pause_s=0.001, clock=lambda: next(moments))
    watch.wake_at(1500)
    found = watch.changes(over.is_set)
    assert next(found) == ()
    assert next(moments) == 2000, "at the first look from that moment on"
    over.set()
    assert list(found) == [], "and once only"


def test_a_watched_folder_without_files_yields_when_something_else_is_due(tmp_path: Path) -> None:
    due = iter((False, True))
    watch = Watch(tmp_path, pause_s=0.001, due=lambda: next(due))
    assert next(watch.changes(lambda: False)) == ()
    assert next(due, None) is None


def test_a_corrected_day_gets_a_further_row_and_its_first_word_stands(trained: Path, answers: Answers, tmp_path: Path) -> None:
    with Project.open(trained) as project:
        open_window(project)
        first = round_of(project)
        run = season_runs.find_run(project, None)
        day = first.predictions.issued[1].day
        changed = corrected_readings(project, day, tmp_path / "again.csv")
        answers.row = np.array([0.6, 0.1, 0.1, 0.1, 0.1])
        done = round_of(project, changed)
        assert done.import_report is not None
        assert len(done.import_report.imported) == 1
        issued = {one.day: one for one in done.predictions.issued}
        assert issued[day].corrected
        assert any("has changed since it was predicted" in note for note in done.notes)
        rows = [row for row in runs.ledger(project, run.id) if row.day == day]
        assert [row.kind for row in rows] == ["prospective", "prospective"]
        assert rows[0].map_hash != rows[1].map_hash
        season = season_of(project)
        table = runs.predictions(project, run.id, season.days)
        place = int(np.flatnonzero(season.days == day)[0])
        assert table.probabilities[place, 0] == pytest.approx(0.1)
        same = round_of(project, changed)
        assert same.import_report is not None
        assert same.import_report.unchanged
        assert same.predictions.issued == ()


def test_an_alarm_is_told_when_it_opens_and_not_again(trained: Path, answers: Answers) -> None:
    answers.row = np.array([0.01, 0.9, 0.03, 0.03, 0.03])
    with Project.open(trained) as project:
        open_window(project)
        run = season_runs.find_run(project, None)
        # The same network under another id has said nothing yet, so no alarm is open.
        shutil.copytree(run.folder, run.folder.with_name("silent"))
        done = operating.update(project, run_id="silent", listen=unheard)
        assert done.open_now
        assert len(done.new_alarms) == 1
        season = season_of(project)
        opened = local_date(np.array([done.new_alarms[0].opened]), project.timezone)[0]
        assert opened >= done.predictions.issued[0].day
        assert opened <= done.predictions.issued[-1].day
        assert season.days[-1] >= opened
        again = operating.update(project, run_id="silent", listen=unheard)
        assert again.new_alarms == ()
        cut_off = operating.update(project, run_id="silent", listen=unheard, told=lambda _run, _earlier: ())
        assert cut_off.new_alarms == done.new_alarms
        assert again.open_now


def test_days_beyond_the_window_are_told_and_left_alone(trained: Path, answers: Answers) -> None:
    with Project.open(trained) as project:
        done = round_of(project)
        assert any("lie after the season's last day" in note for note in done.notes)
        assert answers.asked == [0]


def test_a_run_of_another_style_is_refused(trained: Path, answers: Answers) -> None:
    with Project.open(trained) as project:
        config = project.config()
        project.set_config(replace(config, style=replace(config.style, limit_z=6.0)))
        with pytest.raises(registry.RunError, match="a different style"):
            round_of(project)
        assert answers.asked == []


def test_the_prospective_record_is_judged_by_itself(trained: Path, answers: Answers) -> None:
    with Project.open(trained) as project:
        run = season_runs.find_run(project, None)
        with pytest.raises(registry.RunError, match="no prospective predictions"):
            evaluate_prospective(project, season_of(project), run)
        open_window(project)
        season = season_of(project)
        done = round_of(project, now_ms=just_after(season, int(np.flatnonzero(season.has_map)[-1])))
        days = np.array([one.day for one in done.predictions.issued])
        journal.write_labels(project, days[:3], 0, source=LabelSource.ANALYST, author="A")
        told = evaluate_prospective(project, season, run)
        assert told.predicted == len(days)
        assert told.late == sum(one.late for one in done.predictions.issued)
        assert told.judgement.protocol == "prospective"
        assert told.judgement.scored == 3
        assert told.judgement.of("event").figures.accuracy == 0
        assert {one.name for one in told.judgement.comparisons} == {*PREDICTORS}
        assert {one.days for one in told.judgement.comparisons if one.name in {"majority", "calendar", "without-field"}} == {3}
        assert told.rivals == ()
        journal.write_labels(project, days[2:3], 2, source=LabelSource.ANALYST, author="A")  # no event has this class
        said = run.predictions()
        without = replace(said, final=np.full_like(said.final, np.nan), final_trained=np.zeros_like(said.final_trained))
        without.save(run.folder / "predictions.npz")
        last = evaluate_prospective(project, season, run, with_rivals=True)  # the last fold's network answers
        assert {one.name for one in last.judgement.comparisons} == {*PREDICTORS}
        assert [one.name for one in last.rivals] == [*PREDICTORS]
        assert last.judgement.trained.tolist() == [[True, *(np.bincount(said.labels[said.role[-1] == 1], minlength=5)[1:] > 0)]]
        assert np.isfinite(last.judgement.information_gain)


def test_an_unfinished_run_cannot_predict(trained: Path, answers: Answers) -> None:
    with Project.open(trained) as project:
        run = replace(season_runs.find_run(project, None), card=None)
        with pytest.raises(registry.RunError, match="not finished"):
            predict_days(project, season_of(project), run, listen=unheard)


def test_a_watch_takes_a_file_once_it_no_longer_grows(tmp_path: Path) -> None:
    (tmp_path / "old.txt").write_text("was there")
    watch = Watch(tmp_path, pause_s=0.02)
    over = threading.Event()
    new = tmp_path / "below" / "new.txt"
    new.parent.mkdir()
    new.write_text("1")
    found = watch.changes(over.is_set)
    assert next(found) == (new,)
    new.write_text("12")
    assert next(found) == (new,)
    over.set()
    began = time.monotonic()
    assert list(found) == []
    assert time.monotonic() - began < 5


def minutes_csv(path: Path, last: str) -> None:
    """Write one-minute readings of 2022-03-01 up to a time of day; the file is modified now."""
    stamps = np.arange("2022-03-01T00:00", f"2022-03-01T{last}", dtype="datetime64[m]")
    path.write_text("time,AAA\n" + "".join(f"{stamp}:00Z,{48500 + number % 7}\n" for number, stamp in enumerate(stamps)))


def test_a_file_that_ends_in_the_middle_of_an_hour_waits_for_the_rest(tmp_path: Path) -> None:
    live, whole = tmp_path / "live.csv", tmp_path / "whole.csv"
    minutes_csv(live, "13:07")
    watch, over, looks = Watch(tmp_path, pause_s=0.0), threading.Event(), 0
    assert watch.present == ()

    def cancelled() -> bool:
        nonlocal looks
        looks += 1
        if looks == 40:  # by then every file had its chance
            minutes_csv(whole, "14:00")
        return over.is_set()

    found = watch.changes(cancelled)
    assert next(found) == (whole,)
    assert looks > 40
    minutes_csv(live, "15:00")
    assert next(found) == (live,)
    os.utime(live, (1_700_000_000, 1_700_000_000))  # cut off, but nobody has written to it for long
    minutes_csv(whole, "14:30")
    os.utime(whole, (1_700_000_000, 1_700_000_000))
    assert next(found) == (live, whole)


def test_files_that_another_program_still_fetches_are_not_looked_at(tmp_path: Path) -> None:
    for name in (".latest.csv.X7", "latest.csv.part", "latest.csv.crdownload"):
        minutes_csv(tmp_path / name, "14:00")
    watch, over = Watch(tmp_path, pause_s=0.0), threading.Event()
    assert watch.present == ()
    minutes_csv(tmp_path / "latest.csv", "14:00")
    assert next(watch.changes(over.is_set)) == (tmp_path / "latest.csv",)


def test_files_that_could_not_be_taken_come_again(tmp_path: Path) -> None:
    """Another program wrote to the project, say, at the moment when the day's files came in."""
    first, second, gone = (tmp_path / name for name in ("1.txt", "2.txt", "gone.txt"))
    watch, over = Watch(tmp_path, pause_s=0.01, again_s=3600.0), threading.Event()
    found = watch.changes(over.is_set)
    first.write_text("1")
    assert next(found) == (first,)
    watch.again((first, gone))
    second.write_text("2")
    assert next(found) == (first, second), "with the next ones"
    watch.again_s = 0.0
    watch.again((second,))
    assert next(found) == (second,), "or by themselves"
    over.set()
    assert list(found) == []


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right of their own there")
def test_a_watch_outlives_what_cannot_be_reached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "loop").symlink_to("loop")
    watch, over, looks = Watch(tmp_path, pause_s=0.01), threading.Event(), []
    listing = Watch.listing

    def away_at_first(self: Watch) -> object:
        looks.append(len(looks))
        if len(looks) < 3:
            raise OSError(errno.EHOSTDOWN, "Host is down")
        return listing(self)

    monkeypatch.setattr(Watch, "listing", away_at_first)
    (tmp_path / "new.txt").write_text("1")
    assert next(watch.changes(over.is_set)) == (tmp_path / "new.txt",)


def corrected_readings(project: Project, day: np.datetime64, path: Path) -> Path:
    """Write the hours of one station's night anew, 40 nT higher."""
    from quakegui.project.seasons import record

    start = day.astype("datetime64[ms]") - np.timedelta64(1, "D")
    readings = record(project, "AAA", start, start + np.timedelta64(2, "D"))[0]
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["time", "AAA"])
        for stamp, value in zip(readings.time, readings.values, strict=True):
            inside = abs((stamp - (day - np.timedelta64(8, "h"))) / np.timedelta64(1, "h")) < 6
            writer.writerow([f"{stamp.astype('datetime64[s]')}Z", f"{value + 40 * inside:.2f}"])
    return path
