"""Checks of a run's files: runs are exchanged between institutes, and none of their contents are trusted.

A run consists of plain values and arrays of numbers; its model is built by this program from the settings. There is no model
file in Keras's own format, so a run cannot contain code.
"""

from __future__ import annotations

import re
import stat
import zipfile
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import PurePosixPath
from typing import Any

import numpy as np

from quakegui.learn.runs.calibrators import CALIBRATION, RunCalibrators
from quakegui.learn.runs.checkpoint import WEIGHTS
from quakegui.learn.runs.frozen import ALARMS, MADE_FOR, frozen_alarms_of, made_for_of
from quakegui.learn.runs.label_windows import windows_of
from quakegui.learn.runs.own_facts import own_facts_of
from quakegui.learn.runs.predictions import PREDICTIONS
from quakegui.season.events import CLASS_COUNT, LARGEST_MAGNITUDE, ClassScheme
from quakegui.season.json_values import built
from quakegui.strangers import HIGHEST_RATIO, SMALL, shown
from quakegui.words import Said

CONFIG = "config.json"
CARD = "card.json"
STYLE = "style.npz"
HISTORY = "history.csv"
STUDY = "study.json"
LIMIT = "limit.json"
TRASH = "trash"
EXPORTED = (CONFIG, CARD, STYLE, HISTORY, WEIGHTS, PREDICTIONS)
LARGEST: Mapping[str, int] = {
    CONFIG: 16 * 2**20,
    CARD: 16 * 2**20,
    STYLE: 2**20,
    HISTORY: 64 * 2**20,
    PREDICTIONS: 512 * 2**20,
    WEIGHTS: 4 * 2**30,
}
"""Maximum size of each file of a run in bytes; the weights of the paper's model take a quarter of a gigabyte."""
POLICIES = ("float32", "float64", "mixed_bfloat16", "mixed_float16")

_DEEPEST = 12
_RESERVED = re.compile(r"con|prn|aux|nul|com\d|lpt\d|trash", re.IGNORECASE)
"""Device names of Windows, and the trash folder of this program."""


def checked_members(members: list[zipfile.ZipInfo]) -> str:
    """Return the id of the run in an archive, after checking names, types and sizes of its members.

    Raises
    ------
    ValueError
        If they are not those of an exported run.
    """
    parts = [PurePosixPath(info.filename).parts for info in members]
    ids = {part[0] for part in parts if len(part) == 2}
    fits = len(ids) == 1 and all(len(part) == 2 and part[1] in EXPORTED for part in parts) and len(set(parts)) == len(parts)
    run_id = next(iter(ids), "")
    if not fits or not re.fullmatch(r"[0-9A-Za-z][0-9A-Za-z_-]{0,63}", run_id) or (run_id, CONFIG) not in parts:
        raise ValueError(Said("The file is not a run exported by quakegui."))
    if _RESERVED.fullmatch(run_id):
        raise ValueError(Said("The name '{run_id}' cannot be used for a folder.", run_id=run_id))
    for info in members:
        name = PurePosixPath(info.filename).name
        if stat.S_ISLNK(info.external_attr >> 16) or info.flag_bits & 0x1:
            raise ValueError(Said("{name} in the file is a link or is encrypted.", name=name))
        if info.file_size > LARGEST[name] or (info.file_size > SMALL and info.file_size > HIGHEST_RATIO * info.compress_size):
            raise ValueError(
                Said(
                    "{name} in the file would unpack to {file_size:,} bytes, more than any run needs.",
                    name=name,
                    file_size=info.file_size,
                )
            )
    return run_id


