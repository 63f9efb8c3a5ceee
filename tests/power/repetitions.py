"""The same verdict again: ``python tests/power/repetitions.py PROJECT...``.

Of each project, a model is trained in blocks ten times, with other seeds and on one or two threads in turn, and the model that
comes with the program is applied ten times, on one to four threads. Each run is judged
with surrogate catalogues of another seed. Prints how often each verdict came, and the range of p, per project and protocol.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from unittest.mock import patch

from quakegui.cli.sources import open_source
from quakegui.judge import truth
from quakegui.judge.surrogates import make_surrogates
from quakegui.learn.network.devices import THREADS
from quakegui.learn.season_evaluation import JUDGEMENT
from quakegui.learn.source import find_run

FIRST_SEED = 50_000


@contextmanager
def copied(project: Path) -> Iterator[Path]:
    """Provide a copy of a project without its runs, which would be found again."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(shutil.copytree(project, Path(folder) / "project", ignore=shutil.ignore_patterns("runs")))


def new_run(threads: int, *command: object) -> str:
    """Run a command that makes a run, on this many threads; return the identifier of the run."""
    arguments = [sys.executable, "-m", "quakegui", *map(str, command), "--json"]
    environment = {**os.environ, THREADS: str(threads)}
    return str(json.loads(subprocess.run(arguments, check=True, stdout=subprocess.PIPE, env=environment).stdout)["run"])


def verdict(project: Path, run: str, seed: int) -> tuple[str, float]:
    """Return the code with the baselines that are not outperformed, and the p-value, by surrogate catalogues of a seed."""
    for kept in (project / "runs" / run).glob(f"{JUDGEMENT}*.json"):
        kept.unlink()
    with patch.object(truth, "make_surrogates", partial(make_surrogates, seed=seed)), open_source(project) as source:
        found = source.evaluate(find_run(source.runs, run)).verdict
    return " ".join([found.code, *found.not_beaten]), found.parameters["p_value"]


def main() -> None:
    """Print a row per project and protocol."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("projects", type=Path, nargs="+")
    parser.add_argument("--protocols", nargs="+", default=["zero-shot", "blocked"])
    parser.add_argument("--preset", default="small")
    parser.add_argument("--repetitions", type=int, default=10)
    parser.add_argument("--first", type=int, default=0, help="number of the first repetition")
    given = parser.parse_args()
    for project in given.projects:
        for protocol in given.protocols:
            found = []
            for k in range(given.first, given.first + given.repetitions):
                with copied(project) as copy:
                    if protocol == "blocked":
                        run = new_run(1 + k % 2, "train", copy, "--preset", given.preset, "--seed", FIRST_SEED + k)
                    else:
                        run = new_run(1 + k % 4, "apply", copy)
                    found.append(verdict(copy, run, FIRST_SEED + k))
            verdicts, p_values = Counter(one for one, _ in found), [p for _, p in found]
            cells = project.name, protocol, f"{min(p_values):.3f} to {max(p_values):.3f}", dict(verdicts)
            sys.stdout.write(f"| {' | '.join(map(str, cells))} |\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
