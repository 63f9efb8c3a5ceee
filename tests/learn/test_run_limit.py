"""A detection limit kept with its run: computed once, and anew where anything that it comes from has changed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from run_projects import season_of

from quakegui.judge.limit import Detector, Limit, LimitError, Share, SizeRow
from quakegui.learn import season_runs
from quakegui.learn.runs.registry import RunFolder, read_run
from quakegui.learn.worker import duties, run_limit
from quakegui.progress import never, silent
from quakegui.project import catalogue, journal
from quakegui.project.store import Project
from quakegui.season.events import Declustering
from quakegui.season.labels import LabelRule
from quakegui.season.season import Season

Material = tuple[Project, Season, RunFolder]
FOUND = Limit(
    kind="matched-filter",
    title="matched filter",
    events=2,
    magnitude=4.0,
    peak_nt=2.7,
    footprint_km=20.0,
    length_days=7.0,
    signal_share=0.8,
    sizes=(SizeRow(1.0, 2.7, 2.0, Share(5, 4, 3, 0.1, 0.9)),),
    counts=(),
)


@pytest.fixture
def material(trained_template: Path, tmp_path: Path) -> Iterator[Material]:
    folder = Path(shutil.copytree(trained_template, tmp_path / "p"))
    with Project.open(folder) as project:
        run = season_runs.find_run(project, None)
        (run.folder / "limit.json").unlink(missing_ok=True)
        yield project, season_of(project), run


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Detector]:
    """Let the limit be a given one, and return who was asked for it."""
    detectors: list[Detector] = []

    def limit_of(_ground: object, detector: Detector, **_others: object) -> Limit:
        detectors.append(detector)
        return FOUND

    monkeypatch.setattr(run_limit, "limit_of", limit_of)
    return detectors


def limit(material: Material, number: int = 5) -> Limit | None:
    return run_limit.limit_run(*material, number=number, progress=silent, cancelled=never)


def test_it_is_kept_until_something_changes(material: Material, asked: list[Detector]) -> None:
    project, season, run = material
    assert run_limit.kept_limit(*material) is None
    assert limit(material) == limit(material) == run_limit.kept_limit(*material) == FOUND
    assert [one.kind for one in asked] == ["matched-filter"]  # it was trained on these nights
    assert limit(material, 6) == FOUND
    assert len(asked) == 2  # more replicates were wanted than are kept
    journal.apply_rule(project, LabelRule(days_after=0))
    assert run_limit.kept_limit(*material) is None
    limit(material)
    assert run_limit.kept_limit(*material) == FOUND
    catalogue.store_events(project, catalogue.events(project)[1:], declustering=Declustering("none"))
    assert run_limit.kept_limit(project, season, run) is None


@pytest.mark.parametrize("damage", ["{", "[]", '{"inputs": 3}', '{"limit": {"sizes": 3}}'])
def test_a_damaged_file_is_computed_anew(material: Material, asked: list[Detector], damage: str) -> None:
    path = material[2].folder / "limit.json"
    limit(material)
    kept = json.loads(path.read_text("utf-8"))
    values = json.loads(damage) if damage != "{" else None
    path.write_text(damage if not isinstance(values, dict) else json.dumps(kept | values), "utf-8")
    assert run_limit.kept_limit(*material) is None
    assert limit(material) == run_limit.kept_limit(*material) == FOUND


def rewritten(run: RunFolder, **changes: object) -> RunFolder:
    path = run.folder / "config.json"
    values = json.loads(path.read_text("utf-8"))
    values["config"] |= changes
    path.write_text(json.dumps(values), "utf-8")
    return read_run(run.folder)


def test_what_has_no_verdict_has_no_limit(material: Material) -> None:
    project, season, run = material
    (run.folder / "card.json").rename(run.folder / "away.json")
    with pytest.raises(LimitError, match="is not finished"):
        limit((project, season, read_run(run.folder)))
    (run.folder / "away.json").rename(run.folder / "card.json")
    leaky = rewritten(run, protocol="paper", final_fit=False)
    with pytest.raises(LimitError, match="is LEAKY"):
        limit((project, season, leaky))
    assert run_limit.kept_limit(project, season, leaky) is None


def test_a_season_too_short_is_refused_in_one_sentence_by_worker_and_all(material: Material) -> None:
    project, _season, run = material
    with pytest.raises(LimitError, match="five independent earthquakes or more and a season of 180 days"):
        limit(material)
    with pytest.raises(LimitError) as refused:
        duties.limit_job(run.folder, lambda _message: None, lambda: False)
    said = duties.failure(refused.value, project.folder)
    assert said.sentence.startswith("A detection limit needs five")
    assert said.kind == "data"
    catalogue.store_events(project, (), declustering=Declustering("none"))
    with pytest.raises(LimitError, match="has no earthquakes yet"):
        limit(material)


def test_a_network_that_never_saw_the_season_answers_for_every_map(tmp_path: Path, material: Material) -> None:
    from dataclasses import replace

    from quakegui.learn.network import pretrained
    from quakegui.learn.network.pretraining_recipe import PRESETS
    from quakegui.learn.network.vgg12 import vgg12

    recipe = PRESETS["stack"]
    small = replace(recipe, network=replace(recipe.network, size=16, width=2, dense=(8, 8)))
    path = pretrained.save(tmp_path, vgg12(small.network), small)
    detector = run_limit.network_detector(path, "tiny")
    season = material[1]
    answers = detector.answers(season)
    assert (detector.kind, detector.title) == ("network", "tiny")
    np.testing.assert_array_equal(np.isfinite(answers).all(axis=1), season.has_map)
    np.testing.assert_allclose(answers[season.has_map].sum(axis=1), 1.0, atol=1e-5)
    (tmp_path / "other.npz").write_bytes(b"none")
    with pytest.raises(LimitError, match="cannot be asked"):
        run_limit.network_detector(tmp_path / "other.npz", "broken").answers(season)
    with pytest.raises(LimitError, match="cannot be read"):
        run_limit.network_detector(tmp_path / "absent.npz", "absent")
