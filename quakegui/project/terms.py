"""What a registration freezes: the run's files, the parameters, the earthquakes that count, the alarm rule, and the period."""

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
    """What is fixed before the first day of a prospective record, and never again.

    Attributes
    ----------
    title
        What the run was called.
    first_day, last_day
        The period, local dates, both included, datetime64[D].
    files
        Name and SHA-256 of each file of the run's folder: recipe, weights, card and the like.
    config
        The season's parameters. Its window is open, since a season that goes on has it moved.
    selection
        Box and magnitudes of the earthquakes that count, without first and last date; None where nothing says so.
    declustering, classes, label_rule
        Which of them are aftershocks, which class each has, and which days it gives it to.
    threshold, run_days, open_days
        The alarm rule, as `quakegui.judge.alarms.AlarmRule` has it.
    ledger_row, ledger_hash
        The ledger's last row at that moment, 0 for none, and its hash.
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
        """Refuse a period without days, an alarm rule that never opens or never closes, and files of other folders."""
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
        """Return the terms as one line of JSON, always the same for equal terms."""
        facts = {**asdict(replace(self, config=SeasonConfig(self.config.timezone))), "config": self.config.to_dict()}
        return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False, default=str)

    @classmethod
    def from_json(cls, text: str) -> Terms:
        """Return the terms of `to_json`; raises ValueError where they are none."""
        terms: Terms = built(cls, parse_json(text), what=Said("registration's value"))
        return terms


def without_window(config: SeasonConfig) -> SeasonConfig:
    """Return the parameters without the first and last day that are shown."""
    return replace(config, first_day=None, last_day=None)


def without_dates(selection: Selection | None) -> Selection | None:
    """Return what a selection says of places and magnitudes."""
    return None if selection is None else replace(selection, since=None, until=None)
