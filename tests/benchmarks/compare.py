"""Two runs of the table beside each other: by how much their ratios differ, row for row."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

CLOSE = 1.15
"""Ratios of two runs that differ by no more than this factor agree."""


def compared(first: Path, second: Path) -> str:
    """Return a Markdown table of the rows that both runs have a ratio of; each file is one that `run.py --json` wrote."""
    one, other = ({_name(row): row for row in json.loads(path.read_text("utf-8"))["rows"]} for path in (first, second))
    lines = ["| row | first | second | second by first | within 15 % |", "|---|---|---|---|---|"]
    agreed = told = 0
    for name, row in one.items():
        factors = [
            other[name][key] / row[key]
            for key in ("by_clock", "by_processor")
            if name in other and row[key] is not None and other[name][key] is not None
        ]
        if not factors:
            continue
        close = [1 / CLOSE <= factor <= CLOSE for factor in factors]
        words = "yes" if all(close) else "by processor time" if len(close) == 2 and close[1] else "**no**"
        told, agreed = told + 1, agreed + close[-1]
        cells = (name, row["ratio"], other[name]["ratio"], " / ".join(f"{factor:.2f}" for factor in factors), words)
        lines.append("| " + " | ".join(cells) + " |")
    missing = sorted(set(one) ^ set(other))
    lines += ["", f"{agreed} of {told} rows agree within 15 % by processor time (by the clock where there is no other)."]
    return "\n".join(lines + ([f"In one run only: {'; '.join(missing)}."] if missing else []))


def _name(row: dict[str, Any]) -> str:
    return f"{row['work']} ({row['peer']})" if row["peer"] else str(row["work"])
