"""The detection limit of a run as table, drawing and sentences, shared by report, window and command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from quakegui.report import result_drawings as draw
from quakegui.report.markup import FigureList, block, h3, p, table
from quakegui.report.result_drawings import PlotWords
from quakegui.report.results import Table
from quakegui.report.words import Words, number, percent

if TYPE_CHECKING:
    from quakegui.judge.limit import Limit, Share
    from quakegui.report.markup import Figure


def limit_section(limit: Limit, say: Words, stamp: str, figures: FigureList) -> str:
    """Return the part of the report on the detection limit.

    Parameters
    ----------
    limit, say
        The detection limit, and the language of the texts.
    stamp
        Stamp, or empty.
    figures
        The figures of the report; the power curve is added.
    """
    sizes, counts = size_table(limit, say), count_table(limit, say)
    made = h3(say("Detection limit"), new_page=True) + p(limit_text(limit, say))
    made += block(figures.add(power_curve(limit, say, stamp)))
    made += table(sizes.head, sizes.rows, numbers_from=0)
    return made + (table(counts.head, counts.rows, numbers_from=0) if counts.rows else "")


def size_table(limit: Limit, say: Words) -> Table:
    """Return the power by size of the signals.

    Parameters
    ----------
    limit
        The detection limit; each of its sizes is a row, strength 0 included.
    say
        Language of the texts.
    """
    at_station = say("Largest at a station (nT)")
    head = (say("Strength"), say("Peak (nT)"), at_station, *_share_head(say))
    rows = [
        (f"{row.strength:g}", number(row.peak_nt), number(row.station_nt), *_share_cells(row.share, say)) for row in limit.sizes
    ]
    return Table(head, tuple(rows))


def count_table(limit: Limit, say: Words) -> Table:
    """Return the power by number of earthquakes.

    Parameters
    ----------
    limit
        The detection limit; each of its numbers of earthquakes is a row, and there may be none.
    say
        Language of the texts.
    """
    head = (say("Earthquakes in the season"), *_share_head(say))
    return Table(head, tuple((str(row.events), *_share_cells(row.share, say)) for row in limit.counts))


def _share_head(say: Words) -> tuple[str, ...]:
    return say("Power (95%)"), say("Fraction passing the test"), say("Replicates")


def _share_cells(share: Share, say: Words) -> tuple[str, ...]:
    values = {"value": number(share.power), "low": number(share.low), "high": number(share.high)}
    power = say("{value} ({low} to {high})", **values)
    return power, number(share.tested / share.replicates), str(share.replicates)


def power_curve(limit: Limit, say: Words, stamp: str) -> Figure:
    """Return the drawing of power over size of the signals.

    Parameters
    ----------
    limit
        The detection limit; its sizes ascend, and its level is drawn as a line.
    say
        Language of the texts.
    stamp
        Stamp, or empty.
    """
    words = PlotWords(
        across=say("Peak of the signal (nT)"),
        up=say("Power"),
        key=(say("power"), say("95% interval"), say("power 0.8")),
        stamp=stamp,
        alt=say("Power as a function of signal size"),
    )
    shares = [row.share for row in limit.sizes]
    intervals = [(share.low, share.high) for share in shares]
    return draw.power_curve(
        [row.peak_nt for row in limit.sizes], [share.power for share in shares], intervals, words, limit.level
    )


def limit_text(limit: Limit, say: Words) -> str:
    """Return in words what would have been detected, by which test, and what that does not imply.

    Parameters
    ----------
    limit
        The detection limit, of a pre-trained model or of the matched filter.
    say
        Language of the texts.
    """
    parts = [_asked(limit, say), _size(limit, say), _null(limit, say), _events(limit, say)]
    parts.append(say("Whether real earthquakes have such signals is not known."))
    return say.join(" ", (part for part in parts if part))


def _asked(found: Limit, say: Words) -> str:
    values = {
        "km": number(found.footprint_km, 0),
        "days": number(found.length_days, 0),
        "share": percent(found.signal_share, 0),
        "n": found.events,
    }
    put = say(
        "SYNTHETIC signals (about {days} days long, sigma {km} km, before {share} of {n} earthquakes) were added to "
        "the night means of this season, with the earthquakes moved to other times;",
        **values,
    )
    if found.kind == "network":
        return put + say(" the run's own model was evaluated on the resulting days in the same way.")
    return put + say(
        " a matched filter for such signals was evaluated on the resulting days in the same way: a model trained on "
        "this season cannot be tested on nights that it was trained on.",
    )


def _size(found: Limit, say: Words) -> str:
    tested = [row for row in found.sizes if row.strength > 0.0]
    if not tested:
        return ""
    if not np.isfinite(found.nt_at_power):
        return say(
            "Even signals of {nt} nT are detected with a probability below 0.8.",
            nt=number(tested[-1].peak_nt, 1),
        )
    nt = number(found.nt_at_power, 1)
    if found.nt_at_power <= tested[0].peak_nt:
        return say(
            "Signals of {nt} nT, the smallest tested, are detected with a probability of 0.8 or more.",
            nt=nt,
        )
    return say("Signals of {nt} nT are detected with a probability of 0.8.", nt=nt)


def _null(found: Limit, say: Words) -> str:
    null = next((row.share for row in found.sizes if row.strength == 0.0), None)
    if null is None:
        return ""
    values = {"k": null.better, "n": null.replicates}
    return say("Without signals, {k} of {n} replicates are better than chance.", **values)


def _events(found: Limit, say: Words) -> str:
    if not found.counts:
        return ""
    values = {"nt": number(found.peak_nt, 1), "most": found.counts[-1].events, "least": found.counts[0].events}
    if not np.isfinite(found.events_at_power):
        return say(
            "With signals of {nt} nT, {most} earthquakes in the season are too few for a probability of 0.8.",
            **values,
        )
    if found.events_at_power <= found.counts[0].events:
        return say(
            "With signals of {nt} nT, {least} earthquakes in the season are enough for a probability of 0.8.",
            **values,
        )
    return say(
        "With signals of {nt} nT, the season needs {count} earthquakes for a probability of 0.8.",
        count=int(np.ceil(found.events_at_power)),
        **values,
    )
