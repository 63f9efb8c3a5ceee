"""SIGKILL and full disks while shared projects are created, joined, upgraded and exported: the next start goes on."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.append(str(Path(__file__).resolve().parents[1] / "trust"))

import killing
from disks import FullDisk

from quakegui.app import labelling
from quakegui.project import making
from quakegui.project.outbox.letters import Outbox
from quakegui.project.sharing import create_shared, join, migrate, survey
from quakegui.project.store import Project, ProjectError

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[killing.Driver]:
    with killing.driver(tmp_path_factory.mktemp("driver") / "log.txt", "sharing_parts", "psycopg") as made:
        yield made


@pytest.fixture
def attack(driver: killing.Driver) -> Iterator[killing.Attack]:
    made = killing.Attack(driver)
    yield made
    print(f"\n{made.row()}")
    assert made.losses == []
    assert made.tried > 0


def emptied(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


def left_behind(folder: Path) -> str | None:
    """Return what is in the folder of a shared project that does not belong there."""
    left = {path.name for path in folder.iterdir()} - {*making.FOLDERS, making.ADDRESS, making.OUTBOX}
    return f"left behind: {left}" if left else None


@pytest.mark.parametrize("how", ["moments", "steps"])
@killing.sizes(5, 60)
def test_a_shared_project_is_created_or_can_be_created_or_joined(
    postgresql: str, sql: Any, tmp_path: Path, attack: killing.Attack, *, tries: int, how: str
) -> None:
    attack.kind, folder = f"creating a shared project, at {how}", tmp_path / "p"

    def fresh(name: str) -> str:
        sql("postgres", f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        sql("postgres", f"CREATE DATABASE {name}")
        return f"{postgresql}/{name}"

    url = fresh("killed")
    seconds = attack.driver.whole("sharing_parts:create", str(folder), url)

    def prepare(_number: int) -> tuple[str, tuple[str, ...]]:
        emptied(folder)
        return "sharing_parts:create", (str(folder), fresh("killed"))

    def check(_number: int) -> str | None:
        if not making.is_project(folder):
            if not making.is_free(folder):
                return f"neither a project nor free: {[path.name for path in folder.rglob('*')]}"
            (create_shared if survey(url).project is None else join)(folder, url).close()
        with Project.open(folder) as project:
            assert project.name == "p"
        return left_behind(folder)

    attack.run(how, tries, seconds, prepare, check)


@killing.sizes(5, 60)
def test_a_shared_project_is_joined_or_can_be_joined_again(
    season_url: str, tmp_path: Path, attack: killing.Attack, tries: int
) -> None:
    attack.kind, folder = "joining a shared project, at steps", tmp_path / "p"

    def prepare(_number: int) -> tuple[str, tuple[str, ...]]:
        emptied(folder)
        return "sharing_parts:join", (str(folder), season_url)

    def check(_number: int) -> str | None:
        if not making.is_project(folder):
            if not making.is_free(folder):
                return f"neither a project nor free: {[path.name for path in folder.rglob('*')]}"
            join(folder, season_url).close()
        Project.open(folder).close()
        return left_behind(folder)

    attack.at_steps(range(1, tries + 1), prepare, check)


@pytest.mark.parametrize("how", ["moments", "steps"])
@killing.sizes(3, 60)
def test_tables_are_upgraded_or_as_they_were(
    url: str, sql: Any, tmp_path: Path, attack: killing.Attack, *, tries: int, how: str
) -> None:
    attack.kind, folder, database = f"upgrading a shared project, at {how}", tmp_path / "p", url.rsplit("/", 1)[1]
    create_shared(folder, url).close()
    triggers = "SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal"
    tables = "SELECT count(*) FROM pg_tables WHERE tablename IN ('live_batch', 'live_station')"

    def state() -> tuple[object, ...]:
        ((version,),), ((rules,),), ((new,),) = (
            sql(database, query) for query in ("SELECT value FROM setting WHERE key = 'schema'", triggers, tables)
        )
        return version, rules, new

    whole = state()

    def prepare(_number: int) -> tuple[str, tuple[str, ...]]:
        sql(database, "DROP TABLE live_batch, live_station; UPDATE setting SET value = '5' WHERE key = 'schema'")
        sql(database, "DROP TRIGGER journal_no_update ON journal")
        return "sharing_parts:migrate", (str(folder),)

    do, args = prepare(0)
    former, seconds = state(), attack.driver.whole(do, *args)

    def check(_number: int) -> str | None:
        found = state()
        migrate(folder)
        with Project.open(folder) as project:
            lost = None if (state(), project.findings) == (whole, ()) else f"not completed: {state()}, {project.findings}"
        return lost if found in (former, whole) else f"half upgraded: {found}"

    attack.run(how, tries, seconds, prepare, check)


@killing.sizes(4, 60)
def test_an_export_of_a_shared_project_is_whole_or_says_that_it_is_not(
    season_url: str, tmp_path: Path, attack: killing.Attack, tries: int
) -> None:
    attack.kind, folder = "exporting a shared project, at steps", tmp_path / "p"
    join(folder, season_url).close()
    attack.driver.whole("sharing_parts:export", str(folder), str(tmp_path / "whole"))
    whole = {path.name for path in (tmp_path / "whole").rglob("*") if path.is_file()}

    def prepare(_number: int) -> tuple[str, tuple[str, ...]]:
        emptied(tmp_path / "out")
        return "sharing_parts:export", (str(folder), str(tmp_path / "out"))

    def check(_number: int) -> str | None:
        found = {path.name for path in (tmp_path / "out").rglob("*") if path.is_file()}
        if "project.json" in found and found != whole:
            return f"named whole, and lacks {whole - found}"
        emptied(tmp_path / "out")
        Project.open(folder).close()
        return left_behind(folder)

    attack.run("steps", tries, 0.0, prepare, check)


# -- a full disk ---------------------------------------------------------------------------------------------------


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[FullDisk]:
    made = FullDisk(tmp_path / "disk", 8, print)
    yield made
    made.close()


@pytest.mark.parametrize("way", [create_shared, join])
def test_no_shared_project_is_half_made_on_a_full_disk(
    url: str, season_url: str, sql: Any, disk: FullDisk, way: Callable[[Path, str], Project]
) -> None:
    where, folder = url if way is create_shared else season_url, disk.folder / "p"
    disk.fill()
    with pytest.raises(ProjectError, match=r"cannot be created: (No space left|File too large)[^:]*\.$"):
        way(folder, where)
    assert not folder.exists() or list(folder.iterdir()) == []
    assert (survey(where).project is None) == (way is create_shared), "the server is as it was"
    disk.free()
    way(folder, where).close()
    Project.open(folder).close()


def test_a_label_that_the_disk_refuses_is_not_shown(
    season_url: str, disk: FullDisk, opened: Any, qtbot: Any, tmp_path: Path
) -> None:
    join(disk.folder / "p", season_url).close()
    (tmp_path / "owner's").symlink_to(disk.folder / "p", target_is_directory=True)
    session = opened(season_url)
    said: list[str] = []
    session.message.connect(lambda sentence, _level: said.append(str(sentence)))
    assert labelling.label(session, 1)
    qtbot.waitUntil(lambda: not Outbox(disk.folder / "p").letters)
    disk.fill()
    assert not labelling.label(session, 2)
    assert session.labels.classes[session.index] == 1
    assert not labelling.note(session, "a remark")
    assert len(said) == 2
    assert all("cannot be written" in sentence for sentence in said)
    disk.free()
    assert labelling.label(session, 3)
    qtbot.waitUntil(lambda: not Outbox(disk.folder / "p").letters)
    assert [path.name for path in (disk.folder / "p" / "outbox").iterdir()] == []
