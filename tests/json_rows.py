"""The contract of a row of `compare --json`, `evaluate --json` and `judge --json`, field by field; scripts rely on it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, get_args

from quakegui.judge.metrics import TARGETS
from quakegui.judge.predictors import PREDICTORS, WITHOUT_FIELD
from quakegui.judge.verdict import Code

PROTOCOLS = {"zero-shot", "paper", "blocked", "chronological"}
TEXTS = {"name", "title", "verdict"}
SHARES = {
    "auc",
    "accuracy",
    "macro_recall",
    "p_value",
    "p_jitter",
    "p_rate",
    "p_corrected",
    "alarm_fraction",
    "r0",
    "agreement",
}
NUMBERS = {"kappa", "brier_skill", "information_gain", "information_gain_constant", "r_score", "r_weighed", "molchan_skill"}
COUNTS = {"days", "jitter_days", "tries"}
CHOICES = {
    "protocol": PROTOCOLS,
    "target": {*TARGETS},
    "statistic": {"pooled", "foldwise", None},
    "verdict_code": {*get_args(Code)},
    "leaky": {True, False},
    "labels": {"training", "today", None},
}
OTHERS = {"not_beaten", "judged_by"}
FIELDS = TEXTS | SHARES | NUMBERS | COUNTS | CHOICES.keys() | OTHERS


def check_row(row: Mapping[str, Any]) -> None:
    """Check every field of a row, and that the fields fit each other."""
    assert set(row) == FIELDS
    for name in TEXTS:
        assert isinstance(row[name], str), name
        assert row[name], name
    for name in SHARES | NUMBERS:
        assert row[name] is None or (isinstance(row[name], float) and math.isfinite(row[name])), name
    for name in SHARES:
        assert row[name] is None or -1e-9 <= row[name] <= 1 + 1e-9, name
    for name in COUNTS:
        assert row[name] is None or type(row[name]) is int, name
    for name, allowed in CHOICES.items():
        assert row[name] in allowed, name
    assert {*row["not_beaten"]} <= {*WITHOUT_FIELD}
    assert row["judged_by"] is None or isinstance(row["judged_by"], str)
    assert (row["r_score"] is None) == (row["r0"] is None) == (row["alarm_fraction"] is None)
    if row["leaky"]:
        assert (row["protocol"], row["verdict_code"], row["statistic"], row["p_value"]) == ("paper", "leaky", None, None)
        assert row["verdict"].startswith("LEAKY")
        return
    found = row["verdict_code"] in {"better", "days-only", "no-events"}
    assert found == row["verdict"].startswith("Better than chance")
    assert row["jitter_days"] == {"pooled": 45, "foldwise": 30}[row["statistic"]]
    assert row["p_value"] == row["p_jitter"]  # the moved earthquakes decide
    assert found <= (row["p_value"] is not None and row["p_value"] < 0.05 and not row["not_beaten"])


def check_rows(rows: list[Mapping[str, Any]], networks: list[str]) -> None:
    """Check the rows of networks, by their names, and of the baselines after them."""
    assert [row["name"] for row in rows] == [*networks, *PREDICTORS]
    for row in rows:
        check_row(row)
    assert {row["protocol"] for row in rows[len(networks) :]} == {"blocked"}
