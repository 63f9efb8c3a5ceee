"""`quakegui study`: a run from other sides, on the demonstration and on a project that has no run."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from run_projects import fill, season_of
from scipy.stats import binom
from terminal import Terminal

from quakegui.learn import season_runs, season_study
from quakegui.learn.runs.files import read_json, write_json
from quakegui.project.store import Project
from quakegui.season.localtime import local_date


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(capsys)


@pytest.fixture
def shown(demo: tuple[Path, str]) -> Path:
    return demo[0]


def test_series_about_the_earthquakes(run: Terminal, shown: Path) -> None:
    found = run.json("study", shown, "epochs")
    assert set(found) == {"max_abs_z", "area_px", "kp", "probability"}
    for one in found.values():
        assert one["lags"] == list(range(-30, 11))
        assert max(one["events"]) == 18
        assert 0 < one["p_before"] <= 1
        assert 0 < one["p_after"] <= 1
        assert all(low <= high for low, high in zip(one["low"], one["high"], strict=True))
    with Project.open(shown, read_only=True) as project:
        season = season_of(project)
        events = season_study.project_choice(project).events
        day = local_date(np.array([event.time for event in events]), project.timezone)
        three_days_before = np.isin(season.days, day - np.timedelta64(3, "D"))
        kp = season.kp_night[season.shown][three_days_before]
    assert found["kp"]["median"][found["kp"]["lags"].index(-3)] == np.median(kp)


def test_what_was_predicted_before_each_earthquake(run: Terminal, shown: Path) -> None:
    found = run.json("study", shown, "events")
    assert len(found) == 18
    with Project.open(shown, read_only=True) as project:
        season = season_of(project)
        case = season_study.season_case(project, season, season_runs.find_run(project, None))
        rule = season_study.project_choice(project).rule
    known = season.available_at[season.shown]
    for row in found:
        time = np.datetime64(row["time"].removesuffix("Z"))
        own = local_date(np.array([time], "datetime64[ms]"), "Asia/Shanghai")[0]
        inside = (season.days >= own - rule.days_before(row["magnitude"])) & (season.days <= own) & (known < time)
        assert (row["days"], row["largest"]) == (inside.sum(), pytest.approx(np.nanmax(case.probability[inside])))
        assert case.probability[season.days == np.datetime64(row["day"])] == pytest.approx(row["largest"])
        assert 1 <= row["rank"] <= row["quiet_days"] + 1
    loudest, quietest = (pick(found, key=lambda row: row["largest"]) for pick in (max, min))
    assert loudest["rank"] < quietest["rank"]


@pytest.mark.slow  # every predictor judged twice; their figures are tested in tests/judge
def test_random_alarms_and_the_other_predictors_stand_beside_the_run(run: Terminal, shown: Path) -> None:
    found = run.json("evaluate", shown)
    molchan = found["molchan"]
    low, high = (np.array(molchan["random_band"][side]) for side in ("low", "high"))
    expected = 1 - binom.ppf(0.975, 18, molchan["alarm_fraction"][1:-1]) / 18
    np.testing.assert_allclose(low[1:-1], expected)
    assert (low <= high).all()
    assert (low[[0, -1]].tolist(), high[[0, -1]].tolist()) == ([1, 0], [1, 0])
    tests = {one["name"]: one["test"] for one in found["comparisons"] if one["target"] == "event"}
    assert tests["majority"]["auc"] <= 0.5
    assert found["row"]["auc"] > 0.7
    assert all(0 < test["p_jitter"] <= 1 and 0 < test["p_rate"] <= 1 for test in tests.values())
    # The rivals learn in blocks of this season, the model saw none of it.
    assert (found["row"]["jitter_days"], {test["jitter_days"] for test in tests.values()}) == (45, {30})
    assert all(one["test"] is None for one in found["comparisons"] if one["target"] != "event")


@pytest.mark.slow  # seventeen verdicts of a season; the table itself is tested in tests/judge
def test_the_verdict_under_other_choices(run: Terminal, shown: Path, tmp_path: Path) -> None:
    with Project.open(shown, read_only=True) as project:
        events = season_study.project_choice(project).events
    lines = [f"{event.time}Z,{event.latitude},{event.longitude},10,{event.magnitude},ml,x,earthquake" for event in events[:12]]
    (tmp_path / "b").mkdir()
    another, same = tmp_path / "another.csv", tmp_path / "b" / "another.csv"
    for path, last in ((another, 12), (same, 9)):
        path.write_text("time,latitude,longitude,depth,mag,magType,place,type\n" + "\n".join(lines[:last]))
    judged = run.json("evaluate", shown)["row"]
    found = run.json("study", shown, "robustness", "--catalogue", another, "--catalogue", same)
    first, by_catalogue = found["variants"][0], [one for one in found["variants"] if one["axis"] == "catalogue"]
    assert (first["axis"], first["score"]["events"]) == ("as it is", 18)
    assert first["score"]["statistic"] == pytest.approx(judged["auc"])
    assert first["score"]["p_value"] == judged["p_value"]
    assert [(one["choice"], one["score"]["events"]) for one in by_catalogue] == [(str(another), 12), (str(same), 9)]
    assert {one["axis"] for one in found["variants"]} >= {"label rule", "declustering", "least magnitude", "alarm threshold"}
    assert found["tested"] == sum(one["score"]["p_value"] is not None for one in found["variants"][1:])  # the alternatives
    assert found["held_corrected"] <= found["held"] <= found["tested"]


@pytest.mark.slow  # judges a run by many label rules
def test_skill_over_lead_and_window_and_over_distance_and_magnitude(run: Terminal, shown: Path) -> None:
    found = run.json("study", shown, "skillmap")
    by_lead, by_distance = found["lead_window"], found["distance_magnitude"]
    assert (by_lead["rows"], by_lead["columns"]) == ([0, 2, 5, 10, 20], [3, 7, 14, 28])
    assert np.array(by_lead["statistic"]).shape == (5, 4)
    assert by_distance["columns"][0] == 3.1
    assert by_distance["events"][-1][0] == 18  # the farthest distance and the least magnitude hold all


def test_series_are_shown_where_the_run_in_use_cannot_be_studied(run: Terminal, trained: Path) -> None:
    with Project.open(trained) as project:
        config = season_runs.find_run(project, None).folder / "config.json"
    told = read_json(config)
    write_json(config, {**told, "config": {**told["config"], "protocol": "paper"}})
    out, err = run("study", trained, "epochs", "--json")
    assert set(json.loads(out)) == {"max_abs_z", "area_px", "kp"}
    assert "LEAKY" in err
    assert "LEAKY" in run("study", trained, "epochs", "--run", config.parent.name, code=1)[1]


@pytest.mark.slow  # every study of a run; each alone is tested beside it
def test_tables_for_people(run: Terminal, shown: Path) -> None:
    assert "P(earthquake)" in run("study", shown, "epochs")[0]
    printed, _ = run("study", shown, "robustness")
    assert "minimum magnitude" in printed
    assert "after correction for the number of tests" in printed
    assert "Largest uncalibrated P(earthquake) available before each earthquake" in run("study", shown, "events")[0]
    assert "AUC (p) by lead time" in run("study", shown, "skillmap")[0]


def test_without_a_run_there_are_series_and_no_verdict(run: Terminal, small_project: Path) -> None:
    assert "no earthquakes yet" in run("study", small_project, "epochs", code=1)[1]
    fill(small_project)
    assert set(run.json("study", small_project, "epochs")) == {"max_abs_z", "area_px", "kp"}
    assert "no finished run" in run("study", small_project, "robustness", code=1)[1]
    assert run("study", small_project, "epochs", "--run", "abc", code=1)[1]
    run("study", small_project, "everything", code=2)
