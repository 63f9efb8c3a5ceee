"""Only the field earns a verdict: noise keeps to its 5 %, and what follows from date, catalogue, outages or Kp never passes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from field_free import RANDOM, noise
from projects import demo, japan
from scipy.stats import binomtest
from terminal import Terminal
from verdicts import BETTER, code, count, plain_inputs, project_bench, synthetic_benches

from quakegui.judge.predictors import WITHOUT_FIELD
from quakegui.judge.surrogates import EVENT

TRIALS, SEASONS = 100, 20


def test_on_one_season_only_a_signal_is_called_better():
    (bench,) = synthetic_benches(1)
    assert not {code(bench, answer) for answer in plain_inputs(bench).values()} & BETTER
    rng = np.random.default_rng(11)
    codes = [code(bench, draw(rng, len(bench.evidence.days))) for _ in range(4) for draw in RANDOM.values()]
    assert sum(one in BETTER for one in codes) <= 4  # of 20; more comes about three times in a thousand
    signal = noise(rng, len(bench.evidence.days), 0.0) + 2.0 * (bench.truth.kinds == EVENT)
    assert code(bench, signal) in BETTER
    assert not {code(bench, bench.rivals[name]) for name in WITHOUT_FIELD} & BETTER


def held(found, most):
    """Check a place's codes: nothing that is no luck is ever better, and of each random kind at most so many."""
    for (name, how), codes in found.items():
        better = sum(one in BETTER for one in codes)
        assert better <= (most if how == "random" else 0) or "circular" in how, (name, how, better)
    return [one in BETTER for (_name, how), codes in found.items() if how == "random" for one in codes]


def through_the_command(run: Terminal, project: Path, seed: int, trials: int, folder: Path) -> None:
    """Check that the command says of each of these series what was found here."""
    bench = project_bench(project)
    for k in range(trials):
        rng = np.random.default_rng((seed, 0, k))
        for name, draw in RANDOM.items():
            series, file = draw(rng, len(bench.evidence.days)), folder / f"{name.split()[0]}-{k}.csv"
            lines = (f"{day},{value!r}" for day, value in zip(bench.evidence.days, series.tolist(), strict=True))
            file.write_text("\n".join(["date,score", *lines]) + "\n", encoding="utf-8")
            assert run.json("judge", project, file)["verdict_code"] == code(bench, series), (name, k)


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_what_knows_no_field_is_called_better_no_oftener_than_luck_allows(
    real_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run, better = Terminal(capsys), []
    places = [japan(tmp_path / "japan", real_data), demo(tmp_path / "demo")]
    for seed, place in enumerate(places):
        better += held(count([project_bench(place)], TRIALS, seed), 9)
        through_the_command(run, place, seed, TRIALS // 10, tmp_path)
    better += held(count(synthetic_benches(SEASONS), TRIALS // SEASONS, 2), 9)
    assert binomtest(sum(better), len(better), 0.05, alternative="greater").pvalue > 0.05, sum(better)
