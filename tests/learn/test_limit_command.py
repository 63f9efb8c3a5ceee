"""`quakegui limit`: its JSON, its tables, and its refusals, each in one sentence."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from terminal import Terminal

from quakegui.judge.limit import CountRow, Limit, Share, SizeRow
from quakegui.learn.worker import run_limit


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(capsys)


def found(*_ground: object, number: int, **_others: object) -> Limit:
    return Limit(
        kind="matched-filter",
        title="matched filter",
        events=18,
        magnitude=4.0,
        peak_nt=2.7,
        footprint_km=21.0,
        length_days=7.0,
        signal_share=0.8,
        sizes=tuple(SizeRow(k, 2.7 * k, 2.0 * k, Share(number, n, n, 0.0, 1.0)) for k, n in ((0.0, 0), (0.5, 1), (1.0, 4))),
        counts=(CountRow(9, Share(number, 2, 1, 0.0, 1.0)),),
    )


def test_rows_and_the_size_that_is_found(run: Terminal, trained: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_limit, "limit_of", found)
    told = run.json("limit", trained, "--replicates", 4)
    assert [row["strength"] for row in told["rows"]] == [0.0, 0.5, 1.0]
    assert told["rows"][2] == {
        "strength": 1.0,
        "nT": 2.7,
        "station_nT": 2.0,
        "power": 1.0,
        "low": 0.0,
        "high": 1.0,
        "test_power": 1.0,
        "replicates": 4,
    }
    assert 1.35 < told["nT_at_power_0.8"] < 2.7
    assert told["event_rows"][0]["events"] == 9
    assert told["events_at_power_0.8"] is None
    monkeypatch.setattr(run_limit, "limit_of", lambda *_, **__: pytest.fail("it is kept with the run"))
    out, _ = run("limit", trained, "--replicates", 4)
    assert "Detection limit: matched filter" in out
    assert "are detected with a probability of 0.8." in out
    assert "9 earthquakes in the season are too few for a probability of 0.8." in out


def test_what_cannot_be_computed_is_refused_in_one_sentence(run: Terminal, trained: Path, tmp_path: Path) -> None:
    _, said = run("limit", trained, code=1)
    assert said.strip().endswith("with fewer, no predictor can be distinguished from chance.")
    for folder in (trained / "runs").iterdir():
        shutil.rmtree(folder)
    _, said = run("limit", trained, code=1)
    assert "at least five independent earthquakes" in said
    _, said = run("limit", trained, "--model", tmp_path / "none.npz", code=1)
    assert "create one with 'quakegui pretrain'" in said
    run("limit", trained, "--run", "x", "--model", tmp_path / "none.npz", code=2)
    _, said = run("limit", trained, "--cluster", "rubbish", code=1)
    assert said.startswith("“rubbish” is not the address of a cluster")


@pytest.mark.slow  # eleven seasons and their verdicts, half a minute of processor time
def test_the_demonstrations_limit_by_the_filter(run: Terminal, demo: tuple[Path, str]) -> None:
    told = run.json("limit", demo[0], "--replicates", 1)
    assert [row["strength"] for row in told["rows"]] == [0.0, 0.25, 0.5, 1.0, 2.0, 4.0]
    assert told["rows"][-1]["power"] == 1.0
    assert told["rows"][0]["power"] == 0.0
