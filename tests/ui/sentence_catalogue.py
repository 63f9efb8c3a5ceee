"""Keep the Chinese of the sentences that errors, notes and jobs say in step with the sources.

python tests/ui/sentence_catalogue.py                      lists what is missing or left over
python tests/ui/sentence_catalogue.py --add texts.json     fills in {"English": "Chinese", ...}, drops what is left over

What the lower layers say is a literal or an f-string; its template has {0}, {1} ... in place of the values.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
from pathlib import Path

import translation_catalogue

REPOSITORY = Path(__file__).resolve().parents[2]
SOURCES = REPOSITORY / "quakegui"
CATALOGUE = REPOSITORY / "resources" / "translations" / "sentences.json"
PACKAGES = ("season", "formats", "project", "judge", "learn", "app")
APART = {"app/support.py", "learn/power.py", "season/calibration.py", "learn/zero_shot/shipped.py", "judge/verdict.py"}
"""Not for the screen (the report for support, and what is run from a terminal only), or with its own Chinese beside it."""
VALUES = {
    *("pre-training", "seasons that choose the alarms"),
    *("fold {0}", "final", "it was", "they were", "{0} days ({1} to {2})"),
    *("the Kp index", "a list of stations"),
    *("label journal", "ledger", "register", "Row {0}", "Rows {0} to {1}"),
    *("of {0}, written {1} by {2}", "of {0}, issued {1} by the run {2}", "of the run {0}, written {1} by {2}"),
}
"""What stands in sentences as a value and is English too."""
TELLING = {"say", "report", "progress", "tell"}
"""Functions that are told how far a job has come: the third argument says with what."""


def template(node: ast.expr) -> str | None:
    """Return the template of a literal or an f-string, None for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if not isinstance(node, ast.JoinedStr):
        return None
    text, number = "", 0
    for part in node.values:
        if isinstance(part, ast.Constant):
            text += str(part.value)
        else:
            text += f"{{{number}}}"
            number += 1
    return text


def words(text: str) -> list[str]:
    """Return the words of a template that are not values."""
    return re.findall(r"[A-Za-z]{2,}", re.sub(r"\{\w*\}", " ", text))


def spoken(tree: ast.Module) -> set[str]:
    """Return the templates of a module's sentences, of what its errors are given, and of what its jobs tell."""
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    raised = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise) and node.exc is not None
        for part in ast.walk(node.exc)
    }
    told = {
        id(node.args[2])
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and len(node.args) == 3
        and (node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")) in TELLING
    }
    found = set()
    for node in ast.walk(tree):
        text = template(node) if isinstance(node, ast.expr) and id(node) not in docs | parts else None
        if text is None or re.search(r"\{[a-z]", text) or text.isupper():
            continue
        sentence = re.match(r"[A-Z{“'\"]", text) and text.rstrip().endswith((".", "!", "?")) and len(words(text)) >= 2
        if sentence or (id(node) in raised and len(words(text)) >= 2) or (id(node) in told and words(text)):
            found.add(text.strip())
    return {text for text in found if not text.startswith(("SELECT ", "quakegui"))}


def sentences() -> set[str]:
    """Return every template that has to have Chinese and is no text of the window already."""
    found = set(VALUES)
    for package in PACKAGES:
        for path in (SOURCES / package).rglob("*.py"):
            if path.relative_to(SOURCES).as_posix() not in APART:
                found |= spoken(ast.parse(path.read_text(encoding="utf-8")))
    return found - translation_catalogue.texts()


def read() -> dict[str, str]:
    """Return template -> Chinese."""
    return json.loads(CATALOGUE.read_text(encoding="utf-8")) if CATALOGUE.exists() else {}


def fields(text: str) -> list[str]:
    """Return the values' places that a template names, in order."""
    return sorted(set(re.findall(r"\{\d+\}", text)))


def main() -> int:
    """Do what the command line asks and return 1 where something is missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--add", type=Path)
    options = parser.parse_args()
    wanted, entries = sentences(), read()
    if options.add:
        entries |= json.loads(options.add.read_text(encoding="utf-8"))
        kept = {text: entries[text] for text in sorted(wanted) if entries.get(text)}
        CATALOGUE.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    missing = sorted(text for text in wanted if not entries.get(text))
    print(json.dumps(dict.fromkeys(missing, ""), ensure_ascii=False, indent=0))
    print(f"{len(wanted)} sentences, {len(missing)} without Chinese, {len(set(entries) - wanted)} left over")
    return 1 if missing else 0


if __name__ == "__main__":
    raise SystemExit(main())
