"""A model of own nights: no night of a block trains the member that predicts it, and no real earthquake chooses anything."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from quakegui.learn.network import own_nights
from quakegui.learn.network.own_nights import Members, corpus_of, made_for, recipe_of, withheld
from quakegui.learn.network.own_power import compare_power
from quakegui.learn.network.pretraining import Pictures, groups
from quakegui.learn.runs.frozen import OwnNights
from quakegui.learn.runs.own_facts import Comparison, OwnFacts, own_facts_of
from quakegui.learn.runs.presets import OWN
from quakegui.season.season import Season
from quakegui.simulate.corpus import Plan, simulate
from quakegui.simulate.injection import Nights, recomputed
from quakegui.simulate.layouts import synthetic_network
from quakegui.simulate.synthetic import SyntheticConfig
from quakegui.words import Said

CONFIG = replace(OWN, size=16, width=2, dense=(8, 8), batch_size=16, epochs=1)
DAYS = SyntheticConfig(first_day=np.datetime64("2022-03-01"), last_day=np.datetime64("2022-09-10"), warm_up_days=32)


@cache
def measured(number: int = 0) -> Season:
    plan = Plan(first_seed=32_100, season=DAYS, strengths=(0.0, 0.0), networks=(synthetic_network(7),))
    return next(simulate(plan, [number], pixels=16)).season


def with_nights(season: Season, night_nt: np.ndarray) -> Season:
    anomaly = season.anomaly
    nights = Nights.of(replace(season, anomaly=replace(anomaly, night_nt=night_nt)))
    return recomputed(season, [nights.with_signals((), 0.0)])[0]


def pictures_of(season: Season, own: OwnNights, member: int) -> Pictures:
    recipe = replace(recipe_of(CONFIG, len(season.days), member), seasons=2, group=2)
    return next(groups(recipe, corpus=corpus_of(Nights.of(season, withheld(season, own, member)), recipe.plan)))


def test_the_nights_of_a_block_and_those_beside_it_train_no_part_of_the_member_that_predicts_it() -> None:
    season = measured()
    own = made_for(season).own
    assert own is not None
    block = season.days[own.member(season.days) == 2]
    near = (season.all_days >= block[0] - np.timedelta64(7, "D")) & (season.all_days <= block[-1] + np.timedelta64(7, "D"))
    noise = np.random.default_rng(1).normal(0.0, 30.0, season.anomaly.night_nt.shape)
    changed = with_nights(season, season.anomaly.night_nt + noise * near[:, np.newaxis])
    assert not np.allclose(changed.z[near[season.shown]], season.z[near[season.shown]], equal_nan=True)
    before, after = pictures_of(season, own, 2), pictures_of(changed, own, 2)
    np.testing.assert_array_equal(before.images, after.images)
    np.testing.assert_array_equal(before.classes, after.classes)
    assert len(before.classes) < 2 * (len(season.days) - near.sum())
    other, same = pictures_of(changed, own, 0), pictures_of(season, own, 0)
    assert not np.array_equal(other.images, same.images)


def test_every_day_is_in_one_block_and_a_season_that_is_too_short_is_refused() -> None:
    season = measured()
    own = made_for(season).own
    assert own is not None
    assert np.unique(own.member(season.days)).tolist() == [0, 1, 2, 3, 4]
    later = season.days[-1:] + np.timedelta64(1, "D")
    assert own.member(later).tolist() == [-1]
    short = replace(season, shown=slice(season.shown.start, season.shown.start + 120))
    with pytest.raises(ValueError, match="at least 180 days with a map; this season has"):
        made_for(short)


class Constant:
    """Stands in for a network that always gives class 1 the same probability."""

    def __init__(self, share: float) -> None:
        self.share = share

    def predict_on_batch(self, images: np.ndarray) -> np.ndarray:
        return np.tile(np.array([1.0 - self.share, self.share, 0.0, 0.0, 0.0], np.float32), (len(images), 1))


def test_a_day_has_the_answer_of_the_member_that_never_saw_it_and_a_later_day_that_of_all() -> None:
    season = measured()
    own = made_for(season).own
    assert own is not None
    members = Members(CONFIG, own, [Constant(0.1 * number) for number in range(5)])
    said = members.probabilities(season)
    np.testing.assert_allclose(said[season.has_map, 1], 0.1 * own.member(season.days)[season.has_map], atol=1e-6)
    shorter = dataclasses.replace(own, block_ends=(*own.block_ends[:4], str(season.days[-3])))
    late = Members(CONFIG, shorter, members.networks).probabilities(season)[-2:, 1]
    np.testing.assert_allclose(late, 0.2, atol=1e-6)


def test_it_refuses_the_nights_of_another_project_and_not_those_of_its_own_with_a_flag_or_a_new_day() -> None:
    season, limits = measured(), made_for(measured())
    assert limits.refusal(season) == ""
    assert limits.refusal(measured(1)) == (
        "The model was trained on the nights of another project. Train one on the nights of this project."
    )
    flagged = season.anomaly.night_nt.copy()
    flagged[40:50, 0] = np.nan
    assert limits.refusal(with_nights(season, flagged)) == ""


def compared(better: float, worse: float) -> Comparison:
    """Compare two answers that see the largest z of the night through noise of different size: two seconds, 56 seasons."""

    def through(noise: float, seed: int) -> Callable[[Season], np.ndarray]:
        def answer(season: Season) -> np.ndarray:
            rng = np.random.default_rng(seed)
            seen = np.nanmax(np.abs(season.z), axis=1) + rng.normal(0.0, noise, len(season.days))
            share = 0.5 + np.arctan(seen) / np.pi
            said = np.column_stack([1.0 - share, share, *np.zeros((3, len(share)))])
            return np.where(season.has_map[:, np.newaxis], said, np.nan).astype(np.float32)

        return answer

    plan = recipe_of(CONFIG, 194, own_nights.COMPARISON).plan
    return compare_power(measured(), plan, through(better, 1), through(worse, 2), strengths=(4.0, 8.0), seasons=8, nulls=40)


def test_it_is_recommended_only_if_it_finds_more_at_the_same_share_of_false_alarms() -> None:
    found = compared(0.0, 1e6)
    assert (found.nulls, found.called) == (40, 2)
    assert found.better
    assert sum(row.own - row.supplied for row in found.rows) == sum(row.only_own - row.only_supplied for row in found.rows) > 5
    assert all(row.own_interval[0] <= row.own / row.seasons <= row.own_interval[1] for row in found.rows)
    equal = replace(found, share_interval=(0.3, 0.7))
    for comparison, said in ((found, "it is recommended"), (equal, "the supplied model is at least as good")):
        facts = OwnFacts(comparison=comparison, members=5, margin_days=7, first_seeds=(1, 2))
        kept = own_facts_of({"own_nights": dataclasses.asdict(facts)})
        assert kept == facts
        sentences = facts.sentences()
        assert said in sentences[-1]
        assert any("counts as noise" in one for one in sentences)
        assert all(isinstance(one, Said) for one in sentences)
    assert own_facts_of({}) is None
