"""The terms of a registration: files of the run, parameters, earthquakes, alarm rule, and period."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from quakegui.season.config import SeasonConfig
from quakegui.season.events import ClassScheme, Declustering, Selection
from quakegui.season.json_values import built, parse_json
from quakegui.season.labels import LabelRule
from quakegui.season.localtime import FIRST_DAY, LAST_DAY
from quakegui.words import Said


@dataclass(frozen=True, slots=True)
class Terms:
    """What is fixed before the first day of a prospective record, and never changed.

    Attributes
    ----------
    title
        Name of the run.
    first_day, last_day
        The period, local dates, both included, datetime64[D].
    files
        Name and SHA-256 of each file of the folder of the run: settings, weights, card and others.
    config
        Parameters of the season, without its first and last day, since these move as the season continues.
    selection
        Region and magnitudes of the earthquakes, without first and last date; None if there is no selection.
    declustering, classes, label_rule
        Rules for the aftershocks, the classes of earthquakes, and the days that they label.
    threshold, run_days, open_days
        The alarm rule, as in `quakegui.judge.alarms.AlarmRule`.
    ledger_row, ledger_hash
        The last row of the ledger at that time, 0 for none, and its hash.
    """

    title: str
    first_day: np.datetime64
    last_day: np.datetime64
    files: tuple[tuple[str, str], ...]
    config: SeasonConfig
    selection: Selection | None
    declustering: Declustering | None
    classes: ClassScheme | None
    label_rule: LabelRule
    threshold: float
    run_days: int
    open_days: int
    ledger_row: int = 0
    ledger_hash: str = ""

    def __post_init__(self) -> None:
        """Raise ValueError for an empty period, an alarm rule that never opens or never closes, and files of other folders."""
        if not FIRST_DAY <= self.first_day <= self.last_day <= LAST_DAY:
            raise ValueError(
                Said(
                    "A registration's first day must not be after its last day, and its last day must not be after {last_day}.",
                    last_day=LAST_DAY,
                )
            )
        if not 0.0 < self.threshold <= 1.0 or not 1 <= self.run_days <= 366 or not 1 <= self.open_days <= 366:
            raise ValueError(
                Said("An alarm rule needs a threshold above 0 and not above 1, and 1 to 366 consecutive days and open days.")
            )
        if any(Path(name).name != name or name in ("", ".", "..") for name, _ in self.files):
            raise ValueError(Said("A registration can only include files from the run's folder."))

    def to_json(self) -> str:
        """Return the terms as one line of JSON, identical for equal terms."""
        facts = {**asdict(replace(self, config=SeasonConfig(self.config.timezone))), "config": self.config.to_dict()}
        return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False, default=str)

    @classmethod
    def from_json(cls, text: str) -> Terms:
        """Return the terms in a text of `to_json`; raises ValueError for any other text."""
        terms: Terms = built(cls, parse_json(text), what=Said("registration's value"))
        return terms


def without_window(config: SeasonConfig) -> SeasonConfig:
    """Return the parameters without the first and last day of the season."""
    return replace(config, first_day=None, last_day=None)


def without_dates(selection: Selection | None) -> Selection | None:
    """Return region and magnitudes of a selection, without its dates."""
    return None if selection is None else replace(selection, since=None, until=None)
