"""The copy of a shared journal that a window shows, with the changes that the server does not have yet."""

from __future__ import annotations

import numpy as np

from quakegui.project import chain
from quakegui.project.journal import in_force, next_step
from quakegui.project.outbox.letters import Letter, label_letter, walk_letter
from quakegui.project.outbox.replica import Replica
from quakegui.season.labels import LabelSource

DAYS = np.arange("2022-03-01", "2022-03-04", dtype="datetime64[D]")


def labelled(day: int, cls: int) -> Letter:
    return label_letter(DAYS[[day]], cls, source=LabelSource.ANALYST, author="Bo")


def shown(replica: Replica) -> dict[np.datetime64, int | None]:
    return {day: label.cls for day, label in in_force(replica).items()}


def test_changes_saved_before_a_restart_are_shown_though_the_journal_of_the_server_is_empty() -> None:
    first, second = labelled(0, 3), labelled(1, 4)
    undone = walk_letter(second.id, "Bo", back=True)
    replica = Replica("Asia/Shanghai")
    replica.settle((), chain.End(), [first, second, undone])
    assert shown(replica) == {DAYS[0]: 3}
    assert replica.position == 0
    assert replica.add(labelled(0, 3)) == 0, "the day has this class already"
    step = next_step(replica, "Bo", back=True)
    assert step is not None
    assert replica.reference(step.number) == first.id
    replica.settle((), None, [first, second, undone])
    assert shown(replica) == {DAYS[0]: 3}
