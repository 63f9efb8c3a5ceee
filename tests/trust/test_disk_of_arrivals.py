"""Full and read-only disks while readings arrive live and answers are fetched: one sentence, and later it goes on."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import arrival_parts
import pytest
from test_crashes_of_arrivals import arrived, state

from quakegui.cli import main
from quakegui.project import catalogue
from quakegui.project.store import Project, ProjectError
from quakegui.serve.listening import Listener
from quakegui.serve.web.answers import Answers
from quakegui.serve.web.http import FetchError


@pytest.fixture
def folder(disk: Any) -> Path:
    """Return an empty project on the disk."""
    Project.create(disk.folder / "project", timezone="UTC").close()
    return disk.folder / "project"


def cancelled_after(flushes: int) -> Callable[[], bool]:
    turns: Iterator[bool] = iter([False] * flushes)
    return lambda: next(turns, True)


def test_live_readings_wait_for_room_and_are_not_acknowledged_before(folder: Path, disk: Any, tmp_path: Path) -> None:
    said, source = list[str](), arrival_parts.Kept(tmp_path / "said")
    with Project.open(folder) as project:
        listener = Listener(project, source, tell=lambda text, _kind: said.append(str(text)), every_s=0.0)
        listener.run(cancelled_after(2))
        before = (tmp_path / "said").read_text(encoding="utf-8")
        disk.fill()
        with pytest.raises(ProjectError, match="is full; this change was not saved"):
            listener.run(cancelled_after(3))  # what the end of the program cannot store either, the broker keeps
        (refused,) = (text for text in said if "is full" in text)
        assert refused.endswith("Listening continues; what arrived is stored as soon as possible.")
        assert (tmp_path / "said").read_text(encoding="utf-8") == before
        disk.free()
        listener.run(source.over)
        for code in arrival_parts.CODES:
            assert list(arrived(project, code).values()) == arrival_parts.readings_of(code).tolist()
    assert len((tmp_path / "said").read_text(encoding="utf-8").split()) == 2 * arrival_parts.MESSAGES


@pytest.mark.parametrize("what", ["readings", "events"])
def test_answers_that_the_disk_refuses_are_told_once_and_nothing_is_imported(
    folder: Path, disk: Any, tmp_path: Path, what: str
) -> None:
    fetch = getattr(arrival_parts, f"fetch_{what}")
    before = state(folder)
    disk.fill()
    with pytest.raises(FetchError, match=r"^The responses cannot be saved in .*(No space|too large).*Nothing was imported\.$"):
        fetch(str(folder), str(tmp_path / "said"))
    assert len((tmp_path / "said").read_text(encoding="utf-8").splitlines()) == 1, "no further answer was asked for in vain"
    disk.free()
    assert state(folder) == before
    assert not [path for path in folder.rglob("*") if path.suffix in (".part", ".gz")]
    fetch(str(folder), str(tmp_path / "said"))
    assert state(folder) != before


def test_a_line_that_was_cut_off_takes_no_other_with_it(folder: Path) -> None:
    with Project.open(folder) as project:
        Answers(project).keep("http://a", "none", over_ms=0)
        log = folder / "fetched" / "log.jsonl"
        log.write_bytes(log.read_bytes() + b'{"url": "http://b", "asked_')
        Answers(project).keep("http://c", "none", over_ms=0)
        found = Answers(project)
    assert [found.settled(url) is not None for url in ("http://a", "http://b", "http://c")] == [True, False, True]


def test_on_a_read_only_drive_nothing_is_asked_for_or_heard(
    folder: Path, tmp_path: Path, aloud: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    import disks

    place = Path(shutil.copytree(folder, tmp_path / "copy"))
    orders = (
        ("fetch", "readings", str(place), "--from", "http://127.0.0.1:9/gin", "--station", "KAK", "--since", "2022-02-01"),
        ("fetch", "events", str(place), "--from", "http://127.0.0.1:9", "--since", "2022-01-01", "--until", "2022-12-31"),
        ("listen", str(place), "mqtt://127.0.0.1:9", "--topic", "#"),
    )
    with disks.read_only(place, aloud) as real:
        if not real:
            return
        for order in orders:
            with pytest.raises(SystemExit) as ended:
                main(order)
            said = " ".join(capsys.readouterr().err.split())
            assert ended.value.code == 1
            assert said.endswith("could be stored.")
    with Project.open(place) as project:
        assert catalogue.events(project) == ()
