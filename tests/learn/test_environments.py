"""Where the worker runs: the commands, word by word, and paths as WSL2 calls them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path, PureWindowsPath

import pytest

from quakegui.learn.worker.environments import THIS, Environment, command, variables, wsl_distributions, wsl_path

RUN = PureWindowsPath("C:\\Users\\分析员\\quakegui runs\\r1")
CODE = PureWindowsPath("C:\\Programs\\quakegui\\site\\quakegui")


def test_this_interpreter_runs_the_module() -> None:
    assert command(THIS, [Path("/runs/r1"), "--job", "train"]) == (
        sys.executable, "-X", "utf8", "-m", "quakegui.learn.worker.process", "/runs/r1", "--job", "train",
    )  # fmt: skip


def test_wsl_gets_linux_paths_and_its_own_python() -> None:
    environment = Environment("wsl", distribution="Ubuntu-24.04", interpreter="/opt/tf/bin/python", backend="tensorflow")
    made = command(environment, [RUN, "--job", "predict", "--run", RUN], package=CODE)  # type: ignore[list-item, arg-type]
    assert made[:8] == (
        "wsl.exe", "-d", "Ubuntu-24.04", "--exec", "env", "KERAS_BACKEND=tensorflow", "/opt/tf/bin/python", "-X",
    )  # fmt: skip
    there = "/mnt/c/Users/分析员/quakegui runs/r1"
    assert made[11:] == ("/mnt/c/Programs/quakegui/site/quakegui", there, "--job", "predict", "--run", there)


def test_the_default_distribution_is_not_named() -> None:
    made = command(Environment("wsl"), [RUN], package=CODE)  # type: ignore[list-item, arg-type]
    assert made[:4] == ("wsl.exe", "--exec", "env", "python3")


@pytest.mark.parametrize(
    ("windows", "linux"),
    [
        ("C:\\Users\\a b\\x", "/mnt/c/Users/a b/x"),
        ("d:/data/x", "/mnt/d/data/x"),
        ("\\\\wsl$\\Ubuntu\\home\\me\\x", "/home/me/x"),
        ("\\\\wsl.localhost\\ubuntu\\home\\me", "/home/me"),
        ("/home/me/x", "/home/me/x"),
    ],
)
def test_paths_as_wsl_calls_them(windows: str, linux: str) -> None:
    assert wsl_path(windows, "Ubuntu") == linux


def test_what_wsl_cannot_reach_is_refused() -> None:
    with pytest.raises(ValueError, match="move the project to a local drive"):
        wsl_path("\\\\server\\share\\x", "Ubuntu")
    with pytest.raises(ValueError, match="distribution Debian"):
        wsl_path("\\\\wsl$\\Debian\\home\\me", "Ubuntu")


def test_distributions_are_read_as_utf16() -> None:
    def ask(asked: Sequence[str]) -> bytes:
        assert list(asked) == ["wsl.exe", "--list", "--quiet"]
        return "Ubuntu-24.04\r\nDebian\r\n\r\n".encode("utf-16-le")

    assert wsl_distributions(ask) == ("Ubuntu-24.04", "Debian")


def test_no_wsl_means_no_distributions() -> None:
    def ask(asked: Sequence[str]) -> bytes:
        raise FileNotFoundError(asked[0])

    assert wsl_distributions(ask) == ()


def test_another_interpreter_needs_a_path() -> None:
    with pytest.raises(ValueError, match="Enter the path of the other interpreter"):
        Environment("interpreter")


def test_the_backend_is_handed_on() -> None:
    assert variables(Environment(backend="torch"), {"A": "1"}) == {"A": "1", "KERAS_BACKEND": "torch"}
    assert variables(THIS, {"A": "1"}) == {"A": "1"}


def test_another_interpreter_finds_this_packages_code_and_no_other_of_ours(tmp_path: Path) -> None:
    """The one-line start in a bare interpreter (-I -S): it finds quakegui, but nothing else of this installation."""
    package = tmp_path / "quakegui"
    worker = package / "learn" / "worker"
    worker.mkdir(parents=True)
    for folder in (package, package / "learn", worker):
        (folder / "__init__.py").write_text("")
    (worker / "process.py").write_text("import sys\ndef main(a): print(a, sys.path == sys.argv[3:4] or len(sys.path))\n")
    made = command(Environment("interpreter", interpreter=sys.executable), ["x", "--job", "hello"], package=package)
    bare = [made[0], "-I", "-S", *made[1:]]
    said = subprocess.run(bare, capture_output=True, text=True, check=True, cwd=tmp_path).stdout
    assert said.startswith("['x', '--job', 'hello']")
