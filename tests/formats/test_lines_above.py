"""Lines above a table of readings, which say what it is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from quakegui.formats import table
from quakegui.formats.columns import TableMapping
from quakegui.formats.hints import Hints, SavedMapping
from quakegui.formats.source import Source

WIDE = "time,KAK,MMB (nT)\n2022-01-01 00:00,46000.5,50000\n2022-01-01 00:01,46001,99999\n2022-01-01 00:02,46001.5,50002\n"


def text(content: str) -> Source:
    return Source("table.csv", content.encode())


def test_a_mapping_of_a_workbooks_sheet_also_reads_a_text_table():
    mapping = TableMapping("wide", ("time",), (("KAK", "KAK"),), sheet="Readings")
    for source in (text(WIDE), text(f"# a title\n{WIDE}")):
        assert np.array_equal(table.parse(source, mapping).readings[0].values, [46000.5, 46001.0, 46001.5])


def test_the_lines_above_a_table_are_those_that_are_skipped():
    rows = [f"2022-01-01 00:{i:02d},50000" for i in range(10)]
    older = ["time,old", "2020-01-01 00:00,1", "station: XIC, published 2022-02-03"]
    content = "\n".join([*older, "time,F", *rows])
    found = table.parse(text(content), Hints(skip_lines=3))
    told = "Lines above the table skipped: 3 (the first is 'time,old')."
    assert ([one.station for one in found.readings], found.issued) == (["XIC"], np.datetime64("2022-02-03", "ms"))
    assert told in found.notes
    mapping = TableMapping("long", ("time",), (("F", "F"),), station="MUL", skip_lines=3)
    found = table.parse(text(content), mapping)
    assert ([one.station for one in found.readings], found.issued) == (["MUL"], np.datetime64("2022-02-03", "ms"))
    assert told in found.notes
    saved = Hints(saved=(SavedMapping(("time", "F"), replace(mapping, station="")),))
    assert [one.station for one in table.parse(text(content), saved).readings] == ["XIC"]
