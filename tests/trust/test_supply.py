"""What comes from others: every dependency is bounded and explained, and a list of parts is checked without a net."""

from __future__ import annotations

import ast
import importlib.util
import json
import re
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "pyproject.toml").read_text("utf-8")
PROJECT = tomllib.loads(TEXT)
NO_UPPER = {"tzdata": "no upper bound"}
"""Without an upper bound, and the words of the comment that say so."""


def needs() -> list[str]:
    groups = [PROJECT["build-system"]["requires"], PROJECT["project"]["dependencies"]]
    groups += PROJECT["project"]["optional-dependencies"].values()
    return [need for group in groups for need in group]


def reason(need: str) -> str:
    """Return the comment on the line of a dependency."""
    line = next(line for line in TEXT.splitlines() if f'"{need}"' in line)
    return line.partition("#")[2].strip()


@pytest.mark.parametrize("need", needs())
def test_a_dependency_is_bounded_and_explained(need):
    required = Requirement(need)
    operators = {each.operator for each in required.specifier}
    assert ">=" in operators, "the oldest version that does"
    assert len(re.findall(r"\w+", reason(need))) >= 1, "what it is for"
    if required.name in NO_UPPER:
        assert NO_UPPER[required.name] in reason(need)
    else:
        assert "<" in operators, "the first version that is not known to do"


def test_no_dependency_comes_from_elsewhere_than_the_index():
    assert all(Requirement(need).url is None for need in needs())


def imported(path: Path) -> set[str]:
    """Return the packages that a file imports, wherever in it."""
    found = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    names = {alias.name for node in found if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in found if isinstance(node, ast.ImportFrom)}
    return {name.partition(".")[0] for name in names}


def test_what_is_imported_is_declared():
    declared = {re.sub(r"[-_.]+", "-", Requirement(need).name).lower() for need in needs()}
    provided = {
        "PySide6": "pyside6-essentials", "shiboken6": "pyside6-essentials", "PIL": "pillow", "sklearn": "scikit-learn",
        "magpy": "geomagpy", "cdflib": "cdflib", "imageio_ffmpeg": "imageio-ffmpeg",
        "paho": "paho-mqtt", "dask": "distributed",
    }  # fmt: skip
    missing = set()
    for path in (ROOT / "quakegui").rglob("*.py"):
        for name in imported(path):
            known = name in sys.stdlib_module_names or name in ("quakegui", "__future__")
            if not known and provided.get(name, name.lower().replace("_", "-")) not in declared:
                missing.add(f"{path.relative_to(ROOT)}: {name}")
    assert missing == set()


# -- advisories ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def check():
    spec = importlib.util.spec_from_file_location("advisories", ROOT / "packaging" / "advisories.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["advisories"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["advisories"]


def advisory(number: int, name: str, events: list[dict[str, str]], **more) -> dict:
    affected = {"package": {"ecosystem": "PyPI", "name": name}, "ranges": [{"type": "ECOSYSTEM", "events": events}]}
    return {
        "id": f"PYSEC-{number}",
        "aliases": [f"CVE-{number}"],
        "summary": f"weakness {number}",
        "affected": [affected],
        **more,
    }


@pytest.fixture
def export(tmp_path):
    """Return an export of advisories on invented packages."""
    told = [
        advisory(1, "Alpha_One", [{"introduced": "0"}, {"fixed": "1.2.10"}]),
        advisory(2, "alpha-one", [{"introduced": "2.0"}]),
        advisory(3, "beta", [{"introduced": "0"}, {"last_affected": "3.1"}]),
        advisory(4, "beta", [{"introduced": "0"}], withdrawn="2026-01-01T00:00:00Z"),
        advisory(5, "gamma", [{"introduced": "0"}, {"fixed": "1.0"}, {"introduced": "1.5"}, {"fixed": "1.5.2"}]),
        {**advisory(6, "delta", []), "affected": [{"package": {"ecosystem": "PyPI", "name": "delta"}, "versions": ["0.9"]}]},
        {**advisory(7, "beta", []), "affected": [{"package": {"ecosystem": "npm", "name": "beta"}, "versions": ["3.1"]}]},
    ]
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as file:
        for each in told:
            file.writestr(f"{each['id']}.json", json.dumps(each))
    return path


@pytest.mark.parametrize(
    ("parts", "ids"),
    [
        ({"alpha-one": "1.2.9"}, ["PYSEC-1"]),
        ({"alpha-one": "1.2.10"}, []),
        ({"alpha-one": "2.0.1"}, ["PYSEC-2"]),
        ({"beta": "3.1"}, ["PYSEC-3"]),
        ({"beta": "3.1.1"}, []),
        ({"gamma": "1.2"}, []),
        ({"gamma": "1.5.1", "delta": "0.9"}, ["PYSEC-6", "PYSEC-5"]),
        ({"delta": "0.9.1", "other": "1"}, []),
        ({"gamma": "no version"}, ["PYSEC-5"]),
    ],
)
def test_known_weaknesses_are_found_by_version(check, export, parts, ids):
    assert [each.ids[0] for each in check.check(parts, check.advisories(export))] == ids


def test_an_sbom_and_a_list_of_wheels_are_read(check, export, tmp_path, capsys):
    sbom = tmp_path / "sbom.json"
    parts = [{"name": "Alpha_One", "version": "1.0", "purl": "pkg:pypi/alpha-one@1.0"}, {"name": "CPython", "version": "3.12"}]
    sbom.write_text(json.dumps({"bomFormat": "CycloneDX", "components": parts}))
    wheels = tmp_path / "requirements.txt"
    wheels.write_text("# pinned\ndelta==0.9 \\\n    --hash=sha256:00\nbeta==4.0 ; sys_platform == 'win32'\n")
    assert check.parts_of(wheels) == {"delta": "0.9", "beta": "4.0"}
    assert check.main([str(export), str(sbom), str(wheels)]) == 1
    said = capsys.readouterr().out
    assert "alpha-one 1.0: PYSEC-1, CVE-1: weakness 1 (mended in 1.2.10)" in said
    assert said.endswith("3 parts, 2 known weaknesses, 0 accepted.\n")
    accept = ["--accept", "CVE-1=only where strangers connect", "--accept", "PYSEC-6=not called"]
    assert check.main([str(export), str(sbom), str(wheels), *accept]) == 0


def test_the_installers_own_lists_can_be_read(check):
    for name in ("requirements-windows.txt", "requirements-windows-tensorflow.txt"):
        assert len(check.parts_of(ROOT / "packaging" / name)) >= 20
