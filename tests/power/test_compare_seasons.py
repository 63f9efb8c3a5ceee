"""What `quakegui compare` says of the two seasons that there are, by the program's own commands; only with `-m slow`.

The figures are in models/README.md. Those of the blocked protocol move with every rounding; what is held here is that a verdict
says no more than its figures do, and that the paper's protocol scores high, and is called leaky, on the same days.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from json_rows import check_rows
from projects import demo, japan, quakegui

from quakegui.judge.predictors import WITHOUT_FIELD

pytestmark = [pytest.mark.slow, pytest.mark.timeout(7200)]

NETWORK = ["zero-shot", "paper", "blocked", "chronological"]


def compared(project: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Compare a project by the narrow recipe; check what holds for every season, and return what was said."""
    out, progress = quakegui("compare", project, "--preset", "fast", "--json")
    told = json.loads(out)
    assert "120 x 120 pixels" in progress
    assert told["size"] == 120
    rows = told["rows"]
    check_rows(rows, NETWORK)
    for row in rows:
        if row["leaky"]:
            continue
        found = row["verdict_code"] in {"better", "days-only"}
        assert row["verdict_code"] != "better" or row["r_score"] > row["r0"]
        # What knows no field is never better than everything that knows none.
        assert not (found and row["name"] in {*WITHOUT_FIELD, "majority"})
    paper, blocked = rows[1:3]
    assert paper["p_value"] is None
    assert paper["macro_recall"] > max(0.65, blocked["macro_recall"] + 0.05)
    return told, rows


def test_the_synthetic_season(tmp_path: Path) -> None:
    told, rows = compared(demo(tmp_path / "demo"))
    assert told["synthetic"]
    recalls = {row["name"]: row["macro_recall"] for row in rows[len(NETWORK) :]}
    assert max(recalls[name] for name in (*WITHOUT_FIELD, "majority")) < 0.65
    assert recalls["matched-filter"] > 0.65, "it knows the form of the signals, and finds them"


def test_japan(real_data: Path, tmp_path: Path) -> None:
    assert not compared(japan(tmp_path / "japan", real_data))[0]["synthetic"]
