"""Stacked pictures, and a network that learns from simulated seasons: the numbers of its input, and that it learns at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from quakegui.learn import messages
from quakegui.learn.network import pretrained
from quakegui.learn.network.modelfile import CARD_FILE, MODEL
from quakegui.learn.network.pretraining import (
    Pictures,
    augment,
    class_weights,
    groups,
    predict_both_signs,
    prefetch,
    pretrain,
    training_pictures,
    unfinished_recipe,
)
from quakegui.learn.network.pretraining_recipe import GROUP, PRESETS, Pretraining, recipe_for, station_facts
from quakegui.learn.network.steps import Stop
from quakegui.learn.network.vgg12 import check_maps, vgg12
from quakegui.learn.runs.checkpoint import CHECKPOINT
from quakegui.learn.runs.inputs import LIMIT_Z, pictures, trailing_means
from quakegui.learn.runs.presets import STACK
from quakegui.learn.runs.registry import RunError
from quakegui.season.anomaly import AnomalyConfig
from quakegui.season.basis import GridConfig
from quakegui.season.network import Network
from quakegui.season.season import Season
from quakegui.simulate.corpus import Plan, SimulatedSeason, simulate
from quakegui.simulate.layouts import synthetic_network
from quakegui.simulate.synthetic import SyntheticConfig

pytestmark = [pytest.mark.xdist_group("network"), pytest.mark.usefixtures("untraced")]

SHORT = SyntheticConfig(first_day=np.datetime64("2022-03-01"), last_day=np.datetime64("2022-04-15"), warm_up_days=35)
PLAN = Plan(season=SHORT, mean_events=(5.0, 6.0), strengths=(4.0, 4.0), networks=(synthetic_network(12),))
TINY = Pretraining(
    network=replace(STACK, size=16, width=2, dense=(8, 8), batch_size=16), plan=PLAN, seasons=4, passes=1, group=2
)


@pytest.fixture(autouse=True)
def exact() -> Iterator[None]:
    import keras

    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("float32")
    yield
    keras.config.set_dtype_policy(before)


@cache
def one() -> SimulatedSeason:
    return next(simulate(PLAN, [2], pixels=16))


def test_trailing_means_of_known_values() -> None:
    z = np.array([[1.0, np.nan, 20.0], [2.0, np.nan, 1.0], [np.nan, 4.0, 1.0], [4.0, np.nan, np.nan]])
    np.testing.assert_array_equal(trailing_means(z, 1)[:, 2], [12.0, 1.0, 1.0, np.nan])
    gain = 0.6 * np.sqrt(3.0)
    means = trailing_means(z, 3) / gain
    np.testing.assert_allclose(means[:, 0], [1.0, 1.5, 1.5, 3.0])
    np.testing.assert_allclose(means[:, 1], [np.nan, np.nan, 4.0, 4.0])  # one night of three is enough
    np.testing.assert_allclose(means[:, 2], [12.0, 6.5, 14.0 / 3.0, 1.0])
    week = trailing_means(z, 7) / (0.6 * np.sqrt(7.0))
    np.testing.assert_allclose(week[:, 1], [np.nan] * 4)  # two of seven are needed
    np.testing.assert_allclose(week[:, 0], [np.nan, 1.5, 1.5, 7.0 / 3.0])


def test_a_stack_is_the_maps_of_the_day_and_of_the_means() -> None:
    season = one().season
    stack = pictures(season, "stack", 16)
    assert stack.shape == (len(season.days), 16, 16, 3)
    assert stack.dtype == np.float32
    for channel, nights in enumerate((1, 3, 7)):
        maps = season.gridder.maps(trailing_means(season.anomaly.z, nights)[season.shown])
        wanted = np.nan_to_num(np.clip(maps / LIMIT_Z, -1.0, 1.0))
        np.testing.assert_allclose(stack[..., channel], wanted, atol=1e-6)
    assert (stack[:, 0, 0] == 0.0).all()  # outside the hull
    np.testing.assert_allclose(pictures(season, "scalar", 16)[..., 0], stack[..., 0], atol=1e-6)
    np.testing.assert_allclose(pictures(season, "stack", 16, [3, 5]), stack[[3, 5]], atol=1e-6)


def test_the_first_days_means_reach_into_the_warm_up_and_no_day_looks_ahead() -> None:
    season = one().season
    z = season.anomaly.z.copy()
    cut = len(season.all_days) - 5
    z[cut:] = 9.0
    changed = replace(season, anomaly=replace(season.anomaly, z=z))
    before, after = pictures(season, "stack", 16), pictures(changed, "stack", 16)
    np.testing.assert_array_equal(before[: cut - SHORT.warm_up_days], after[: cut - SHORT.warm_up_days])
    assert np.abs(before[-1] - after[-1]).max() > 0.2
    z = season.anomaly.z.copy()
    z[SHORT.warm_up_days - 1] = 9.0
    earlier = pictures(replace(season, anomaly=replace(season.anomaly, z=z)), "stack", 16)
    assert np.abs(earlier[0, ..., 1] - before[0, ..., 1]).max() > 0.2
    np.testing.assert_array_equal(earlier[0, ..., 0], before[0, ..., 0])


def test_maps_of_another_resolution_are_the_same_spline() -> None:
    season = one().season
    coarse, fine = pictures(season, "scalar", 16), pictures(season, "scalar", 48)
    inside = np.abs(coarse[..., 0]) > 0
    middle = fine[:, 1::3, 1::3, 0]  # the centres of the coarse pixels
    np.testing.assert_allclose(middle[inside], coarse[..., 0][inside], atol=2e-6)


def test_a_colour_is_no_stack_and_a_stack_no_colour() -> None:
    with pytest.raises(ValueError, match="made from the image of the day"):
        pictures(one().season, "colour", 16)
    with pytest.raises(ValueError, match="not images"):
        check_maps(replace(STACK, size=16), np.zeros((1, 16, 16), np.uint8), np.zeros(256, np.float32))
    with pytest.raises(ValueError, match="protocol 'zero-shot'"):
        replace(STACK, protocol="blocked")
    with pytest.raises(ValueError, match="needs the channel 'stack' or 'scalar'"):
        replace(STACK, channel="colour")


def test_only_days_known_before_their_event_are_learnt_from() -> None:
    found = training_pictures(one(), TINY.network)
    each = one()
    usable = each.season.has_map & ~each.labels.post
    assert each.labels.post.any()
    assert len(found.images) == usable.sum()
    np.testing.assert_array_equal(found.classes, each.labels.classes[usable])
    assert found.images.dtype == np.float16


def test_seasons_come_in_groups_and_nothing_is_left_out() -> None:
    recipe = replace(TINY, seasons=3, group=2)
    sizes = [len(group.classes) for group in groups(recipe)]
    alone = [len(training_pictures(each, recipe.network).classes) for each in simulate(PLAN, range(3), pixels=16)]
    assert recipe.groups == len(sizes) == 2
    assert sizes == [alone[0] + alone[1], alone[2]]


def test_groups_made_ahead_are_the_same_and_their_trouble_is_heard() -> None:
    plain, early = list(groups(TINY)), list(prefetch(groups(TINY)))
    for one_group, other in zip(plain, early, strict=True):
        np.testing.assert_array_equal(one_group.images, other.images)

    def broken() -> Iterator[Pictures]:
        yield plain[0]
        raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        list(prefetch(broken()))
    asked = iter([False, False, True])
    with pytest.raises(Stop):
        list(groups(TINY, cancelled=lambda: next(asked)))


def test_pictures_are_mirrored_and_negated_each_half_of_the_time_and_north_stays_up() -> None:
    picture = np.random.default_rng(0).standard_normal((8, 8, 3)).astype(np.float32)
    many = np.repeat(picture[None], 400, axis=0)
    found = augment(many, np.random.default_rng(1))
    kinds = [picture, picture[:, ::-1], -picture, -picture[:, ::-1]]
    counts = [sum(np.array_equal(each, kind) for each in found) for kind in kinds]
    assert sum(counts) == 400
    assert min(counts) > 70
    np.testing.assert_array_equal(many[0], picture)  # the pictures themselves are not changed


def test_classes_weigh_half_for_none_and_an_eighth_for_each_event() -> None:
    classes = np.repeat([0, 1, 2, 3, 4], [60, 10, 20, 5, 5])
    weights = class_weights(classes, 0.5)
    sums = np.bincount(classes, weights=weights[classes]) / len(classes)
    np.testing.assert_allclose(sums, [0.5, 0.125, 0.125, 0.125, 0.125], rtol=1e-6)
    assert class_weights(np.zeros(4, np.int64), 0.5).tolist() == [0.5, 0.0, 0.0, 0.0, 0.0]


def test_an_answer_is_the_same_for_a_picture_and_its_negative() -> None:
    network = vgg12(TINY.network)
    images = np.random.default_rng(0).uniform(-1.0, 1.0, (5, 16, 16, 3)).astype(np.float32)
    found = predict_both_signs(network, images, batch=4)
    np.testing.assert_allclose(found, predict_both_signs(network, -images, batch=4), atol=1e-6)
    np.testing.assert_allclose(found.sum(axis=1), 1.0, atol=1e-5)
    direct = 0.5 * (np.asarray(network.predict_on_batch(images)) + np.asarray(network.predict_on_batch(-images)))
    np.testing.assert_allclose(found, direct, atol=1e-6)


def test_a_tiny_network_trains_is_kept_and_answers_for_a_season(tmp_path: Path) -> None:
    told: list[messages.Message] = []
    path = pretrained.make(tmp_path, TINY, say=told.append, choosing=2)
    kept = pretrained.load(tmp_path)
    assert [one.epoch for one in told if isinstance(one, messages.Epoch)] == [1, 2]
    assert not (tmp_path / CHECKPOINT).exists()
    assert path == tmp_path / MODEL
    season = one().season
    probabilities = kept.probabilities(season)
    assert probabilities.shape == (len(season.days), 5)
    np.testing.assert_array_equal(np.isfinite(probabilities).all(axis=1), season.has_map)
    mapped = np.flatnonzero(season.has_map)
    straight = predict_both_signs(kept.network, pictures(season, "stack", 16, mapped))
    np.testing.assert_allclose(probabilities[mapped], straight, atol=1e-3)
    card = (tmp_path / CARD_FILE).read_text("utf-8")
    assert "SYNTHETIC" in card
    assert "seeds 10000000 to 10000003" in card
    assert "seeds from 10000004" in card  # the seasons that chose the alarms
    assert kept.card["versions"]["numpy"] == np.__version__
    assert kept.recipe == TINY.network


@pytest.mark.slow  # trains twice; resuming in the worker has its own test, and a training that was stopped another
def test_a_pre_training_that_was_stopped_goes_on_as_if_it_had_not_been(tmp_path: Path) -> None:
    whole, state = pretrain(TINY)
    first: list[messages.Message] = []
    with pytest.raises(Stop):
        pretrain(
            TINY,
            say=first.append,
            cancelled=lambda: any(isinstance(each, messages.Checkpoint) for each in first),
            folder=tmp_path,
        )
    assert unfinished_recipe(tmp_path) == TINY.fingerprint
    assert unfinished_recipe(tmp_path / "elsewhere") is None
    resumed, again = pretrain(TINY, folder=tmp_path)
    assert [row["epoch"] for row in again.history] == [1, 2]
    assert again.history[1]["loss"] == pytest.approx(state.history[1]["loss"], rel=1e-4)
    for one_weight, other in zip(whole.weights, resumed.weights, strict=True):
        np.testing.assert_allclose(np.asarray(one_weight), np.asarray(other), rtol=1e-3, atol=1e-5)
    with pytest.raises(ValueError, match="a different pre-training"):
        pretrain(replace(TINY, none_weight=0.4), folder=tmp_path)


@pytest.mark.slow  # a whole training; `test_training` has the same of a run
def test_a_loss_that_is_no_number_ends_it_at_once() -> None:
    with pytest.raises(FloatingPointError, match="no longer finite"):
        pretrain(replace(TINY, network=replace(TINY.network, learning_rate=1e30), warm_up=0))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"anomaly": AnomalyConfig(method="day-difference")}, "a different kind of z: method regression, here day-difference"),
        ({"anomaly": AnomalyConfig(window_days=30)}, "window days 27, here 30"),
        ({"grid": GridConfig(smoothing=0.0)}, "different maps: smoothing 0.3, here 0.0"),
    ],
)
def test_a_model_refuses_scales_and_maps_that_it_was_not_made_for(change: dict[str, Any], sentence: str) -> None:
    season: Season = one().season
    limits = pretrained.made_for(replace(TINY, plan=replace(PLAN, networks=())))
    assert limits.refusal(season) == ""
    assert sentence in limits.refusal(replace(season, config=replace(season.config, **change)))


def test_a_model_refuses_stations_that_it_was_not_made_for() -> None:
    season: Season = one().season
    assert (pretrained.made_for(Pretraining()).fewest, pretrained.made_for(Pretraining()).most) == (8, 32)
    few = replace(season, network=Network.of(season.network.stations[:7]))
    assert "networks of 8 to 32 stations; this season has 7" in pretrained.made_for(Pretraining()).refusal(few)
    own = pretrained.made_for(TINY)
    assert own.refusal(season) == ""
    moved = [replace(station, latitude=station.latitude + 0.5) for station in season.network.stations]
    assert "the stations of another network" in own.refusal(replace(season, network=Network.of(moved)))


def test_a_project_is_pre_trained_for_by_its_own_stations() -> None:
    network = synthetic_network(12)
    recipe = recipe_for(replace(STACK, epochs=3), station_facts(network))
    assert recipe.seasons == 3 * GROUP
    assert recipe.plan.scale_footprints
    np.testing.assert_array_equal(recipe.plan.networks[0].latitude, network.latitude)
    with pytest.raises(ValueError, match="at least three stations"):
        recipe_for(STACK, station_facts(network)[:2])
    with pytest.raises(ValueError, match="does not list the stations"):
        recipe_for(STACK, [["A", "north"]])


def test_a_file_that_holds_no_network_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "other.npz", weights=np.zeros(3))
    with pytest.raises(RunError, match="does not contain a usable pre-trained model"):
        pretrained.load(tmp_path / "other.npz")
    with pytest.raises(RunError, match="create one with 'quakegui pretrain'"):
        pretrained.load(tmp_path)


def test_pre_training_stops_when_asked() -> None:
    with pytest.raises(Stop):
        pretrain(TINY, cancelled=lambda: True)


def test_impossible_recipes_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one season"):
        Pretraining(seasons=0)
    with pytest.raises(ValueError, match="between 0 and 1"):
        Pretraining(none_weight=1.0)
    assert set(PRESETS) == {"stack", "scalar", "wide"}


@pytest.mark.slow
def test_what_it_learns_it_finds_in_seasons_that_it_never_saw() -> None:
    """Twelve minutes of wall clock at worst: 60 seasons are a seventh of the recipe, enough to tell days apart."""
    recipe = replace(Pretraining(), seasons=60, group=30, plan=Plan(strengths=(2.0, 4.0), networks=(synthetic_network(),)))
    network, _ = pretrain(recipe)
    areas = []
    for each in simulate(replace(recipe.plan, first_seed=77_000_000), range(5)):
        days = training_pictures(each, recipe.network)
        event = 1.0 - predict_both_signs(network, days.images)[:, 0]
        positive, negative = event[days.classes > 0], event[days.classes == 0]
        areas.append((positive[:, None] > negative[None, :]).mean())
    assert np.mean(areas) > 0.65
