"""Three writers, a window and two commands, on one project: in the end window, files and journal agree.

The window is a session, whose questions are answered at random; the commands are the functions behind them on `Project`
objects of their own, in the slow version at times as processes. Whatever the window replaced of others' labels was shown or
asked about.
"""

from __future__ import annotations

import csv
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from agreement import require_agreement, require_whole_journal
from pytestqt.qtbot import QtBot

from quakegui.app import labelling, others, walking
from quakegui.app.consent import Question, Replacement
from quakegui.app.session import Session
from quakegui.project import catalogue, journal, labelfiles, nights, runs
from quakegui.project.importing import import_paths
from quakegui.project.store import Project, ProjectError
from quakegui.season.labels import LabelRule, LabelSource

PEOPLE = ("Li", "Bo")
CODES = ("AAA", "BBB", "CCC", "DDD", "EEE", "FFF", "GGG")
EVENTS = (
    ("a", "2022-04-05T03:00:00Z", 28.8, 102.3, 4.5),
    ("b", "2022-04-09T13:00:00Z", 27.4, 102.1, 3.5),
    ("c", "2022-04-16T20:00:00Z", 28.7, 102.2, 3.9),
    ("d", "2022-04-18T08:00:00Z", 27.5, 102.0, 4.2),
)


class Command:
    """One of the programs beside the window."""

    def __init__(self, folder: Path, place: Path, name: str, chance: random.Random, *, processes: bool) -> None:
        self.project = Project.open(folder)
        self._place, self._name, self._chance, self._processes = place, name, chance, processes
        self._files = 0
        self.acts: tuple[Callable[[], object], ...] = (
            self.label, self.label, self.label, self.unlabel, self.note, self.undo, self.redo, self.labels_file,
            self.readings, self.events, self.rule, self.predictions, self.window, self.use_run,
        )  # fmt: skip

    def act(self) -> str:
        """Do something at random and return its name."""
        act = self._chance.choice(self.acts)
        try:
            act()
        except ProjectError as error:  # nothing to label by, say: a sentence, and nothing was changed
            return f"{act.__name__}: {error}"
        return act.__name__

    def _author(self) -> str:
        return self._chance.choice(PEOPLE)

    def _days(self) -> np.ndarray:
        days = nights.season_days(self.project)
        first = self._chance.randrange(days.size)
        return days[first : first + self._chance.choice((1, 1, 2, 5))]

    def _path(self, ending: str) -> Path:
        self._files += 1
        return self._place / f"{self._name}-{self._files}{ending}"

    def label(self) -> None:
        days, cls, author = self._days(), self._chance.randrange(5), self._author()
        if self._processes and self._chance.random() < 0.02:
            span = f"{days[0]}..{days[-1]}"
            command = [sys.executable, "-m", "quakegui", "labels", "set", self.project.folder, span, str(cls)]
            subprocess.run([*command, "--author", author], check=True, capture_output=True)
        else:
            journal.write_labels(self.project, days, cls, source=LabelSource.ANALYST, author=author)

    def unlabel(self) -> None:
        journal.write_labels(self.project, self._days(), None, source=LabelSource.ANALYST, author=self._author())

    def note(self) -> None:
        journal.write_note(self.project, self._days()[0], self._chance.choice(("", "noise", "a storm")), self._author())

    def undo(self) -> None:
        journal.undo(self.project, self._author())

    def redo(self) -> None:
        journal.redo(self.project, self._author())

    def labels_file(self) -> None:
        path = self._path(".csv")
        lines = [f"{day},{self._chance.choice((*map(str, range(5)), ''))}" for day in self._days()]
        path.write_text("\n".join(["date,class", *lines]) + "\n", encoding="utf-8")
        labelfiles.import_labels(self.project, path, author=self._author())

    def readings(self) -> None:
        day = np.datetime64("2022-03-25") + self._chance.randrange(30)
        path = self._path(".csv")
        hours = range(self._chance.choice((24, 24, 18)))
        codes = CODES if self._chance.random() < 0.8 else CODES[:4]
        rows = [
            f"{day}T{hour:02}:30:00Z," + ",".join(f"{50_000 + 40 * k + self._chance.gauss():.2f}" for k in range(len(codes)))
            for hour in hours
        ]
        path.write_text("\n".join([",".join(("time", *codes)), *rows]) + "\n", encoding="utf-8")
        import_paths(self.project, [path])

    def events(self) -> None:
        path = self._path(".csv")
        with path.open("w", newline="", encoding="utf-8") as file:
            rows = csv.writer(file)
            rows.writerow(("id", "time", "latitude", "longitude", "mag"))
            rows.writerows(self._chance.sample(EVENTS, self._chance.randrange(2, 5)))
        catalogue.import_events(self.project, path, add=self._chance.random() < 0.5)

    def rule(self) -> None:
        journal.apply_rule(self.project, LabelRule(days_after=self._chance.randrange(5)), author=self._author())

    def predictions(self) -> None:
        run = f"run-{self._chance.randrange(4)}"
        if all(known.id != run for known in runs.runs(self.project)):
            runs.add_run(self.project, runs.Run(run, 1_650_000_000_000, "done", {}, {}))
        days = self._days()
        shares = np.full((days.size, 5), 0.05)
        shares[:, self._chance.randrange(5)] = 0.8
        kind = self._chance.choice(runs.KINDS)
        said = runs.LedgerPredictions(days, shares, kind, ("m",) * days.size, np.zeros(days.size, np.int64), "c")
        runs.append_predictions(self.project, run, said)

    def use_run(self) -> None:
        runs.use_run(self.project, self._chance.choice((None, "run-0", "run-1")))

    def window(self) -> None:
        days = nights.days_with_data(self.project)
        last = None if self._chance.random() < 0.5 else days[-1 - self._chance.randrange(4)]
        self.project.set_config(replace(self.project.config(), last_day=last))


