"""Files of labels as they come back from spreadsheets and colleagues: nothing is guessed, lost or taken away unsaid."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pytest
from terminal import Terminal

from quakegui.formats.errors import FormatError
from quakegui.project import journal, labelfiles, season_export
from quakegui.project.store import Project
from quakegui.season.labels import LabelSource

DAYS = np.array(["2022-02-01", "2022-02-02"], dtype="datetime64[D]")


@pytest.fixture
def project(tmp_path: Path):
    with Project.create(tmp_path / "p") as project:
        journal.write_labels(project, DAYS, 3, source=LabelSource.ANALYST, author="Li", note="peak", blind=True)
        journal.write_labels(project, DAYS[:1] + 5, 2, source=LabelSource.MODEL, author="Li", run="run-1")
        yield project


def given(project: Project, text: str) -> labelfiles.LabelsReport:
    path = project.folder.parent / "l.csv"
    path.write_text(text, encoding="utf-8")
    return labelfiles.import_labels(project, path, author="Li")


def stands(project: Project) -> list[tuple[str, int | None, str, str, bool]]:
    found = journal.in_force(project).values()
    return sorted((str(row.day), row.cls, row.note, row.run, row.blind) for row in found)


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("date,class\n2022-03-07,1\n2022-03-07,2\n", 3, "two different labels"),
        ("date,class\n2022-03-07,1\n2022-03-08,0\n2022-03-07,\n", 4, "two different labels"),
        ("date,class,note\n2022-03-07,1,a\n2022-03-07,1,b\n", 3, "two different notes"),
        ("date,class\n2022-03-07,1\n2022-02-01\n", 3, "ends before the class column"),
        ("date,note,class\n2022-02-01,x\n", 2, "ends before the class column"),
        ("date,class,note\n2022-03-07,1,windy, and a truck\n", 2, "more cells"),
        ("date,class,class\n2022-03-07,1,2\n", 1, "twice"),
        ('date,class,note\n2022-03-07,1,"never closed\n2022-03-08,2,x\n', 3, "damaged"),
    ],
)
def test_what_can_be_read_in_two_ways_is_refused(project: Project, text: str, line: int, why: str) -> None:
    before = journal.journal_rows(project)
    with pytest.raises(FormatError, match=why) as caught:
        given(project, text)
    assert str(caught.value).startswith(f"l.csv:{line}: ")
    assert journal.journal_rows(project) == before


def test_the_same_said_twice_and_two_analysts_are_no_contradiction(project: Project) -> None:
    done = given(project, "date,class,author\n2022-03-07,1,Li\n2022-03-07,1,Li\n2022-03-07,2,Wang\n")
    assert (done.count, done.changes) == (2, 2)


def test_what_spreadsheets_leave_at_the_end_is_passed_over(project: Project) -> None:
    done = given(project, "date,class,,\n2022-03-07,1,,\n,,,\n\n2022-03-08,2\n , ,,\n")
    assert (done.count, done.changes, done.unread) == (2, 2, ())


def test_labels_that_come_back_as_they_went_change_nothing(project: Project) -> None:
    before = journal.journal_rows(project)
    season_export.labels_to_csv(project, project.folder.parent / "out.csv")
    assert labelfiles.import_labels(project, project.folder.parent / "out.csv", author="Zhao").changes == 0
    assert journal.journal_rows(project) == before


def test_a_file_without_notes_takes_none_away(project: Project) -> None:
    before = stands(project)
    assert given(project, "date,class\n2022-02-01,3\n2022-02-02,4\n").changes == 1
    assert stands(project)[0] == before[0]
    assert stands(project)[1] == ("2022-02-02", 4, "", "", False)
    assert given(project, "date,class,note\n2022-02-01,3,\n").changes == 1
    assert stands(project)[0] == ("2022-02-01", 3, "", "", True)


def test_labels_taken_away_and_columns_not_taken_are_told(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    file = project.folder.parent / "template.csv"
    file.write_text("date,class,remark,empty\n2022-02-01,,why,\n2022-02-09,,,\n", encoding="utf-8")
    _out, said = Terminal(capsys)("labels", "import", project.folder, file, "--author", "Li")
    assert "2 labels read, 1 of them new or changed" in said
    assert "1 of them cleared a label, because their class is empty." in said
    assert "Columns not imported: remark." in said


@pytest.mark.parametrize("name", ["project.sqlite", "Project.SQLite", "project.sqlite-wal", "cache/x.csv", "runs/r/x.csv"])
def test_no_output_takes_the_place_of_a_part_of_a_project(
    project: Project, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    (project.folder / "runs" / "r").mkdir()
    before = stands(project)
    _out, said = Terminal(capsys)("labels", "export", project.folder, project.folder / name, code=1)
    assert "the file is part of a project" in said
    with Project.open(project.folder) as again:
        assert stands(again) == before


def test_what_a_command_did_not_change_is_told(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    run = Terminal(capsys)
    _out, said = run("labels", "set", project.folder, "2022-02-01", "none", "--author", "Wang", "--yes")
    assert "Nothing was changed" in said
    journal.write_labels(project, DAYS, 1, source=LabelSource.SETTLED, author="Li")
    _out, said = run("labels", "set", project.folder, "2022-02-01..2022-02-03", "4", "--author", "Wang", "--yes")
    assert "3 days labelled 4." in said
    assert "remain current on 2 of them, the first on 2022-02-01." in said


@pytest.mark.parametrize("name", ["Li", " Li ", "Li\n"])
def test_a_name_with_blanks_around_it_is_the_same_persons(
    project: Project, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    Terminal(capsys)("labels", "set", project.folder, "2022-02-01", "none", "--author", name, "--yes")
    assert "2022-02-01" not in {day for day, *_rest in stands(project)}


SAVED_AGAIN = "date,class,note\n2024-01-25,3,peak\n2024-01-26,3,\n"


@pytest.mark.parametrize(
    "text",
    [
        "date,class,note\n2024/1/25,3,peak\n2024/1/26,3,\n",
        "\ufeffdate;class;note\n2024-01-25;3;peak\n2024-01-26;3;\n",
        "date,class,note,,\n2024-01-25,3,peak,,\n2024-01-26,3,,,\n",
        "Date,CLASS,Note\n25.01.2024,3,peak\n26.01.2024,3,\n",
        "sep=;\r\nDATE;Class;note\r\n2024-01-25 00:00:00;3.0;peak\r\n2024-01-26 0:00;3;\r\n",
        "date\tclass\tnote\n1/25/2024\t3\tpeak\n1/26/2024\t3\t\n",
        "date,class,note\n25/01/2024,3,peak\n26/01/2024,3,\n",
        "date,class,note\n2024年1月25日,3,peak\n2024年1月26日,3,\n",
        "date,class,source,note\n2024-1-25,3,Analyst,peak\n2024-1-26,3,ANALYST,\n",
    ],
)
def test_labels_that_a_spreadsheet_saved_again_are_the_same_labels(tmp_path: Path, text: str) -> None:
    found = []
    for number, each in enumerate((SAVED_AGAIN, text)):
        with Project.create(tmp_path / f"again{number}") as fresh:
            assert given(fresh, each).changes == 2
            found.append(stands(fresh))
    assert found[0] == found[1]
    assert [row[:3] for row in found[0]] == [("2024-01-25", 3, "peak"), ("2024-01-26", 3, "")]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-8-sig"])
def test_notes_in_the_encodings_that_spreadsheets_write(project: Project, encoding: str) -> None:
    path = project.folder.parent / "l.csv"
    path.write_bytes("date,class,note\n2024/1/25,3,峰值\n".encode(encoding))
    labelfiles.import_labels(project, path, author="Li")
    assert ("2024-01-25", 3, "峰值", "", False) in stands(project)


@pytest.mark.parametrize("text", ["date,class\n1/2/2024,3\n", "date,class\n2024-01,3\n", "date,class\n2024-01-25 13:00,3\n"])
def test_dates_that_are_not_sure_are_refused(project: Project, text: str) -> None:
    before = journal.journal_rows(project)
    with pytest.raises(FormatError, match="date"):
        given(project, text)
    assert journal.journal_rows(project) == before


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes with a path")
@pytest.mark.parametrize("name", ["folder", "pipe", "to-pipe", "."])
def test_no_output_takes_the_place_of_anything_but_a_file(
    project: Project, capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str
) -> None:
    """As root, an export to /dev/stdout or /dev/null replaced the device."""
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "to-pipe").symlink_to("pipe")
    before = (tmp_path / name).stat()
    _out, said = Terminal(capsys)("labels", "export", project.folder, tmp_path / name, code=1)
    assert "it is a device, a pipe or a folder, not a file" in said
    assert (tmp_path / name).stat().st_ino == before.st_ino
    assert (tmp_path / "to-pipe").is_symlink()
