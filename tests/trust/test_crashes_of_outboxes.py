"""SIGKILL and full disks while labels of a shared project are saved: a letter is there whole, or not at all."""

from __future__ import annotations

import json
import os
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import killing
import pytest
import sharing_parts
from killing import Attack

from quakegui.project.outbox.letters import Outbox
from quakegui.project.store import ProjectError

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has no SIGKILL; the installer's smoke test kills there"
)


def lost_letters(folder: Path, said: Path) -> tuple[int, str | None]:
    """Return how many letters were saved, and which of them is missing, changed or out of order."""
    lines = said.read_text(encoding="utf-8").split("\n")[:-1] if said.exists() else []  # the last one may be cut off
    facts = [json.loads(line) for line in lines]
    added: dict[str, Any] = {fact["added"]: fact["content"] for fact in facts if "added" in fact}
    sent = {fact["sent"] for fact in facts if "sent" in fact}
    outbox = Outbox(folder)
    found = {str(letter.id): dict(letter.content) for letter in outbox.letters}
    if outbox.unreadable:
        return len(added), f"half a letter: {outbox.unreadable}"
    lost = {name: content for name, content in added.items() if name not in sent and found.get(name) != content}
    if lost:
        return len(added), f"letters lost: {lost}"
    order = [name for name in added if name in found]
    return len(added), None if [name for name in found if name in added] == order else "letters out of order"


@pytest.mark.parametrize("how", ["moments", "steps"])
@killing.sizes(3, 150)
def test_a_letter_that_was_saved_is_there_whole(tmp_path: Path, attack: Attack, tries: int, how: str) -> None:
    attack.kind = f"the outbox of a shared project, at {how}"

    def prepare(seed: int) -> tuple[str, tuple[object, ...]]:
        (tmp_path / f"{seed}").mkdir()
        return "sharing_parts:write_letters", (str(tmp_path / f"{seed}"), str(tmp_path / f"{seed}.said"), seed)

    def check(seed: int) -> str | None:
        folder = tmp_path / f"{seed}"
        told, lost = lost_letters(folder, tmp_path / f"{seed}.said")
        attack.acknowledged += told
        for path in folder.rglob("*.part"):
            os.utime(path, (0, 0))  # it was left long ago
        told, later = lost_letters(folder, tmp_path / f"{seed}.said")
        left = [path.name for path in folder.rglob("*") if path.is_file() and path.suffix != ".json"]
        return lost or later or (f"left behind: {left}" if left else None)

    attack.run(how, tries, 0.5, prepare, check)


def test_a_letter_of_another_program_is_not_taken_from_it(tmp_path: Path) -> None:
    (tmp_path / "outbox").mkdir()
    part = tmp_path / "outbox" / ".letter.json.part"
    part.write_text("half")
    Outbox(tmp_path)
    assert part.exists()


def test_a_letter_that_the_disk_refuses_is_not_saved(disk: Any, aloud: Callable[[str], None]) -> None:
    rng, outbox = random.Random(1), Outbox(disk.folder)
    first, second = sharing_parts.draw(rng), sharing_parts.draw(rng)
    outbox.add(first)
    disk.fill()
    with pytest.raises(ProjectError, match=r"cannot be written: (No space left|File too large)[^:]*\.$"):
        outbox.add(second)
    assert outbox.letters == Outbox(disk.folder).letters == (first,)
    assert len(list((disk.folder / "outbox").iterdir())) == 1
    disk.free()
    outbox.add(second)
    assert Outbox(disk.folder).letters == (first, second)
