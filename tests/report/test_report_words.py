"""Every parameter, source, protocol and group has a name, and numbers are written in one way."""

from __future__ import annotations

import dataclasses

import pytest

from quakegui.judge.folds import PROTOCOLS, UNTAUGHT
from quakegui.judge.metrics import GROUPS
from quakegui.judge.names import PROTOCOL_NAMES, group_names
from quakegui.learn.runs.runconfig import RunConfig
from quakegui.report import parameters, words
from quakegui.season.config import SeasonConfig
from quakegui.season.labels import LabelRule, LabelSource
from quakegui.season.names import SOURCE_NAMES, class_names


def test_every_parameter_source_protocol_and_baseline_is_named() -> None:
    assert {name for name, _ in parameters.flat(SeasonConfig("UTC").to_dict())} == set(parameters.MEANINGS)
    assert {field.name for field in dataclasses.fields(LabelRule)} == set(parameters.RULE_MEANINGS)
    assert {name for name, _ in parameters.flat(RunConfig().to_json())} == set(parameters.RECIPE_MEANINGS)
    assert set(SOURCE_NAMES) == set(LabelSource)
    assert set(PROTOCOL_NAMES) == {*PROTOCOLS, *UNTAUGHT}
    assert {target: len(group_names(target)) for target in GROUPS} == {
        target: max(groups) + 1 for target, groups in GROUPS.items()
    }


def test_classes_are_named_by_the_magnitude_split_of_the_project() -> None:
    assert class_names(4.0)[1:3] == ("North, M > 4.0", "North, M ≤ 4.0")
    assert class_names(4.25)[3] == "South, M > 4.25"
    assert words.Words("zh", 4.0).cls(4) == "4 南部，M≤4.0"
    assert words.Words("zh").cls(4) == "4 南部，M≤分界"
    assert [words.Words("zh")(name) for name in group_names("direction")] == ["无地震", "北部", "南部"]


@pytest.mark.parametrize(
    ("value", "digits", "text"), [(1.256, 2, "1.26"), (-1.5, 1, "−1.5"), (float("nan"), 2, "–"), (None, 2, "–")]
)
def test_a_number_that_is_not_there_is_a_dash_and_never_zero(value: float | None, digits: int, text: str) -> None:
    assert words.number(value, digits) == text


def test_shares_are_percentages() -> None:
    assert words.percent(0.123) == "12.3%"
    assert words.percent(-0.004) == "−0.4%"
    assert words.percent(float("nan")) == "–"
