"""Keep the catalogues in step with the sources; Babel takes the texts out of these.

python tests/words/catalogues.py                      lists what is missing or left over in each language
python tests/words/catalogues.py --add texts.json     fills in {"English": "Chinese", ...}, drops what is left over, compiles
python tests/words/catalogues.py --new fr             begins a language
python tests/words/catalogues.py --pseudo             makes the language "qps", with texts 40 % longer, to look at the window
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import io
import json
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

REPOSITORY = Path(__file__).resolve().parents[2]
FOLDER = REPOSITORY / "resources" / "translations"
METHODS = [("cli/**.py", "ignore"), ("logs.py", "ignore"), ("**.py", "python")]
"""What the command line and the log say is English."""
KEYWORDS = {"Said": None, "counted": (1, 2), "mark": None, "tr": None, "say": None, "fault": None}
WRITTEN = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
"""In the head of every catalogue: a date of today would make two branches differ."""


@lru_cache(maxsize=1)
def texts() -> dict[str, str | tuple[str, str]]:
    """Return the texts of the program by their key: themselves, or the forms for one and for many."""
    with contextlib.redirect_stderr(io.StringIO()):  # where Babel remarks on every empty text
        found = extract_from_dir(REPOSITORY / "quakegui", METHODS, keywords=KEYWORDS)
        return {key_of(message): message for _, _, message, _, _ in found if message}


def key_of(text: str | tuple[str, ...] | list[str]) -> str:
    """Return what a text is found by."""
    return text if isinstance(text, str) else text[0]


def read(language: str) -> dict[str, str]:
    """Return English -> the language; an unfinished text is empty."""
    with (FOLDER / f"{language}.po").open("rb") as file:
        return {key_of(message.id): key_of(message.string) for message in read_po(file, locale="en") if message.id}


def catalogue(language: str, entries: Mapping[str, str]) -> Catalog:
    """Return the catalogue of a language, with a place for every text of the program."""
    made = Catalog(
        locale=language if language == "zh" else None,
        project="quakegui",
        header_comment=f"# quakegui in the language {language}.",
        creation_date=WRITTEN,
        revision_date=WRITTEN,
        fuzzy=False,
    )
    for key, text in texts().items():
        said = entries.get(key, "")
        made.add(text, said if isinstance(text, str) else (said,) * made.num_plurals)
    return made


def compiled(made: Catalog) -> bytes:
    """Return what the program loads."""
    out = io.BytesIO()
    write_mo(out, made)
    return out.getvalue()


def save(language: str, entries: Mapping[str, str]) -> None:
    """Write a language's two files."""
    made = catalogue(language, entries)
    with (FOLDER / f"{language}.po").open("wb") as file:
        write_po(file, made, width=120, sort_output=True, no_location=True)
    (FOLDER / f"{language}.mo").write_bytes(compiled(made))


def longer(text: str) -> str:
    """Return a text 40 % longer, its places for values as they are."""
    return re.sub(r"^\s*", r"\g<0>[", text, count=1) + "~" * round(0.4 * len(re.sub(r"\{.*?\}", "", text))) + "]"


def main() -> int:
    """Do what the command line asks and return 1 where something is missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--add", type=Path)
    parser.add_argument("--language", default="zh")
    parser.add_argument("--new")
    parser.add_argument("--pseudo", action="store_true")
    options = parser.parse_args()
    if options.pseudo:
        save("qps", {key: longer(key) for key in texts()})
        return 0
    if options.new:
        save(options.new, {})
    if options.add:
        save(options.language, read(options.language) | json.loads(options.add.read_text(encoding="utf-8")))
    wanted, status = set(texts()), 0
    for path in sorted(FOLDER.glob("*.po")):
        entries = read(path.stem)
        missing = sorted(text for text in wanted if not entries.get(text))
        status |= bool(missing)
        print(json.dumps(dict.fromkeys(missing, ""), ensure_ascii=False, indent=0))
        print(f"{path.stem}: {len(wanted)} texts, {len(missing)} missing, left over {sorted(set(entries) - wanted)}")
    return status


if __name__ == "__main__":
    raise SystemExit(main())
