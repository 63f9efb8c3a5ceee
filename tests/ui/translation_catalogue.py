"""Keep the Chinese catalogue in step with the sources: list what is missing, add texts, build the .qm.

python tests/ui/translation_catalogue.py                      lists what is missing or left over
python tests/ui/translation_catalogue.py --update             adds empty entries, builds zh.qm
python tests/ui/translation_catalogue.py --prune              as --update, and drops left-over entries
python tests/ui/translation_catalogue.py --add texts.json     as --update, with {"English": "Chinese", ...} filled in first
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

REPOSITORY = Path(__file__).resolve().parents[2]
SOURCES = REPOSITORY / "quakegui"
CATALOGUE = REPOSITORY / "resources" / "translations" / "zh.ts"
COMPILED = CATALOGUE.with_suffix(".qm")
MARKERS = {"tr": 0, "mark": 0, "_walk_history": 2}
"""Functions one argument of which is a text to translate: which one."""
SPOKEN = {("said", "emit"): 0, ("jobs", "start"): 0}
"""Calls (owner, method) by which the session, which knows no translation, says a sentence or names a job: which argument."""
SPOKEN_TABLES = {"NOTHING_FURTHER"}


def texts_in(source: str) -> set[str]:
    """Return the literals that meet tr in a Python source: in tr(...), mark(...), and what the session says."""
    found = set()
    tree = ast.parse(source)
    names = {ast.unparse(node.target): node.value for node in tree.body if isinstance(node, ast.AnnAssign)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            found |= _literal(node, _place(node.func), names)
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict) and _is_spoken(node.targets):
            found |= {text.value for text in node.value.values if isinstance(text, ast.Constant)}
    return found


def _is_spoken(targets: list[ast.expr]) -> bool:
    return any(isinstance(name, ast.Name) and name.id in SPOKEN_TABLES for name in targets)


def _place(function: ast.expr) -> int | None:
    """Return which argument of a call is a text to translate, None for none."""
    if isinstance(function, ast.Name):
        return MARKERS.get(function.id)
    if isinstance(function, ast.Attribute):
        owner = function.value
        name = owner.attr if isinstance(owner, ast.Attribute) else owner.id if isinstance(owner, ast.Name) else ""
        return SPOKEN.get((name, function.attr))
    return None


def _literal(call: ast.Call, place: int | None, names: dict[str, ast.expr | None]) -> set[str]:
    given = call.args[place] if place is not None and place < len(call.args) else None
    given = names.get(given.id) if isinstance(given, ast.Name) else given
    return {given.value} if isinstance(given, ast.Constant) and isinstance(given.value, str) else set()


def texts() -> set[str]:
    """Return every text of the window that has to be translated."""
    return set().union(*(texts_in(path.read_text(encoding="utf-8")) for path in SOURCES.rglob("*.py")))


def read(path: Path = CATALOGUE) -> dict[str, str]:
    """Return English -> Chinese; an unfinished entry is an empty text."""
    if not path.exists():
        return {}
    entries = {}
    for message in ElementTree.parse(path).iter("message"):
        chinese = message.find("translation")
        done = chinese is not None and chinese.get("type") != "unfinished"
        entries[message.findtext("source", "")] = (chinese.text or "") if done and chinese is not None else ""
    return entries


def write(entries: dict[str, str], path: Path = CATALOGUE) -> None:
    """Write the catalogue, sorted, in Qt's format."""
    root = ElementTree.Element("TS", version="2.1", language="zh_CN", sourcelanguage="en_US")
    context = ElementTree.SubElement(root, "context")
    ElementTree.SubElement(context, "name").text = "quakegui"
    for english in sorted(entries):
        message = ElementTree.SubElement(context, "message")
        ElementTree.SubElement(message, "source").text = english
        chinese = ElementTree.SubElement(message, "translation")
        if entries[english]:
            chinese.text = entries[english]
        else:
            chinese.set("type", "unfinished")
    ElementTree.indent(root, "    ")
    body = ElementTree.tostring(root, encoding="unicode")
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n{body}\n', encoding="utf-8")
    draft.replace(path)


def compile_catalogue(path: Path = CATALOGUE, compiled: Path = COMPILED) -> None:
    """Build the .qm that the program loads, with the lrelease of PySide6."""
    tool = Path(sys.executable).parent / "pyside6-lrelease"
    subprocess.run([str(tool), "-silent", str(path), "-qm", str(compiled)], check=True)


def main() -> int:
    """Do what the command line asks and return 1 where something is missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--prune", action="store_true")
    parser.add_argument("--add", type=Path)
    options = parser.parse_args()
    wanted, entries = texts(), read()
    if options.add:
        entries |= json.loads(options.add.read_text(encoding="utf-8"))
    missing = sorted(text for text in wanted if not entries.get(text))
    left_over = sorted(set(entries) - wanted)
    print(json.dumps(dict.fromkeys(missing, ""), ensure_ascii=False, indent=1))
    print(f"{len(wanted)} texts, {len(missing)} without Chinese, {len(left_over)} left over: {left_over}")
    if options.update or options.add or options.prune:
        kept = wanted if options.prune else wanted | set(entries)
        write({text: entries.get(text, "") for text in kept})
        compile_catalogue()
    return 1 if missing else 0


if __name__ == "__main__":
    raise SystemExit(main())
