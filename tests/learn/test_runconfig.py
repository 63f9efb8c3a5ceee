"""The recipe of a run: the same after JSON, and refused where it cannot be trained."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from quakegui.learn.runs.presets import PRESETS
from quakegui.learn.runs.runconfig import Augmentation, RunConfig


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_presets_survive_json(name: str) -> None:
    config = PRESETS[name]
    assert RunConfig.from_json(json.loads(json.dumps(config.to_json()))) == config


def test_the_papers_preset_is_the_papers() -> None:
    config = PRESETS["paper"]
    assert (config.size, config.head, config.width, config.dense, config.protocol) == (480, "paper", 32, (256, 128), "paper")
    assert config.leaky
    assert not any(each.leaky for name, each in PRESETS.items() if name != "paper")


def test_the_hash_leaves_out_the_name_only() -> None:
    config = RunConfig()
    assert replace(config, name="other").hash == config.hash
    assert replace(config, seed=2).hash != config.hash
    assert replace(config, augmentation=Augmentation(flip=False)).hash != config.hash


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"size": 8}, "halved four times"),
        ({"epochs": 0}, "epochs is 0"),
        ({"seed": 2**63}, "seed is 9223372036854775808"),
        ({"seed": -1}, "seed is -1"),
        ({"dropout": 1.0}, "dropout is 1.0"),
        ({"classes": ("one",)}, "two classes"),
        *(
            ({"protocol": "zero-shot", "channel": "stack", "final_fit": False} | change, "set members to 1, the final fit off")
            for change in ({"members": 2}, {"final_fit": True}, {"class_weights": False})
        ),
        ({"protocol": "hopeful"}, "Unknown protocol 'hopeful'"),
        ({"augmentation": Augmentation(growth=(1, 2))}, "augmentation is given for 2 classes"),
    ],
)
def test_what_cannot_be_trained_is_refused(change: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        replace(RunConfig(), **change)


def test_a_newer_field_is_named() -> None:
    with pytest.raises(ValueError, match="unknown field 'momentum'"):
        RunConfig.from_json({**RunConfig().to_json(), "momentum": 1})