def check_card(card: Mapping[str, Any], *, classes: int) -> None:
    """Check the types of a card's values; of missing ones, only the folds are required.

    Parameters
    ----------
    card, classes
        The card, and the number of classes of the run.

    Raises
    ------
    ValueError
        With the reason.
    """
    _check_plain(card, Said("card"), 0)
    _check_facts(card, _CARD, Said("card"))
    if "folds" not in card:
        raise ValueError(Said("The run's card does not contain the folds."))
    for fold in card["folds"]:
        _check_facts(fold, _FOLD, Said("card (fold)"))
        if not _FOLD.keys() <= fold.keys():
            raise ValueError(Said("The run's card has a fold without days."))
    kept = card.get("calibration")
    if kept is not None and not RunCalibrators.from_json(kept).fits(len(card["folds"]), classes):
        raise ValueError(Said("The calibration in the run's card does not fit the run's folds or classes."))
    if "about" in card:
        check_about(card["about"])


def require_alarm_choice(card: Mapping[str, Any], about: Mapping[str, Any]) -> None:
    """Check that a finished run of a pre-trained model contains its calibrators, alarm rule and intended use.

    Parameters
    ----------
    card, about
        Card of the run, and its information on the project.

    Raises
    ------
    ValueError
        With the reason.
    """
    lacking = [name for name, held in ((ALARMS, card), (CALIBRATION, card), (MADE_FOR, about)) if held.get(name) is None]
    if lacking:
        raise ValueError(Said("The run of a pre-trained model lacks its {lacking}.", lacking=", ".join(lacking)))


def check_about(about: Mapping[str, Any]) -> None:
    """Check the types of a run's information on its project; raises like `check_card`."""
    if not isinstance(about, dict):
        raise ValueError(Said("The run's information on its project is not a JSON object."))
    _check_plain(about, Said("project description"), 0)
    _check_facts(about, _ABOUT, Said("project description"))
    if about.get("classes") is not None:
        built(ClassScheme, about["classes"], what=Said("run's class value"))


def check_epoch(row: Mapping[str, str]) -> None:
    """Check a row of a run's history; raises ValueError or TypeError if it is not an epoch."""
    if not {"phase", "epoch", "loss", "accuracy"} <= row.keys() or row["phase"] is None:  # None in a row that is too short
        raise ValueError(Said("columns are missing"))
    if not _whole(int(row["epoch"])):
        raise ValueError(Said("'{epoch}' is not the number of an epoch", epoch=shown(row["epoch"], 60)))
    if row.get("best") not in (None, "", "0", "1"):
        raise ValueError(Said("the best epochs are marked by '{best}' instead of 0 and 1", best=shown(row["best"], 60)))
    for name in ("loss", "accuracy", "validation_loss", "validation_accuracy"):
        if row.get(name):
            float(row[name])


def _check_facts(facts: Any, rules: Mapping[str, Callable[[Any], bool]], what: str) -> None:
    if not isinstance(facts, dict):
        raise ValueError(Said("The run's {what} is not a JSON object.", what=what))
    for name, fits in rules.items():
        if name in facts and not fits(facts[name]):
            raise ValueError(
                Said(
                    "The run's {what} has an impossible value of {name}: {facts}.",
                    what=what,
                    name=name,
                    facts=shown(repr(facts[name]), 60),
                )
            )


