"""Only the field earns a verdict: noise keeps to its 5 %, and what follows from date, catalogue, outages or Kp never passes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from field_free import RANDOM, noise
from projects import demo, japan
from scipy.stats import binomtest
from terminal import Terminal
from verdicts import BETTER, beside, code, count, plain_inputs, project_bench, synthetic_benches

from quakegui.judge.predictors import WITHOUT_FIELD
from quakegui.judge.surrogates import EVENT

TRIALS, SEASONS = 100, 20


@pytest.mark.slow  # 34 whole verdicts, each with the rivals' clues: five minutes
def test_on_one_season_only_a_signal_is_called_better():
    (bench,) = synthetic_benches(1)
    assert not {code(bench, answer) for answer in plain_inputs(bench).values()} & BETTER
    rng = np.random.default_rng(11)
    codes = [code(bench, draw(rng, len(bench.evidence.days))) for _ in range(4) for draw in RANDOM.values()]
    assert sum(one in BETTER for one in codes) <= 4  # of 20; more comes about three times in a thousand
    signal = noise(rng, len(bench.evidence.days), 0.0) + 2.0 * (bench.truth.kinds == EVENT)
    assert code(bench, signal) in BETTER
    assert not {code(bench, beside(bench).rivals[name]) for name in WITHOUT_FIELD} & BETTER


def held(found):
    """Check that of each random kind at most 9 are better; return whether each of all was."""
    kinds = {name: [one in BETTER for one in codes] for (name, how), codes in found.items() if how == "random"}
    assert max(map(sum, kinds.values())) <= 9, {name: sum(better) for name, better in kinds.items()}
    return [one for better in kinds.values() for one in better]


def called_better(bench):
    """Return what follows from date, catalogue, outages or Kp and is called better than chance."""
    return [key for key, answer in plain_inputs(bench).items() if code(bench, answer) in BETTER]


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
        bench = project_bench(place)
        assert not called_better(bench)
        better += held(count([bench], TRIALS, seed))
        through_the_command(run, place, seed, TRIALS // 10, tmp_path)
    better += held(count(synthetic_benches(SEASONS), TRIALS // SEASONS, 2))
    assert binomtest(sum(better), len(better), 0.05, alternative="greater").pvalue > 0.05, sum(better)


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_what_knows_no_field_and_no_luck_is_never_called_better_on_synthetic_seasons() -> None:
    assert not [found for bench in synthetic_benches(SEASONS) for found in called_better(bench)]
