"""An analyst's program without a window, to be attacked: `python sender.py FOLDER SEED`.

It labels, annotates and undoes at random through the outbox. It prints "do" and each change before it makes it, and "ok" and
the number of the change when that is on disk, or "same" if nothing changed. With a seed of -1 it changes nothing, and ends when
everything is sent.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from PySide6.QtCore import QCoreApplication, QObject, QTimer

from quakegui.app.post import Post
from quakegui.project.journal import next_step
from quakegui.project.lookout import Lookout
from quakegui.project.outbox.letters import Letter, label_letter, note_letter, revert_letter, walk_letter
from quakegui.project.shared import connecting, driver
from quakegui.project.store import Project, ProjectError
from quakegui.season.labels import LabelSource

DAYS = np.arange("2022-01-01", "2022-01-21", dtype="datetime64[D]")
AUTHOR = "owner"


def draw(post: Post, rng: np.random.Generator) -> Letter | None:
    """Return a random change; None if there is nothing to undo or redo."""
    kind = rng.integers(10)
    if kind < 3:
        back = kind < 2
        step = next_step(post.replica, AUTHOR, back=back)
        return None if step is None else walk_letter(post.replica.reference(step.number), AUTHOR, back=back)
    if kind == 3:
        return note_letter(rng.choice(DAYS), f"note {rng.integers(1000)}", AUTHOR)
    if kind == 4 and rng.random() < 0.3:
        return revert_letter(np.datetime64("2020-01-01"), AUTHOR, behind=post.replica.position)
    days = np.sort(rng.choice(DAYS, rng.integers(1, 4), replace=False))
    return label_letter(days, int(rng.integers(5)), source=LabelSource.ANALYST, author=AUTHOR, behind=post.replica.position)


def main(folder: Path, seed: int) -> None:
    """Act until this process is killed, or until everything is sent."""
    application, owner = QCoreApplication([]), QObject()
    with Project.open(folder) as project:
        post = Post(project, Lookout(project), lambda _letter: None, owner)
        if seed >= 0:  # from here on it is attacked
            driver.PunctualConnection.silence_s = driver.SILENCE_S = connecting.PATIENCE_S = 1.0
            driver.CONNECT_S = 2
        post.reported.connect(lambda report: [print("refused", reason, flush=True) for _letter, reason in report.refused])
        rng, timer = np.random.default_rng(max(seed, 0)), QTimer(owner)

        def act() -> None:
            if seed < 0:
                if not post.waiting:
                    application.quit()
                return
            letter = draw(post, rng)
            if letter is None:
                return
            told = {"verb": letter.verb, "content": dict(letter.content), "id": str(letter.id)}
            print("do", json.dumps(told), flush=True)
            try:
                print("ok" if post.send(letter) else "same", letter.id, flush=True)
            except ProjectError as error:
                print("refused", error, flush=True)

        timer.timeout.connect(act)
        timer.start(10)
        application.exec()
        post.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
