"""A program of the user that is started for each alarm, without a shell.

Which program is only read from a file that the user names: a project may come from a stranger.
"""

from __future__ import annotations

import json
import logging
import subprocess
import tomllib
from collections.abc import Mapping
from pathlib import Path

from quakegui.project.store import ProjectError
from quakegui.words import Said

LOG = logging.getLogger(__name__)
LONGEST_S = 60.0


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
