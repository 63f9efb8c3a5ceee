"""What the drawings of a judgement and of studies show, by the shapes that they are made of."""

from __future__ import annotations

import re

import numpy as np
import pytest

from quakegui.judge.epochs import Epochs
from quakegui.judge.reliability import reliability
from quakegui.judge.robustness import Robustness, Score, SkillMap, Variant
from quakegui.judge.skill import Molchan
from quakegui.report import result_drawings as draw
from quakegui.report import study_results
from quakegui.report.drawings import ALARM, BAND
from quakegui.report.markup import Figure
from quakegui.report.result_drawings import PlotWords
from quakegui.report.words import Words

FRAME = 52.0, 20.0, 270.0, 254.0
"""Left, top, width and height of a square plot's frame."""


def words(*key: str) -> PlotWords:
    return PlotWords("across", "up", key, "SYNTHETIC", "alt")


def svg(figure: Figure) -> str:
    return figure.data.decode()


def points(text: str) -> list[tuple[float, float]]:
    """Return points as shares of a square plot's frame."""
    left, top, wide, tall = FRAME
    pairs = (pair.split(",") for pair in text.split())
    return [((float(x) - left) / wide, 1 - (float(y) - top) / tall) for x, y in pairs]


def test_a_molchan_diagram_has_the_band_of_random_alarms_and_the_weighed_curve() -> None:
    fraction, miss = np.array([0.0, 0.2, 0.6, 1.0]), np.array([1.0, 0.5, 0.25, 0.0])
    found = Molchan(np.zeros(4), fraction, miss, 0.7, 4, np.empty(0), np.nan)
    plain = svg(draw.molchan(found, (0.2, 0.5), words("run", "weighed", "band", "alarms")))
    (band,) = re.findall(rf'<polygon points="([^"]+)" fill="{BAND}"', plain)
    at_half = [y for x, y in points(band) if x == pytest.approx(0.5, abs=1e-3)]
    # Of four earthquakes 0 to 4 fall into random alarms over half of the time at the level of 95 %.
    assert (min(at_half), max(at_half)) == (pytest.approx(0.0, abs=1e-3), pytest.approx(1.0, abs=1e-3))
    at_tenth = [y for x, y in points(band) if x == pytest.approx(0.1, abs=1e-3)]
    assert (min(at_tenth), max(at_tenth)) == (pytest.approx(0.5, abs=1e-3), pytest.approx(1.0, abs=1e-3))
    assert ">weighed<" not in plain
    both = Molchan(np.zeros(4), fraction, miss, 0.7, 4, fraction**2, 0.8)
    weighed = svg(draw.molchan(both, (0.2, 0.5), words("run", "weighed", "band", "alarms")))
    assert ">weighed<" in weighed
    assert weighed.count("<polyline") == plain.count("<polyline") + 2, "the curve, and its line in the key"


def test_a_reliability_diagram_shows_the_isotonic_frequencies() -> None:
    found = reliability([0.1, 0.1, 0.4, 0.6, 0.9], [0, 0, 1, 0, 1])
    assert found is not None
    drawn = svg(draw.reliability(found, words("run", "perfect", "days")))
    dots = re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"', drawn)
    assert [points(f"{x},{y}")[0] for x, y in dots] == [
        pytest.approx(pair, abs=1e-3) for pair in ((0.1, 0.0), (0.4, 0.5), (0.6, 0.5), (0.9, 1.0))
    ]


def test_series_about_the_earthquakes_name_both_halves() -> None:
    lags = np.arange(-3, 3)
    one = np.array([1.0, 2.0, 1.0, np.nan, 1.0, 1.5])
    flat = np.ones(6)
    found = Epochs(lags, one, np.full(6, 4), flat, flat - 0.5, flat + 0.5, 0.012, 0.4, -2, 2)
    (picture,) = study_results.epochs({"max_abs_z": found}, Words("en"), "SYNTHETIC")
    drawn = svg(picture)
    assert "Before day 0: p = 0.012, largest departure on day −2" in drawn
    assert "Day 0 and after: p = 0.400, largest departure on day +2" in drawn
    assert "SYNTHETIC" in drawn
    assert drawn.count('<polygon points="') == 1
    unknown = Epochs(lags, one, np.full(6, 4), *[np.full(6, np.nan)] * 3, np.nan, np.nan, None, None)
    (nothing,) = study_results.epochs({"kp": unknown}, Words("zh"), "")
    assert "震前：无法估计" in svg(nothing)
    assert "<polygon" not in svg(nothing)


def test_only_what_stays_significant_is_framed_in_a_skill_map() -> None:
    p = np.array([[0.001, 0.04], [0.5, np.nan]])
    statistic, corrected = np.array([[0.9, 0.6], [0.5, np.nan]]), np.array([[0.003, 0.08], [0.5, np.nan]])
    found = SkillMap(np.array([0.0, 5.0]), np.array([7.0, 14.0]), np.array([[9, 9], [9, 2]]), statistic, p, corrected)
    drawn = svg(draw.skill_map(found, words("key")))
    assert drawn.count(f'stroke="{ALARM}"') == 1
    assert re.findall(r">(p [^<]+|n \d+)<", drawn) == ["p 0.001, n 9", "p 0.040, n 9", "p 0.500, n 9", "n 2"]


def test_robustness_is_counted_and_named_in_both_languages() -> None:
    variants = (
        Variant("as it is", "", Score(18, 0.7, 0.01), 0.03),
        Variant("label rule", "a fortnight", Score(18, 0.6, 0.04), 0.08),
        Variant("distance", "200 km", Score(2, np.nan, np.nan), np.nan),
        Variant("alarm threshold", "p* 0.3", Score(18, 0.1, 0.3), 0.3),
    )
    found = Robustness(variants)
    assert study_results.robustness_text(found, Words("en")) == (
        "The verdict holds for 1 of the 2 other settings that could be tested (p < 0.05), and for 0 of 2 after correction for "
        "the number of tests. A dash: too few earthquakes for a test. R: hit rate minus fraction of time under alarm."
    )
    assert [row[-1] for row in study_results.robustness(found, Words("en")).rows] == [
        "yes",
        "yes",
        "–",
        "no",
    ]  # the project's own choice is shown, not counted
    assert study_results.robustness(found, Words("en")).rows[3][:2] == ("alarm threshold", "0.3")
    auc, r = (study_results.robustness(found, Words("en")).head.index(name) for name in ("AUC", "R"))
    scores = [(row[auc], row[r]) for row in study_results.robustness(found, Words("en")).rows]
    assert scores == [("0.70", ""), ("0.60", ""), ("–", ""), ("", "0.10")]  # R is no AUC: 0.10 would be a very bad one
    assert study_results.robustness(found, Words("zh")).rows[1][:2] == ("标注规则", "14 天（含发震当天）")
