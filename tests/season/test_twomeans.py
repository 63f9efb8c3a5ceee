"""Two clusters as scikit-learn's K-means finds them in twenty starts, or better."""

import itertools

import numpy as np
import pytest
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_limits

from quakegui.season.twomeans import two_means


def squares(points, second):
    return sum(((part - part.mean(axis=0)) ** 2).sum() for part in (points[~second], points[second]))


def drawn(rng):
    """Return points as catalogues hold them: in a heap, in several, along a fault, with doubles, far apart."""
    n, kind = int(rng.integers(3, 120)), rng.integers(5)
    where = np.array([28.0, 102.0])
    if kind == 0:
        return where + rng.normal(size=(n, 2))
    if kind == 1:
        return where + rng.normal(scale=3.0, size=(4, 2))[rng.integers(4, size=n)] + rng.normal(scale=0.4, size=(n, 2))
    if kind == 2:
        return where + np.outer(rng.uniform(-4, 4, n), (0.8, 0.6)) + rng.normal(scale=0.05, size=(n, 2))
    if kind == 3:
        return np.vstack([where, where + 0.5, where + np.round(rng.uniform(-1, 1, (n, 2)), 1)])
    return np.column_stack([rng.uniform(-60, 60, n), rng.uniform(-90, 90, n)])


@pytest.mark.parametrize("sets", [100, pytest.param(400, marks=pytest.mark.slow)])
def test_no_random_set_is_parted_worse_than_by_scikit_learn(sets):
    rng, same, better = np.random.default_rng(5), 0, 0
    for _ in range(sets):
        points = drawn(rng)
        with threadpool_limits(1):
            reference = KMeans(n_clusters=2, n_init=20, random_state=0).fit(points)
        means, second = two_means(points)
        assert 0 < second.sum() < len(points)
        np.testing.assert_allclose(means, [points[~second].mean(axis=0), points[second].mean(axis=0)], rtol=1e-12)
        ours = squares(points, second)
        assert ours <= reference.inertia_ * (1.0 + 1e-9)
        same += len({*zip(second.tolist(), reference.labels_.tolist(), strict=True)}) == 2
        better += ours < reference.inertia_ * (1.0 - 1e-9)
    assert same + better >= 0.95 * sets  # the others are parted another way that is as good
    print(f"{sets} sets: {same} the same, {better} better")


def test_few_points_are_parted_in_the_best_of_all_ways():
    rng = np.random.default_rng(6)
    for n in [2, 3, 4, 5, 6, 7, 8, 9] * 6:
        points = rng.uniform(0, 10, (n, 2))
        ways = (np.array((False, *rest)) for rest in itertools.product((False, True), repeat=n - 1))
        best = min(squares(points, way) for way in ways if way.any())
        assert squares(points, two_means(points)[1]) == pytest.approx(best, rel=1e-9)


@pytest.mark.parametrize(
    "places",
    [
        [(28.0, 102.0), (28.0, 103.0)],
        [(28.0, 102.0)] * 50 + [(28.0, 102.00001)],
        [(20.0, 100.0), (28.0, 100.0), (20.0, 108.0), (28.0, 108.0)],
        [(float(k), 100.0) for k in range(11)],
        [(28.0, float(k)) for k in range(11)],
    ],
    ids=["two", "all but one alike", "a square", "north-south", "west to east"],
)
def test_no_part_is_empty(places):
    points = np.array(places)
    means, second = two_means(points)
    assert 0 < second.sum() < len(points)
    assert np.ptp(means, axis=0).max() > 0.0
    reached = squares(points, second)
    with threadpool_limits(1):
        assert reached <= KMeans(n_clusters=2, n_init=20, random_state=0).fit(points).inertia_ * (1.0 + 1e-9) + 1e-12
