"""Following the journal says what reading all of it says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quakegui.project import journal
from quakegui.project.store import Project
from quakegui.season.labels import LabelSource, evaluation_truth

DAYS = np.datetime64("2022-03-01", "D") + np.arange(4)
AUTHORS = ("Li", "Wang")

label = st.tuples(
    st.just("label"),
    st.sampled_from(AUTHORS),
    st.sets(st.integers(0, 3), min_size=1),
    st.none() | st.integers(0, 4),
    st.sampled_from((LabelSource.ANALYST, LabelSource.MODEL, LabelSource.SETTLED)),
)
note = st.tuples(st.just("note"), st.sampled_from(AUTHORS), st.integers(0, 3), st.sampled_from(("", "windy", "迟到")))
walk = st.tuples(st.sampled_from(("undo", "redo")), st.sampled_from(AUTHORS))
look = st.tuples(st.just("look"), st.none() | st.sampled_from(AUTHORS))


def assert_follows(follower: journal.Follower, project: Project, author: str | None) -> None:
    standing = follower.standing(author=author)
    assert standing.in_force == follower.in_force(author=author) == journal.in_force(project, author=author)
    assert standing.truth == {day: one.cls for day, one in evaluation_truth(journal.rows(project)).items()}
    assert standing.notes == journal.notes(project)
    assert follower.notes() == journal.notes(project)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(label, note, walk, look), max_size=12))
def test_following_finds_what_reading_everything_finds(tmp_path_factory: pytest.TempPathFactory, acts: list[tuple]) -> None:
    with Project.create(tmp_path_factory.mktemp("journal") / "p") as project:
        follower = journal.Follower(project)
        for act in acts:
            match act:
                case "label", author, days, cls, source:
                    journal.write_labels(project, DAYS[sorted(days)], cls, source=source, author=author)
                case "note", author, day, text:
                    journal.write_note(project, DAYS[day], text, author)
                case ("undo" | "redo") as kind, author:
                    getattr(journal, kind)(project, author)
                case "look", author:
                    assert_follows(follower, project, author)
        for author in (None, *AUTHORS, None):
            assert_follows(follower, project, author)
        assert_follows(journal.Follower(project), project, None)


def test_a_further_look_reads_new_rows_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Project.create(tmp_path / "p") as project:
        journal.write_labels(project, DAYS, 2, source=LabelSource.ANALYST, author="Li")
        follower = journal.Follower(project)
        assert set(follower.in_force()) == set(DAYS)
        read: list[int] = []
        inner = journal.following.select_rows
        monkeypatch.setattr(journal.following, "select_rows", lambda *given: (rows := inner(*given), read.append(len(rows)))[0])
        journal.write_labels(project, DAYS[:1], 3, source=LabelSource.ANALYST, author="Li")
        assert [row.cls for row in follower.in_force().values()] == [3, 2, 2, 2]
        follower.in_force()
        assert read == [1, 0]


def test_another_program_is_followed_too(tmp_path: Path) -> None:
    with Project.create(tmp_path / "p") as project, Project.open(tmp_path / "p") as other:
        follower = journal.Follower(project)
        assert follower.in_force() == {}
        journal.write_labels(other, DAYS[:2], 1, source=LabelSource.ANALYST, author="Wang")
        journal.write_note(other, DAYS[0], "calm", "Wang")
        assert_follows(follower, project, None)
        assert len(follower.in_force()) == 2
