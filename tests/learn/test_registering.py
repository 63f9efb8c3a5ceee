"""A registered run: frozen before its days come, predicted by every update, and whatever was changed or left out is told."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from run_projects import LATER_DAYS, open_window, season_of
from terminal import Terminal

from quakegui.cli import registering, verifying
from quakegui.judge.alarms import AlarmRule
from quakegui.learn import issuing, operating, season_runs
from quakegui.learn.alarm_days import alarm_series
from quakegui.learn.prospective import evaluate_prospective
from quakegui.learn.registering import register_run
from quakegui.learn.runs.registry import RunError, RunFolder
from quakegui.project import journal, registrations, runs
from quakegui.project.registered import examine_registrations
from quakegui.project.store import Project, ProjectError
from quakegui.season.labels import LabelRule, LabelSource
from quakegui.season.season import Season

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(capsys)


@pytest.fixture(autouse=True)
def answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Starting a worker takes seconds; `test_operating` does."""
    monkeypatch.setattr(issuing, "answer", lambda _run, maps, **_: np.tile([0.4, 0.6, 0.0, 0.0, 0.0], (len(maps), 1)))


def over_ms(season: Season, index: int) -> int:
    """Return when the night of a day is over, milliseconds since 1970."""
    return int(season.config.over_at(season.days)[index].astype(np.int64))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the moment that the commands take for now, to be set."""
    now = [0]
    for module in (registering, verifying, issuing, runs):
        monkeypatch.setattr(module, "wall_clock_ms", lambda: now[0])
    return now


@pytest.fixture
def opened(trained: Path) -> Path:
    """Return the project with the last six days in its window."""
    with Project.open(trained) as project:
        open_window(project)
    return trained


def freeze(project: Project, season: Season, *, run: RunFolder | None = None, **more: object) -> registrations.Registration:
    """Register a run half an hour before the night of the first later day is over, for all later days."""
    given = {"rule": AlarmRule(0.55, 1, 7), "last_day": season.days[-1], "author": "Li", **more}
    moment = over_ms(season, -LATER_DAYS) - HOUR_MS // 2
    return register_run(project, season, run or season_runs.find_run(project, None), now_ms=moment, **given)  # type: ignore[arg-type]


def update(project: Project, now_ms: int) -> operating.Update:
    return operating.update(project, listen=lambda _message: None, now_ms=now_ms)


def test_a_run_is_registered_once_for_days_to_come_with_all_that_it_is_judged_by(
    opened: Path, run: Terminal, clock: list[int]
) -> None:
    with Project.open(opened) as project:
        season, known = season_of(project), season_runs.find_run(project, None)
        assert registrations.registration_of(project, known.id) is None
    clock[0] = over_ms(season, -LATER_DAYS) - HOUR_MS // 2
    first, last = str(season.days[-LATER_DAYS]), str(season.days[-1])
    facts = run.json("register", opened, "--run", known.id[:13], "--until", last, "--threshold", "0.6", "--author", "Li")
    assert (facts["run"], facts["first_day"], facts["last_day"]) == (known.id, first, last)
    assert set(facts["files"]) == {"config.json", "card.json", "style.npz", "history.csv", "weights.npz", "predictions.npz"}
    assert (facts["threshold"], facts["author"], facts["registered"]) == (0.6, "Li", f"{np.datetime64(clock[0], 'ms')}Z")
    assert facts["config"]["timezone"] == "Asia/Shanghai"
    assert facts["classes"]["split_magnitude"] == 4.0
    assert re.fullmatch("[0-9a-f]{64}", facts["hash"])
    with Project.open(opened) as project:
        assert registrations.registration_of(project, known.id) is not None
        ledger = runs.ledger(project, known.id)
        assert facts["ledger_row"] == len(ledger)
    _, err = run("register", opened, "--run", known.id, "--until", "2030-01-01", code=1)
    assert f"is registered from {first} to {last}" in err
    assert "cannot be renamed, deleted" in run("runs", "delete", opened, known.id, code=1)[1]
    assert known.folder.is_dir()
    out, _ = run("verify", opened)
    assert facts["hash"] in out
    (record,) = run.json("verify", opened)["registered"]
    assert {name: record[name] for name in facts} == facts
    assert (record["predicted"], record["gaps"], record["faults"]) == (0, [], [])


def test_the_receipt_is_printed_and_warns_of_what_a_record_lacks(trained: Path, run: Terminal, clock: list[int]) -> None:
    with Project.open(trained) as project:
        season = season_of(project)
    clock[0] = over_ms(season, -1)
    out, err = run("register", trained, "--until", season.days[-1] + 30)
    with Project.open(trained) as project:
        (found,) = registrations.registrations(project)
    for text in (found.hash, found.run, found.terms.config.hash, *dict(found.terms.files).values()):
        assert text in out
    assert "not limited by a box or a radius" in err
    assert f"The season ends on {season.days[-1]}" in err
    assert f"is registered from {season.days[-1] + 1} to {season.days[-1] + 30}." in err
    assert found.terms.threshold in np.round(np.arange(0.05, 1.0, 0.05), 2), "chosen on out-of-fold days"


def test_nothing_is_registered_afterwards(opened: Path, run: Terminal, clock: list[int]) -> None:
    with Project.open(opened) as project:
        season, known = season_of(project), season_runs.find_run(project, None)
        early = replace(known, about={**known.about, "knows_until": str(season.available_at[-1])})
        with pytest.raises(RunError, match="register it for later days only"):
            freeze(project, season, run=early)
        with pytest.raises(RunError, match="is not finished"):
            freeze(project, season, run=replace(known, card=None))
    clock[0] = over_ms(season, -2)
    sentence = f"The night of {season.days[-2]} is over; a registration can start on {season.days[-1]} at the earliest."
    assert sentence in run("register", opened, "--since", season.days[-2], "--until", season.days[-1], code=1)[1]
    assert "first day must not be after its last" in run("register", opened, "--until", season.days[-2], code=1)[1]
    assert "An alarm rule needs a threshold" in run("register", opened, "--until", season.days[-1], "--threshold", 0, code=1)[1]
    assert run.json("verify", opened)["registered"] == []


def test_a_clock_that_was_set_back_registers_no_day_that_was_predicted(opened: Path) -> None:
    with Project.open(opened) as project:
        season = season_of(project)
        update(project, over_ms(season, -3))
        found = freeze(project, season)
        assert found.terms.first_day == season.days[-2]
        assert found.at_ms == over_ms(season, -3)


def test_every_update_predicts_for_a_registered_run_whichever_is_in_use_and_never_before_its_night_is_over(
    opened: Path,
) -> None:
    with Project.open(opened) as project:
        season, known = season_of(project), season_runs.find_run(project, None)
        shutil.copytree(known.folder, known.folder.parent / "copy")
        copy = season_runs.find_run(project, "copy")
        freeze(project, season, run=copy)
        assert season_runs.find_run(project, None).id == known.id
        first, last = -LATER_DAYS, -LATER_DAYS + 1
        early = update(project, over_ms(season, first) - 1)
        assert [one.issued for one in early.registered] == [()]
        done = update(project, over_ms(season, last))
        assert [(one.run, [each.day for each in one.issued]) for one in done.registered] == [
            ("copy", list(season.days[first:-4]))
        ]
        rows = {row.day: row.issued_ms for row in runs.ledger(project, "copy")}
        assert list(rows) == list(season.days[first:-4])
        (record,) = examine_registrations(project, now_ms=over_ms(season, last))
        assert list(record.days) == list(season.days[first:-4])
        assert record.faults == ()
        late = update(project, over_ms(season, -1) + DAY_MS)
        assert [(one.run, [each.day for each in one.issued]) for one in late.registered] == [("copy", list(season.days[-4:]))]
        done = update(project, over_ms(season, -1) + DAY_MS)
        assert done.registered == (), "its period is over, and no day of it lacks a prediction"


def test_a_registered_run_predicts_nothing_by_other_weights_or_parameters(opened: Path) -> None:
    with Project.open(opened) as project:
        season, known = season_of(project), season_runs.find_run(project, None)
        freeze(project, season)
        config = project.config()
        moment = over_ms(season, -LATER_DAYS)
        project.set_config(replace(config, grace_minutes=0.0))
        with pytest.raises(
            ProjectError, match=r"Season parameters have changed .* grace_minutes\. The model makes no predictions"
        ):
            update(project, moment)
        project.set_config(replace(config, first_day=season.days[1]))
        assert len(update(project, moment).predictions.issued) == 1, "a season's window may be moved"
        weights = known.folder / "weights.npz"
        kept = weights.read_bytes()
        weights.write_bytes(kept + b"\0")
        with pytest.raises(ProjectError, match=r"The file weights.npz of the run “tiny” is missing or has changed"):
            update(project, moment + DAY_MS)
        weights.write_bytes(kept)
        assert len(update(project, moment + DAY_MS).predictions.issued) == 1


def test_a_registered_run_that_cannot_predict_is_told_and_keeps_no_other_from_it(opened: Path) -> None:
    with Project.open(opened) as project:
        season, known = season_of(project), season_runs.find_run(project, None)
        shutil.copytree(known.folder, known.folder.parent / "copy")
        freeze(project, season, run=season_runs.find_run(project, "copy"))
        (known.folder.parent / "copy" / "card.json").write_text("{}")
        done = update(project, over_ms(season, -LATER_DAYS))
        assert len(done.predictions.issued) == 1
        assert done.registered == ()
        assert any(note.endswith("The registered run “tiny” therefore made no predictions.") for note in done.notes)


def test_a_period_that_is_over_takes_no_prediction_by_other_weights_than_were_registered(opened: Path) -> None:
    with Project.open(opened) as project:
        season, known = season_of(project), season_runs.find_run(project, None)
        freeze(project, season)
        with (known.folder / "weights.npz").open("ab") as file:
            file.write(b"\0")
        with pytest.raises(ProjectError, match=r"The file weights.npz of the run “tiny” is missing or has changed"):
            update(project, over_ms(season, -1) + DAY_MS)
        assert not (runs.predictions(project, known.id, season.days).kind == "prospective").any()


@pytest.mark.parametrize("fault", ["damaged", "changed"])
def test_a_registered_run_predicts_even_where_the_one_in_use_cannot(opened: Path, fault: str) -> None:
    with Project.open(opened) as project:
        season, known = season_of(project), season_runs.find_run(project, None)
        shutil.copytree(known.folder, known.folder.parent / "copy")
        freeze(project, season, run=season_runs.find_run(project, "copy"))
        if fault == "damaged":
            (known.folder / "config.json").write_text("{")
        else:
            freeze(project, season, run=known)
            (known.folder / "weights.npz").unlink()
        with pytest.raises((RunError, ProjectError)):
            update(project, over_ms(season, -LATER_DAYS))
        assert [row.day for row in runs.ledger(project, "copy") if row.kind == "prospective"] == [season.days[-LATER_DAYS]]


def test_days_that_were_left_out_are_named_until_they_are_predicted(opened: Path, run: Terminal, clock: list[int]) -> None:
    with Project.open(opened) as project:
        season = season_of(project)
        freeze(project, season)
    clock[0] = over_ms(season, -LATER_DAYS) + DAY_MS - 1
    assert run.json("verify", opened)["sound"], "there is a day to do it in"
    clock[0] = over_ms(season, -LATER_DAYS + 2)
    due = [str(day) for day in season.days[-LATER_DAYS : -LATER_DAYS + 2]]
    out, err = run("verify", opened, "--json", code=1)
    facts = json.loads(out)
    assert facts["registered"][0]["gaps"] == due
    assert facts["faults"] == [
        f"The model “tiny” is registered until {season.days[-1]} but has not predicted {due[0]}, {due[1]}, "
        "although the data allowed it."
    ]
    assert "the terms of a registration were not kept" in err
    with Project.open(opened) as project:
        project.set_config(replace(project.config(), last_day=season.days[-LATER_DAYS - 1]))
    assert json.loads(run("verify", opened, "--json", code=1)[0])["faults"] == facts["faults"], "a window hides none"
    with Project.open(opened) as project:
        open_window(project)
    assert len(run.json("update", opened)["predicted"]) == 3
    assert run.json("verify", opened)["sound"]


def test_only_the_registered_days_are_judged_by_the_registered_rule_and_the_record_is_named(
    opened: Path, run: Terminal, clock: list[int]
) -> None:
    with Project.open(opened) as project:
        season, known = season_of(project), season_runs.find_run(project, None)
        clock[0] = over_ms(season, -LATER_DAYS)
        update(project, clock[0])
        found = register_run(
            project, season, known, rule=AlarmRule(0.55, 1, 7), last_day=season.days[-1], author="Li", now_ms=clock[0]
        )
        with pytest.raises(RunError, match=f"is registered from {season.days[-5]} and has not predicted any"):
            evaluate_prospective(project, season, known)
        clock[0] = over_ms(season, -1)
        update(project, clock[0])
        journal.write_labels(project, season.days[-LATER_DAYS:], 0, source=LabelSource.ANALYST, author="A")
        told = evaluate_prospective(project, season, known)
        assert (told.predicted, told.registration) == (5, found)
        assert list(told.all_days) == list(season.days[-5:])
        assert told.judgement.rules == (AlarmRule(0.55, 1, 7),)
        assert told.judgement.row()["tries"] is None, "a registered run is exempt"
        table = runs.predictions(project, known.id, season.days)
        _, rule = alarm_series(project, season.days, season.available_at[season.shown], table)
        numbers = np.array([rule.threshold, rule.run_days, rule.open_days])
        np.testing.assert_array_equal(numbers[:, -5:].T, [(0.55, 1, 7)] * 5)
        assert numbers[2, -LATER_DAYS] != 7, "it was not registered for that day"
    facts = run.json("evaluate", opened, "--prospective")
    assert facts["registration"] == {**found.to_json(), "changes": []}
    with Project.open(opened) as project:
        journal.apply_rule(project, LabelRule(days_after=9))
    changed = "The label rule has changed since the run “tiny” was registered."
    assert run.json("evaluate", opened, "--prospective")["registration"]["changes"] == [changed]
    _, err = run("evaluate", opened, "--prospective")
    assert f"Registered from {season.days[-5]} to {season.days[-1]}: {found.hash}." in err
    assert changed in err
