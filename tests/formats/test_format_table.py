"""What is written from the table of formats, by hand or by the program, names all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from quakegui import formats
from quakegui.formats import FORMATS, FormatError, Source

ROOT = Path(__file__).resolve().parents[2]
UNKNOWN = Source("a.bin", b"\x01\x02 nothing that is known \x03")


@pytest.mark.parametrize("page", ["README.md", "resources/help/en/guide.html", "resources/help/zh/guide.html"])
def test_the_pages_name_every_format(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    names = [name for row in FORMATS.values() for name in row.title.split(", ")]
    assert [name for name in names if name not in text] == []


def test_a_file_that_is_not_known_is_told_what_is(monkeypatch):
    monkeypatch.setattr(formats.magpy, "available", lambda: False)
    with pytest.raises(FormatError) as of_readings:
        formats.read_readings(UNKNOWN)
    with pytest.raises(FormatError) as of_events:
        formats.read_events(UNKNOWN)
    for row in FORMATS.values():
        if row.kind == "events":
            assert row.title in of_events.value.sentence
        elif row.kind == "readings":
            assert row.title in of_readings.value.sentence
