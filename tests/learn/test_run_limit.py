"""A detection limit kept with its run: computed once, and anew where anything that it comes from has changed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from run_projects import season_of

from quakegui.judge.detection import Detector
from quakegui.judge.limit import Limit, LimitError, Share, SizeRow
from quakegui.learn import season_runs
from quakegui.learn.network.modelfile import MODEL
from quakegui.learn.runs.files import read_arrays, write_arrays
from quakegui.learn.runs.registry import RunFolder, read_run
from quakegui.learn.worker import duties, run_limit
from quakegui.learn.zero_shot import shipped
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


NOTHING = {"replicates": 0, "tested": 0, "better": 0, "low": 0.0, "high": 1.0}


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


@pytest.mark.parametrize("damage", ["{", "[]", '{"inputs": 3}', '{"kept": {"sizes": 3}}'])
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
    with pytest.raises(LimitError, match="at least five independent earthquakes and a season of 180 days"):
        limit(material)
    with pytest.raises(LimitError) as refused:
        duties.limit_job(run.folder, lambda _message: None, lambda: False)
    said = duties.failure(refused.value, project.folder)
    assert said.sentence.startswith("A detection limit needs at least five")
    assert said.kind == "data"
    catalogue.store_events(project, (), declustering=Declustering("none"))
    with pytest.raises(LimitError, match="has no earthquakes yet"):
        limit(material)


def test_a_kept_limit_that_counts_nothing_is_computed_anew(material: Material, asked: list[Detector]) -> None:
    path = material[2].folder / "limit.json"
    limit(material)
    kept = json.loads(path.read_text("utf-8"))
    for change in ({"sizes": []}, {"sizes": [kept["kept"]["sizes"][0] | {"share": NOTHING}]}):
        path.write_text(json.dumps(kept | {"kept": kept["kept"] | change}), "utf-8")
        assert run_limit.kept_limit(*material) is None
    changed = replace(material[1], coverage=material[1].coverage * 0.5)
    path.write_text(json.dumps(kept), "utf-8")
    assert run_limit.kept_limit(*material) == FOUND
    assert run_limit.kept_limit(material[0], changed, material[2]) is None


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the shipped model in a folder of its own, made for any three stations or more."""
    folder = tmp_path_factory.mktemp("model")
    stored = read_arrays(shipped.model_folder() / MODEL)
    card = json.loads(str(stored["card"]))
    card["made_for"]["fewest"] = 3
    write_arrays(folder / MODEL, {**stored, "card": np.array(json.dumps(card))})
    return folder


@pytest.mark.slow  # predicts many seasons
def test_a_network_that_never_saw_the_season_answers_for_every_map(model: Path, tmp_path: Path, material: Material) -> None:
    project, season, _ = material
    ground = run_limit.ground_of(project, season)
    detector = run_limit.network_detector(ground, model, "tiny")
    answers = detector.answers(season)
    assert (detector.kind, detector.title) == ("network", "tiny")
    assert detector.identity == run_limit.network_detector(ground, model / MODEL, "tiny").identity
    np.testing.assert_array_equal(np.isfinite(answers).all(axis=1), season.has_map)
    np.testing.assert_allclose(answers[season.has_map].sum(axis=1), 1.0, atol=1e-5)
    (tmp_path / "other.npz").write_bytes(b"none")
    with pytest.raises(LimitError, match="does not contain a usable pre-trained model"):
        run_limit.network_detector(ground, tmp_path / "other.npz", "broken")
    with pytest.raises(LimitError, match="There is no pre-trained model"):
        run_limit.network_detector(ground, tmp_path / "absent.npz", "absent")


def test_a_network_is_not_asked_about_a_season_that_it_was_not_made_for(model: Path, material: Material) -> None:
    project, season, _ = material
    other = replace(season.config, anomaly=replace(season.config.anomaly, window_days=35))
    ground = run_limit.ground_of(project, replace(season, config=other))
    with pytest.raises(LimitError, match="different kind of z: window days"):
        run_limit.network_detector(ground, model, "tiny")
