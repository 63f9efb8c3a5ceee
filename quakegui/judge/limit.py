"""Detection limit: the smallest signals that would have been found in the observed nights.

"Not better than chance" may mean that there were no signals, or that they could not be seen. Therefore simulated signals of a
given law are added to the project's own nights, the same detector predicts, and the same verdict is computed. Power is the
fraction of replicates that the verdict calls better than chance. Strength 0 is the null. The second result is the number of
earthquakes that a season needs for signals of the law's own size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from quakegui.judge.detection import Detector, Kind, Part, PartResult, Spread, in_turn, parts_of
from quakegui.judge.judgement import plain
from quakegui.judge.replicates import Ground
from quakegui.judge.surrogates import JITTER_DAYS, event_windows, make_surrogates
from quakegui.progress import CancelCheck, ProgressCallback
from quakegui.words import Said

STRENGTHS = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0)
"""Factors on the peaks of the law; the first is the null."""
REPLICATES = 20
COUNTS = (6, 9, 13, 18, 26)
"""Numbers of earthquakes in a season, at strength 1."""
POWER = 0.8
"""Power at which a signal counts as detectable."""
FIRST_SEED = 700_000
INTERVAL = 0.95
LEAST_STATIONS = 3


class LimitError(ValueError):
    """A detection limit cannot be computed; the message gives the reason."""


@dataclass(frozen=True, slots=True)
class Share:
    """Number of replicates in which something was found.

    Attributes
    ----------
    replicates, tested, better
        Number of replicates, of those that passed the deciding test, and of those that the verdict calls better than chance.
    low, high
        95% interval of the power (Clopper and Pearson 1934).
    """

    replicates: int
    tested: int
    better: int
    low: float
    high: float

    def __post_init__(self) -> None:
        """Raise ValueError for impossible counts: a stored limit may come from elsewhere."""
        if self.replicates < 1 or not all(0 <= some <= self.replicates for some in (self.tested, self.better)):
            raise ValueError(Said("More replicates have a detected signal than there are, or there are no replicates."))

    @property
    def power(self) -> float:
        """Fraction of the replicates that the verdict calls better than chance."""
        return self.better / self.replicates


@dataclass(frozen=True, slots=True)
class SizeRow:
    """Power at one size of the signals.

    Attributes
    ----------
    strength, peak_nt
        Factor on the peaks of the law, and peak of the signal of the season's median magnitude, nT.
    station_nt
        Median over the signals of the largest value at any station, nT.
    share
        Replicates in which signals were found.
    """

    strength: float
    peak_nt: float
    station_nt: float
    share: Share


@dataclass(frozen=True, slots=True)
class CountRow:
    """Power with a given number of earthquakes in the season, at strength 1."""

    events: int
    share: Share


@dataclass(frozen=True, slots=True)
class Limit:
    """Detection limit of one detector in one season.

    Attributes
    ----------
    kind, title
        Kind and display name of the detector.
    events, magnitude
        Number of main shocks of the season, and their median magnitude.
    peak_nt, footprint_km, length_days
        Peak at strength 1, Gaussian half-width and length of the signal of that magnitude.
    signal_share
        Fraction of the earthquakes that have a signal.
    sizes, counts, level
        Power by size of the signals, and by number of earthquakes; and the power that counts as detectable.
    """

    kind: Kind
    title: str
    events: int
    magnitude: float
    peak_nt: float
    footprint_km: float
    length_days: float
    signal_share: float
    sizes: tuple[SizeRow, ...]
    counts: tuple[CountRow, ...]
    level: float = POWER

    def __post_init__(self) -> None:
        """Raise ValueError for a limit without any size."""
        if not self.sizes:
            raise ValueError(Said("No signal size was tested."))

    @property
    def nt_at_power(self) -> float:
        """Size in nT with a power of 0.8; the smallest tested size if that is already above; NaN if it is never reached."""
        rows = [row for row in self.sizes if row.strength > 0.0]
        return crossing([row.peak_nt for row in rows], [row.share.power for row in rows], self.level)

    @property
    def events_at_power(self) -> float:
        """Number of earthquakes with which signals of the law's own size have a power of 0.8; NaN if it is never reached."""
        return crossing([row.events for row in self.counts], [row.share.power for row in self.counts], self.level)

    def to_json(self) -> dict[str, Any]:
        """Return plain values for the command line."""
        facts = ("magnitude", "peak_nt", "footprint_km", "length_days", "signal_share")
        rows = [
            {"strength": row.strength, "nT": row.peak_nt, "station_nT": row.station_nt, **_share_json(row.share)}
            for row in self.sizes
        ]
        return {
            "detector": self.kind,
            "title": self.title,
            "events": self.events,
            "signal": {name: getattr(self, name) for name in facts},
            "rows": rows,
            "nT_at_power_0.8": plain(self.nt_at_power),
            "event_rows": [{"events": row.events, **_share_json(row.share)} for row in self.counts],
            "events_at_power_0.8": plain(self.events_at_power),
        }


def _share_json(share: Share) -> dict[str, Any]:
    return {
        "power": share.power,
        "low": share.low,
        "high": share.high,
        "test_power": share.tested / share.replicates,
        "replicates": share.replicates,
    }


