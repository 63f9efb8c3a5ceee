"""What is learnt from, whichever it is: a season's project or a folder of ready maps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from run_projects import TINY, season_of

from quakegui.judge.folds import Protocol
from quakegui.learn import source
from quakegui.learn.messages import Message
from quakegui.learn.ready_maps import ReadyMaps, read_folder
from quakegui.learn.runs import registry
from quakegui.learn.runs.registry import RunError, RunFolder
from quakegui.learn.season_source import SeasonSource
from quakegui.project.store import Project

PROTOCOLS: tuple[Protocol, ...] = ("chronological", "paper")


def unheard(_message: Message) -> None: ...


def write_maps(folder: Path) -> ReadyMaps:
    """Write thirty one-coloured maps of two classes in turns of five days."""
    for k in range(30):
        place = folder / str(k // 5 % 2)
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((480, 480, 3), 8 * k, dtype=np.uint8)).save(place / f"{np.datetime64('2022-02-01') + k}.png")
    return read_folder(folder)


@pytest.mark.parametrize("kind", ["season", "ready maps"])
def test_a_comparison_goes_on_where_it_was(kind: str, trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unfinished run of the same recipe on the same maps is resumed, another one is begun; all are judged together."""
    with Project.open(trained) as project:
        maps = SeasonSource(project, season_of(project)) if kind == "season" else write_maps(tmp_path / "maps")
        recipe = replace(TINY, protocol="chronological", final_fit=False, name="VGG-12 chronological")
        unfinished = maps.begin(recipe)
        assert maps.same_runs(recipe) == (None, unfinished)
        assert maps.same_runs(replace(recipe, seed=5)) == (None, None)
        resumed: list[str | None] = []

        def train(self: Any, config: Any, *, resume: str | None, **_: Any) -> RunFolder:
            resumed.append(resume)
            return self.begin(config) if resume is None else registry.read_run(self.runs.folder / resume)

        def together(_self: Any, runs: Sequence[RunFolder], config: Any) -> tuple[Any, ...]:
            assert config == TINY
            return tuple(run.config.protocol for run in runs)

        monkeypatch.setattr(type(maps), "train", train)
        monkeypatch.setattr(type(maps), "evaluate_together", together)
        assert source.compare(maps, TINY, protocols=PROTOCOLS, listen=unheard) == PROTOCOLS
        assert resumed == [unfinished.id, None]
        assert len(registry.list_runs(maps.runs.folder)[0]) == (3 if kind == "season" else 2)


def test_a_comparison_of_several_seeds_trains_each_protocol_with_each_of_them(
    trained: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Project.open(trained) as project:
        maps = SeasonSource(project, season_of(project))
        monkeypatch.setattr(type(maps), "train", lambda self, config, **_: self.begin(config))
        monkeypatch.setattr(type(maps), "evaluate_together", lambda _self, runs, _config: tuple(run.config for run in runs))
        found = source.compare(maps, replace(TINY, seed=7), protocols=PROTOCOLS, listen=unheard, seeds=3)
        trained_ones = [config for config in found if not config.zero_shot]
        assert [(config.protocol, config.seed) for config in trained_ones] == [
            (protocol, seed) for protocol in PROTOCOLS for seed in (7, 8, 9)
        ]
        assert trained_ones[1].name == f"VGG-12 {PROTOCOLS[0]}, seed 8"


def test_runs_are_found_by_their_beginning_or_by_their_use(trained: Path) -> None:
    with Project.open(trained) as project:
        runs = SeasonSource(project, season_of(project)).runs
        used = source.find_run(runs, None)
        assert used.id == runs.in_use
        assert source.find_run(runs, used.id[:9]) == used
        runs.use(None)
        assert runs.in_use is None
        assert source.find_run(runs, None) == used  # the newest finished one


def test_what_only_a_season_has_is_refused_by_ready_maps(tmp_path: Path) -> None:
    maps = write_maps(tmp_path / "maps")
    run = maps.begin(TINY)
    assert (maps.runs.in_use, maps.superseded(run)) == (None, "")
    with pytest.raises(RunError, match="no prediction ledger"):
        maps.evaluate_prospective(run)
    with pytest.raises(RunError, match="name a run with --run"):
        maps.runs.use(run.id)
