"""How the choice of earthquakes is said in a report."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from quakegui.report.catalogue_parts import declustering_in_words, selection_in_words
from quakegui.report.words import Words
from quakegui.season.events import Declustering, Selection
from quakegui.season.names import degrees


def test_a_selection_is_said_in_words() -> None:
    chosen = asdict(Selection(box=(-5.0, 45.0, 130.0, -170.0), min_magnitude=5.5))
    said = "rectangle from 5.000° S, 130.000° E to 45.000° N, 170.000° W; M 5.5 and above"
    assert selection_in_words(chosen, Words("en")) == said
    assert selection_in_words(chosen, Words("zh")) == "矩形范围：5.000° S, 130.000° E 至 45.000° N, 170.000° W；M 5.5 及以上"
    near = asdict(Selection(centre=(28.0, 102.0), radius_km=300.0))
    assert selection_in_words(near, Words("en")) == "within 300 km of 28.000° N, 102.000° E"
    assert selection_in_words(asdict(Selection()), Words("en")) == "the whole catalogue"
    assert selection_in_words({}, Words("zh")) == "整个地震目录"


@pytest.mark.parametrize(
    ("declustering", "said"),
    [
        (Declustering("none"), "kept"),
        (
            Declustering("window", 50.0, 5.0),
            "removed within 50 km and 5 days of an earlier earthquake of equal or larger magnitude",
        ),
        (Declustering("gardner-knopoff"), "removed with the windows of Gardner and Knopoff (1974)"),
    ],
)
def test_declustering_is_said_in_words(declustering: Declustering, said: str) -> None:
    assert declustering_in_words(asdict(declustering), Words("en")) == said


def test_degrees_name_their_hemispheres() -> None:
    assert degrees(0.0, 0.0) == "0.000° N, 0.000° E"
    assert degrees(-41.25, -174.5) == "41.250° S, 174.500° W"
