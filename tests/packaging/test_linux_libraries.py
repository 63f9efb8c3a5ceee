"""What the program wants of a Linux system stands in one script; the README's commands call it, and CI runs those."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = "packaging/linux/install_libraries.sh"
README = (ROOT / "README.md").read_text(encoding="utf-8")
CI = ROOT / ".ci" / "run"

pytestmark = pytest.mark.skipif(os.name == "nt", reason="a script for Linux")


@dataclass
class Machine:
    """A machine of which only the commands are there that the script may use; those that change something keep a record."""

    folder: Path

    def __post_init__(self) -> None:
        for name in ("sh", "cat", "env"):
            (self.folder / name).symlink_to(shutil.which(name))
        self.add("id", "echo 0")

    def add(self, name: str, body: str) -> None:
        command = self.folder / name
        note = f"""printf '%s\\n' "{name} $*" >> "{self.folder}/record\""""
        command.write_text(f"#!/bin/sh\n{note}\n{body}\n", encoding="utf-8")
        command.chmod(0o755)

    def install(self) -> subprocess.CompletedProcess:
        """Run the script on this machine, from the folder of the source, as the README does."""
        command = [shutil.which("sh"), SCRIPT]
        return subprocess.run(command, cwd=ROOT, env={"PATH": str(self.folder)}, capture_output=True, text=True, check=False)

    def record(self, name: str) -> list[list[str]]:
        """Return the arguments of every call of a command so far."""
        record = self.folder / "record"
        calls = [line.split() for line in record.read_text(encoding="utf-8").splitlines()] if record.exists() else []
        return [call[1:] for call in calls if call[0] == name]


@pytest.fixture
def other(tmp_path) -> Machine:
    return Machine(tmp_path)


@pytest.fixture
def debian(other) -> Machine:
    """A machine with apt and nothing installed."""
    other.add("apt-get", "exit 0")
    other.add("dpkg-query", "exit 0")
    return other


def installed_by(machine: Machine) -> list[str]:
    """Return the packages that the one installation on a machine named."""
    (call,) = [call for call in machine.record("apt-get") if "install" in call]
    return [word for word in call[call.index("install") + 1 :] if not word.startswith("-")]


@pytest.fixture
def packages(tmp_path_factory) -> list[str]:
    """Return the whole list: what is installed where nothing is there."""
    bare = Machine(tmp_path_factory.mktemp("bare"))
    bare.add("apt-get", "exit 0")
    bare.add("dpkg-query", "exit 0")
    assert bare.install().returncode == 0
    return installed_by(bare)


def command(mark: str) -> str:
    """Return the command that the README gives after a marker; CI takes it from there too."""
    return re.search(rf"^<!-- {mark} -->\n```\n(.+)\n```$", README, re.MULTILINE).group(1)


@pytest.mark.parametrize("mark", ["demo: linux", "test: linux"])
def test_a_command_of_the_readme_installs_what_it_needs_before_anything_else(mark):
    first, second, *_ = command(mark).split(" && ")
    assert first == f"sh {SCRIPT}"
    assert second == "python3 -m venv .venv"


@pytest.mark.skipif(not CI.exists(), reason="the source archive comes without .ci")
def test_ci_runs_both_commands_as_they_stand_in_the_readme():
    text = CI.read_text(encoding="utf-8")
    assert re.findall(r'^run_from_readme "(.+)"$', text, re.MULTILINE) == ["demo: linux", "test: linux"]
    assert "-m venv" not in text


def test_the_list_stands_nowhere_else(packages):
    assert {"python3-venv", "xvfb", "libegl1", "libglib2.0-0", "fonts-noto-cjk"} <= set(packages)
    for text in [README, *([CI.read_text(encoding="utf-8")] if CI.exists() else [])]:
        assert set(re.findall(r"[a-z0-9][a-z0-9.+-]*[a-z0-9]", text)).isdisjoint(packages)


def test_where_all_is_there_nothing_is_done_or_asked(debian, packages):
    debian.add("id", "echo 1000")
    debian.add("sudo", "exit 1")
    rows = [f"installed, {name}, ," for name in packages if name != "libglib2.0-0"]
    newer = "installed, libglib2.0-0t64, libglib2.0-0 (= 2.84.4-3),"
    debian.add("dpkg-query", "\n".join(f"echo '{row}'" for row in [*rows, newer]))
    result = debian.install()
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert not debian.record("apt-get")
    assert not debian.record("sudo")


def test_only_what_is_missing_is_installed(debian, packages):
    rows = [f"installed, {name}, ," for name in packages if name not in {"libegl1", "xvfb"}]
    debian.add(
        "dpkg-query", "\n".join(f"echo '{row}'" for row in [*rows, "config-files, xvfb, ,", "installed, libegl1-mesa, ,"])
    )
    assert debian.install().returncode == 0
    assert installed_by(debian) == ["libegl1", "xvfb"]


def test_nobody_is_asked_anything_but_the_password(debian):
    debian.add("apt-get", '[ "$DEBIAN_FRONTEND" = noninteractive ] || exit 1; echo "a lot"')
    result = debian.install()
    assert result.returncode == 0
    assert result.stdout == ""
    (call,) = [call for call in debian.record("apt-get") if "install" in call]
    assert "-y" in call


def test_a_person_who_is_not_root_installs_by_sudo(debian):
    debian.add("id", "echo 1000")
    debian.add("sudo", 'exec "$@"')
    assert debian.install().returncode == 0
    assert "libegl1" in installed_by(debian)
    assert len(debian.record("sudo")) == len(debian.record("apt-get"))


def said_what_is_wanted(result: subprocess.CompletedProcess) -> bool:
    (line,) = [line for line in result.stderr.splitlines() if line.startswith("Nothing was installed, because ")]
    return all(name in line for name in ("venv", "libEGL.so.1", "libxcb-cursor.so.0", "Noto CJK", "xvfb-run"))


def test_on_another_distribution_one_sentence_says_what_is_wanted_and_the_command_goes_on(other):
    result = other.install()
    assert result.returncode == 0
    assert len(result.stderr.splitlines()) == 1
    assert said_what_is_wanted(result)


@pytest.mark.parametrize("sudo", [None, "echo 'sudo: a password is required' >&2; exit 1"], ids=["no sudo", "sudo refuses"])
def test_without_the_right_to_install_the_command_goes_on(debian, sudo):
    debian.add("id", "echo 1000")
    if sudo:
        debian.add("sudo", sudo)
    result = debian.install()
    assert result.returncode == 0
    assert said_what_is_wanted(result)
    assert not debian.record("apt-get")


def test_an_installation_that_fails_stops_the_command(debian):
    debian.add("apt-get", 'case "$*" in *install*) echo "E: Unable to locate package" >&2; exit 100 ;; esac')
    result = debian.install()
    assert result.returncode != 0
    assert "E: Unable to locate package" in result.stderr


def test_lists_that_cannot_all_be_renewed_do_not_stop_it(debian):
    debian.add("apt-get", 'case "$*" in *update*) exit 100 ;; esac')
    result = debian.install()
    assert result.returncode == 0
    assert "not all new" in result.stderr
    assert "libegl1" in installed_by(debian)
