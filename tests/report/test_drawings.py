"""Parts of a report's drawings that have been wrong."""

from __future__ import annotations

import re

import numpy as np
import pytest

from quakegui.report.drawings import SERIES, Axes, Drawing, history, month_ticks
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


WORDS = {"loss": "L", "accuracy": "A", "epoch": "e", "validation": "v", "alt": "x"}


def epochs(phase: str, losses: tuple[float, ...], best: str, *, judged: bool = True) -> list[dict[str, str]]:
    """Return rows of a history as the training writes them; in `best` stands 1 for an epoch that was the best so far."""
    validation = [(f"{loss}", "0.5") if judged else ("", "") for loss in losses]
    return [
        {"phase": phase, "epoch": f"{number}", "loss": "2", "accuracy": "0.5", "validation_loss": loss,
         "validation_accuracy": share, "best": flag}
        for number, ((loss, share), flag) in enumerate(zip(validation, best, strict=True), 1)
    ]  # fmt: skip


def rings(rows: list[dict[str, str]]) -> list[tuple[float, float, str]]:
    """Return place and colour of each ring of a drawn history."""
    found = re.findall(
        r'<circle cx="(\S+)" cy="(\S+)" r="4.0" fill="none" stroke="(\S+)"/>', history(rows, **WORDS).data.decode()
    )
    return [(float(x), float(y), colour) for x, y, colour in found]


def test_the_ring_is_at_the_last_epoch_that_was_the_best_so_far() -> None:
    rows = epochs("fold 1", (2.0, 1.0, 1.5, 1.8), "1100") + epochs("fold 2", (2.0, 1.9, 1.2, 1.3), "1110")
    loss = Axes(48, 24, 280, 176, (1.0, 4.0), (0.0, 2.1))
    accuracy = Axes(388, 24, 280, 176, (1.0, 4.0), (0.0, 1.0))
    wanted = [
        (*loss.at(2, 1.0), SERIES[0]), (*loss.at(3, 1.2), SERIES[1]),
        (*accuracy.at(2, 0.5), SERIES[0]), (*accuracy.at(3, 0.5), SERIES[1]),
    ]  # fmt: skip
    assert [(pytest.approx(x, abs=0.06), pytest.approx(y, abs=0.06), colour) for x, y, colour in wanted] == rings(rows)


def test_a_training_without_validation_days_has_no_best_epoch() -> None:
    assert rings(epochs("final", (2.0, 1.0, 1.5), "111", judged=False)) == []
    former = [{name: text for name, text in row.items() if name != "best"} for row in epochs("final", (2.0, 1.0), "10")]
    assert rings(former) == []


@pytest.mark.parametrize("loss", ["1.79e308", "5e-324", "-1.79e308", "inf", "nan"])
def test_a_history_from_elsewhere_is_drawn_whatever_its_losses_are(loss: str) -> None:
    drawn = history([row | {"loss": loss} for row in epochs("fold 1", (2.0, 1.0), "10", judged=False)], **WORDS).data
    assert not re.search(rb"nan|inf", drawn)


def test_a_value_between_two_gaps_is_a_dot() -> None:
    drawing, axes = Drawing(100, 100), Axes(0, 0, 100, 100, (0.0, 10.0), (0.0, 1.0))
    nan = float("nan")
    axes.curve(drawing, range(8), [0.5, nan, 0.2, nan, 0.4, 0.6, nan, 0.8], "#123456")
    svg = drawing.figure("").data.decode()
    dots = re.findall(r'<circle cx="(\S+)" cy="(\S+)"', svg)
    assert [(float(x), float(y)) for x, y in dots] == [(0.0, 50.0), (20.0, 80.0), (70.0, 20.0)]
    lines = [points.split() for points in re.findall(r'<polyline points="([^"]*)"', svg)]
    assert [points for points in lines if len(points) > 1] == [["40.0,60.0", "50.0,40.0"]]
