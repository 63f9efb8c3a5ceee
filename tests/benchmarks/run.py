"""The speed table by one command: ``python tests/benchmarks/run.py [row ...] [--markdown FILE] [--json FILE]``.

``--compare FIRST.json SECOND.json`` measures nothing and tells by how much two runs differ.
Each row runs in a process of its own, the peer and the project in turn within it.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.metadata
import importlib.util
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from compare import compared

import quakegui  # noqa: F401  # first: what it asks of NumPy's library holds here as in the program

HERE = Path(__file__).resolve().parent
ROWS = {
    "season": ("bench_season", "measure_season", False),
    "gridding": ("bench_season", "measure_gridding", False),
    "step": ("bench_step", "measure_step", True),
    "reading": ("bench_reading", "measure_reading", False),
    "import": ("bench_reading", "measure_import", False),
    "network": ("bench_network", "measure_network", False),
    "input": ("bench_network", "measure_input", False),
    "start": ("bench_start", "measure_start", False),
    "training": ("bench_step", "measure_training", True),
    "memory": ("bench_memory", "measure_memory", True),
    "commands": ("bench_commands", "measure_commands", True),
    "opening": ("bench_opening", "measure_opening", True),
    "report": ("bench_opening", "measure_report", True),
    "run": ("bench_window", "measure_run", True),
    "dialogs": ("bench_window", "measure_dialogs", True),
    "sheet": ("bench_decade", "measure_sheet", False),
    "judgement": ("bench_judging", "measure_judgement", True),
    "limit": ("bench_judging", "measure_limit", True),
    "nights": ("bench_simulated", "measure_nights", False),
    "pretraining": ("bench_simulated", "measure_pretraining", False),
    "zero-shot": ("bench_simulated", "measure_zero_shot", True),
    "growth": ("bench_growth", "measure_growth", False),
}
"""Name of a row, where it is measured, and whether it needs the synthetic season as a project."""
PACKAGES = ("numpy", "scipy", "pandas", "PySide6-Essentials", "pyqtgraph", "keras", "tensorflow", "matplotlib", "verde")


def head() -> list[str]:
    """Return the machine, the versions, backend and precision."""
    cpu = platform.processor() or platform.machine()
    if Path("/proc/cpuinfo").exists():
        names = [line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line]
        cpu = names[0] if names else cpu
    here = [*PACKAGES, *(["geomagpy"] if importlib.util.find_spec("magpy") is not None else [])]
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in here)
    busy = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return [
        f"{cpu}, {os.cpu_count()} cores{busy}; {platform.platform()}",
        f"Python {platform.python_version()}; {versions}",
        _ask("from quakegui.learn.network import devices, precision; d = devices.detect(); "
             "print(d.name, d.backend, d.version, precision.choose(d).policy, sep=', ')"),
    ]  # fmt: skip


def _ask(code: str) -> str:
    quiet = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=quiet)
    return said.stdout.strip().splitlines()[-1]


def measured(name: str, demo: Path) -> list[dict[str, object]]:
    """Measure one row in a process of its own."""
    command = [sys.executable, str(HERE / "run.py"), "--one", name, "--demo", str(demo)]
    said = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if said.returncode != 0:
        return [{"work": name, "peer": "", "ours": f"FAILED with code {said.returncode}", "theirs": "", "ratio": "",
                 "goal": "", "reached": False, "by_clock": None, "by_processor": None}]  # fmt: skip
    return list(json.loads(said.stdout.splitlines()[-1]))


def one(name: str, demo: Path) -> None:
    """Measure a row here and print it as JSON."""
    module, function, needs_demo = ROWS[name]
    measure = getattr(importlib.import_module(module), function)
    rows = [row.as_dict() for row in (measure(demo) if needs_demo else measure())]
    print(json.dumps(rows), flush=True)
    os._exit(0)  # Qt's and TensorFlow's ends are not measured


def table(rows: list[dict[str, object]]) -> str:
    """Return the rows as a Markdown table."""
    words = {True: "yes", False: "**no**", None: "–"}
    lines = ["| work | peer | ours | peer's | ratio | to reach | reached |", "|---|---|---|---|---|---|---|"]
    for row in rows:
        cells = [str(row[key]) for key in ("work", "peer", "ours", "theirs", "ratio", "goal")]
        lines.append("| " + " | ".join([*cells, words[row["reached"]]]) + " |")  # type: ignore[index]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", help=f"of {', '.join(ROWS)}; all without one")
    parser.add_argument("--markdown", type=Path, help="write the table to this file too")
    parser.add_argument("--json", type=Path, help="write the rows with their ratios to this file, for --compare")
    parser.add_argument("--compare", type=Path, nargs=2, metavar=("FIRST", "SECOND"), help="compare two files of --json")
    parser.add_argument("--demo", type=Path, help="the synthetic season as a project, where there is one already")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        one(given.one, given.demo)
    if given.compare:
        print(compared(*given.compare))
        return
    names = given.rows or list(ROWS)
    if unknown := [name for name in names if name not in ROWS]:
        parser.error(f"no such row: {', '.join(unknown)}")
    with tempfile.TemporaryDirectory() as place:
        os.environ.setdefault("QUAKEGUI_CACHE", str(Path(place) / "cache"))  # a first opening finds nothing of another run
        os.environ.setdefault("QUAKEGUI_LOG", str(Path(place) / "log"))
        demo = given.demo or Path(place) / "demo"
        if given.demo is None and any(ROWS[name][2] for name in names):
            from quakegui.project.demo import create_demo

            create_demo(demo).close()
        rows, seconds = [], {}
        for name in names:
            print(f"... {name}", file=sys.stderr, flush=True)
            begun = time.perf_counter()
            found = measured(name, demo)
            seconds[name] = time.perf_counter() - begun
            for row in found:
                print(f"    {row['work']}: {row['ours']} | {row['theirs']} | {row['ratio']}", file=sys.stderr, flush=True)
            rows += found
    lasted = f"measured in {sum(seconds.values()):.0f} s: " + ", ".join(
        f"{name} {taken:.0f}" for name, taken in seconds.items()
    )
    text = "\n\n".join(["\n".join(f"- {line}" for line in [*head(), lasted]), table(rows)])
    print(text)
    if given.markdown:
        given.markdown.write_text(text + "\n", "utf-8")
    if given.json:
        given.json.write_text(
            json.dumps({"head": head(), "seconds": seconds, "rows": rows}, ensure_ascii=False, indent=1), "utf-8"
        )


if __name__ == "__main__":
    main()
