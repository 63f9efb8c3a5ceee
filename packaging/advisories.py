"""Which parts of an installer have a known weakness: its SBOM beside a copy of the public advisories, without a net.

    python packaging/advisories.py ADVISORIES.zip SBOM.json [MORE.json ...] [--accept ID=REASON ...]

ADVISORIES.zip is OSV's export of the Python Package Index, one JSON file per advisory; fetch it on a machine with a net from
https://osv-vulnerabilities.storage.googleapis.com/PyPI/all.zip and carry it here. A list of pinned wheels
(`requirements-*.txt`) is taken in place of an SBOM too. Exit codes: 0 nothing known, 1 something is.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.version import InvalidVersion, Version

ECOSYSTEM = "PyPI"
_PIN = re.compile(r"^([A-Za-z0-9][\w.-]*)==([^\s;\\]+)")


@dataclass(frozen=True, slots=True)
class Finding:
    """A part with a known weakness: the part, its version, the advisory's names, what it says, and where it was mended."""

    part: str
    version: str
    ids: tuple[str, ...]
    summary: str
    mended: tuple[str, ...]

    def __str__(self) -> str:
        """Return the finding as one line."""
        mended = f"mended in {', '.join(self.mended)}" if self.mended else "not mended yet"
        return f"{self.part} {self.version}: {', '.join(self.ids)}: {self.summary} ({mended})"


def plain(name: str) -> str:
    """Return a project's name as the index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def parts_of(path: Path) -> dict[str, str]:
    """Return the versions of the Python packages in an SBOM (CycloneDX) or in a list of pinned wheels, by plain name."""
    text = path.read_text("utf-8")
    if path.suffix == ".txt":
        return {plain(found[1]): found[2] for line in text.splitlines() if (found := _PIN.match(line))}
    found = json.loads(text)["components"]
    return {plain(part["name"]): part["version"] for part in found if str(part.get("purl", "")).startswith("pkg:pypi/")}


def advisories(path: Path) -> Iterator[Mapping[str, Any]]:
    """Give each advisory of an export that was not taken back."""
    with zipfile.ZipFile(path) as export:
        for name in export.namelist():
            if name.endswith(".json"):
                told = json.loads(export.read(name))
                if "withdrawn" not in told:
                    yield told


def check(parts: Mapping[str, str], told: Iterable[Mapping[str, Any]]) -> list[Finding]:
    """Return what is known of these parts."""
    found = []
    for advisory in told:
        for affected in advisory.get("affected", ()):
            package = affected.get("package", {})
            name = plain(package.get("name", ""))
            if package.get("ecosystem") == ECOSYSTEM and name in parts and _is_in(parts[name], affected):
                ids = (advisory["id"], *advisory.get("aliases", ()))
                summary = advisory.get("summary") or advisory.get("details", "").partition("\n")[0]
                found.append(Finding(name, parts[name], ids, summary, _mended(affected)))
                break
    return sorted(found, key=lambda each: (each.part, each.ids))


def _is_in(version: str, affected: Mapping[str, Any]) -> bool:
    if version in affected.get("versions", ()):
        return True
    try:
        ours = Version(version)
        return any(
            _in_range(ours, each.get("events", ())) for each in affected.get("ranges", ()) if each["type"] == "ECOSYSTEM"
        )
    except InvalidVersion:  # a version that cannot be compared is told rather than passed over
        return True


def _in_range(ours: Version, events: Iterable[Mapping[str, str]]) -> bool:
    """Follow the events in the order of their versions: each turns the weakness on or off."""
    on = False
    order = sorted(events, key=lambda event: Version("0" if (at := next(iter(event.values()))) == "0" else at))
    for event in order:
        if "introduced" in event and ours >= Version(event["introduced"]):
            on = True
        if "fixed" in event and ours >= Version(event["fixed"]):
            on = False
        if "last_affected" in event and ours > Version(event["last_affected"]):
            on = False
    return on


def _mended(affected: Mapping[str, Any]) -> tuple[str, ...]:
    events = [event for each in affected.get("ranges", ()) if each["type"] == "ECOSYSTEM" for event in each.get("events", ())]
    return tuple(event["fixed"] for event in events if "fixed" in event)


def main(arguments: list[str] | None = None) -> int:
    """Check the lists named on the command line; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("advisories", type=Path, metavar="ADVISORIES.zip")
    parser.add_argument("lists", type=Path, nargs="+", metavar="SBOM.json")
    parser.add_argument(
        "--accept", action="append", default=[], metavar="ID=REASON", help="an advisory that does not concern us"
    )
    given = parser.parse_args(arguments)
    accepted = dict(text.partition("=")[::2] for text in given.accept)
    parts = {name: version for path in given.lists for name, version in parts_of(path).items()}
    found = check(parts, advisories(given.advisories))
    open_ones = [each for each in found if not accepted.keys() & set(each.ids)]
    for each in found:
        reason = next((accepted[known] for known in each.ids if known in accepted), "")
        sys.stdout.write(f"{'accepted, ' + reason + ': ' if reason else ''}{each}\n")
    sys.stdout.write(f"{len(parts)} parts, {len(open_ones)} known weaknesses, {len(found) - len(open_ones)} accepted.\n")
    return 1 if open_ones else 0


if __name__ == "__main__":
    sys.exit(main())
