"""The rate of earthquakes: likelihood and means against plain integration, and fits of sequences with known parameters."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import chi2

from quakegui.judge import etas

KNOWN = etas.Etas(mu=0.2, productivity=0.25, alpha=1.2, c=0.02, p=1.3, least=3.0)


def simulated(model, days, *, seed):
    """Return times and magnitudes of a sequence, generation by generation; magnitudes 3 + Exp(0.4), at most 6."""
    rng = np.random.default_rng(seed)

    def magnitudes(n):
        return np.minimum(3.0 + rng.exponential(0.4, n), 6.0)

    born = rng.uniform(0, days, rng.poisson(model.mu * days))
    size = magnitudes(len(born))
    times, sizes = [born], [size]
    while len(born):
        children = rng.poisson(model.productivity * np.exp(model.alpha * (size - model.least)))
        wait = model.c * (rng.random(children.sum()) ** (-1 / (model.p - 1)) - 1)
        born = np.repeat(born, children) + wait
        born = born[born < days]
        size = magnitudes(len(born))
        times.append(born)
        sizes.append(size)
    when = np.concatenate(times)
    order = np.argsort(when)
    return when[order], np.concatenate(sizes)[order]


def rate(model, times, sizes, at):
    lag = np.asarray(at, float)[:, None] - times
    density = (model.p - 1) / model.c * (1 + np.maximum(lag, 0) / model.c) ** -model.p
    raised = model.productivity * np.exp(model.alpha * (sizes - model.least))
    return model.mu + np.where(lag > 0, density, 0) @ raised


def test_the_likelihood_is_that_of_its_rate():
    times, sizes = np.array([1.0, 2.5, 2.6, 7.0, 9.5]), np.array([3.5, 5.0, 3.0, 4.0, 3.2])
    spans = np.array([[2.0, 6.0], [8.0, 12.0]])
    expected = np.log(rate(KNOWN, times, sizes, times[[1, 2, 4]])).sum()
    for begin, end in spans:
        edges = [begin, *times[(times > begin) & (times < end)], end]
        for a, b in pairwise(edges):
            at = a + (b - a) * np.linspace(0, 1, 20_001)[1:] ** 4  # dense where the rate falls fast
            middle, width = (at[1:] + at[:-1]) / 2, np.diff(at)
            expected -= rate(KNOWN, times, sizes, middle) @ width
    assert etas.log_likelihood(KNOWN, times, sizes, spans) == pytest.approx(expected, abs=2e-3)


def test_the_mean_rate_is_the_integral_of_the_rate_by_earlier_events():
    times, sizes = np.array([1.0, 2.5, 7.0]), np.array([3.5, 5.0, 4.0])
    at = 3.0 + 7.0 * (np.arange(70_000) + 0.5) / 70_000
    assert etas.mean_rate(KNOWN, times, sizes, [3.0], days=7.0) == pytest.approx(
        [rate(KNOWN, times[:2], sizes[:2], at).mean()], rel=1e-6
    )
    assert etas.mean_rate(KNOWN, times, sizes, [0.5, 1.0]).tolist() == [0.2, 0.2]
    small = np.r_[sizes, KNOWN.least - 0.1]  # what the fit leaves out does not raise the rate
    assert np.array_equal(etas.mean_rate(KNOWN, np.r_[times, 2.9], small, at[:9]), etas.mean_rate(KNOWN, times, sizes, at[:9]))


def test_a_long_sequence_gives_its_parameters_back():
    sequences = [simulated(KNOWN, 1500, seed=seed) for seed in range(5)]
    found = [etas.fit(*sequence, [[100, 1500]]) for sequence in sequences]

    def offspring(model, sizes):
        return model.productivity * np.exp(model.alpha * (sizes - model.least)).mean()

    # Some 550 events each. A and alpha trade against each other; the offspring of the mean event hardly moves.
    assert np.mean([one.mu for one in found]) == pytest.approx(KNOWN.mu, rel=0.15)
    ratios = [offspring(one, sizes) / offspring(KNOWN, sizes) for one, (_, sizes) in zip(found, sequences, strict=True)]
    assert np.mean(ratios) == pytest.approx(1.0, abs=0.2)
    assert np.mean([one.alpha for one in found]) == pytest.approx(KNOWN.alpha, abs=0.25)
    assert np.mean([one.p for one in found]) == pytest.approx(KNOWN.p, abs=0.1)
    assert np.exp(np.mean([np.log(one.c) for one in found])) == pytest.approx(KNOWN.c, rel=0.5)
    gains = [
        etas.log_likelihood(one, *sequence, [[100, 1500]]) - etas.log_likelihood(KNOWN, *sequence, [[100, 1500]])
        for one, sequence in zip(found, sequences, strict=True)
    ]
    assert max(gains) < chi2.ppf(0.999, 5) / 2  # twice the gain over the truth follows this law


def test_a_fit_is_likelier_than_the_truth_and_than_its_neighbours():
    times, sizes = simulated(KNOWN, 800, seed=5)
    found = etas.fit(times, sizes, [[0, 800]])

    def posterior(model):
        free = np.array([np.log(model.productivity), model.alpha, np.log(model.c), np.log(model.p - 1)])
        prior = 0.5 * (((free - etas.PRIOR_MEAN) / etas.PRIOR_SPREAD) ** 2).sum()
        return etas.log_likelihood(model, times, sizes, [[0, 800]]) - prior

    best = posterior(found)
    assert best > posterior(etas.Etas(KNOWN.mu, KNOWN.productivity, KNOWN.alpha, KNOWN.c, KNOWN.p, found.least))
    for name in ("mu", "productivity", "alpha", "c"):
        for factor in (0.95, 1.05):
            values = {field: getattr(found, field) for field in found.__slots__}
            assert posterior(etas.Etas(**{**values, name: values[name] * factor})) < best


def test_a_poisson_catalogue_has_few_aftershocks():
    rng = np.random.default_rng(6)
    times, sizes = np.sort(rng.uniform(0, 1000, 300)), 3 + rng.exponential(0.4, 300)
    found = etas.fit(times, sizes, [[0, 1000]])
    assert found.mu == pytest.approx(0.3, rel=0.2)
    assert found.productivity * np.exp(found.alpha * (sizes - 3)).mean() < 0.2


def test_only_events_inside_the_spans_are_fitted():
    early, late = np.arange(0.5, 100, 1.0), np.arange(105.0, 200, 10.0)
    times = np.r_[early, late]
    sizes = np.full(len(times), 4.0)
    found = etas.fit(times, sizes, [[100, 200]])
    rates = etas.mean_rate(found, times, sizes, np.arange(100, 200.0))
    assert rates.mean() == pytest.approx(0.1, rel=0.35)
    assert etas.fit(times, sizes, [[0, 100]]).mu > 4 * found.mu


def test_without_events_the_rate_is_low_and_never_zero():
    found = etas.fit([], [], [[0, 100]])
    assert etas.mean_rate(found, [], [], [50.0]).tolist() == pytest.approx([0.005])
    with pytest.raises(ValueError, match="longer than zero"):
        etas.fit([1.0], [4.0], [[3, 3]])
