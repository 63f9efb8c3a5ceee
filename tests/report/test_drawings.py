"""Parts of a report's drawings that have been wrong."""

from __future__ import annotations

import numpy as np

from quakegui.report.drawings import month_ticks


def test_no_month_is_named_where_the_edge_of_the_picture_would_cut_it() -> None:
    days = np.arange("2005-01-01", "2007-01-02", dtype="datetime64[D]")
    named = month_ticks(days)
    assert named[0] == (0.0, "2005-01")
    assert [words for _, words in named][-1] == "2006-10"
    assert month_ticks(days[:1]) == [(0.0, "2005-01")]
