"""Simulated night means, and a network that is trained on simulated seasons: its training and its prediction of a season."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from bench_tools import Row, Timed, both, children_seconds, in_turn, least, limited, ms, once, process, ratios

from quakegui.season.night import NightConfig, NightMeans, night_means, stack
from quakegui.simulate.minutes import direct_night_means, minutes
from quakegui.simulate.synthetic import MAIN_FIELD_NT, SyntheticConfig, SyntheticSeason, make_season

GROUP = 16
"""Seasons of a group, as many as are simulated together: the next group is made while one is trained on."""
COLD = """
import sys
from pathlib import Path
import numpy as np
from quakegui.learn.network.pretrained import load
from quakegui.learn.network.pretraining import predict_both_signs
from quakegui.learn.zero_shot.shipped import model_folder
predict_both_signs(load(model_folder()).network, np.load(Path(sys.argv[1])))
"""


def season_of(strength: float = 1.0) -> SyntheticSeason:
    config = SyntheticConfig(strength=strength)
    return make_season(config, main_field_nt=np.full(config.stations, MAIN_FIELD_NT))


def by_minutes() -> NightMeans:
    season = season_of()
    zone, stations = season.config.timezone, range(len(season.network.stations))
    records = (minutes(season, station) for station in stations)
    columns = [night_means(one, season.days, timezone=zone, config=NightConfig()) for one in records]
    return stack(columns, season.network.codes)


def measure_nights() -> list[Row]:
    """Time the night means of a season of 25 stations, drawn directly and by way of all its minutes."""
    slow, ours = in_turn(3, by_minutes, lambda: direct_night_means(season_of(), NightConfig()))
    by_clock, by_processor = ratios(slow, ours)
    words = "Simulated night means, one season of 25 stations"
    return [
        Row(words, "by way of its minutes", ms(ours), ms(slow), both(ours, slow), "at least 50 x", by_processor >= 50.0,
            by_clock, by_processor)
    ]  # fmt: skip


def measure_pretraining() -> list[Row]:
    """Time one group of a pre-training, the next being simulated meanwhile, beside `fit` on the same pictures in memory."""
    from quakegui.learn import messages
    from quakegui.learn.network.pretraining import groups, pretrain
    from quakegui.learn.network.pretraining_recipe import PRESETS

    recipe = replace(PRESETS["stack"], seasons=3 * GROUP, group=GROUP)
    ends: list[tuple[float, float]] = []

    def listen(message: messages.Message) -> None:
        if isinstance(message, messages.Epoch):
            ends.append((time.perf_counter(), time.process_time()))

    _, second, _ = groups(recipe)
    images, network = second.images.astype(np.float32), compiled(recipe.network)
    size = recipe.network.batch_size
    network.fit(images[: 2 * size], second.classes[: 2 * size], batch_size=size, verbose=0)  # traced before the clock runs
    wall, processor = once(lambda: network.fit(images, second.classes, batch_size=size, epochs=recipe.passes, verbose=0))
    pretrain(recipe, say=listen)
    count = recipe.passes * len(images)
    (begun, used), (ended, used_then) = ends[:2]
    fit = Timed((wall,), (processor,)).times(1 / count)
    ours = Timed((ended - begun,), (used_then - used,)).times(1e3 / count)
    by_clock, by_processor = ratios(ours, fit)
    return [
        Row("Pre-training, seasons simulated meanwhile", "plain Keras fit, the same pictures in memory",
            *(f"{ms(one)} an image, {1e3 / one.median():.0f} images/s" for one in (ours, fit)),
            both(ours, fit, faster=False), "at most 1.1 x", min(by_clock, by_processor) <= 1.1, by_clock, by_processor)
    ]  # fmt: skip


def compiled(config: Any) -> Any:
    import keras

    from quakegui.learn.network.vgg12 import vgg12

    network = vgg12(config)
    loss = keras.losses.SparseCategoricalCrossentropy()
    network.compile(optimizer=keras.optimizers.Adam(config.learning_rate), loss=loss, metrics=["accuracy"], jit_compile=False)
    return network


def measure_zero_shot(folder: Path) -> list[Row]:
    """Time the shipped model's prediction of a season, in a running process and in a new one."""
    from quakegui.learn.network.pretrained import answers, load
    from quakegui.learn.runs.inputs import pictures
    from quakegui.learn.zero_shot.shipped import model_folder
    from quakegui.project.seasons import load_season
    from quakegui.project.store import Project

    with Project.open(folder) as project:
        season = load_season(project)
    assert season is not None
    model = load(model_folder())
    days = np.flatnonzero(season.has_map)

    def plain() -> None:
        images = pictures(season, model.recipe.channel, model.recipe.size, days)
        for sign in (1.0, -1.0):
            model.network.predict(np.float32(sign) * images.astype(np.float32), verbose=0)

    peer, ours = in_turn(5, plain, lambda: answers(model.network, model.recipe, season))
    by_clock, by_processor = ratios(peer, ours)
    faster = max(by_clock, by_processor) >= 2.0 and least(ours) <= 2000.0
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "maps.npy"
        np.save(path, pictures(season, model.recipe.channel, model.recipe.size, days).astype(np.float16))
        python = [sys.executable, "-c"]
        works = process([*python, "import keras"]), process([*python, COLD, os.fspath(path)])
        bare, cold = in_turn(3, *works, clock=children_seconds)
    return [
        Row("Zero-shot prediction of a season, z and -z, maps included", "plain predict, float32, both signs", ms(ours),
            ms(peer), both(ours, peer), "at least 2 x, at most 2 s", faster, by_clock, by_processor),
        limited("The same in a new process", cold, 1.3 * bare.processor_median(), "at most 1.3 x", peer="`import keras`",
                theirs=bare),
    ]  # fmt: skip