def _check_plain(value: Any, what: str, depth: int) -> None:
    """Raise ValueError for values nested too deeply, and for text that cannot be encoded."""
    if depth > _DEEPEST:
        raise ValueError(Said("The run's {what} is nested too deeply.", what=what))
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise ValueError(Said("The run's {what} contains an invalid character.", what=what)) from error
    inner = [*value, *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else ()
    for one in inner:
        _check_plain(one, what, depth + 1)


def _text(value: Any) -> bool:
    return isinstance(value, str) and len(value) < 10_000


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e15


def _truth(value: Any) -> bool:
    return isinstance(value, bool)


def _day(value: Any) -> bool:
    try:
        return isinstance(value, str) and len(value) == 10 and str(date.fromisoformat(value)) == value
    except ValueError:
        return False


def _instant(value: Any) -> bool:
    if value is None:
        return True
    try:
        return _text(value) and bool(np.datetime64(value, "ms") < np.datetime64("9999", "ms"))
    except (ValueError, OverflowError):
        return False


def _named(value: Any) -> bool:
    return isinstance(value, dict)


def _earthquakes(value: Any) -> bool:
    """Return whether a value has the format of `earthquakes.earthquake_facts`."""
    if not isinstance(value, dict) or value.keys() != {"first_ms", "last_ms", "times_ms", "classes"}:
        return False
    times, classes = value["times_ms"], value["classes"]
    if not isinstance(times, list) or not isinstance(classes, list) or len(times) != len(classes):
        return False
    instants = [value["first_ms"], value["last_ms"], *times]
    return all(type(one) is int and abs(one) < _LAST_MS for one in instants) and all(
        type(cls) is int and 0 <= cls < CLASS_COUNT for cls in classes
    )


def _every_earthquake(value: Any) -> bool:
    """Return whether a value has the format of `earthquakes.every_earthquake_facts`."""
    if not isinstance(value, dict) or value.keys() != {"times_ms", "magnitudes"}:
        return False
    times, magnitudes = value["times_ms"], value["magnitudes"]
    if not isinstance(times, list) or not isinstance(magnitudes, list) or len(times) != len(magnitudes):
        return False
    sound = all(type(one) is int and abs(one) < _LAST_MS for one in times) and times == sorted(times)
    return sound and all(type(one) in (int, float) and abs(one) <= LARGEST_MAGNITUDE for one in magnitudes)


def _label_windows(value: Any) -> bool:
    """Return whether a value has the format of `label_windows.window_facts`."""
    try:
        windows_of(value)
    except ValueError:
        return False
    return True


def _days(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(one is not None and _instant(one) for one in value)


def _calibration(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    try:
        RunCalibrators.from_json(value)
    except ValueError:
        return False
    return True


def _sound(read: Callable[[Mapping[str, Any]], object], values: Mapping[str, Any]) -> bool:
    """Return whether the stored values of a pre-trained model can be read."""
    try:
        read(values)
    except ValueError:
        return False
    return True


_LAST_MS = 400_000 * 86_400_000
"""Maximum time since 1970 of a project, in milliseconds."""
_FOLD = {"first": _day, "last": _day, "embargoed": _whole, "purged": _whole}
_CARD: Mapping[str, Callable[[Any], bool]] = {
    **dict.fromkeys(
        ("id", "title", "created", "protocol", "style", "data_hash", "config_hash", "network", "weights_of"), _text
    ),
    "precision": lambda value: value in POLICIES,
    "leaky": _truth,
    **dict.fromkeys(("epochs", "members", "threads"), _whole),
    "seconds": _number,
    "seed": lambda value: isinstance(value, int),
    "class_days": lambda value: isinstance(value, list) and all(map(_whole, value)),
    "folds": lambda value: isinstance(value, list) and len(value) <= 1000,
    "device": _named,
    "versions": _named,
    "calibration": _calibration,
    "alarms": lambda value: _sound(frozen_alarms_of, {"alarms": value}),
    "days": _days,
    "own_nights": lambda value: _sound(own_facts_of, {"own_nights": value}),
}
_ABOUT: Mapping[str, Callable[[Any], bool]] = {
    "project": _text,
    "synthetic": _truth,
    "journal": _whole,
    "season": _text,
    "revision": _whole,
    "split": lambda value: isinstance(value, list) and all(map(_text, value)),
    "knows_until": _instant,
    "earthquakes": _earthquakes,
    "every_earthquake": _every_earthquake,
    "made_for": lambda value: _sound(made_for_of, {"made_for": value}),
    "pretraining": lambda value: isinstance(value, list) and all(isinstance(one, list) for one in value),
    "label_windows": _label_windows,
    "event_rows": lambda value: isinstance(value, list) and all(map(_whole, value)),
}
