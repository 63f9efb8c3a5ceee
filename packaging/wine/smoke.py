"""Install, use, upgrade and uninstall the Windows program under Debian's Wine.

    python3.12 packaging/wine/smoke.py                     builds tree and installer, then tries them
    python3.12 packaging/wine/smoke.py --built FOLDER      tries what build_tree.py and makensis left in FOLDER
    ... --train                                            also trains, by command and window (an installer with TensorFlow)

Needs what `TOOLS` names (apt-get install nsis wine wine64 xvfb gcc-mingw-w64-x86-64 osslsigncode). Ends with 0 where everything
held, 1 where something did not, 3 where a tool is missing; each with a sentence. Timings under Wine mean nothing.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PACKAGING = HERE.parent
sys.path[:0] = [str(HERE), str(PACKAGING), str(PACKAGING.parent / "tests" / "shared")]

import build_tree  # noqa: E402 - these folders are no packages
import server  # noqa: E402
import stand_ins  # noqa: E402

TOOLS = ("makensis", "wine", "Xvfb", "osslsigncode", "pdftotext", stand_ins.COMPILER)
PACKAGES = "nsis wine wine64 xvfb gcc-mingw-w64-x86-64 osslsigncode poppler-utils"
PLACE = "C:\\试验 folder\\地磁 台网"
OLD_VERSION = "0.0.1"
OLD_FILE = "site/quakegui/left_by_the_old_version.py"
OLD_PARTS = {name: f"site/{name}_of_the_old_version.py" for name in build_tree.COMPONENTS}
USERS_FILE = "我的笔记 notes.txt"
APPS = "HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\quakegui"
LEAST_COLOURS = 40
PATIENCE = 1800
"""Seconds for one Windows program."""
QUIET = 0.5
"""Seconds without a word from a program that has ended, after which none is waited for."""
WORKER = "quakegui.learn.worker.process"
ALONE = 60.0
"""Seconds in which a worker without a window must end."""
_STARTED = time.monotonic()


class FailedError(Exception):
    """Something did not hold; the sentence says what."""


def say(sentence: str) -> None:
    """Print a sentence with the seconds since the start."""
    print(f"[{time.monotonic() - _STARTED:5.0f} s] {sentence}", flush=True)  # noqa: T201


def require(holds: object, sentence: str) -> None:
    """Say what holds, or fail with it."""
    if not holds:
        raise FailedError(f"NOT SO: {sentence}")
    say(f"ok: {sentence}")


class Wine:
    """One fresh Wine prefix on a screen of its own."""

    def __init__(self, folder: Path, display: str) -> None:
        self.folder = folder
        self.drive = folder / "prefix" / "drive_c"
        self.variables = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "QT_", "WINE"))},
            "WINEPREFIX": str(folder / "prefix"),
            "WINEARCH": "win64",
            "WINEDEBUG": "-all",
            "DISPLAY": display,
            "LC_ALL": "C.UTF-8",  # Wine names files by the locale's character set
            "HOME": str(folder),
        }

    def prepare(self) -> None:
        """Make the prefix a Windows 10 and add the stand-ins."""
        self.variables["WINEDLLOVERRIDES"] = "mscoree,mshtml="
        self.call("wineboot", "-i")
        self.call("wine", "winecfg", "/v", "win10")
        self.call("wineserver", "-w")
        stand_ins.build(self.drive / "windows" / "system32")
        self.variables["WINEDLLOVERRIDES"] = f"{stand_ins.OVERRIDES};mscoree,mshtml="

    def call(self, *command: str) -> tuple[int, str]:
        """Run a command in this prefix; return its exit status and what it said."""
        # Standard output must be a pipe: the C library of Wine 8 refuses a plain file there.
        end, said = time.monotonic() + PATIENCE, b""
        with subprocess.Popen(  # noqa: S603
            command, env=self.variables, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        ) as process:
            assert process.stdout is not None
            while True:
                if select.select([process.stdout], [], [], QUIET)[0]:
                    if not (chunk := os.read(process.stdout.fileno(), 1 << 16)):
                        break
                    said += chunk
                elif process.poll() is not None:
                    break  # not at the pipe's end: services that Wine began with this program hold it, and may stay
                if time.monotonic() > end:
                    self.stop()
                    raise FailedError(f"NOT SO: {' '.join(command[:6])} ... ends within {PATIENCE} s")
        return process.returncode, said.decode("utf-8", errors="replace")

    def python(self, interpreter: Path, *arguments: str) -> tuple[int, str]:
        """Run a Windows Python, return its exit code and what it said."""
        return self.call("wine", str(interpreter), "-X", "utf8", *arguments)

    def command_line(self, interpreter: Path, text: str) -> int:
        """Run a Windows command line as one string."""
        file = self.folder / "command.txt"
        file.write_text(text, encoding="utf-8")
        return self.python(interpreter, str(HERE / "call.py"), str(file))[0]

    def registry(self, key: str) -> dict[str, str]:
        """Return the values of a key; empty where there is no such key."""
        out = self.folder / "key.reg"
        out.unlink(missing_ok=True)
        self.call("wine", "reg", "export", key, f"Z:{out}", "/y")
        text = out.read_bytes().decode("utf-16") if out.is_file() else ""
        return {
            name: value.replace("\\\\", "\\")
            for name, value in re.findall(r'^"(\w+)"=(?:"(.*)"|dword:.*)\r?$', text, re.MULTILINE)
        }

    def runs(self, module: str) -> bool:
        """Return whether a Python of this prefix still runs a module."""
        for process in Path("/proc").glob("[0-9]*"):
            try:
                here = f"WINEPREFIX={self.variables['WINEPREFIX']}".encode() in (process / "environ").read_bytes().split(b"\0")
                if here and module.encode() in (process / "cmdline").read_bytes():
                    return True
            except OSError:  # it has just ended, or is somebody else's
                continue
        return False

    def stop(self) -> None:
        """End everything that runs in this prefix."""
        subprocess.run(["wineserver", "-k"], env=self.variables, check=False)  # noqa: S607

    def path(self, windows: str) -> Path:
        """Return where a path of drive C lies."""
        return self.drive / windows.removeprefix("C:\\").replace("\\", "/")


@contextmanager
def screen() -> Iterator[str]:
    """Start an X server on a free display."""
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=(write,), stderr=subprocess.DEVNULL) as server:  # noqa: S603
        os.close(write)
        try:
            with os.fdopen(read) as number:
                yield f":{number.readline().strip()}"
        finally:
            server.terminate()


def make_installer(out: Path, tree: Path, name: str) -> Path:
    """Run makensis on a tree; compressing is left out, it costs more than everything else."""
    target = out / name
    command = ["makensis", "-V2", "-NOCD", "-INPUTCHARSET", "UTF8", "-DPLAIN", f"-DTREE={tree}", f"-DOUTFILE={target}"]
    subprocess.run([*command, str(PACKAGING / "installer.nsi")], check=True, stdout=subprocess.DEVNULL)  # noqa: S603
    return target


def make_old(folder: Path, tree: Path) -> Path:
    """Make the installer of a small earlier version, with files that the new one has no more."""
    old = folder / "old"
    shutil.copytree(tree, old, ignore=shutil.ignore_patterns("site"))
    own = {old / OLD_FILE, *(folder / f"old-{name}" / file for name, file in OLD_PARTS.items())}
    for path in own:
        path.parent.mkdir(parents=True)
        path.write_text("GONE = True\n", encoding="utf-8")
    files = [path.relative_to(old).as_posix() for path in old.rglob("*") if path.is_file()] + [*OLD_PARTS.values()]
    (folder / "old.nsh").write_text(build_tree.script(OLD_VERSION, files, 1024), encoding="utf-8-sig")
    return make_installer(folder, old, "quakegui-old-setup.exe")


def contents(folder: Path) -> dict[str, str]:
    """Return the hash of every file below a folder."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def links(wine: Wine) -> list[Path]:
    """Return the Start menu's links to this program."""
    return sorted(path for path in (wine.drive / "users").rglob("*.lnk") if "quakegui" in path.name)


