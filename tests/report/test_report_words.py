"""Every text of the report stands in both languages, and every parameter has a meaning."""

from __future__ import annotations

import ast
import dataclasses
import re
from pathlib import Path
from string import Formatter

import pytest

import quakegui.report
from quakegui.judge.folds import PROTOCOLS
from quakegui.judge.metrics import GROUPS
from quakegui.learn.runs.runconfig import RunConfig
from quakegui.report import parameters, season_parts, words
from quakegui.season.config import SeasonConfig
from quakegui.season.labels import LabelRule, LabelSource

ROOM = Path(quakegui.report.__file__).parent
CHINESE = re.compile("[一-鿿]")


def _said() -> list[tuple[str, str, str]]:
    """Every pair in a call of ``say``, with where it stands."""
    found = []
    for path in sorted(ROOM.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say":
                english, chinese = (ast.literal_eval(argument) for argument in node.args)
                found.append((english, chinese, f"{path.name}:{node.lineno}"))
    return found


def _tables() -> list[tuple[str, str]]:
    named = [words.TARGET_NAMES, words.SOURCE_NAMES, words.KIND_NAMES, words.QUALITY_NAMES, words.PROTOCOL_NAMES,
             words.BASELINE_NAMES, words.DIRECTION_NAMES, words.SERIES_NAMES, words.AXIS_NAMES,
             words.CHOICE_NAMES, parameters.MEANINGS, parameters.RULE_MEANINGS,
             parameters.RECIPE_MEANINGS, season_parts.TITLES]  # fmt: skip
    pairs = [pair for table in named for pair in table.values()]
    return [
        *pairs,
        *words.CLASS_NAMES,
        *(p for group in words.GROUP_NAMES.values() for p in group),
        words.LEAKY,
        words.SYNTHETIC,
    ]


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_every_text_is_there_in_both_languages_with_the_same_values() -> None:
    said = _said()
    assert len(said) > 150
    assert [where for english, chinese, where in said if _fields(english) != _fields(chinese)] == []
    assert [where for english, chinese, where in said if CHINESE.search(english) or not english.strip()] == []
    same = {english for english, chinese, _ in said if not CHINESE.search(chinese)}
    assert same == set()


def test_every_name_is_there_in_both_languages() -> None:
    pairs = _tables()
    assert [pair for pair in pairs if not pair[0] or CHINESE.search(pair[0])] == []
    assert [pair for pair in pairs if not CHINESE.search(pair[1])] == []


def test_every_parameter_source_protocol_and_baseline_is_named() -> None:
    assert {name for name, _ in parameters.flat(SeasonConfig("UTC").to_dict())} == set(parameters.MEANINGS)
    assert {field.name for field in dataclasses.fields(LabelRule)} == set(parameters.RULE_MEANINGS)
    assert {name for name, _ in parameters.flat(RunConfig().to_json())} == set(parameters.RECIPE_MEANINGS)
    assert set(words.SOURCE_NAMES) == set(LabelSource)
    assert set(words.PROTOCOL_NAMES) == set(PROTOCOLS)
    assert {target: len(names) for target, names in words.GROUP_NAMES.items()} == {
        target: max(groups) + 1 for target, groups in GROUPS.items()
    }


@pytest.mark.parametrize(
    ("value", "digits", "text"), [(1.256, 2, "1.26"), (-1.5, 1, "−1.5"), (float("nan"), 2, "–"), (None, 2, "–")]
)
def test_a_number_that_is_not_there_is_a_dash_and_never_zero(value: float | None, digits: int, text: str) -> None:
    assert words.number(value, digits) == text


def test_shares_are_percentages() -> None:
    assert words.percent(0.123) == "12.3 %"
    assert words.percent(-0.004) == "−0.4 %"
    assert words.percent(float("nan")) == "–"
