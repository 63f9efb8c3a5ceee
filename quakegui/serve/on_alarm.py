"""A program of the user that is started for each alarm, without a shell.

Which program is only read from a file that the user names: a project may come from a stranger.
"""

from __future__ import annotations

import json
import logging
import subprocess
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path

import numpy as np

from quakegui.project.filesystem import replacing
from quakegui.project.store import ProjectError, writing
from quakegui.season.json_values import parse_json
from quakegui.words import Said

LOG = logging.getLogger(__name__)
LONGEST_S = 60.0
ROUND = "alarms.json"
"""In the folder of a project, during a round of predictions."""
SILENT = "silent.json"
"""In the folder of a project: the stations last reported as silent."""


class Told:
    """When the alarms opened that were known before a round of predictions, in a file until the new ones have been told.

    A round that was cut off is made up for by the next one, which tells the alarms of both: at least once, seldom twice.

    Parameters
    ----------
    folder
        Folder of the project.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / ROUND

    def before(self, run: str, earlier: Collection[np.datetime64]) -> Collection[np.datetime64]:
        """Begin a round; returns when the alarms opened that were known before the last round that was not cut off.

        Parameters
        ----------
        run
            Id of the run.
        earlier
            When the alarms of its predictions so far opened.

        Raises
        ------
        ProjectError
            If the file cannot be written.
        """
        known = self._of_former_round(run)
        if known is not None:
            return known
        with writing(self._path), replacing(self._path) as part:
            part.write_text(json.dumps({"run": run, "opened": [str(time) for time in earlier]}), encoding="utf-8")
        return earlier

    def end(self) -> None:
        """End the round."""
        with writing(self._path):
            self._path.unlink(missing_ok=True)

    def _of_former_round(self, run: str) -> Collection[np.datetime64] | None:
        if not self._path.is_file():
            return None
        try:
            facts = parse_json(self._path.read_text(encoding="utf-8"))
            return [np.datetime64(text, "ms") for text in facts["opened"]] if facts["run"] == run else None
        except (OSError, ValueError, TypeError, KeyError):
            LOG.warning("%s cannot be read and is not used", self._path, exc_info=True)
            return None


class ToldSilent:
    """The stations last reported as silent, kept in a file, so that a restarted listener reports changes only.

    A change is noted after it has been reported: it is reported at least once, and rarely twice.

    Parameters
    ----------
    folder
        Folder of the project.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / SILENT
        self._codes = self._noted()

    def __contains__(self, code: str) -> bool:
        return code in self._codes

    def note(self, code: str, *, silent: bool) -> None:
        """Note what was reported of a station.

        Parameters
        ----------
        code
            Station code.
        silent
            Whether it is silent.

        Raises
        ------
        ProjectError
            If the file cannot be written; it is written with the next change.
        """
        self._codes = self._codes | {code} if silent else self._codes - {code}
        with writing(self._path), replacing(self._path) as part:
            part.write_text(json.dumps(sorted(self._codes)), encoding="utf-8")

    def _noted(self) -> frozenset[str]:
        if not self._path.is_file():
            return frozenset()
        try:
            return frozenset(parse_json(self._path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            LOG.warning("%s cannot be read and is not used", self._path, exc_info=True)
            return frozenset()


def alarm_program(path: Path) -> tuple[str, ...]:
    """Return the program and its arguments from a TOML file with ``on_alarm = ["program", "{json}"]``.

    Raises
    ------
    ProjectError
        If the file cannot be read or has another form.
    """
    try:
        facts = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ProjectError(Said("{path} cannot be read: {error}.", path=path, error=error)) from error
    words = facts.get("on_alarm")
    if not isinstance(words, list) or not words or not all(isinstance(word, str) and word for word in words):
        raise ProjectError(Said('{path} does not contain a line on_alarm = ["program", "{{json}}"].', path=path))
    return tuple(words)


def start_alarm_program(words: tuple[str, ...], facts: Mapping[str, object]) -> str | None:
    """Run the program with "{json}" replaced by the facts; returns a sentence if that failed.

    Parameters
    ----------
    words
        Program and arguments.
    facts
        What happened, as JSON values.
    """
    text = json.dumps(dict(facts), ensure_ascii=False)
    command = [word.replace("{json}", text) for word in words]
    try:
        subprocess.run(command, check=True, timeout=LONGEST_S, stdin=subprocess.DEVNULL)  # noqa: S603 - the user's own program
    except (OSError, subprocess.SubprocessError) as error:
        LOG.warning("The alarm program failed", exc_info=True)
        return Said("The alarm program {program} failed: {error}.", program=words[0], error=error)
    return None
