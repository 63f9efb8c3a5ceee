"""What was done last, as a command that the command line takes and a program that Python takes."""

from __future__ import annotations

import ast
import shlex
import sys
from dataclasses import replace
from pathlib import Path

import click
import pytest
from typer.main import get_command

from quakegui.app import deeds
from quakegui.cli.verbs import app
from quakegui.learn.runs.presets import PRESETS
from quakegui.season.labels import FLAT_RULE, LabelRule

HERE = Path("/data/two words 小")
COMPACT = PRESETS["compact"]
DEEDS = {
    "tables": deeds.tables(HERE, HERE / "a.xlsx"),
    "report": deeds.report(HERE, HERE / "a.pdf", "zh", "today"),
    "flat rule": deeds.rule(HERE, FLAT_RULE, "Li"),
    "rule": deeds.rule(HERE, LabelRule(2.0, 0.125), ""),
    "preset": deeds.training(HERE, COMPACT),
    "changed": deeds.training(HERE, replace(COMPACT, size=240, seed=7, class_weights=False, precision="float32")),
    "paper": deeds.training(HERE, PRESETS["fast"].under("paper")),
    "judging": deeds.judging(HERE, "20240101-abc", "today", prospective=False),
    "prospective": deeds.judging(HERE, "20240101-abc", "training", prospective=True),
}


def parsed(words: tuple[str, ...]) -> dict[str, object]:
    """Return what the program's own command line makes of words, without running anything."""
    command, name, rest = get_command(app), words[0], list(words[1:])
    while hasattr(command, "resolve_command"):
        name, command, rest = command.resolve_command(click.Context(command), rest)
    return command.make_context(name, rest).params


@pytest.mark.parametrize("name", DEEDS)
def test_each_command_is_one_that_the_program_takes(name: str) -> None:
    if sys.platform != "win32":  # whose shell quotes otherwise
        assert tuple(shlex.split(DEEDS[name].command)) == DEEDS[name].words
    assert parsed(DEEDS[name].words)["project"] == HERE


def test_what_was_chosen_is_in_the_command() -> None:
    rule, flat = parsed(DEEDS["rule"].words), parsed(DEEDS["flat rule"].words)
    assert (rule["scale"], rule["exponent"], rule["days_before"]) == (2.0, 0.125, None)
    assert (flat["days_before"], flat["days_after"], flat["winner"], flat["author"]) == (13, 0, "larger", "Li")
    changed = parsed(DEEDS["changed"].words)
    assert [changed[key] for key in ("preset", "protocol", "size", "seed", "class_weights", "precision", "epochs")] == [
        *("compact", "blocked", 240, 7, False, "float32", None)
    ]
    assert parsed(DEEDS["paper"].words)["preset"] == "fast"
    assert parsed(DEEDS["judging"].words)["labels"] == "today"
    assert parsed(DEEDS["prospective"].words)["prospective"] is True


@pytest.mark.parametrize("name", DEEDS)
def test_each_program_is_python_with_the_same_words(name: str) -> None:
    tree = ast.parse(DEEDS[name].python)
    (words,) = (node for node in ast.walk(tree) if isinstance(node, ast.List))
    assert tuple(ast.literal_eval(words)) == DEEDS[name].words
    assert ("quakegui.open" in DEEDS[name].python) == bool(DEEDS[name].look)
