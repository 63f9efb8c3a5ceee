"""Input for training and evaluation: maps, labels, features, Kp and the catalogue, for the days of a season."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quakegui.judge.alarms import Catalogue, catalogue_of
from quakegui.judge.folds import OWN_NIGHTS, ZERO_SHOT, Material, Split, material, scorable
from quakegui.judge.predictors import Inputs, feature_table, run_predictors
from quakegui.judge.splits import blocked, chronological, split
from quakegui.judge.surrogates import EventWindows, event_windows
from quakegui.judge.truth import Truth, truth_of
from quakegui.learn.runs.dataset import Snapshot, scalar_table, snapshot
from quakegui.learn.runs.inputs import pictures
from quakegui.learn.runs.portions import Portions
from quakegui.learn.runs.runconfig import CHANNELS, RunConfig
from quakegui.project import catalogue, journal
from quakegui.project.store import Project
from quakegui.season import daymap
from quakegui.season.config import SeasonConfig
from quakegui.season.events import Event
from quakegui.season.labels import LabelRule, as_classes, evaluation_truth
from quakegui.season.localtime import local_date
from quakegui.season.palette import palette
from quakegui.season.quality import Quality
from quakegui.season.season import Season
from quakegui.words import Said

NEVER_SEEN = Said("No day of this season was used in training: the model was trained on synthetic seasons.")
OTHER_NIGHTS = Said(
    "No label and no earthquake of this season was used in training, and no night by the member that predicts it."
)
NEAREST_EVENT_DAYS = 30
"""Maximum time in days between a label given by an analyst and the event of its class to which it is assigned."""


class EvidenceError(Exception):
    """A project cannot be used for training or evaluation yet; the message gives the reason."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Input for training and evaluation, one row per day of the season.

    Attributes
    ----------
    days, available_at
        Local dates, and the UTC times at which they become known, shape (day,).
    truth
        Classes for training and evaluation, never from a model, -1 for none, shape (day,).
    material
        Input of a split, with `truth` as labels.
    catalogue
        Declustered events with their classes.
    windows
        Label windows of the same events from the project's rule, whatever the analysts' labels.
    inputs
        Input of the baselines.
    style
        Name of the map style, see `style_name`.
    """

    days: NDArray[np.datetime64]
    available_at: NDArray[np.datetime64]
    truth: NDArray[np.int64]
    material: Material
    catalogue: Catalogue
    windows: EventWindows
    inputs: Inputs
    style: str


def style_name(config: SeasonConfig) -> str:
    """Return a hash of everything that determines the pixels of a map; a model is never used on maps of another style."""
    parts = [dataclasses.asdict(config.style), dataclasses.asdict(config.grid)]
    return hashlib.blake2b(json.dumps(parts, sort_keys=True).encode(), digest_size=6).hexdigest()


def truth_on(split: Split, evidence: Evidence, protocol: str | None = None) -> Truth:
    """Return what predictions of the season on a split are scored by, see `truth_of`.

    Parameters
    ----------
    split, evidence
        The split, and the days, labels and events that it was made from.
    protocol
        One of `UNTAUGHT` for a predictor that used no label of the season. Default: that of the split.
    """
    return truth_of(
        split,
        days=evidence.days,
        available_at=evidence.available_at,
        labels=evidence.truth,
        catalogue=evidence.catalogue,
        windows=evidence.windows,
        protocol=protocol,
    )


def gather(project: Project, season: Season) -> Evidence:
    """Return the input for training and evaluation from a project and its season.

    Parameters
    ----------
    project
        Its label journal, label rule and catalogue are read.
    season
        Its season; each of its days is a row, the warm-up is not included.

    Raises
    ------
    EvidenceError
        If no day is labelled.
    """
    truth = as_classes(evaluation_truth(journal.rows(project)), season.days)
    if not (truth >= 0).any():
        raise EvidenceError(Said("No day in the season is labelled yet. Label days or apply the label rule, then train."))
    shown = season.shown
    known_at = season.available_at[shown]
    event_index, post, windows = _events_of_days(project, season.days, known_at, truth)
    return Evidence(
        days=season.days,
        available_at=known_at,
        truth=truth,
        material=material(
            season.days,
            truth,
            has_map=season.has_map,
            post=post,
            event_index=event_index,
            windows=windows if len(windows) else None,
        ),
        catalogue=project_catalogue(project),
        windows=event_windows(
            catalogue.events(project),
            journal.label_rule(project) or LabelRule(),
            timezone=project.timezone,
            night=season.config.night.window,
        ),
        inputs=season_inputs(season, [event for event, _ in catalogue.all_events(project)]),
        style=style_name(season.config),
    )


def season_inputs(season: Season, events: Sequence[Event]) -> Inputs:
    """Return the input of the baselines.

    Parameters
    ----------
    season, events
        The season, and all events of the catalogue, including aftershocks and smaller ones, by time.
    """
    from quakegui.simulate.layouts import xy_km  # imports SciPy

    shown = season.shown
    doubts = Quality.SPIKY | Quality.STEPPED | Quality.LEVEL_CHANGE | Quality.FLAGGED
    flagged = season.anomaly.quality[shown] & np.uint16(doubts)
    return Inputs(
        days=season.days,
        available_at=season.available_at[shown],
        kp_night=season.kp_night[shown],
        features=feature_table(season.features[shown]),
        station_z=season.z,
        doubtful=np.isnan(season.z) | (flagged != 0),
        event_times=np.array([event.time for event in events], dtype="datetime64[ms]"),
        event_magnitudes=np.array([event.magnitude for event in events], dtype=np.float64),
        station_km=np.where(season.network.located[:, np.newaxis], xy_km(season.network, season.network.centre()), np.nan),
    )


def project_catalogue(project: Project) -> Catalogue:
    """Return the project's declustered events with their classes; empty before the classes are defined."""
    classes = catalogue.event_classes(project)
    return catalogue_of(catalogue.events(project)[: len(classes)], classes)


