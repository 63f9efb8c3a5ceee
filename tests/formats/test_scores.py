"""Daily predictions that were made elsewhere."""

import numpy as np
import pytest

from quakegui.formats.errors import FormatError
from quakegui.formats.scores import read_scores
from quakegui.formats.source import Source


def table(text):
    return Source("mine.csv", text.encode())


def test_one_score_a_day_in_the_order_of_days():
    told = read_scores(table("Date,Score,note\n2022-02-03,0.5,a\n2022-02-01,-2,b\n2022-02-02,,c\n"))
    assert told.days.tolist() == np.arange("2022-02-01", "2022-02-04", dtype="datetime64[D]").tolist()
    assert np.array_equal(told.values, [[-2.0], [np.nan], [0.5]], equal_nan=True)
    assert not told.are_probabilities


def test_probabilities_are_scaled_to_a_sum_of_one():
    told = read_scores(table("day,class,p0,p1,p2,p3,p4\n2022-02-01,0,0.5,0.2,0.1,0.1,0.11\n2022-02-02,1,,0.2,0.1,0.1,0.1\n"))
    assert told.are_probabilities
    assert told.values[0] == pytest.approx(np.array([0.5, 0.2, 0.1, 0.1, 0.11]) / 1.01)
    assert np.isnan(told.values[1]).all()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("date,p0,p1\n2022-02-01,0.5,0.5\n", "either columns p0 to p4 or a column score; this table has date, p0, p1"),
        ("when,score\n2022-02-01,0.5\n", "need a column date"),
        ("date,score\n2022-02-01,0.5\nsoon,0.5\n", "Row 2 has no date"),
        ("date,score\n2022-02-01,0.5\n2022-02-01,0.6\n", "The date 2022-02-01 occurs twice"),
        ("date,score\n2022-02-01,inf\n", "Row 1 contains an infinite number"),
        ("date,p0,p1,p2,p3,p4\n2022-02-01,0.5,0.2,0.1,0.1,0.4\n", "Row 1 has probabilities"),
        ("date,p0,p1,p2,p3,p4\n2022-02-01,1.1,-0.1,0,0,0\n", "Row 1 has probabilities"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(text, sentence):
    with pytest.raises(FormatError, match=r"mine\.csv: ") as refused:
        read_scores(table(text))
    assert sentence in str(refused.value)