def try_installing(wine: Wine, tree: Path, old: Path, new: Path) -> None:
    """Install an old version, put a user's file beside it, install the new one over it."""
    python = tree / "python.exe"
    place = wine.path(PLACE)
    code = wine.command_line(python, f'"Z:{old}" /S /COMPONENTS=live /D={PLACE}')
    require(code == 0, f"the old version installs silently into {PLACE}")
    require((place / OLD_FILE).is_file(), "the old version's file is there")
    chosen = [name for name, file in OLD_PARTS.items() if (place / file).exists()]
    require(chosen == ["live"], f"of the optional components, those that were named: {', '.join(chosen)}")
    require(wine.registry(APPS).get("DisplayVersion") == OLD_VERSION, "the list of apps names the old version")
    (place / USERS_FILE).write_text("观测", encoding="utf-8")
    began = time.monotonic()
    require(wine.command_line(python, f'"Z:{new}" /S') == 0, "the new version installs over it, silently, into the same folder")
    say(f"the installation took {time.monotonic() - began:.1f} s")
    gone = not any((place / file).exists() for file in (OLD_FILE, *OLD_PARTS.values()))
    require(gone, "the old version's files are gone")
    require((place / USERS_FILE).read_text(encoding="utf-8") == "观测", "the user's own file is untouched")
    shipped, there = contents(tree), contents(place)
    for name in build_tree.COMPONENTS:
        shipped |= contents(tree.with_name(f"tree-{name}"))
    require(all(there.get(name) == digest for name, digest in shipped.items()), f"all {len(shipped)} files arrived unchanged")
    extra = sorted(set(there) - set(shipped))
    require(extra == sorted([USERS_FILE, "uninstall.exe"]), f"nothing else is there but {', '.join(extra)}")
    entry = wine.registry(APPS)
    require(entry.get("InstallLocation") == PLACE, "the registry knows the folder")
    require(
        entry.get("QuietUninstallString") == f'\\"{PLACE}\\uninstall.exe\\" /S', "the registry knows the quiet uninstallation"
    )
    require(
        entry.get("DisplayVersion") not in (None, OLD_VERSION), f"the list of apps names version {entry.get('DisplayVersion')}"
    )
    (link,) = links(wine)
    # A link names each folder of its target on its own, so the path is not in it in one piece.
    wanted = (*PLACE.split("\\")[1:], "pythonw.exe", "-m quakegui")
    inside = all(part.encode("utf-16-le") in link.read_bytes() for part in wanted)
    require(inside, f"the Start menu's link {link.name} starts pythonw.exe there, with -m quakegui")