def make_split(material: Material, config: RunConfig) -> Split:
    """Return the split of days for the settings of a run; without early stopping there is no inner block.

    Parameters
    ----------
    material
        Days with labels and maps.
    config
        Settings of the run.
    """
    if config.protocol in (ZERO_SHOT, OWN_NIGHTS):  # the blocks are those of the baselines
        note = NEVER_SEEN if config.protocol == ZERO_SHOT else OTHER_NIGHTS
        return dataclasses.replace(blocked(material, inner_share=0.0), protocol=config.protocol, notes=(note,))
    if config.patience == 0 and config.protocol == "blocked":
        return blocked(material, inner_share=0.0)
    if config.patience == 0 and config.protocol == "chronological":
        return chronological(material, inner_share=0.0)
    return split(material, config.protocol, seed=config.seed)


def make_snapshot(evidence: Evidence, season: Season, config: RunConfig, split: Split) -> Snapshot:
    """Return the training data of a run; its maps, see `maps_to_draw`, are drawn when they are written.

    Parameters
    ----------
    evidence, season
        Labels, and the season of the maps.
    config, split
        Settings and folds of the run.
    """
    style = season.config.style
    final = np.flatnonzero(scorable(evidence.material)) if config.final_fit else np.array([], dtype=np.intp)
    return snapshot(
        evidence.days,
        maps_to_draw(season, config, np.arange(len(season.days))),
        evidence.truth,
        style=evidence.style,
        palette=palette(style),
        scalar=scalar_table(style.levels, mask_index=style.masked),
        has_map=season.has_map,
        folds=split.folds,
        final=final,
    )


def maps_to_draw(season: Season, config: RunConfig, rows: NDArray[np.intp]) -> Portions:
    """Return maps of some days in portions, see `draw_maps`, without holding all of them in memory.

    Parameters
    ----------
    season
        The season; it is kept until the portions are discarded.
    config
        Settings of the run, for the kind and size of its input.
    rows
        Positions in the days of the season, shape (day,).
    """

    def draw(first: int, last: int) -> NDArray[Any]:
        return draw_maps(season, config, rows[first:last])

    if config.zero_shot:
        return Portions((len(rows), config.size, config.size, CHANNELS[config.channel]), draw, np.dtype(np.float16))
    return Portions((len(rows), *season.gridder.shape), draw)


def draw_maps(season: Season, config: RunConfig, rows: NDArray[np.intp]) -> NDArray[Any]:
    """Return the maps for a model as palette indices, shape (day, row, column): the pixels that the analyst sees.

    For a model trained on synthetic seasons, the result is numbers instead, see `inputs.pictures`.

    Parameters
    ----------
    season
        The season.
    config
        Settings of the run; with a scalar channel, maps have no contour lines.
    rows
        Positions in the days of the season.
    """
    if config.zero_shot:
        return pictures(season, config.channel, config.size, rows).astype(np.float16)
    if config.channel == "colour":
        return season.indices(rows)
    plain = dataclasses.replace(season.config.style, contour_lines=False)
    maps = np.empty((len(rows), *season.gridder.shape), dtype=np.uint8)
    for place, values in enumerate(season.z[rows]):
        daymap.indices(season.gridder.map(values)[None], plain, out=maps[place : place + 1])
    return maps


