"""Label files in which one day stands twice."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from terminal import Terminal

from quakegui.formats.errors import FormatError
from quakegui.project import journal, labelfiles
from quakegui.project.store import Project


@pytest.fixture
def project(tmp_path):
    with Project.create(tmp_path / "project") as opened:
        yield opened


def write(path: Path, *lines: str, head: str = "date,class") -> Path:
    path.write_text("\n".join((head, *lines)) + "\n")
    return path


@pytest.mark.parametrize("second", ["2022-03-07,2", "2022-03-07,"])
def test_a_day_with_two_classes_is_refused_with_both_lines(project, tmp_path, second):
    file = write(tmp_path / "labels.csv", "2022-03-06,3", "2022-03-07,1", "2022-03-08,1", second)
    with pytest.raises(FormatError, match=r"2022-03-07 .* '1' in line 3") as caught:
        labelfiles.import_labels(project, file, author="Li")
    assert caught.value.line == 5
    assert journal.journal_rows(project) == ()


def test_a_day_with_two_notes_is_refused_with_both(project, tmp_path):
    lines = ("2022-03-07,1,calm", "2022-03-08,1,", "2022-03-07,1,windy")
    file = write(tmp_path / "labels.csv", *lines, head="date,class,note")
    said = "2022-03-07 has two different notes by Li: 'windy' here and 'calm' in line 2 of labels.csv."
    with pytest.raises(FormatError, match=re.escape(said)) as caught:
        labelfiles.import_labels(project, file, author="Li")
    assert caught.value.line == 4
    assert journal.journal_rows(project) == ()


@pytest.mark.parametrize("with_notes", ["a.csv", "b.csv"])
def test_a_file_without_notes_does_not_contradict_one_with_notes(project, tmp_path, with_notes):
    folder = tmp_path / "labels"
    folder.mkdir()
    for name in ("a.csv", "b.csv"):
        noted = name == with_notes
        write(folder / name, "2022-03-07,1" + ",windy" * noted, head="date,class" + ",note" * noted)
    done = labelfiles.import_labels(project, folder, author="Li")
    assert (done.count, done.changes, done.repeats) == (1, 1, 1)
    assert [row.note for row in journal.journal_rows(project)] == ["windy"]
    write(folder / "c.csv", "2022-03-07,1,calm", head="date,class,note")
    with pytest.raises(FormatError, match=rf"'calm' here and 'windy' in line 2 of .*{with_notes}"):
        labelfiles.import_labels(project, folder, author="Li")


def test_two_files_of_a_folder_that_differ_are_refused_by_name(project, tmp_path):
    folder = tmp_path / "labels"
    folder.mkdir()
    write(folder / "a.csv", "2022-03-07,1")
    write(folder / "b.csv", "2022-03-07,2")
    with pytest.raises(FormatError, match=r"line 2 of .*a\.csv"):
        labelfiles.import_labels(project, folder, author="Li")
    assert journal.journal_rows(project) == ()


def test_a_repeated_line_is_counted(project, tmp_path, capsys):
    file = write(tmp_path / "labels.csv", "2022-03-07,1", "2022-03-07,1", "2022-03-08,2")
    done = labelfiles.import_labels(project, file, author="Li")
    assert (done.count, done.changes, done.repeats) == (2, 2, 1)
    said = " ".join(Terminal(capsys)("labels", "import", project.folder, file, "--author", "Li"))
    assert "Lines that repeat an earlier line: 1." in " ".join(said.split())


def test_labels_of_two_people_for_one_day_are_both_taken(project, tmp_path):
    file = write(tmp_path / "labels.csv", "2022-03-07,1,Li", "2022-03-07,2,Wang", head="date,class,author")
    assert labelfiles.import_labels(project, file, author="Zhao").changes == 2
    rows = journal.history(project, np.datetime64("2022-03-07", "D"))
    assert {(row.author, row.cls) for row in rows} == {("Li", 1), ("Wang", 2)}
