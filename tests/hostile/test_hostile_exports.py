"""What leaves the program and lands in a spreadsheet or a terminal: text there is text, and numbers are numbers."""

from __future__ import annotations

import csv
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hostile_projects import make_project
from openpyxl import load_workbook

from quakegui.cli.terminal import bar, print_table, say
from quakegui.project import exchange, journal, season_export, seasons
from quakegui.project.season_tables import TableOf, guard, unguard, write_csv, write_workbook
from quakegui.project.store import DATABASE, Project
from quakegui.season.labels import LabelSource

STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
FORMULAS = tuple(f"{start}cmd|' /C calc'!A0" for start in STARTS)


@pytest.mark.parametrize("text", [*FORMULAS, "'=1", "''", "plain", "a\x00b", "泸定", "x" * 40_000])
def test_what_is_guarded_is_no_formula_and_comes_back(text: str) -> None:
    assert not guard(text).startswith(STARTS)
    assert unguard(guard(text)) == text


def test_tables_keep_text_as_text_and_numbers_as_numbers(tmp_path: Path) -> None:
    rows = [(text, -1.5, -3, None, float("nan"), float("-inf")) for text in (*FORMULAS, "a\x00\x1b[31mb", "n" * 40_000)]
    table = TableOf("t", ("text", "real", "whole", "none", "nan", "inf"), lambda: rows)
    write_csv(tmp_path / "t.csv", table)
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as file:
        found = list(csv.reader(file))
    assert [row[1:] for row in found[1:]] == [["-1.5", "-3", "", "", ""]] * len(rows)
    assert not [row[0] for row in found[1:] if row[0].startswith(STARTS)]
    write_workbook(tmp_path / "t.xlsx", [table])
    book = load_workbook(tmp_path / "t.xlsx", data_only=False)
    cells = list(book["t"].iter_rows(min_row=2))
    assert len(cells) == len(rows)
    for cell, real, whole, *others in cells:
        assert cell.data_type == "s"
        assert not str(cell.value).startswith(STARTS)
        assert len(str(cell.value)) <= 32_767
        assert (real.value, real.data_type, whole.value, whole.data_type) == (-1.5, "n", -3, "n")
        assert [one.value for one in others] == [None, None, None]
    book.close()


def test_a_project_full_of_formulas_leaves_as_text(tmp_path: Path) -> None:
    make_project(tmp_path / "p")
    with closing(sqlite3.connect(tmp_path / "p" / DATABASE)) as connection:
        connection.execute("UPDATE event SET place = '=HYPERLINK(\"http://x\")', magnitude_type = '+1', id = '@' || id")
        connection.execute("UPDATE station SET name = char(9) || '=1', longitude = -longitude, elevation_m = -5.5")
        connection.commit()
    with Project.open(tmp_path / "p") as project:
        day = np.array(["2022-03-30"], dtype="datetime64[D]")
        journal.write_labels(project, day, 1, source=LabelSource.ANALYST, author="-A", note="\x07=cmd()\nmore")
        season = seasons.load_season(project)
        assert season is not None
        season_export.save_tables(project, season, tmp_path / "t.xlsx")
        exchange.export_project(project, tmp_path / "e")
    book = load_workbook(tmp_path / "t.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert "f" not in {cell.data_type for cell in cells}
    assert not [cell.value for cell in cells if isinstance(cell.value, str) and cell.value.startswith(STARTS)]
    book.close()
    for path in (tmp_path / "e").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        numbers = [cell for cell in cells if cell.startswith("-") and cell.replace(".", "").replace("-", "").isdigit()]
        assert not [cell for cell in cells if cell.startswith(STARTS) and cell not in numbers], path
        assert path.name != "stations.csv" or "-101.6" in numbers
    shutil.rmtree(tmp_path / "e")


def test_the_terminal_shows_names_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    evil = "[/red][link=file:///x]a[/link]\x1b]0;owned\x07\x9b31m"
    print_table(evil, ("name",), [(evil,), ("two\nlines",)])
    say(evil)
    with bar("Importing") as report:
        report(1, 2, evil)
    told = "".join(capsys.readouterr())
    assert "\x1b]0" not in told
    assert "\x07" not in told
    assert "\x9b" not in told
    assert told.count("[link=file:///x]") >= 2
    assert "two" in told
    assert "lines" in told