def try_refusals(wine: Wine, tree: Path, small: Path) -> None:
    """Offer folders that an installer must refuse before it writes anything; a small one answers sooner."""
    (longest,) = re.findall(r"!define LONGEST (\d+)", small.with_name("old.nsh").read_text("utf-8-sig"))
    place = "C:\\" + "x" * (260 - int(longest) - 1 - 3)
    code = wine.command_line(tree / "python.exe", f'"Z:{small}" /S /D={place}')
    refused = code == 2 and not wine.path(place).exists()
    require(refused, f"a folder is refused with which the longest path would have 260 characters ({len(place)} of its own)")
    others = wine.path("C:\\others")
    others.mkdir()
    (others / USERS_FILE).write_text("观测", encoding="utf-8")
    code = wine.command_line(tree / "python.exe", f'"Z:{small}" /S /D=C:\\others')
    require(code == 2 and list(contents(others)) == [USERS_FILE], "a folder with other files is refused, and they stay")


def try_window(wine: Wine, installer: Path, shots: Path) -> Path:
    """Use the installed window; returns the project's folder."""
    place = wine.path(PLACE)
    shutil.rmtree(shots, ignore_errors=True)
    shots.mkdir(parents=True)
    code, said = wine.python(place / "python.exe", str(HERE / "window.py"), f"Z:{shots}", f"Z:{installer}")
    require(code == 0, f"the window opened and closed (exit code {code}) {said[-1500:] if code else ''}")
    seen = what_was_seen(shots)
    require("failed" not in seen, "nothing failed in the window")
    require(seen["days"] == 334 and "SYNTHETIC" in str(seen["project"]).upper(), "the synthetic season is open")
    require(seen["label"] == 3, f"key 3 labelled {seen['day']}, the day of an earthquake")
    try_reports(shots, str(seen["day"]))
    require(seen["installer while the window is open"] == 2, "an installer refuses while the window is open")
    for name in ("start", "labelled", "season"):
        colours = seen[f"colours of {name}"]
        require(
            isinstance(colours, int) and colours >= LEAST_COLOURS, f"the screenshot {shots / name}.png has {colours} colours"
        )
    return wine.path(str(seen["project"]))


def what_was_seen(shots: Path) -> Mapping[str, Any]:
    """Return what the window's script wrote down."""
    require((shots / "seen.json").is_file(), "the window's script wrote down what it saw")
    seen: Mapping[str, Any] = json.loads((shots / "seen.json").read_text(encoding="utf-8"))
    say(f"seen: {json.dumps(seen, ensure_ascii=False)}")
    return seen


