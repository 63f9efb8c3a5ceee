"""Pre-trainings that are killed: on synthetic seasons, as the command does it, and on own nights, as the worker does."""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

sys.path.append(str(Path(__file__).resolve().parents[1] / "learn"))

from test_own_runs import DEVICE

from quakegui import cli
from quakegui.learn.network import own_nights, pretrained
from quakegui.learn.network.own_power import compare_power
from quakegui.learn.network.precision import Measured
from quakegui.learn.network.pretraining_recipe import PRESETS, Pretraining
from quakegui.learn.runs.presets import STACK
from quakegui.learn.worker import duties, pretrain_job
from quakegui.simulate.corpus import Plan
from quakegui.simulate.synthetic import SyntheticConfig

SHORT = SyntheticConfig(first_day=np.datetime64("2022-03-01"), last_day=np.datetime64("2022-04-15"), warm_up_days=35)
TINY = Pretraining(
    network=replace(STACK, size=16, width=2, dense=(8, 8), batch_size=16),
    plan=Plan(season=SHORT, mean_events=(5.0, 6.0), strengths=(4.0, 4.0)),
    passes=1,
    group=2,
)


def in_small_steps() -> None:
    """Compute each operation by itself, which is quicker than tracing, with few seasons."""
    import tensorflow as tf

    tf.config.run_functions_eagerly(True)
    PRESETS["tiny"] = TINY
    pretrained.make = partial(pretrained.make, choosing=2)  # the process has no other task
    own_nights.GROUP, pretrain_job.CHOOSING = 2, 2
    pretrain_job.compare_power = partial(compare_power, strengths=(2.0,), seasons=2, nulls=20)


def pretrain(out: str) -> None:
    """Pre-train a model as the command does."""
    in_small_steps()
    cli.main(["pretrain", out, "--preset", "tiny", "--seasons", "6"])


def train_on_own_nights(folder: str) -> None:
    """Train a run of own nights as the worker does, without a process of its own."""
    in_small_steps()
    duties.train_job(Path(folder), DEVICE, Measured("float32", {}, ""), lambda _message: None, lambda: False)
