"""A predictor of one's own through the program's judge, on the demonstration's season."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from json_rows import check_row
from numpy.typing import NDArray
from terminal import Terminal

from quakegui.judge.calibration import undo_weights
from quakegui.judge.folds import class_weights
from quakegui.judge.surrogates import EVENT, rule_kinds
from quakegui.learn.evidence import Evidence, gather
from quakegui.learn.own_predictor import event_logistic
from quakegui.project.seasons import load_season
from quakegui.project.store import Project


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(capsys)


@pytest.fixture(scope="module")
def evidence(demo: tuple[Path, str]) -> Evidence:
    with Project.open(demo[0], read_only=True) as project:
        season = load_season(project)
        assert season is not None
        return gather(project, season)


def written(path: Path, days: NDArray[np.datetime64], columns: dict[str, NDArray[np.float64]]) -> Path:
    rows = [f"{day},{','.join(map(str, row))}" for day, row in zip(days, zip(*columns.values(), strict=True), strict=True)]
    path.write_text("\n".join([f"date,{','.join(columns)}", *rows]) + "\n", encoding="utf-8")
    return path


@pytest.mark.slow  # judges the demonstration by every predictor; the others beside it judge one
def test_who_knows_the_labels_is_better_and_the_day_number_is_not(
    run: Terminal, demo: tuple[Path, str], evidence: Evidence, tmp_path: Path
) -> None:
    days, rng = evidence.days, np.random.default_rng(1)
    known = (rule_kinds(evidence.windows, days) == EVENT) * 1.0
    oracle = written(tmp_path / "oracle.csv", days, {"score": known + 0.1 * rng.random(len(days))})
    row = run.json("judge", demo[0], oracle)
    check_row(row)
    assert (row["name"], row["title"], row["protocol"]) == ("oracle", "oracle.csv", "blocked")
    assert (row["statistic"], row["jitter_days"], row["auc"]) == ("foldwise", 30, 1.0)
    assert row["p_value"] == row["p_jitter"] == 0.001
    assert row["not_beaten"] == []
    assert row["verdict_code"] in {"better", "days-only"}
    row = run.json("judge", demo[0], oracle, "--protocol", "zero-shot")
    assert (row["protocol"], row["statistic"], row["jitter_days"], row["auc"]) == ("zero-shot", "pooled", 45, 1.0)
    date = written(tmp_path / "date.csv", days, {"score": np.arange(len(days)) * 1.0})
    out, _ = run("judge", demo[0], date)
    assert out.startswith("Not better than chance.\n")


@pytest.mark.slow  # a season judged twice; the reading of files is tested in tests/formats
def test_probabilities_are_taken_as_they_are(run: Terminal, demo: tuple[Path, str], evidence: Evidence, tmp_path: Path) -> None:
    classes = np.eye(5)[evidence.truth]
    file = written(tmp_path / "classes.csv", evidence.days, {f"p{cls}": classes[:, cls] for cls in range(5)})
    row = run.json("judge", demo[0], file, "--protocol", "zero-shot")
    assert row["macro_recall"] == row["accuracy"] == row["auc"] == 1.0
    assert row["days"] == run.json("judge", demo[0], file)["days"]


@pytest.mark.slow  # reads the demonstration
def test_a_file_of_another_year_is_refused_with_a_sentence(
    run: Terminal, demo: tuple[Path, str], evidence: Evidence, tmp_path: Path
) -> None:
    file = written(tmp_path / "old.csv", evidence.days - np.timedelta64(3000, "D"), {"score": np.zeros(len(evidence.days))})
    _, err = run("judge", demo[0], file, code=1)
    assert "The file contains no predictions for the season (2022-02-01 to 2022-12-31)." in err
    _, err = run("judge", demo[0], tmp_path / "none.csv", code=1)
    assert "none.csv" in err


def test_one_score_learns_what_it_means_and_shares_it_among_the_classes() -> None:
    rng = np.random.default_rng(2)
    y = rng.choice(5, size=400, p=[0.5, 0.3, 0.1, 0.05, 0.05])
    x = rng.normal(size=400) - (y > 0)  # low for days with an event
    told = event_logistic(x[:300, None], y[:300], x[300:, None])
    assert told.sum(axis=1) == pytest.approx(1.0)
    assert np.all(np.diff(told[np.argsort(x[300:]), 0]) >= 0)
    assert told[:, 1:] == pytest.approx(np.repeat((1 - told[:, :1]) / 4, 4, axis=1))
    weights = class_weights(y[:300])
    known = undo_weights(told, weights)[:, 1:].sum(axis=1)
    assert known.mean() == pytest.approx((y > 0).mean(), abs=0.08)
    odds = (1 - told[:, 0]) / told[:, 0] * (y[:300] > 0).sum() / (y[:300] == 0).sum()
    assert known == pytest.approx(odds / (1 + odds))