def try_killing(wine: Wine, project: Path, scratch: Path) -> None:
    """Kill the window just after a label; the command line finds the label, and the one of the day before it."""
    python = wine.path(PLACE) / "python.exe"
    scratch.mkdir()
    code, said = wine.python(python, str(HERE / "window.py"), f"Z:{scratch}", "killed")
    seen = what_was_seen(scratch)
    require("failed" not in seen and code != 0, f"the window was killed after a label (exit code {code}) {said[-500:]}")
    code, said = wine.python(python, "-m", "quakegui", "labels", "list", f"Z:{project}", "--json")
    require(code == 0, f"the project opens again {said[-500:] if code else ''}")
    labels = json.loads(said[said.index("[") : said.rindex("]") + 1])
    by_hand = [(each["date"], each["class"]) for each in labels if each["source"] == "analyst"]
    kept = [cls for _day, cls in by_hand] == [3, 2] and by_hand[1][0] == seen["day"]
    require(kept, f"the command line knows both labels: {by_hand}")


def try_reports(shots: Path, day: str) -> None:
    """Read the two reports that the window wrote: the day just labelled is among those of its earthquake."""
    page = (shots / "report.html").read_text(encoding="utf-8")
    rows = [row for row in page.split("<tr") if f">{day}<" in row and "South, M &gt; 4.0 · by an analyst" in row]
    require(rows and "SYNTHETIC" in page, f"the report as a page for a browser has the label of {day}")
    command = ["pdftotext", "-layout", str(shots / "报告.pdf"), "-"]
    printed = subprocess.run(command, check=True, capture_output=True).stdout.decode("utf-8")  # noqa: S603
    # The PDF names some characters by their double among the radicals.
    squeezed = unicodedata.normalize("NFKC", re.sub(r"\s", "", printed))
    named = re.search(f"{day}[^年]{{0,80}}南部,M>4\\.0", squeezed)
    require(named and "SYNTHETIC" in printed, f"so has the Chinese report, {printed.count(chr(12))} pages of PDF")


def try_worker(wine: Wine, project: Path, *, train: bool) -> None:
    """Ask the worker for its device; without TensorFlow it says in a sentence that it is missing."""
    place = wine.path(PLACE)
    folder = wine.folder / "job"
    folder.mkdir()
    code, said = wine.python(place / "python.exe", str(HERE / "worker.py"), f"Z:{folder}")
    if train:
        require(code == 0, f"the worker answers: {said.strip().splitlines()[-1]}")
        began = time.monotonic()
        line = ["train", f"Z:{project}", "--preset", "compact", "--size", "32", "--epochs", "1"]
        code, said = wine.python(place / "python.exe", "-m", "quakegui", *line)
        require(code == 0, f"one epoch was trained in {time.monotonic() - began:.0f} s: {said.strip()[-300:]}")
    else:
        told = "Neither TensorFlow nor PyTorch is installed" in said
        require(
            told, f"without TensorFlow the worker says so in a sentence{'' if told else f'; it said: {said.strip()[-600:]}'}"
        )


def try_components(wine: Wine) -> None:
    """Load the library for live readings, and label a day in a shared project on a PostgreSQL server of this computer."""
    python = wine.path(PLACE) / "python.exe"
    code, said = wine.python(python, "-c", "import paho.mqtt.client")
    require(code == 0, f"the library for live readings loads {said[-500:] if code else ''}")
    if server.PROGRAMS is None:
        say("NOT TRIED, for want of PostgreSQL: a shared project")
        return
    with server.server() as address:
        port = address.rsplit(":", 1)[1]
        server.run("createdb", "-h", "127.0.0.1", "-p", port, "-U", "owner", "wine")
        project, day = f"Z:{wine.folder / 'shared'}", "2022-09-05"
        for line in (
            ["new", project, "--shared", f"{address}/wine", "--timezone", "Asia/Shanghai"],
            ["labels", "set", project, day, "3", "--author", "Bo", "--yes"],
        ):
            code, said = wine.python(python, "-m", "quakegui", *line)
            require(code == 0, f"quakegui {' '.join(line[:2])}: {said.strip()[-500:]}")
        code, said = wine.python(python, "-m", "quakegui", "labels", "list", project, "--json")
        labels = json.loads(said[said.index("[") : said.rindex("]") + 1])
        found = [(each["date"], each["class"], each["author"]) for each in labels]
        require(found == [(day, 3, "Bo")], f"the label is in the database on PostgreSQL: {found}")