def masked_maps(season: Season, config: RunConfig) -> tuple[NDArray[np.intp], Portions]:
    """Return maps with the missing stations of another, randomly drawn day, for the days whose maps change.

    A model that predicts these maps equally well does not use missing stations. A station that is missing only on the day
    itself gets the value of that day's map at its position.

    Parameters
    ----------
    season, config
        The season, and settings of the run, including the seed.

    Returns
    -------
    tuple
        Positions in the days of the season, shape (day,), and their maps, see `maps_to_draw`.
    """
    mapped = np.flatnonzero(season.has_map)
    missing = ~season.gridder.present(season.z[mapped])
    others = missing[np.random.default_rng(config.seed).permutation(len(mapped))]
    changed = (missing != others).any(axis=1)
    rows, located = mapped[changed], season.gridder.basis.located
    z = season.anomaly.z.copy()
    for row, mask in zip(rows, others[changed], strict=True):
        z[season.shown.start + row, located] = np.where(mask, np.nan, season.gridder.filled(season.z[row][None])[0])
    other = dataclasses.replace(season, first_features=(), anomaly=dataclasses.replace(season.anomaly, z=z))
    return rows, maps_to_draw(other, config, rows)


def knowledge_end(evidence: Evidence, split: Split, final: NDArray[np.intp]) -> np.datetime64:
    """Return the latest time of any information used in training, UTC, datetime64[ms].

    That is when the last training day became known, or the last event that labels a training day, whichever is later.

    Parameters
    ----------
    evidence
        Days, labels and events.
    split
        Folds of the run.
    final
        Days of the final training, positions.
    """
    taught = np.unique(np.concatenate([final, *(part for fold in split.folds for part in (fold.train, fold.validation))]))
    known = evidence.available_at[taught].astype("datetime64[ms]")
    owners = evidence.material.event_index[taught]
    owners = owners[(owners >= 0) & (owners < len(evidence.catalogue.times))]
    return np.datetime64(max([*known, *evidence.catalogue.times[owners]]), "ms")


def baselines(evidence: Evidence, split: Split) -> dict[str, NDArray[np.float64]]:
    """Return the out-of-fold probabilities of all baselines by name, shape (day, class) each.

    Parameters
    ----------
    evidence
        Input of the baselines, and labels.
    split
        The folds.
    """
    return run_predictors(split, evidence.inputs, evidence.truth)


def _events_of_days(
    project: Project, days: NDArray[np.datetime64], known_at: NDArray[np.datetime64], truth: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.datetime64]]:
    """Return the event of each labelled day (-1 for none), whether the day became known after it, and all label windows.

    A day labelled by the rule keeps the rule's event. A label given by an analyst is assigned to the nearest event of that
    class, later ones first, within `NEAREST_EVENT_DAYS`.
    """
    events, classes = catalogue.events(project), np.array(catalogue.event_classes(project), dtype=np.int64)
    times = np.array([event.time for event in events], dtype="datetime64[ms]")
    owner = np.full(len(days), -1, dtype=np.int64)
    post = np.zeros(len(days), dtype=bool)
    if not len(classes):
        return owner, post, np.empty((0, 2), dtype="datetime64[D]")
    rule = journal.label_rule(project) or LabelRule()
    event_days = local_date(times, project.timezone)
    by_rule = journal.rule_labels(project)
    if by_rule is not None:
        place = {day: k for k, day in enumerate(by_rule.days)}
        at = np.array([place.get(day, -1) for day in days])
        same = (at >= 0) & (by_rule.classes[at] == truth)
        owner[same] = by_rule.event_index[at[same]]
    for k in np.flatnonzero((truth > 0) & (owner < 0)):
        owner[k] = _nearest(days[k], truth[k], event_days, classes)
    owned = owner >= 0
    post[owned] = known_at[owned] > times[owner[owned]]
    before = np.array([rule.days_before(event.magnitude) for event in events])
    windows = np.column_stack([event_days - before.astype("timedelta64[D]"), event_days + np.timedelta64(rule.days_after, "D")])
    return owner, post, windows


def _nearest(day: np.datetime64, cls: np.int64, event_days: NDArray[np.datetime64], classes: NDArray[np.int64]) -> int:
    wait = (event_days - day).astype(np.int64)
    wait = np.where(classes == cls, wait, 10**6)
    ahead = np.where(wait >= 0, wait, 10**6)
    best = int(ahead.argmin()) if ahead.min() <= NEAREST_EVENT_DAYS else int(np.abs(wait).argmin())
    return best if abs(int(wait[best])) <= NEAREST_EVENT_DAYS else -1
