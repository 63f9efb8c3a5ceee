"""Training runs of a shared project: stored on the server once, fetched by colleagues with the checks of an imported run."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest
from typer.testing import CliRunner

from quakegui.app import run_exchange
from quakegui.cli.verbs import app
from quakegui.learn import season_runs
from quakegui.learn.run_sharing import fetch_run, share_run, share_runs
from quakegui.learn.runs.archives import export_run
from quakegui.learn.runs.registry import RunError, RunFolder, list_runs
from quakegui.learn.runs.runchecks import EXPORTED
from quakegui.learn.season_runs import find_run
from quakegui.project import run_archives, runs
from quakegui.project.errors import UnreachableError
from quakegui.project.exchange import export_project, import_export
from quakegui.project.registered import examine_registrations
from quakegui.project.registrations import add_registration
from quakegui.project.run_archives import store_archive, stored_runs
from quakegui.project.seasons import load_season
from quakegui.project.shared.address import parse_address
from quakegui.project.shared.roles import create_roles
from quakegui.project.sharing import join, migrate
from quakegui.project.store import Project, ProjectError
from quakegui.season.localtime import wall_clock_ms

pytestmark = pytest.mark.shared
Sql = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture(scope="session")
def exported_run(trained_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    with Project.open(trained_template) as project:
        return export_project(project, tmp_path_factory.mktemp("exported") / "project")


@pytest.fixture
def trainer(shared: Project, exported_run: Path) -> Project:
    """Return the project of who trained a run, which is on this computer only."""
    import_export(shared, exported_run)
    return shared


@pytest.fixture
def colleague(trainer: Project, url: str, tmp_path: Path) -> Iterator[Project]:
    with join(tmp_path / "colleague", url) as project:
        yield project


def the_run(project: Project) -> RunFolder:
    (run,) = list_runs(project.runs_folder)[0]
    return run


def contents(run: RunFolder) -> dict[str, bytes]:
    return {name: (run.folder / name).read_bytes() for name in EXPORTED if (run.folder / name).is_file()}


def test_a_run_is_stored_once_and_fetched_as_it_was(trainer: Project, colleague: Project, sql: Sql, url: str) -> None:
    run = the_run(trainer)
    assert fetch_run(colleague, run.id) is None
    assert share_runs(trainer) == share_runs(trainer) == ()
    assert [(one.id, one.author) for one in stored_runs(colleague)] == [(run.id, "owner")]
    assert find_run(colleague, None).id == run.id, "the current run"
    assert contents(the_run(colleague)) == contents(run)
    assert fetch_run(colleague, run.id) is None
    for table in ("run_archive", "run_part"):
        for statement in (f"DELETE FROM {table}", f"TRUNCATE {table}"):
            with pytest.raises(psycopg.Error, match="never changed"):
                sql(url.rsplit("/", 1)[1], statement)


def test_a_run_of_several_parts_is_continued_where_the_connection_was_lost(
    trainer: Project, colleague: Project, sql: Sql, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setattr(run_archives, "PART", 20_000)
    real, left = Project.write, iter([None, None])

    def write(project: Project, *domains: str, **more: Any) -> Any:
        if next(left, "lost") == "lost":
            raise ProjectError("the connection was lost")
        return real(project, *domains, **more)

    with monkeypatch.context() as patch:
        patch.setattr(Project, "write", write)
        (said,) = share_runs(trainer)
        assert said.endswith("could not be stored for colleagues. the connection was lost")
    assert stored_runs(colleague) == ()
    assert sql(url.rsplit("/", 1)[1], "SELECT count(*) FROM run_part") == [(2,)]
    share_run(trainer, the_run(trainer))
    assert fetch_run(colleague, the_run(trainer).id[:8]) is not None
    assert contents(the_run(colleague)) == contents(the_run(trainer))


def test_what_is_too_large_stays_here_with_a_sentence(trainer: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_archives, "LARGEST_RUN", 1000)
    (said,) = share_runs(trainer)
    assert "stay on this computer" in said
    assert stored_runs(trainer) == ()


@pytest.mark.parametrize("large", [1, 2])
def test_runs_that_do_not_fit_on_the_server_are_named_in_one_sentence_and_keep_no_other_from_it(
    trainer: Project, sql: Sql, url: str, large: int
) -> None:
    run = the_run(trainer)
    for name in ("copy-1", "copy-2"):
        copy = Path(shutil.copytree(run.folder, run.folder.with_name(name)))
        runs.add_run(trainer, replace(runs.runs(trainer)[0], id=copy.name))
    tried = list_runs(trainer.runs_folder)[0]
    most = 2 * sum(map(len, contents(run).values()))
    for first in tried[:large]:
        with (first.folder / "history.csv").open("ab") as file:
            file.write(bytes(most))
    full = "RAISE 'no space left' USING ERRCODE = '53100'"
    database = url.rsplit("/", 1)[1]
    body = f"BEGIN IF octet_length(NEW.content) > {most} THEN {full}; END IF; RETURN NEW; END"
    sql(database, f"CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $${body}$$")
    sql(database, "CREATE TRIGGER refuse BEFORE INSERT ON run_part FOR EACH ROW EXECUTE FUNCTION refuse()")
    for _ in range(2):
        (said,) = share_runs(trainer)
        assert f"“{tried[0].title}”, could not be stored" in said
        assert said.startswith(f"{large} run")
        assert "The disk of the server" in said
        assert {one.id for one in stored_runs(trainer)} == {one.id for one in tried[large:]}
    sql(database, "DROP TRIGGER refuse ON run_part")
    assert share_runs(trainer) == ()
    assert len(stored_runs(trainer)) == 3


@pytest.mark.usefixtures("impatient")
def test_a_server_that_does_not_respond_is_no_fault_of_a_run(
    trainer: Project, frozen: Any, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    with ExitStack() as held, monkeypatch.context() as patch:

        def export(run: RunFolder, path: Path) -> None:
            held.enter_context(frozen(url))
            export_run(run, path)

        patch.setattr("quakegui.learn.run_sharing.export_run", export)
        with pytest.raises(UnreachableError):
            share_runs(trainer)
    assert share_runs(trainer) == ()


def test_files_that_are_no_run_or_another_one_are_refused(
    trainer: Project, colleague: Project, tmp_path: Path, sql: Sql, url: str
) -> None:
    run = the_run(trainer)
    export_run(run, tmp_path / "run.zip")
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as bad, zipfile.ZipFile(tmp_path / "run.zip") as good:
        for info in good.infolist():
            bad.writestr(info.filename.replace(run.id, "another"), good.read(info))
    store_archive(trainer, run.id, tmp_path / "bad.zip")
    with pytest.raises(RunError, match="not those of the run"):
        fetch_run(colleague, run.id)
    assert not list(colleague.runs_folder.iterdir())
    sql(url.rsplit("/", 1)[1], "ALTER TABLE run_part DISABLE TRIGGER ALL; UPDATE run_part SET content = 'x'")
    with pytest.raises(ProjectError, match="not those that were stored"):
        fetch_run(colleague, run.id)
    assert not list(colleague.runs_folder.iterdir())


def test_only_ingest_stores_and_who_labels_blind_receives_nothing(trainer: Project, url: str, sql: Sql, tmp_path: Path) -> None:
    share_runs(trainer)
    create_roles(parse_address(url))
    database = url.rsplit("/", 1)[1]
    for user, role in (("ann", "analyst"), ("una", "blind"), ("ing", "ingest")):
        sql("postgres", f"DROP ROLE IF EXISTS {user}; CREATE ROLE {user} LOGIN; GRANT {database}_{role} TO {user}")
    insert = "INSERT INTO run_part VALUES ('x', {number}, 'y')"
    for user in ("ann", "una"):
        with pytest.raises(psycopg.Error, match="permission denied"):
            sql(database, insert.format(number=1), user=user)
    sql(database, insert.format(number=1), user="ing")
    for number in (-1, 128):
        with pytest.raises(psycopg.errors.CheckViolation):
            sql(database, insert.format(number=number), user="ing")
    with pytest.raises(psycopg.Error, match="in the name of"):
        sql(database, "INSERT INTO run_archive (run, sha256, bytes, author) VALUES ('r', 's', 1, 'bo')", user="ing")
    assert sql(database, "SELECT count(*) FROM run_part", user="una") == [(0,)]
    with join(tmp_path / "una", url.replace("owner@", "una@")) as blind:
        assert stored_runs(blind) == ()
        assert fetch_run(blind, the_run(trainer).id) is None
    with join(tmp_path / "ann", url.replace("owner@", "ann@")) as analyst:
        assert fetch_run(analyst, the_run(trainer).id) is not None


def test_a_server_of_an_earlier_version_keeps_runs_local_until_it_is_upgraded(trainer: Project, url: str, sql: Sql) -> None:
    create_roles(parse_address(url))
    database = url.rsplit("/", 1)[1]
    sql(database, "DROP TABLE run_archive, run_part")
    assert share_runs(trainer) == ()
    assert stored_runs(trainer) == ()
    with Project.open(trainer.folder) as opened:
        assert opened.findings == ()
    migrate(trainer.folder)
    assert share_runs(trainer) == ()
    assert len(stored_runs(trainer)) == 1
    assert sql(database, f"SELECT has_table_privilege('{database}_ingest', 'run_part', 'INSERT')") == [(True,)]


def test_a_window_stores_what_is_missing_and_fetches_the_current_run(
    trainer: Project, url: str, opened: Any, qtbot: Any, tmp_path: Path
) -> None:
    share_runs(trainer)
    run = the_run(trainer)
    session = opened(url, "Li")
    qtbot.waitUntil(lambda: bool(session.runs) and not session.jobs.busy)
    assert [(row.run.id, row.in_use) for row in session.runs] == [(run.id, True)]
    assert run_exchange.absent_runs(session) == ()
    words = ["runs", "show", str(tmp_path / "Bo's"), run.id, "--json"]
    join(tmp_path / "Bo's", url).close()
    assert CliRunner().invoke(app, words).exit_code == 0


def test_other_runs_are_fetched_when_they_are_asked_for(trainer: Project, url: str, opened: Any, qtbot: Any) -> None:
    share_runs(trainer)
    runs.use_run(trainer, None)
    session = opened(url, "Li")
    (absent,) = run_exchange.absent_runs(session)
    assert session.runs == ()
    run_exchange.fetch(session, absent)
    qtbot.waitUntil(lambda: bool(session.runs) and not session.jobs.busy)
    assert [row.run.id for row in session.runs] == [absent.id]


@pytest.mark.parametrize(("most", "stored"), [(run_archives.LARGEST_RUN, 1), (1000, 0)])
def test_a_run_is_recorded_whether_or_not_it_can_be_stored(
    trainer: Project, monkeypatch: pytest.MonkeyPatch, most: int, stored: int
) -> None:
    monkeypatch.setattr(run_archives, "LARGEST_RUN", most)
    runs.use_run(trainer, None)
    season = load_season(trainer)
    assert season is not None
    season_runs.complete_run(trainer, season, the_run(trainer))
    assert len(stored_runs(trainer)) == stored
    assert runs.unfinished(trainer) == ()


def test_the_list_of_runs_names_those_that_only_the_server_has(trainer: Project, url: str, tmp_path: Path) -> None:
    share_runs(trainer)
    join(tmp_path / "Bo's", url).close()
    listed = CliRunner().invoke(app, ["runs", "list", str(tmp_path / "Bo's"), "--json"])
    assert [(run["id"], run["state"]) for run in json.loads(listed.stdout)] == [(the_run(trainer).id, "on the server")]


@pytest.mark.parametrize(
    "orders", [("new {} --shared {url} --from {export}",), ("new {} --shared {url}", "import {} {export}")]
)
def test_the_runs_of_an_export_are_on_the_server_when_the_command_ends(
    orders: tuple[str, ...], url: str, exported_run: Path, tmp_path: Path
) -> None:
    for order in orders:
        words = [word.format(tmp_path / "owner", url=url, export=exported_run) for word in order.split()]
        assert CliRunner().invoke(app, words).exit_code == 0
    with join(tmp_path / "colleague", url) as colleague:
        (stored,) = stored_runs(colleague)
        assert find_run(colleague, None).id == stored.id


def test_a_registered_run_of_a_colleague_is_fetched_to_be_checked(trainer: Project, colleague: Project) -> None:
    run = the_run(trainer)
    now_ms = wall_clock_ms()
    add_registration(
        trainer,
        run.id,
        title="spring",
        first_day=None,
        last_day=np.datetime64(now_ms, "ms").astype("datetime64[D]") + 30,
        files=EXPORTED,
        alarm_rule=(0.5, 2, 7),
        author="owner",
        now_ms=now_ms,
    )
    (found,) = examine_registrations(colleague, now_ms=now_ms)
    assert found.faults == ()
    assert found.notes[-1].endswith("“spring” are not on this computer, so they were not checked.")
    verify = ("verify", str(colleague.folder))
    assert "were not checked" in " ".join(CliRunner().invoke(app, verify).output.split()), "the server does not have it"
    share_run(trainer, run)
    done = CliRunner().invoke(app, verify)
    assert done.exit_code == 0
    assert "checked" not in done.output
    assert contents(the_run(colleague)) == contents(run)
    with (the_run(colleague).folder / "history.csv").open("a") as file:
        file.write("\n")
    done = CliRunner().invoke(app, verify)
    assert done.exit_code == 1
    assert "history.csv" in done.output
