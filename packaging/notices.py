"""Write the notice file (every licence text) and the SBOM (CycloneDX 1.5) of what a tree ships."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from email.parser import HeaderParser
from pathlib import Path

HERE = Path(__file__).resolve().parent
_NAMES = ("licen", "copying", "notice", "authors")
_PROGRAMS = (".py", ".pyc", ".pyi", ".pyd", ".dll", ".h")
_NOT_OURS = {"LicenseRef-Qt-Commercial.txt"}
"""Texts for those who bought a licence: this program uses Qt under the LGPL."""
SHARED = ("LGPL-3.0", "GPL-3.0", "Apache-2.0", "OFL-1.1", "curl")
"""Texts in licences/ that wheels name and do not carry."""
BARE = {"tensorflow": "Apache-2.0", "flatbuffers": "Apache-2.0", "pyside6-essentials": "LGPL-3.0", "shiboken6": "LGPL-3.0"}
"""Distributions without a licence text, and which of the shared ones is theirs; `licences/inside.txt` says so as well."""


@dataclass(frozen=True, slots=True)
class Component:
    """One thing that is shipped.

    Attributes
    ----------
    name, version
        As its maker calls it.
    licence
        An SPDX expression where its maker gives one, else the maker's words.
    texts
        (file name, text) of its licence and notice files.
    sha256
        Of the wheel or archive it came from, or "".
    """

    name: str
    version: str
    licence: str
    texts: tuple[tuple[str, str], ...]
    sha256: str = ""

    @property
    def purl(self) -> str:
        """The package's address in the notation of SBOMs."""
        return f"pkg:pypi/{self.name.lower().replace('_', '-')}@{self.version}"


def components(site: Path, hashes: dict[str, str]) -> list[Component]:
    """Return every installed distribution of a folder, by name.

    Parameters
    ----------
    site
        Folder with `*.dist-info`.
    hashes
        SHA-256 of each wheel by its normal name.
    """
    found = []
    for info in sorted(site.glob("*.dist-info"), key=lambda path: path.name.lower()):
        head = HeaderParser().parsestr((info / "METADATA").read_text(encoding="utf-8", errors="replace"))
        name = str(head["Name"])
        found.append(Component(name, str(head["Version"]), _licence(head), _texts(info), hashes.get(normal(name), "")))
    return found


def normal(name: str) -> str:
    """Return a distribution's normal name, as in the requirements."""
    return name.lower().replace("_", "-").replace(".", "-")


def _licence(head: object) -> str:
    get = head.get  # type: ignore[attr-defined] # email's Message
    if expression := get("License-Expression"):
        return str(expression)
    words = str(get("License") or "").strip().split("\n")[0]
    if words and len(words) < 80:
        return words
    classified = [str(each).rsplit("::", 1)[1].strip() for each in head.get_all("Classifier", []) if "License ::" in each]  # type: ignore[attr-defined]
    return ", ".join(classified) or "see the text"


def _texts(info: Path) -> tuple[tuple[str, str], ...]:
    return tuple((path.relative_to(info).as_posix(), _read(path)) for path in sorted(info.rglob("*")) if _is_text(path))


def _is_text(path: Path) -> bool:
    name = path.name.lower()
    named = any(part in name for part in _NAMES) and not name.endswith(_PROGRAMS)
    return named and path.name not in _NOT_OURS and path.is_file()


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def scattered(site: Path) -> list[tuple[str, str]]:
    """Return (path, text) of the licence files that lie among a folder's modules, not in a distribution's own facts.

    To be asked before anything is left out: the code that a text is about may be shipped where its headers are not.
    """
    found = []
    for path in sorted(site.rglob("*")):
        place = path.relative_to(site)
        if not place.parts[0].endswith(".dist-info") and _is_text(path):
            found.append((place.as_posix(), _read(path)))
    return found


def notice(own: Component, python: Component, parts: Sequence[Component], among: Sequence[tuple[str, str]]) -> str:
    """Return the notice file: a table of what is shipped, then every licence text once.

    Parameters
    ----------
    own, python, parts
        The program, its interpreter, and the distributions.
    among
        What `scattered` found.
    """
    everything = [own, python, *parts]
    lines = [f"quakegui {own.version} for Windows is shipped with the following.", ""]
    lines += [f"  {part.name} {part.version}: {part.licence}" for part in everything]
    lines += [
        "",
        "Qt, PySide6 and Shiboken are used under the GNU Lesser General Public License, version 3. Their libraries lie as",
        "files of their own in site\\PySide6 and site\\shiboken6; other builds of the same version may replace them. Their",
        "sources are published by The Qt Company. The texts of both GNU licences are at the end of this file.",
        "The Microsoft Visual C++ runtime (msvc-runtime) is redistributed under Microsoft's terms for redistributable code.",
        "",
        _read(HERE / "licences" / "inside.txt").strip(),
    ]
    texts = [(f"{part.name} {part.version}: {name}", text) for part in everything for name, text in part.texts]
    texts += [(f"site/{path}", text) for path, text in among]
    texts += [(name, _read(HERE / "licences" / f"{name}.txt")) for name in SHARED]
    seen: set[str] = set()
    for title, text in texts:
        if text.strip() and text not in seen:
            seen.add(text)
            lines += ["", "=" * 100, title, "=" * 100, "", text.strip()]
    return "\n".join(lines) + "\n"


def without_text(parts: Sequence[Component]) -> list[str]:
    """Return the names of parts whose wheel carries no licence text, and for which `BARE` names none."""
    return [part.name for part in parts if not part.texts and normal(part.name) not in BARE]


def sbom(own: Component, python: Component, parts: Sequence[Component], files: Sequence[tuple[str, str]]) -> str:
    """Return the SBOM as CycloneDX 1.5 JSON; without a time stamp, so that the same tree gives the same text.

    Parameters
    ----------
    own, python, parts
        The program, its interpreter, and the distributions.
    files
        (path, SHA-256) of every program file of the tree.
    """
    listed = [{**_entry(python, "library"), "purl": f"pkg:generic/python@{python.version}"}]
    listed += [_entry(part, "library") for part in parts]
    listed += [{"type": "file", "name": path, "hashes": [{"alg": "SHA-256", "content": digest}]} for path, digest in files]
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": _entry(own, "application")},
        "components": listed,
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _entry(part: Component, kind: str) -> dict[str, object]:
    entry: dict[str, object] = {"type": kind, "name": part.name, "version": part.version, "purl": part.purl}
    entry["licenses"] = [{"license": {"name": part.licence}}]
    if part.sha256:
        entry["hashes"] = [{"alg": "SHA-256", "content": part.sha256}]
    return entry


def digest(path: Path) -> str:
    """Return a file's SHA-256."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
