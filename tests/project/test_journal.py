"""The label journal: nothing is lost, everything can be taken back, nothing is ever changed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sqlalchemy import text

from quakegui.project import journal
from quakegui.project.journal import writing
from quakegui.project.store import Project, ProjectError
from quakegui.season.labels import LabelSource, RuleLabels


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with Project.create(tmp_path / "p") as made:
        yield made


def days(*numbers: int) -> NDArray[np.datetime64]:
    return np.array([np.datetime64("2022-02-01") + number for number in numbers], dtype="datetime64[D]")


def label(project: Project, day: int, cls: int | None, author: str = "Li", source: LabelSource = LabelSource.ANALYST) -> int:
    return journal.write_labels(project, days(day), cls, source=source, author=author)


def classes(project: Project) -> dict[int, int | None]:
    return {int((day - np.datetime64("2022-02-01")).astype(int)): row.cls for day, row in journal.in_force(project).items()}


def test_a_label_is_kept_with_who_when_old_new_source_and_note(project: Project) -> None:
    label(project, 0, 1)
    journal.write_labels(project, days(0), 3, source=LabelSource.ANALYST, author="Li", note="peak south of Xichang")
    first, second = journal.journal_rows(project)
    assert (first.old, first.new, second.old, second.new) == (None, 1, 1, 3)
    assert (second.author, second.owner, second.source, second.note) == ("Li", "Li", 2, "peak south of Xichang")
    assert second.replaces == first.id
    assert abs(second.at_ms / 1000 - time.time()) < 60
    assert [row.cls for row in journal.history(project, days(0)[0])] == [1, 3]


def test_saying_the_same_again_writes_nothing(project: Project) -> None:
    label(project, 0, 1)
    assert label(project, 0, 1) == 0
    assert len(journal.journal_rows(project)) == 1


def test_settled_stands_above_analyst_above_model_above_rule(project: Project) -> None:
    label(project, 0, 4, source=LabelSource.SETTLED)
    label(project, 0, 3)
    label(project, 0, 2, source=LabelSource.MODEL)
    label(project, 0, 1, source=LabelSource.RULE)
    assert classes(project) == {0: 4}
    label(project, 0, None, source=LabelSource.SETTLED)
    assert classes(project) == {0: 3}
    label(project, 0, None)
    assert classes(project) == {0: 2}


def told(step: journal.Step | None) -> tuple[str, tuple[int | None, ...], str, str, int] | None:
    return None if step is None else (step.kind, step.classes, str(step.first), str(step.last), step.days)


def test_undo_and_redo_work_across_a_restart(project: Project) -> None:
    step = journal.write_labels(project, days(0, 1, 2), 3, source=LabelSource.ANALYST, author="Li")
    label(project, 1, 4)
    project.close()
    with Project.open(project.folder) as again:
        assert told(journal.next_step(again, "Li", back=True)) == ("label", (4,), "2022-02-02", "2022-02-02", 1)
        assert journal.undo(again, "Li") is not None
        assert classes(again) == {0: 3, 1: 3, 2: 3}
    with Project.open(project.folder) as again:
        assert told(journal.next_step(again, "Li", back=True)) == ("label", (3,), "2022-02-01", "2022-02-03", 3)
        assert journal.undo(again, "Li") == step
        assert classes(again) == {}
        assert journal.undo(again, "Li") is None
        assert journal.redo(again, "Li") == step
        assert told(journal.next_step(again, "Li", back=False)) == ("label", (4,), "2022-02-02", "2022-02-02", 1)
    with Project.open(project.folder) as again:
        journal.redo(again, "Li")
        assert classes(again) == {0: 3, 1: 4, 2: 3}
        assert journal.redo(again, "Li") is None


def test_a_new_step_ends_what_can_be_redone(project: Project) -> None:
    label(project, 0, 1)
    journal.undo(project, "Li")
    label(project, 5, 2)
    assert journal.redo(project, "Li") is None
    assert classes(project) == {5: 2}


def test_a_class_for_each_day_is_one_step(project: Project) -> None:
    assert journal.write_labels(project, days(0, 1), [1, 2], source=LabelSource.ANALYST, author="Li")
    journal.undo(project, "Li")
    assert classes(project) == {}
    journal.redo(project, "Li")
    assert classes(project) == {0: 1, 1: 2}


def test_the_same_class_given_again_keeps_its_reason(project: Project) -> None:
    journal.write_labels(project, days(0), 3, source=LabelSource.ANALYST, author="Li", note="peak near Luding")
    assert label(project, 0, 3) == 0
    assert [row.note for row in journal.in_force(project).values()] == ["peak near Luding"]
    label(project, 0, 2)
    assert [row.note for row in journal.in_force(project).values()] == [""], "it was no reason for another class"


def test_undo_takes_back_only_ones_own_steps(project: Project) -> None:
    label(project, 0, 1, "Li")
    label(project, 0, 2, "Wang")
    journal.undo(project, "Li")
    assert classes(project) == {0: 2}
    assert journal.in_force(project, author="Li") == {}
    assert journal.undo(project, "Zhao") is None


def rule(*given: int) -> RuleLabels:
    at = days(*range(len(given)))
    return RuleLabels(at, np.array(given, dtype=np.uint8), np.full(len(given), -1), np.zeros(len(given), dtype=bool), ())


def test_a_rule_replaces_the_former_rule_and_can_be_taken_back(project: Project) -> None:
    journal.write_rule(project, rule(0, 1, 1), author="Li")
    journal.write_rule(project, rule(0, 3), author="Li")
    assert classes(project) == {0: 0, 1: 3}
    journal.undo(project, "Li")
    assert classes(project) == {0: 0, 1: 1, 2: 1}
    assert journal.history(project, days(1)[0])[0].author == "retrospective"


def test_undoing_a_rule_keeps_what_another_person_made_of_it_since(project: Project) -> None:
    journal.write_rule(project, rule(1, 1), author="Li")
    journal.write_rule(project, rule(2, 1), author="Wang")
    journal.undo(project, "Li")
    assert classes(project) == {0: 2}


def test_revert_brings_back_every_label_and_note_of_a_moment(project: Project) -> None:
    label(project, 0, 1, "Li")
    label(project, 1, 2, "Wang")
    journal.write_note(project, days(0)[0], "quiet", author="Li")
    moment = np.datetime64(journal.journal_rows(project)[-1].at_ms, "ms")
    while time.time_ns() // 1_000_000 <= int(moment.astype(int)):
        pass
    label(project, 0, 4, "Li")
    label(project, 1, None, "Wang")
    label(project, 2, 3, "Wang")
    journal.write_note(project, days(0)[0], "", author="Li")
    journal.revert_to(project, moment, author="Li")
    assert classes(project) == {0: 1, 1: 2}
    assert journal.history(project, days(1)[0])[-1].author == "Wang"
    assert [note.text for note in journal.notes(project)] == ["quiet"]
    journal.undo(project, "Li")
    assert classes(project) == {0: 4, 2: 3}
    assert journal.notes(project, days(0)[0]) == ()


def test_the_journal_cannot_be_changed_or_emptied(project: Project) -> None:
    label(project, 0, 1)
    for statement in ("UPDATE journal SET new = 2", "DELETE FROM journal"):
        with pytest.raises(ProjectError, match="never changed"), project.write() as connection:
            connection.execute(text(statement))
    assert classes(project) == {0: 1}


def test_impossible_labels_are_refused(project: Project) -> None:
    with pytest.raises(ProjectError, match="Unknown class 5"):
        label(project, 0, 5)
    with pytest.raises(ProjectError, match="needs an author"):
        label(project, 0, 1, " ")
    assert journal.journal_rows(project) == ()


def test_time_never_runs_backwards_in_the_journal(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    label(project, 0, 1)
    monkeypatch.setattr(writing, "wall_clock_ms", lambda: 1_000)
    label(project, 1, 1)
    first, second = journal.journal_rows(project)
    assert second.at_ms == first.at_ms


ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.integers(0, 3), st.one_of(st.none(), st.integers(0, 4))),
        st.just("undo"),
        st.just("redo"),
    ),
    max_size=12,
)


@given(actions=ACTIONS)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_undo_and_redo_equal_a_plain_stack(tmp_path_factory: pytest.TempPathFactory, actions: list[object]) -> None:
    """The journal's walk through history against the simplest model of one: a list of states and a position."""
    states: list[dict[int, int]] = [{}]
    at = 0
    with Project.create(tmp_path_factory.mktemp("j") / "p") as project:
        for action in actions:
            if action == "undo":
                journal.undo(project, "Li")
                at = max(at - 1, 0)
            elif action == "redo":
                journal.redo(project, "Li")
                at = min(at + 1, len(states) - 1)
            else:
                assert isinstance(action, tuple)
                day, cls = action
                label(project, day, cls)
                after = {key: value for key, value in states[at].items() if key != day} | (
                    {day: cls} if cls is not None else {}
                )
                if after != states[at]:
                    states = [*states[: at + 1], after]
                    at += 1
            assert classes(project) == states[at]
