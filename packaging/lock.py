"""Write the lists of pinned Windows wheels with their hashes, from pyproject.toml.

`python lock.py` (run by Python 3.12, see README.md). The versions that the tests run with can be given as a constraint:
`python lock.py --tested constraints.txt`, where constraints.txt is `pip freeze` of the test environment.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
WINDOWS = ("--platform", "win_amd64", "--python-version", "3.12", "--implementation", "cp", "--only-binary=:all:")
"""What pip is told about the machine that the wheels are for; it also must itself run on Python 3.12 (markers)."""
ALWAYS = ("colorama>=0.4.6", "msvc-runtime>=14.44")
"""Needed on Windows alone: pip resolves markers for the machine it runs on. msvc-runtime: VCRUNTIME140_THREADS, vcomp140."""
FOR_TENSORFLOW = ("h5py<3.15",)
"""The Windows wheel of TensorFlow 2.21 and a newer h5py bring two HDF5 libraries that do not agree."""
TENSORFLOW_ONLY = ("tensorflow", "keras")
COMPONENTS = {
    "shared": "Optional component: shared projects on PostgreSQL",
    "live": "Optional component: live readings by MQTT",
}
"""Extras of pyproject.toml that the installer offers, with the titles of their lists."""


def resolve(wanted: Sequence[str], constraints: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Return name -> (version, SHA-256 of the wheel) of everything that `wanted` needs on Windows."""
    with tempfile.TemporaryDirectory() as scratch:
        report, wish, limits = (Path(scratch, name) for name in ("report.json", "wanted.txt", "limits.txt"))
        wish.write_text("\n".join(wanted), encoding="utf-8")
        limits.write_text("\n".join(constraints), encoding="utf-8")
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--report", str(report), *WINDOWS]
        subprocess.run([*command, "--target", scratch, "-c", str(limits), "-r", str(wish)], check=True)  # noqa: S603
        found = json.loads(report.read_text(encoding="utf-8"))["install"]
    return {
        re.sub(r"[-_.]+", "-", each["metadata"]["name"]).lower(): (
            each["metadata"]["version"],
            each["download_info"]["archive_info"]["hashes"]["sha256"],
        )
        for each in found
    }


def listing(title: str, wheels: Mapping[str, tuple[str, str]]) -> str:
    """Return the text of a list for `pip install --require-hashes`."""
    lines = [f"# {title}", "# Written by lock.py; do not edit. CPython 3.12, win_amd64."]
    lines += [f"{name}=={version} --hash=sha256:{digest}" for name, (version, digest) in sorted(wheels.items())]
    return "\n".join(lines) + "\n"


def without(wheels: Mapping[str, tuple[str, str]], others: Mapping[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
    """Return the wheels that are not among the others."""
    return {name: wheel for name, wheel in wheels.items() if name not in others}


def main() -> None:
    """Resolve and write all lists."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tested", type=Path, help="constraints: the versions that the tests run with")
    given = parser.parse_args()
    if sys.version_info[:2] != (3, 12):
        raise SystemExit(f"lock.py must be run by Python 3.12, not {sys.version.split()[0]}: pip resolves for its own version.")
    with (HERE.parent / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    needs: list[str] = project["dependencies"]
    tested = given.tested.read_text(encoding="utf-8").splitlines() if given.tested else []
    everything = resolve([*needs, *ALWAYS, *FOR_TENSORFLOW], tested)
    pinned = [f"{name}=={version}" for name, (version, _digest) in everything.items()]
    window = [need for need in needs if re.split(r"[^\w-]", need)[0] not in TENSORFLOW_ONLY]
    base = resolve([*window, *ALWAYS], pinned)
    lists = {"": ("The window without training", base)}
    lists["-tensorflow"] = "What training adds: TensorFlow and Keras", without(everything, base)
    for name, title in COMPONENTS.items():
        found = resolve([*window, *ALWAYS, *project["optional-dependencies"][name]], [*tested, *pinned])
        lists[f"-{name}"] = title, without(found, everything)
    for name, (title, wheels) in lists.items():
        (HERE / f"requirements-windows{name}.txt").write_text(listing(title, wheels), encoding="utf-8")
        print(f"{title}: {len(wheels)} wheels.")  # noqa: T201


if __name__ == "__main__":
    main()
