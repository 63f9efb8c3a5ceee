"""Analysts' flags: readings that do not count until the flag is taken back; nothing is deleted."""

from __future__ import annotations

import itertools
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from former_version import turn_back
from project_parts import iaga, minute_values, put, small_synthetic, tamper
from terminal import Terminal

from quakegui.project import flags, journal, schema, seasons
from quakegui.project.exchange import export_project
from quakegui.project.importing import import_paths
from quakegui.project.nights import load_nights
from quakegui.project.store import DATABASE, Project, ProjectError
from quakegui.season.labels import LabelSource
from quakegui.season.quality import Quality

NIGHT = np.datetime64("2022-01-16", "D")
"""The night that the file of the UTC day before it reaches into: 15:00 to 18:00 UTC."""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a closed project with a day of readings of two stations; copy it before use."""
    folder = tmp_path_factory.mktemp("flags")
    with Project.create(folder / "p", timezone="Asia/Tokyo") as made:
        import_paths(made, [put(folder / "files", "a.min", iaga()), put(folder / "files", "b.min", iaga("MMB"))])
    return folder / "p"


@pytest.fixture
def project(template: Path, tmp_path: Path) -> Iterator[Project]:
    with Project.open(shutil.copytree(template, tmp_path / "p")) as opened:
        yield opened


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(capsys)


def night_of(project: Project, code: str = "KAK", day: np.datetime64 = NIGHT) -> tuple[float, Quality]:
    found = load_nights(project)
    assert found is not None
    at = int(np.searchsorted(found.days, day)), found.codes.index(code)
    return float(found.values[at]), Quality(int(found.quality[at]))


def record(project: Project) -> tuple[bytes, ...]:
    since = np.datetime64("2022-01-01", "ms")
    return tuple(one.values.tobytes() for one in seasons.record(project, "KAK", since, since + np.timedelta64(60, "D")))


def of_night(code: str = "KAK") -> tuple[flags.Subject, ...]:
    return flags.nights_of(code, NIGHT, NIGHT, timezone="Asia/Tokyo")


def test_a_flagged_night_has_no_mean_and_undo_brings_it_back(project: Project) -> None:
    before, there, revision = night_of(project), record(project), project.revision()
    assert before[1] == Quality.GOOD
    step = flags.flag(project, of_night(), author="Li", reason="cow beside the sensor")
    value, quality = night_of(project)
    assert np.isnan(value)
    assert quality == Quality.MISSING | Quality.FLAGGED
    assert night_of(project, "MMB")[1] == Quality.GOOD
    assert record(project) == there  # nothing is deleted
    since = NIGHT.astype("datetime64[ms]") - np.timedelta64(2, "D")
    (used,) = seasons.record(project, "KAK", since, since + np.timedelta64(4, "D"), with_flagged=False)
    assert len(used) == 1440 - 180
    assert project.revision() > revision
    (flag,) = flags.standing(project)
    assert (flag.station, flag.night, flag.author, flag.reason) == ("KAK", NIGHT, "Li", "cow beside the sensor")
    assert journal.undo(project, "Li") == step
    seasons.load_season(project)
    assert night_of(project) == before
    assert flags.standing(project) == ()
    assert journal.redo(project, "Li") == step
    seasons.load_season(project)
    assert night_of(project)[1] == quality


def test_an_interval_leaves_the_rest_of_the_night(project: Project) -> None:
    first = np.datetime64("2022-01-15T15:10", "ms")
    flags.flag(project, [flags.interval_of("kak", first, first + np.timedelta64(20, "m"))], author="Li", reason="car")
    value, quality = night_of(project)
    night = minute_values()[15 * 60 : 18 * 60]
    assert value == pytest.approx(float(np.delete(night, np.arange(10, 30)).mean()), abs=1e-6)
    assert quality == Quality.FLAGGED
    flags.flag(
        project, [flags.interval_of("KAK", first, first + np.timedelta64(60, "m"))], author="Bo", reason="a longer visit"
    )
    value, quality = night_of(project)
    assert np.isnan(value)
    assert quality == Quality.SHORT | Quality.FLAGGED
    flags.unflag(project, flags.standing(project, "KAK")[1:], author="Li")
    assert night_of(project)[1] == Quality.FLAGGED


def test_labels_and_flags_have_one_undo(project: Project) -> None:
    journal.write_labels(project, np.array([NIGHT]), 3, source=LabelSource.ANALYST, author="Li")
    flags.flag(project, of_night(), author="Li", reason="cow")
    journal.write_note(project, NIGHT, "windy", "Li")
    kinds = []
    while (step := journal.next_step(project, "Li", back=True)) is not None:
        kinds.append(step.kind)
        journal.undo(project, "Li")
    assert kinds == ["note", "flag", "label"]
    assert flags.standing(project) == ()
    assert journal.undo(project, "Bo") is None


def test_a_return_of_the_labels_leaves_flags_and_notes_are_no_flags(project: Project) -> None:
    moment = np.datetime64("2022-01-01", "ms")
    flags.flag(project, of_night(), author="Li", reason="cow")
    journal.write_labels(project, np.array([NIGHT]), 3, source=LabelSource.ANALYST, author="Li")
    journal.revert_to(project, moment, "Li")
    assert journal.in_force(project) == {}
    assert len(flags.standing(project)) == 1
    follower = journal.Follower(project)
    assert (journal.notes(project), follower.notes(), journal.rows(project)[0].cls) == ((), (), 3)


def test_two_analysts_flag_the_same_and_each_takes_back(project: Project) -> None:
    flags.flag(project, of_night(), author="Li", reason="cow")
    assert flags.flag(project, of_night(), author="Li", reason="cow") == 0
    flags.flag(project, of_night(), author="Bo", reason="a herd of cows")
    (flag,) = flags.standing(project)
    assert (flag.author, flag.reason) == ("Bo", "a herd of cows")
    journal.undo(project, "Bo")
    (flag,) = flags.standing(project)
    assert flag.reason == "cow"
    flags.unflag(project, [flag], author="Bo")
    assert flags.unflag(project, [flag], author="Bo") == 0
    assert flags.standing(project) == ()
    said = [(row.author, row.new, row.note) for row in journal.journal_rows(project)]
    assert said == [("Li", 1, "cow"), ("Bo", 1, "a herd of cows"), ("Bo", 1, "cow"), ("Bo", None, "")]


def test_readings_that_come_in_later_are_flagged_as_well(project: Project, tmp_path: Path) -> None:
    flags.flag(project, of_night(), author="Li", reason="cow")
    import_paths(project, [put(tmp_path / "files", "c.min", iaga(values=minute_values(46_100.0), kind="definitive"))])
    assert night_of(project)[1] == Quality.MISSING | Quality.FLAGGED


def test_another_zone_moves_a_flagged_night_and_leaves_an_interval(project: Project) -> None:
    first = np.datetime64("2022-01-15T15:10", "ms")
    interval = flags.interval_of("MMB", first, first + np.timedelta64(20, "m"))
    flags.flag(project, [*of_night(), interval], author="Li", reason="cow")
    project.set_config(seasons.SeasonConfig(timezone="Asia/Shanghai"))
    seasons.load_season(project)
    assert night_of(project)[1] == Quality.MISSING | Quality.FLAGGED
    assert night_of(project, "MMB")[1] == Quality.GOOD  # 23:10 in Shanghai


@pytest.mark.parametrize(
    ("subject", "sentence"),
    [
        (lambda: flags.nights_of("XXX", NIGHT, NIGHT, timezone="UTC"), "There is no station XXX in this project"),
        (lambda: flags.nights_of("KAK", NIGHT, NIGHT - 1, timezone="UTC"), "The last night, 2022-01-15, is before the first"),
        (lambda: flags.nights_of("KAK", NIGHT, NIGHT + 9000, timezone="UTC"), "Between 1 and 4000 nights"),
        (lambda: flags.nights_of("KAK", NIGHT + 9, NIGHT + 9, timezone="UTC"), "2022-01-25 is outside the record of KAK"),
        (
            lambda: flags.interval_of("KAK", np.datetime64("2022-01-15T02:00"), np.datetime64("2022-01-15T01:00")),
            "The interval ends at 2022-01-15T01:00:00.000 UTC, not after its start",
        ),
        (
            lambda: flags.interval_of("KAK", np.datetime64("0022-01-15T02:00"), np.datetime64("2022-01-15T01:00")),
            "Readings can be flagged from 1800-01-01",
        ),
        (
            lambda: flags.nights_of("KAK", np.datetime64("2011-12-30"), np.datetime64("2011-12-30"), timezone="Pacific/Apia"),
            "Between 1 and 4000 nights",
        ),
    ],
)
def test_what_cannot_be_flagged_is_refused_with_a_sentence(project: Project, subject: Any, sentence: str) -> None:
    before = len(journal.journal_rows(project))
    with pytest.raises(ProjectError, match=sentence):
        flags.flag(project, [subject()] if isinstance(subject(), flags.Subject) else subject(), author="Li", reason="cow")
    assert len(journal.journal_rows(project)) == before


def test_a_flag_needs_an_author_and_a_reason_and_a_project_that_can_be_written(project: Project) -> None:
    with pytest.raises(ProjectError, match="A flag needs a reason"):
        flags.flag(project, of_night(), author="Li", reason=" \n")
    with pytest.raises(ProjectError, match="A flag needs an author"):
        flags.flag(project, of_night(), author=" ", reason="cow")
    with (
        Project.open(project.folder, read_only=True) as other,
        pytest.raises(ProjectError, match="read-only; nothing was changed"),
    ):
        flags.flag(other, of_night(), author="Li", reason="cow")
    assert flags.standing(project) == ()


@pytest.mark.parametrize(
    "owner",
    [
        "KAK", "", "KAK 2022-13-40", "KAK 0001-01-01", "KAK 2022-01-16/2022-01-17",
        "KAK 2022-01-15T25:00:00.000/2022-01-15T26:00:00.000", "ZZZ 2022-01-16", "KAK 2022-01-16\n",
    ],
)  # fmt: skip
def test_a_row_that_this_program_did_not_write_flags_nothing_here(project: Project, owner: str) -> None:
    with project.write() as connection:
        row = {"at_ms": 0, "step": 1, "author": "x", "kind": "flag", "day": 1, "source": 0, "owner": owner, "new": 1}
        connection.execute(journal.writing.schema.journal.insert().values(**row))
    assert [flag.station for flag in flags.standing(project)] == (["ZZZ"] if owner.startswith("ZZZ") else [])
    import_paths(project, [put(project.folder.parent / "files", "c.min", iaga(values=minute_values(seed=3)))])
    assert night_of(project)[1] == Quality.GOOD


def test_flags_go_out_and_come_in_with_the_project(project: Project, tmp_path: Path, run: Terminal) -> None:
    first = np.datetime64("2022-01-15T15:10:00.001", "ms")
    interval = flags.interval_of("MMB", first, first + np.timedelta64(1201, "ms"))
    flags.flag(project, [*of_night(), interval], author="李", reason="=HYPERLINK(1), cow; \"'")
    flags.unflag(project, flags.standing(project)[1:], author="Bo")
    exported = export_project(project, tmp_path / "out")
    with Project.create(tmp_path / "back", timezone="UTC") as back:
        import_paths(back, [exported])
        assert flags.standing(back) == flags.standing(project) != ()
        assert journal.journal_rows(back) == journal.journal_rows(project)
        assert night_of(back)[1] == Quality.MISSING | Quality.FLAGGED
        journal.undo(back, "Bo")
        assert flags.standing(back)[1].interval == (first, first + np.timedelta64(1201, "ms"))
    facts = run.json("verify", tmp_path / "back")
    assert (facts["sound"], facts["journal"]["rows"]) == (True, 4)


def test_verify_finds_a_flag_that_was_changed(project: Project, run: Terminal) -> None:
    flags.flag(project, of_night(), author="Li", reason="cow")
    tamper(project.folder, "UPDATE journal SET note = 'calf' WHERE kind = 'flag'")
    out, err = run("verify", project.folder, code=1)
    assert "Row 1 of the label journal (of 2022-01-16" in out + err


@pytest.mark.sqlite("a server's project is upgraded by its owner, see tests/shared")
def test_a_project_of_version_4_is_brought_forward_and_can_be_flagged(project: Project, tmp_path: Path) -> None:
    journal.write_labels(project, np.array([NIGHT]), 3, source=LabelSource.ANALYST, author="Li")
    project.close()
    with closing(sqlite3.connect(project.folder / DATABASE)) as old:
        turn_back(old, 4)
        old.commit()
    with Project.open(project.folder) as again, Project.create(tmp_path / "new") as new:
        assert again.findings == ()
        shapes = []
        for one in (again, new):
            with one.read() as connection:
                shapes.append(connection.exec_driver_sql("SELECT type, name FROM sqlite_master ORDER BY type, name").fetchall())
        assert shapes[0] == shapes[1]
        flags.flag(again, of_night(), author="Li", reason="cow")
        assert night_of(again)[1] == Quality.MISSING | Quality.FLAGGED
    assert (project.folder / "project.version4.sqlite").is_file()


def test_fifty_thousand_flags_are_listed_and_weighed_in_seconds(project: Project) -> None:
    seconds = np.datetime64("2022-01-15T15:00:00.000") + 1000 * np.arange(50_001)
    alike = {"at_ms": 0, "author": "Li", "kind": "flag", "day": 19007, "source": 0, "new": 1, "note": "noise"}
    rows = [
        {**alike, "id": number, "step": number, "owner": f"KAK {since}/{until}"}
        for number, (since, until) in enumerate(itertools.pairwise(seconds), 1)
    ]
    with project.write() as connection:
        connection.execute(schema.journal.insert(), rows)
    began = time.process_time()
    assert len(flags.standing(project)) == 50_000
    flags.flag(project, of_night("MMB"), author="Li", reason="cow")
    assert time.process_time() - began < 20.0
    if project.is_shared:
        return  # a server chooses its plan by what it has counted
    with project.read() as connection:
        plan = connection.exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT max(id) FROM journal WHERE kind = 'flag' AND owner >= 'MMB ' AND owner < 'MMB!'"
        ).all()
    assert "journal_flag" in str(plan)


def test_the_commands(project: Project, run: Terminal) -> None:
    folder = project.folder
    night = ("--station", "kak", "--night", "2022-01-16")
    added = run.json("flags", "add", folder, *night, "--author", "Li", "--reason", "cow beside the sensor")
    assert [(one["station"], one["night"], one["author"], one["reason"]) for one in added] == [
        ("KAK", "2022-01-16", "Li", "cow beside the sensor")
    ]
    out, err = run("flags", "add", folder, *night, "--author", "Bo", "--reason", "cow beside the sensor")
    assert (out, "already flagged" in err) == ("", True)
    interval = ("--station", "MMB", "--from", "2022-01-16T00:10", "--to", "2022-01-15T15:20Z")
    (made,) = run.json("flags", "add", folder, *interval, "--author", "Li", "--reason", "car")
    assert (made["since"], made["until"], made["night"]) == ("2022-01-15T15:10:00Z", "2022-01-15T15:20:00Z", None)
    assert run.json("flags", "list", folder) == [*added, made]
    assert run.json("flags", "list", folder, "--station", "mmb") == [made]
    assert "cow beside the sensor" in run("flags", "list", folder)[0]
    assert run.json("flags", "remove", folder, str(made["number"])) == [made]
    assert run.json("flags", "remove", folder, *night) == added
    assert run.json("flags", "list", folder) == []
    assert "no such flag" in run("flags", "remove", folder, "7", code=1)[1]
    assert (
        "'noon' is not a time"
        in run("flags", "add", folder, "--station", "KAK", "--from", "noon", "--to", "noon", "--reason", "x", code=1)[1]
    )
    for wrong in (["--night", "2022-01-16", "--from", "2022-01-16"], ["--from", "2022-01-16"], [], ["--night", "yesterday"]):
        run("flags", "add", folder, "--station", "KAK", *wrong, "--reason", "x", code=2)


def test_maps_and_anomalies_follow(tmp_path: Path) -> None:
    with small_synthetic(tmp_path / "s") as project:
        before = seasons.load_season(project)
        assert before is not None
        at = int(np.flatnonzero(np.isfinite(before.z).all(axis=1))[0])
        code, day = before.network.codes[1], before.days[at]
        flags.flag(project, flags.nights_of(code, day, day, timezone=project.timezone), author="Li", reason="cow")
        after = seasons.load_season(project)
        assert after is not None
        assert np.isnan(after.z[at, 1])
        assert not np.array_equal(after.indices([at]), before.indices([at]))
        assert np.array_equal(after.indices([at - 1]), before.indices([at - 1]))  # no later night touches an earlier day
        whole = seasons.load_season(project, flagged=True)
        assert whole is not None
        assert np.array_equal(whole.z, before.z, equal_nan=True)
        assert whole.flags == ()
        journal.undo(project, "Li")
        again = seasons.load_season(project)
        assert again is not None
        assert np.array_equal(again.z, before.z, equal_nan=True)
        assert np.array_equal(again.indices([at]), before.indices([at]))
