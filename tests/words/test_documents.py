"""What the documents name exists: files, folders, and the options of the commands in the README's table."""

from __future__ import annotations

import re

import catalogues
import pytest

from quakegui.cli import verbs

ROOT = catalogues.REPOSITORY
COMMANDS = dict(verbs.program.commands)  # type: ignore[attr-defined]
NO_PACKAGE = {"__pycache__"}


def options_of(name: str) -> set[str]:
    """Return the options of a command, and of the commands of a group."""
    command = COMMANDS[name]
    inner = [*getattr(command, "commands", {}).values()] or [command]
    return {text for one in inner for parameter in one.params for text in (*parameter.opts, *parameter.secondary_opts)}


def table() -> list[tuple[list[str], set[str]]]:
    """Return the rows of the README's table of commands: names, and the options in their synopses."""
    text = (ROOT / "README.md").read_text("utf-8").split("| command | what it does |")[1].split("\n\n")[0]
    found = []
    for row in re.findall(r"^\| (`.+?`) \| ", text, re.MULTILINE):
        names = re.findall(r"`([a-z]+)", row)
        found.append(([name for name in names if name != "quakegui"], set(re.findall(r"--[a-z-]+", row))))
    return [row for row in found if row[0]]


def test_the_readme_names_every_command_and_no_option_that_it_does_not_have() -> None:
    rows = table()
    shown = {name for names, _ in rows for name in names}
    assert shown == {name for name, command in COMMANDS.items() if not command.hidden}
    for names, options in rows:
        assert options - set().union(*map(options_of, names)) == set(), names


def test_the_list_of_commands_shows_the_first_paragraph_of_each_ones_help() -> None:
    shown = {verb.name: verb.help for verb in verbs.VERBS}
    assert shown == {name: command.help.split("\n\n")[0] for name, command in COMMANDS.items()}


def test_the_tests_readme_names_every_folder_and_no_file_that_is_not_there() -> None:
    text = (ROOT / "tests" / "README.md").read_text("utf-8")
    folders = {path.name for path in (ROOT / "tests").iterdir() if path.is_dir()} - NO_PACKAGE
    assert {name for name in folders if f"`{name}`" not in text} == set()
    files = re.findall(r"`(?:python (?:-m pytest )?)?(?:tests/)?([\w/]+\*?\.py)\b", text)
    assert len(files) > 5
    tests = ROOT / "tests"
    assert [name for name in files if not (list(tests.glob(name)) or list(tests.rglob(f"*/{name}")))] == []


@pytest.mark.parametrize("name", ["README.md", "models/README.md", "tests/README.md", "packaging/README.md"])
def test_the_links_of_a_document_lead_to_files(name: str) -> None:
    page = ROOT / name
    targets = [target for target in re.findall(r"\]\(([^)]+)\)", page.read_text("utf-8")) if "://" not in target]
    assert [target for target in targets if not (page.parent / target.split("#")[0]).exists()] == []
