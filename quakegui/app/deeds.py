"""The analyst's last step, as a command line and as a Python program that repeat it."""

from __future__ import annotations

import shlex
import subprocess
import sys
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from quakegui.judge.judged_by import AsOf
    from quakegui.learn.runs.runconfig import RunConfig
    from quakegui.season.labels import LabelRule

_FORM = ("size", "head", "precision", "epochs", "seed", "class_weights")
"""Settings that the training form changes in a preset, in addition to the protocol."""


@dataclass(frozen=True, slots=True)
class Deed:
    """An export, a label rule, a training or an evaluation.

    Attributes
    ----------
    words
        Words of the command line; empty for a figure or an animation, which no command can make.
    project
        Folder of the project.
    look
        Python expression on `season` (see `quakegui.door`) that shows the result; empty for an exported file.
    """

    words: tuple[str, ...]
    project: Path
    look: str = ""

    @property
    def command(self) -> str:
        """The command line, quoted for the shell of this system."""
        return subprocess.list2cmdline(self.words) if sys.platform == "win32" else shlex.join(self.words)

    @property
    def python(self) -> str:
        """A Python program that runs the command (since `quakegui.open` only reads) and then shows the result."""
        lines = ["import subprocess", "", f"subprocess.run({list(self.words)!r}, check=True)"]
        if self.look:
            lines[1:1] = ["", "import quakegui"]
            lines += ["", f"season = quakegui.open({str(self.project)!r})", f"print({self.look})"]
        return "\n".join(lines) + "\n"


def picture(project: Path) -> Deed:
    """Return the export of a figure or an animation: what the window showed, as large and as chosen there."""
    return Deed((), project)


def tables(project: Path, path: Path) -> Deed:
    """Return the step of exporting the tables of the season.

    Parameters
    ----------
    project
        Folder of the project.
    path
        The workbook (.xlsx), or the name of the csv files.
    """
    return Deed(("quakegui", "tables", str(project), str(path)), project)


def report(project: Path, path: Path, language: str, as_of: AsOf) -> Deed:
    """Return the step of writing the report of the season.

    Parameters
    ----------
    project
        Folder of the project.
    path
        File of the report.
    language
        Code of its language.
    as_of
        Labels and earthquakes of its evaluation.
    """
    return Deed(("quakegui", "report", str(project), str(path), "--language", language, "--labels", as_of), project)


def rule(project: Path, label_rule: LabelRule, author: str) -> Deed:
    """Return the step of labelling by rule.

    Parameters
    ----------
    project
        Folder of the project.
    label_rule
        The rule; with `flat_days_before`, scale and exponent are omitted.
    author
        The name under which it was applied; if empty, the command has no name either.
    """
    words = [
        "quakegui",
        "labels",
        "rule",
        str(project),
        "--days-after",
        str(label_rule.days_after),
        "--winner",
        label_rule.winner,
    ]
    if label_rule.flat_days_before is not None:
        words += ["--days-before", str(label_rule.flat_days_before)]
    else:
        words += ["--scale", f"{label_rule.days_before_scale:g}", "--exponent", f"{label_rule.days_before_exponent:g}"]
    return Deed((*words, *(("--author", author) if author else ())), project, "season.labels")


def training(project: Path, config: RunConfig) -> Deed:
    """Return the step of training a run: the nearest preset, and the settings that differ from it.

    Parameters
    ----------
    project
        Folder of the project.
    config
        Settings of the run; only the protocol and those of the training form become options.
    """
    from quakegui.judge.folds import OWN_NIGHTS, ZERO_SHOT
    from quakegui.learn.runs.presets import PRESETS

    def form(base: RunConfig) -> RunConfig:
        protocol = config.protocol
        return base if protocol in (ZERO_SHOT, OWN_NIGHTS) else base.under(protocol)

    def differing(base: RunConfig) -> dict[str, object]:
        there = asdict(form(base))
        return {key: value for key, value in asdict(config).items() if there[key] != value and key != "patience"}

    alike = {name: base for name, base in PRESETS.items() if base.zero_shot == config.zero_shot}
    same = {name: base for name, base in alike.items() if base.name == config.name}
    name, base = min((same or alike).items(), key=lambda item: len(differing(item[1])))
    protocol = () if config.zero_shot else ("--protocol", config.protocol)
    words = ["quakegui", "train", str(project), "--preset", name, *protocol]
    for key in _FORM:
        value = getattr(config, key)
        if value != getattr(form(base), key):
            option = key.replace("_", "-")
            words += [f"--{'' if value else 'no-'}{option}"] if isinstance(value, bool) else [f"--{option}", str(value)]
    return Deed(tuple(words), project, "season.predictions()")


def judging(project: Path, run_id: str, as_of: AsOf, *, prospective: bool) -> Deed:
    """Return the step of evaluating a run.

    Parameters
    ----------
    project
        Folder of the project.
    run_id
        Id of the run.
    as_of
        Labels and earthquakes of the evaluation; ignored if it is prospective.
    prospective
        Whether the predictions issued in advance were evaluated, and not the out-of-fold ones.
    """
    how = ("--prospective",) if prospective else ("--labels", as_of)
    return Deed(("quakegui", "evaluate", str(project), "--run", run_id, *how), project, f"season.predictions({run_id!r})")
