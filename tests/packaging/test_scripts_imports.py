"""Scripts that no everyday test runs name only what the package still has."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
SCRIPTS = sorted(
    path
    for folder in ("packaging", "resources", "models", "tests")
    for path in (REPOSITORY / folder).rglob("*.py")
    if not path.name.startswith("test_") and "build" not in path.relative_to(REPOSITORY).parts
)


def named(path: Path) -> list[tuple[str, str]]:
    """Return the modules of quakegui that a script imports from, at its top or later, each with a name that it takes."""
    found = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.ImportFrom)]
    return [(node.module, each.name) for node in found if (node.module or "").startswith("quakegui") for each in node.names]


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.relative_to(REPOSITORY).as_posix())
def test_a_script_imports_what_is_there(path: Path) -> None:
    for module, name in named(path):
        home = importlib.import_module(module)
        if not hasattr(home, name):
            importlib.import_module(f"{module}.{name}")


def test_some_scripts_are_looked_at() -> None:
    assert {"worker.py", "smoke.py", "make_screenshots.py", "run.py"} <= {path.name for path in SCRIPTS}
    assert ("quakegui.learn.worker.supervise", "Supervisor") in named(REPOSITORY / "packaging" / "wine" / "worker.py")
