"""Projects and exports from strangers, mutated: they open and can be used, or are refused in a sentence."""

from __future__ import annotations

import gzip
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hostile_fuzz import SLOW_INPUTS, bounded
from hostile_mutations import Mutation, mutated, mutations
from hostile_projects import make_project, spoil, use
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quakegui.project import exchange, journal
from quakegui.project.importing import import_paths
from quakegui.project.store import DATABASE, Project, ProjectError

SHORT = {"statements": 12, "bytes": 10, "export": 6}
Attack = Callable[[Path, Path, list[Mutation], int], None]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a good project and its export."""
    folder = tmp_path_factory.mktemp("good")
    make_project(folder / "project")
    with Project.open(folder / "project") as project:
        exchange.export_project(project, folder / "export")
    return folder


def statements(good: Path, scratch: Path, program: list[Mutation], number: int) -> None:
    """Whatever a stranger wrote into the tables by SQL."""
    shutil.copytree(good / "project", scratch / "p")
    spoil(scratch / "p" / DATABASE, program)
    use(scratch / "p", all_of_it=number % 4 == 0)


def on_bytes(good: Path, scratch: Path, program: list[Mutation], number: int) -> None:
    """A database with damaged pages."""
    shutil.copytree(good / "project", scratch / "p")
    path = scratch / "p" / DATABASE
    data = path.read_bytes()
    at = number * 4096 % len(data)
    size = 65_536  # mutations keep a file below that size: the page that is damaged, and what follows it
    path.write_bytes(data[:at] + mutated(data[at : at + size], program)[:size] + data[at + size :])
    use(scratch / "p", all_of_it=number % 4 == 0)


def on_export(good: Path, scratch: Path, program: list[Mutation], number: int) -> None:
    """An export with one file damaged, packed ones within their packing or as a whole."""
    shutil.copytree(good / "export", scratch / "e")
    files = sorted(path for path in (scratch / "e").rglob("*") if path.is_file() and path.parent.name != "season")
    path = files[number % len(files)]
    if path.suffix == ".gz" and number % 2:
        path.write_bytes(gzip.compress(mutated(gzip.decompress(path.read_bytes()), program), mtime=0))
    else:
        path.write_bytes(mutated(path.read_bytes(), program))
    with Project.create(scratch / "p", timezone="UTC") as project:
        try:
            import_paths(project, [scratch / "e"])
        except ProjectError:
            assert project.network().stations == ()
            assert journal.journal_rows(project) == ()
            raise
    use(scratch / "p", all_of_it=number % 8 == 0)


ATTACKS: dict[str, Attack] = {"statements": statements, "bytes": on_bytes, "export": on_export}


def one_input(kind: str, good: Path, program: list[Mutation], number: int) -> None:
    with tempfile.TemporaryDirectory() as scratch, bounded(seconds=45.0):
        try:
            ATTACKS[kind](good, Path(scratch), program, number)
        except ProjectError as error:
            assert str(error).rstrip().endswith((".", ")"))  # noqa: PT017  told is what the test is about
            assert len(str(error)) < 3000  # noqa: PT017


def attack(kind: str, good: Path, inputs: int, *, same: bool) -> None:
    @settings(max_examples=inputs, deadline=None, derandomize=same, database=None, suppress_health_check=list(HealthCheck))
    @given(program=mutations(most=5), number=st.integers(0, 10_000))
    def one(program: list[Mutation], number: int) -> None:
        one_input(kind, good, program, number)

    one()


def test_the_good_project_is_good(good: Path, tmp_path: Path) -> None:
    shutil.copytree(good / "project", tmp_path / "p")
    use(tmp_path / "p", all_of_it=True)


@pytest.mark.parametrize("kind", ATTACKS)
def test_mutated_projects(kind: str, good: Path) -> None:
    attack(kind, good, SHORT[kind], same=True)


@pytest.mark.slow
@pytest.mark.timeout(0)
@pytest.mark.parametrize("kind", ATTACKS)
def test_many_mutated_projects(kind: str, good: Path) -> None:
    attack(kind, good, int(os.environ.get("QUAKEGUI_FUZZ_INPUTS", SLOW_INPUTS)) // 20, same=False)
