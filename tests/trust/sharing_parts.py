"""What a program does in a shared project before it is killed; what it was told is noted."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path

import numpy as np

from quakegui.project import sharing
from quakegui.project.exchange import export_project
from quakegui.project.outbox.letters import Letter, Outbox, label_letter, note_letter
from quakegui.project.store import Project
from quakegui.season.labels import LabelSource

DAY = np.array(["2022-01-01"], dtype="datetime64[D]")


def draw(rng: random.Random) -> Letter:
    """Return a random label or note."""
    if rng.random() < 0.3:
        return note_letter(DAY[0], f"note {rng.random()}" * rng.choice((1, 500)), "Li")
    return label_letter(DAY, rng.randrange(5), source=LabelSource.ANALYST, author="Li")


def write_letters(folder: str, said: str, seed: int) -> None:
    """Add letters to the outbox without end, and remove some as sent; each is noted once its function has returned."""
    rng, outbox = random.Random(seed), Outbox(Path(folder))
    note = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    while True:
        letter = draw(rng)
        outbox.add(letter)
        os.write(note, (json.dumps({"added": str(letter.id), "content": dict(letter.content)}) + "\n").encode())
        if rng.random() < 0.5:
            first = outbox.letters[0]
            os.write(note, (json.dumps({"sent": str(first.id)}) + "\n").encode())
            outbox.remove(first)


def create(folder: str, url: str) -> None:
    """Create a shared project."""
    sharing.create_shared(folder, url).close()


def join(folder: str, url: str) -> None:
    """Join a shared project."""
    sharing.join(folder, url).close()


def migrate(folder: str) -> None:
    """Upgrade the tables of a shared project."""
    sharing.migrate(folder)


def export(folder: str, out: str) -> None:
    """Export a shared project."""
    with Project.open(folder) as project:
        export_project(project, Path(out))