class Hands:
    """The analyst at the window, who does at random what can be done there."""

    def __init__(self, session: Session, chance: random.Random) -> None:
        self.session, self._chance = session, chance
        self.asked: list[Question] = []
        session.ask = self._answer
        self.acts: tuple[Callable[[], object], ...] = (
            self.step, self.step, self.step, self.label, self.label, self.label, self.accept, self.unlabel, self.note,
            self.undo, self.redo, self.choose, self.look, self.other_name,
        )  # fmt: skip

    def _answer(self, question: Question) -> bool:
        self.asked.append(question)
        return self._chance.random() < 0.5

    def act(self) -> str:
        """Do something at random and return its name."""
        act = self._chance.choice(self.acts)
        act()
        return act.__name__

    def step(self) -> None:
        walking.step(self.session, self._chance.choice((-7, -1, 1, 1, 7)))

    def choose(self) -> None:
        size = self.session.days.size
        walking.select(self.session, self._chance.choice((None, (self._chance.randrange(size), self._chance.randrange(size)))))

    def label(self) -> None:
        self._write(self._chance.randrange(5))

    def unlabel(self) -> None:
        labelling.label(self.session, None)

    def _write(self, cls: int) -> None:
        """Label, and require a question wherever another writer's label was replaced that was not on the screen."""
        session = self.session
        project = session.project
        assert project is not None
        there = labelling.target(session)
        shown = {session.days[index]: session.labels.rows[index] for index in there}
        kept = journal.in_force(project)
        hidden = {
            day: kept[day]
            for day, row in shown.items()
            if day in kept and kept[day] != row and kept[day].cls != cls and kept[day].source <= LabelSource.ANALYST
        }
        before = len(self.asked)
        written = labelling.label(session, cls)
        rows = {row for question in self.asked[before:] if isinstance(question, Replacement) for row in question.rows}
        assert set(hidden.values()) <= rows, "a label that was not on the screen was replaced, or kept, without a question"
        now = journal.in_force(project)
        if not written and hidden:
            assert {day: now[day] for day in hidden} == hidden, "what was to be kept was replaced"

    def accept(self) -> None:
        labelling.accept(self.session)

    def note(self) -> None:
        labelling.note(self.session, self._chance.choice(("", "quiet", "a road works")))

    def undo(self) -> None:
        labelling.undo(self.session)

    def redo(self) -> None:
        labelling.redo(self.session)

    def look(self) -> None:
        others.look(self.session)

    def other_name(self) -> None:
        self.session.set_settings(analyst=self._chance.choice(PEOPLE))


def three_writers(
    session: Session, place: Path, qtbot: QtBot, seed: int, acts: int, *, processes: bool = False
) -> Counter[str]:
    """Let the window and two commands act in any order; every twenty acts or so all must agree. Returns what was done."""
    project = session.project
    assert project is not None
    chance = random.Random(seed)
    hands = Hands(session, chance)
    files = place / f"seed {seed}"
    files.mkdir()
    commands = [Command(project.folder, files, name, chance, processes=processes) for name in ("first", "second")]
    done: Counter[str] = Counter()
    errors: list[str] = []
    session.message.connect(lambda sentence, level: errors.append(sentence) if level == "error" else None)
    before = journal.journal_rows(project)
    try:
        for number in range(1, acts + 1):
            who = chance.choice((hands, hands, *commands))
            done[f"{type(who).__name__} {who.act().split(':')[0]}"] += 1
            if chance.random() < 0.05 or number == acts:
                others.poll(session)
                qtbot.waitUntil(lambda: not session.jobs.busy)
                require_agreement(session, files, maps=number == acts or chance.random() < 0.1)
                before = require_whole_journal(before, commands[0].project)
    finally:
        for command in commands:
            command.project.close()
    assert errors == []
    done["asked"] += len(hands.asked)
    return done


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (2, 3))])
def test_window_files_and_journal_agree_after_three_writers(session: Session, tmp_path: Path, qtbot: QtBot, seed: int) -> None:
    done = three_writers(session, tmp_path, qtbot, seed, 120)
    assert done["asked"] > 0


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_window_files_and_journal_agree_after_ten_thousand_acts(session: Session, tmp_path: Path, qtbot: QtBot) -> None:
    done: Counter[str] = Counter()
    for seed in range(100, 120):
        done += three_writers(session, tmp_path, qtbot, seed, 500, processes=True)
    assert sum(count for name, count in done.items() if name != "asked") == 10_000
    assert done["asked"] > 100