def crossing(sizes: Sequence[float], powers: Sequence[float], level: float) -> float:
    """Return the size at which the power reaches a level, interpolated in the logarithm of the size.

    The powers are first made monotonic (isotonic regression), since few replicates scatter. The result is the smallest size if
    its power already reaches the level, and NaN if none does.

    Parameters
    ----------
    sizes
        Above 0, ascending, shape (size,), in any unit.
    powers
        Fraction of replicates at each size, 0..1, shape (size,).
    level
        Power to be reached, 0..1.
    """
    from scipy.optimize import isotonic_regression

    rising = isotonic_regression(np.asarray(powers, float)).x if len(powers) else np.empty(0)
    beyond = np.flatnonzero(rising >= level - 1e-12)
    if not len(beyond):
        return float("nan")
    at = int(beyond[0])
    if at == 0:
        return float(sizes[0])
    share = (level - rising[at - 1]) / (rising[at] - rising[at - 1])
    low, high = np.log(sizes[at - 1]), np.log(sizes[at])
    return float(np.exp(low + share * (high - low)))


def limit_of(
    ground: Ground,
    detector: Detector,
    *,
    strengths: Sequence[float] = STRENGTHS,
    counts: Sequence[int] = COUNTS,
    number: int = REPLICATES,
    spread: Spread | None = None,
    progress: ProgressCallback,
    cancelled: CancelCheck,
) -> Limit | None:
    """Compute the detection limit of a detector in a season; None if cancelled.

    Parameters
    ----------
    ground, detector
        Season with its earthquakes, and the predictor.
    strengths, counts, number
        Sizes of the signals, numbers of earthquakes at strength 1, and number of replicates of each.
    spread
        Computes the replicates; default: one after the other in this process.
    progress, cancelled
        Called with steps done, total and a phrase; and whether to stop.

    Raises
    ------
    LimitError
        If the limit cannot be computed.
    """
    require_possible(ground)
    inside, law = ground.inside, ground.law
    magnitude = float(np.median([event.magnitude for event in inside]))
    above = magnitude - 3.0
    peak = law.peak_nt * 10.0 ** (law.peak_growth * above)
    sizes = [(strength, None) for strength in strengths] + [(1.0, count) for count in counts]
    parts = parts_of(sizes, range(FIRST_SEED, FIRST_SEED + number))
    found = _computed(parts, spread or in_turn(ground, detector), progress, cancelled)
    if found is None:
        return None
    shares = [_share([each for result in found[size] for each in result.detections]) for size in sizes]
    stations = [np.concatenate([result.station_nt for result in found[size]]) for size in sizes]
    return Limit(
        kind=detector.kind,
        title=detector.title,
        events=len(inside),
        magnitude=magnitude,
        peak_nt=peak,
        footprint_km=law.footprint_km * 10.0 ** (law.footprint_growth * above),
        length_days=law.length_days * 10.0 ** (law.length_growth * above),
        signal_share=law.share,
        sizes=tuple(
            SizeRow(strength, strength * peak, float(np.median(signals)) if len(signals) else 0.0, share)
            for strength, signals, share in zip(strengths, stations, shares, strict=False)
        ),
        counts=tuple(CountRow(count, share) for count, share in zip(counts, shares[len(strengths) :], strict=True)),
    )


def _computed(
    parts: Sequence[Part], spread: Spread, progress: ProgressCallback, cancelled: CancelCheck
) -> dict[tuple[float, int | None], list[PartResult]] | None:
    """Return the results of all parts by size, in their order; None if cancelled."""
    results: dict[int, PartResult] = {}
    done, total = 0, sum(len(part.seeds) for part in parts)
    progress(0, total, Said("evaluating the seasons"))
    for number, result in spread(parts, cancelled):
        results[number] = result
        done += len(parts[number].seeds)
        progress(done, total, Said("evaluating the seasons"))
    if len(results) < len(parts):
        return None
    found: dict[tuple[float, int | None], list[PartResult]] = {}
    for number, part in enumerate(parts):
        found.setdefault((part.strength, part.count), []).append(results[number])
    return found


def require_possible(ground: Ground) -> None:
    """Raise LimitError, with the reason, for a season in which nothing can be tested."""
    season = ground.season
    if np.isfinite(ground.stations_km).all(axis=1).sum() < LEAST_STATIONS or not season.has_map.any():
        raise LimitError(
            Said(
                "A detection limit needs at least {least_stations} stations with coordinates, and day maps.",
                least_stations=LEAST_STATIONS,
            )
        )
    windows = event_windows(ground.events, ground.rule, timezone=season.config.timezone, night=ground.night)
    drawn = make_surrogates(windows, season.days, jitter_days=JITTER_DAYS["pooled"], surrogates=1, redrawn=False)
    if not drawn.estimable(season.has_map):
        raise LimitError(
            Said(
                "A detection limit needs at least five independent earthquakes and a season of {pooled} days; with "
                "fewer, no predictor can be distinguished from chance.",
                pooled=4 * JITTER_DAYS["pooled"],
            )
        )


def _share(found: Sequence[tuple[bool, bool]]) -> Share:
    n, better = len(found), sum(verdict for _, verdict in found)
    return Share(n, sum(passed for passed, _ in found), better, *binomial_interval(better, n))


def binomial_interval(count: int, n: int) -> tuple[float, float]:
    """Return the 95% interval of a fraction (Clopper and Pearson 1934).

    Parameters
    ----------
    count, n
        Numerator and denominator.
    """
    from scipy.stats import beta

    tail = (1.0 - INTERVAL) / 2.0
    low = float(beta.ppf(tail, count, n - count + 1)) if count else 0.0
    return low, float(beta.ppf(1.0 - tail, count + 1, n - count)) if count < n else 1.0
