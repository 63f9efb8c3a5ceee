"""Parts of a report's drawings that have been wrong."""

from __future__ import annotations

import numpy as np

from quakegui.report.drawings import history, month_ticks
from quakegui.report.season_drawings import name_places


def test_no_month_is_named_where_the_edge_of_the_picture_would_cut_it() -> None:
    days = np.arange("2005-01-01", "2007-01-02", dtype="datetime64[D]")
    named = month_ticks(days)
    assert named[0] == (0.0, "2005-01")
    assert [words for _, words in named][-1] == "2006-10"
    assert month_ticks(days[:1]) == [(0.0, "2005-01")]


def test_names_of_near_stations_do_not_lie_on_one_another() -> None:
    dots = [(203.9, 88.4), (205.1, 87.0), (193.0, 130.2), (190.5, 144.8), (290.0, 60.0)]
    names = ("ESA", "MIZ", "KAK", "KNZ", "FAR")
    boxes = {name: (left, base - 9.0, left + 6.6 * 3, base) for name, left, base in name_places(names, dots, 14.0, 314.0)}
    assert tuple(boxes) == names
    for one in names:
        left, top, right, bottom = boxes[one]
        assert left >= 14.0
        assert right <= 314.0
        for other in set(names) - {one}:
            away = boxes[other]
            assert right <= away[0] or away[2] <= left or bottom <= away[1] or away[3] <= top, (one, other)
    assert boxes["FAR"][2] < 290.0  # at the right edge a name stands on the left


def test_the_key_of_validation_stands_where_there_is_any() -> None:
    words = {"loss": "L", "accuracy": "A", "epoch": "e", "validation": "BROKEN", "alt": "x"}
    plain = {"phase": "fold 1", "epoch": "1", "loss": "1.5", "accuracy": "0.5"}
    assert b"BROKEN" not in history([plain], **words).data
    assert b"BROKEN" in history([plain | {"validation_loss": "1.2", "validation_accuracy": "0.4"}], **words).data