def try_training(wine: Wine, project: Path, scratch: Path) -> None:
    """Train in the window: stop, go on to the end; then kill the window in the middle, which its worker must not outlive."""
    python = wine.path(PLACE) / "python.exe"
    scratch.mkdir()
    code, said = wine.python(python, str(HERE / "window.py"), f"Z:{scratch}", "trained")
    seen = what_was_seen(scratch)
    killed = "failed" not in seen and code != 0 and seen["left alone"] == "batch"
    require(killed, f"the window was killed between two batches (exit code {code}) {said[-500:]}")
    require(seen["stopped"][:2] == ["cancelled", "resumable"], f"a training stops, and can go on: {seen['stopped']}")
    require(seen["went on"][:2] == ["done", "finished"], f"it goes on to its end: {seen['went on']}")
    end = time.monotonic() + ALONE
    while wine.runs(WORKER) and time.monotonic() < end:
        time.sleep(0.5)
    require(not wine.runs(WORKER), "the worker ended without its window")
    code, said = wine.python(python, "-m", "quakegui", "runs", "list", f"Z:{project}", "--json")
    require(code == 0, f"the project opens again {said[-500:] if code else ''}")
    states = [run["state"] for run in json.loads(said[said.index("[") : said.rindex("]") + 1])]
    require(states[:2] == ["resumable", "finished"], f"the run that was cut off can go on, the one before it is kept: {states}")


def try_uninstalling(wine: Wine, tree: Path, project: Path) -> None:
    """Uninstall; only what was not installed stays."""
    place = wine.path(PLACE)
    before = contents(project)
    code = wine.command_line(tree / "python.exe", f'"{PLACE}\\uninstall.exe" /S')
    end = time.monotonic() + PATIENCE  # it goes on in a copy of itself, because a running program cannot remove its own file
    while (place / "uninstall.exe").exists() and time.monotonic() < end:
        time.sleep(0.5)
    time.sleep(2)  # the folder and the entry in the list of apps go last
    require(code == 0, "it uninstalls silently, by the command that the list of apps has")
    left = sorted(contents(place))
    require(left == [USERS_FILE], f"only the user's own file is left: {', '.join(left)}")
    folders = [path for path in place.rglob("*") if path.is_dir()]
    require(not folders, "no folder is left")
    require(not wine.registry(APPS), "the list of apps has no entry any more")
    require(not links(wine), "the Start menu has no link any more")
    require(before and contents(project) == before, f"the project is untouched ({len(before)} files)")


def main() -> None:
    """Build where nothing is given, then try everything in a fresh prefix."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--built", type=Path, help="folder with tree, tree.nsh and quakegui-setup.exe")
    parser.add_argument("--train", action="store_true", help="the tree has TensorFlow: train")
    parser.add_argument("--shots", type=Path, default=PACKAGING / "build" / "shots", help="where screenshots are kept")
    given = parser.parse_args()
    lacking = [tool for tool in TOOLS if shutil.which(tool) is None]
    if lacking:
        say(f"NOT TRIED, for want of {', '.join(lacking)}: apt-get install {PACKAGES}")
        sys.exit(3)
    out: Path = (given.built or PACKAGING / "build").resolve()
    if given.built is None:
        options = ["--test-python", "--out", str(out), *([] if given.train else ["--without-tensorflow"])]
        subprocess.run([sys.executable, str(PACKAGING / "build_tree.py"), *options], check=True)  # noqa: S603
        say("the tree is built")
        make_installer(out, out / "tree", "quakegui-setup.exe")
    say(f"the installer has {(out / 'quakegui-setup.exe').stat().st_size / 1e6:.0f} MB")
    with tempfile.TemporaryDirectory(prefix="quakegui-wine-") as scratch, screen() as display:
        folder = Path(scratch)
        wine = Wine(folder, display)
        try:
            old = make_old(folder, out / "tree")
            wine.prepare()
            say("Wine is prepared")
            try_refusals(wine, out / "tree", old)
            try_installing(wine, out / "tree", old, out / "quakegui-setup.exe")
            project = try_window(wine, old, given.shots.resolve())
            try_killing(wine, project, folder / "killed")
            try_components(wine)
            try_worker(wine, project, train=given.train)
            if given.train:
                try_training(wine, project, folder / "trained")
            try_uninstalling(wine, out / "tree", project)
        except FailedError as failure:
            say(str(failure))
            sys.exit(1)
        finally:
            wine.stop()
    say("the installer passed")


if __name__ == "__main__":
    main()
