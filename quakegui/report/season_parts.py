"""The first sections of the report: summary of the season, network with its completeness, and method with every parameter."""

from __future__ import annotations

import dataclasses

import numpy as np

from quakegui.project import journal
from quakegui.project.demo import strength_of
from quakegui.report.catalogue_parts import choice_of_earthquakes
from quakegui.report.content import ReportContent
from quakegui.report.markup import Figure, FigureList, block, bullets, facts, grid, h2, h3, links, p, table
from quakegui.report.parameters import MEANINGS, RULE_MEANINGS, flat
from quakegui.report.results import verdict_text
from quakegui.report.season_drawings import Course, completeness, course, network_map
from quakegui.report.words import LEAKY, SYNTHETIC, Words, number, percent
from quakegui.season.kp import is_stormy
from quakegui.season.names import QUALITY_NAMES
from quakegui.season.quality import Quality
from quakegui.season.season import Season
from quakegui.words import mark

SECTIONS = (
    ("short", mark("Summary")),
    ("network", mark("Network and data coverage")),
    ("method", mark("Method and parameters")),
    ("labels", mark("Labels")),
    ("training", mark("Training")),
    ("skill", mark("Skill")),
    ("events", mark("Earthquakes")),
    ("alarms", mark("Alarms")),
    ("provenance", mark("Provenance")),
)
TITLES = dict(SECTIONS)


def stamps(content: ReportContent, say: Words) -> str:
    """Return the stamps of the whole report, as markup.

    Parameters
    ----------
    content, say
        The content of the report, which tells whether it is synthetic and leaky, and its language.
    """
    made = ""
    if content.project.synthetic:
        made += p(say(SYNTHETIC), "stamp")
    if content.leaky:
        made += p(say(LEAKY), "stamp")
    return made


def small_stamp(content: ReportContent, say: Words, *, scores: bool = False) -> str:
    """Return the stamp of a figure, empty if none applies.

    Parameters
    ----------
    content, say
        The content of the report, and its language.
    scores
        Whether the figure depends on scores or predictions, which may be LEAKY; otherwise only SYNTHETIC applies.
    """
    stamps = ((content.project.synthetic, say("SYNTHETIC")), (scores and content.leaky, say("LEAKY")))
    return " · ".join(stamp for applies, stamp in stamps if applies)


def short(content: ReportContent, say: Words, figures: FigureList) -> str:
    """Return the verdict, an overview, and the course of the season in one figure.

    Parameters
    ----------
    content, say
        The content of the report, and its language.
    figures
        The figures of the report; the course of the season is added.
    """
    made = links((anchor, say(title)) for anchor, title in SECTIONS)
    made += h2(say(TITLES["short"]), "short", new_page=False)
    made += verdict_parts(content, say)
    made += without_flags(content, say)
    if content.judgement is not None:
        made += p(basis_text(content, say), "caption")
    made += p(
        say(
            "No method is known to predict earthquakes reliably. This report shows what was measured, what was "
            "computed from it, and how good the predictions were compared with chance and with simpler methods.",
        )
    )
    season = content.season
    if season is None:
        return made + p(no_season(say), "notice")
    made += facts(_facts(content, season, say))
    made += block(figures.add(_course(content, season, say)))
    return made + p(
        say(
            "Triangles: earthquakes, size by magnitude. Dashed: threshold of extremum regions. Colours and numbers: the "
            "classes; grey: class 0, no earthquake; blank: no label, or no scored prediction.",
        ),
        "caption",
    )


def verdict(content: ReportContent, say: Words) -> str:
    """Return the sentence on the skill of the predictions, or why there is none.

    Parameters
    ----------
    content, say
        The content of the report, and its language.
    """
    if content.judgement is not None:
        return verdict_text(content.judgement, say)
    if content.why_not_judged:
        return say("No verdict: {why}", why=content.why_not_judged)
    if content.season is None:
        return say("No verdict: there is no season yet.")
    return say(
        "No verdict: the project has no finished run, so nothing was evaluated.",
    )


def verdict_parts(content: ReportContent, say: Words) -> str:
    """Return the verdict as a paragraph of its own, and what belongs to it below.

    Parameters
    ----------
    content, say
        The content of the report, and its language.
    """
    whole = verdict(content, say)
    sentence = whole if content.judgement is None else say(content.judgement.verdict.text())
    rest = whole.removeprefix(sentence).strip()
    return p(sentence, "verdict") + (p(rest) if rest else "")


def without_flags(content: ReportContent, say: Words) -> str:
    """Return the paragraph with the verdict without the analysts' flags, empty if there is none.

    Parameters
    ----------
    content, say
        The content of the report, and its language.
    """
    return p(say(content.without_flags)) if content.without_flags else ""


def basis_text(content: ReportContent, say: Words) -> str:
    """Return the labels and earthquakes of the evaluation, and how to make a report with the other ones.

    Parameters
    ----------
    content, say
        The content of the report, and its language; without an evaluation, the text is empty.
    """
    basis = content.judgement.basis if content.judgement is not None else None
    if basis is None:
        return ""
    made = say(basis.text())
    if basis.as_of == "training" and (basis.days_differ or basis.events_differ):
        made += say(
            " To use today's instead, choose Evaluate with today's labels in the window, or add the option --labels "
            "today to the command.",
        )
    return made


def no_season(say: Words) -> str:
    """Return the sentence that there are no maps."""
    return say(
        "The project has no readings, or no station with coordinates, so there are no anomalies and no maps. "
        "Import readings, or set the stations' coordinates.",
    )


def _facts(content: ReportContent, season: Season, say: Words) -> list[tuple[str, str]]:
    labelled = sum(1 for day in season.days if day in content.labels)
    regions = sum(bool(day.regions) for day in season.features[season.shown])
    window = season.config.night.window
    here = content.local(content.known_at[0])[-11:] if content.days.size else ""
    rows = [
        (
            say("Season"),
            say("{a} to {b}, {n} days", a=season.days[0], b=season.days[-1], n=season.days.size)
            if season.days.size
            else say("no days"),
        ),
        (
            say("Definition of a day"),
            say(
                "local calendar day, {zone} {offset}; available at the end of its night, {a:g}–{b:g} h",
                zone=season.config.timezone, offset=here, a=window.start_hour, b=window.end_hour,
            ),
        ),
        (say("Stations"), str(len(season.network.stations))),
        (say("Days with a map"), str(int(season.has_map.sum()))),
        (say("Days with an extremum region"), str(regions)),
        (say("Storm nights (Kp ≥ 5)"), storms(season, say)),
        (say("Earthquakes"), str(len(content.events))),
        (say("Labelled days"), str(labelled)),
        (say("Alarms"), "–" if content.record is None else str(len(content.record.alarms))),
    ]  # fmt: skip
    strength = strength_of(content.project)
    if strength is not None:
        rows.append((say("Strength of the synthetic signals"), number(strength, 2)))
    return rows


def storms(season: Season, say: Words) -> str:
    """Return the number of storm nights, and that of the nights with Kp: nights without Kp are not counted as quiet.

    Parameters
    ----------
    season
        The season; its warm-up is not counted.
    say
        Language of the texts.
    """
    kp = season.kp_night[season.shown]
    known = int(np.isfinite(kp).sum())
    if not known:
        return say("unknown: no Kp imported")
    stormy = int(is_stormy(kp).sum())
    if known == kp.size:
        return str(stormy)
    return say("{n} of the {known} nights with Kp", n=stormy, known=known)


def _course(content: ReportContent, season: Season, say: Words) -> Figure:
    known = content.known_at
    events = []
    for event in content.events:
        at = int(np.searchsorted(known, event.time))
        if 0 < at < known.size or (at == known.size and event.time <= known[-1] + np.timedelta64(1, "D")):
            events.append((float(at), event.magnitude))
    labels = np.array([content.labels[day].cls if day in content.labels else -1 for day in season.days], dtype=np.int64)
    table = content.predictions
    predictions = np.full(season.days.size, -1, dtype=np.int64)
    if table is not None:
        honest = np.isin(table.kind, ("out-of-fold", "prospective"))
        predictions[honest] = table.classes[honest]
    alarms = []
    for alarm in content.record.alarms if content.record is not None else ():
        first, last = np.searchsorted(known, alarm.opened), np.searchsorted(known, alarm.closed, side="right") - 1
        alarms.append((int(first), min(int(last), season.days.size - 1)))
    features = season.features[season.shown]
    shown = Course(
        days=season.days,
        peak=np.array([abs(day.peak_z) for day in features], dtype=np.float64),
        threshold=season.config.extrema.threshold_z,
        labels=labels,
        predictions=predictions,
        events=tuple(events),
        alarms=tuple(alarms),
    )
    names = (
        say("largest |z|"),
        say("earthquakes"),
        say("labels"),
        say("predictions"),
        say("alarms"),
    )
    alt = say(
        "Overview of the season: largest |z| of each day's map with the threshold, earthquakes, labels, predictions, alarms",
    )
    return course(shown, names=names, stamp=small_stamp(content, say, scores=True), alt=alt)


def network(content: ReportContent, say: Words, figures: FigureList) -> str:
    """Return the map of the stations and the table of their data.

    Parameters
    ----------
    content, say
        The content of the report, and its language; without a season, there are no maps and only positions.
    figures
        The figures of the report; those of this section are added.
    """
    made = h2(say(TITLES["network"]), "network")
    stations = content.project.network().stations if content.season is None else content.season.network.stations
    if not stations:
        return made + p(say("The project has no stations yet."), "notice")
    nowhere = [station.code for station in stations if not station.located]
    if nowhere:
        said = say("No coordinates, not shown on the map: {codes}.", codes=", ".join(nowhere))
        made += p(said, "notice")
    season = content.season
    if season is None:
        rows = ((s.code, s.name, number(s.latitude, 4), number(s.longitude, 4)) for s in stations)
        head = (say("Code"), say("Name"), say("Latitude (°)"), say("Longitude (°)"))
        return made + table(head, rows, numbers_from=2) + p(no_season(say), "notice")
    stamp = small_stamp(content, say)
    frame = season.gridder.basis.frame
    near = say("Stations within the map frame")
    far = say("Stations and all epicentres; dashed: map frame")
    pictures = [network_map(season.network, frame, (), stamp=stamp, alt=near)]
    titles = [near]
    if content.events:
        pictures.append(network_map(season.network, frame, content.events, stamp=stamp, alt=far))
        titles.append(far)
    cells = [p(title, "caption") + block(figures.add(one)) for title, one in zip(titles, pictures, strict=True)]
    made += grid(cells, 2)
    made += h3(say("Data coverage by night"))
    made += _completeness_table(season, say)
    quality = season.anomaly.quality[season.shown]
    alt = say("Nights with a computed anomaly at each station")
    for figure in completeness(season.network.codes, season.days, quality, stamp=stamp, alt=alt):
        made += block(figures.add(figure))
    made += p(
        say(
            "Green: anomaly computed. Yellow: data recorded, but too little of the night or too few earlier nights. "
            "White: missing; a missing station is never taken as zero.",
        ),
        "caption",
    )
    return made


def _completeness_table(season: Season, say: Words) -> str:
    quality, days = season.anomaly.quality[season.shown], max(season.days.size, 1)
    known = np.isfinite(season.z)
    rows = []
    for column, station in enumerate(season.network.stations):
        scale = season.anomaly.scale_nt[season.shown, column]
        scale = scale[np.isfinite(scale)]
        rows.append(
            (
                station.code,
                station.name,
                number(station.latitude, 3),
                number(station.longitude, 3),
                f"{int(known[:, column].sum())}",
                percent(float(known[:, column].sum()) / days),
                *(str(int((quality[:, column] & np.uint16(flag) != 0).sum())) for flag in QUALITY_NAMES),
                number(float(np.median(scale)) if scale.size else None, 2),
            )
        )
    head = (
        say("Code"), say("Name"), say("Latitude (°)"), say("Longitude (°)"),
        say("Nights"), say("Share"), *(say(name) for name in QUALITY_NAMES.values()),
        say("Scatter (nT)"),
    )  # fmt: skip
    derived = [c for k, c in enumerate(season.network.codes) if (quality[:, k] & np.uint16(Quality.DERIVED)).any()]
    said = say("F computed from components at: {codes}.", codes=", ".join(derived))
    return table(head, rows, numbers_from=2) + (p(said) if derived else "")


def method(content: ReportContent, say: Words, _figures: FigureList) -> str:
    """Return how a map is computed, and every parameter.

    Parameters
    ----------
    content, say
        The content of the report, and its language; label rule and catalogue are read from its project.
    _figures
        Not used: all sections are called alike, and this one has no figures.
    """
    made = h2(say(TITLES["method"]), "method")
    made += bullets(
        (
            say(
                "Night mean: mean total intensity F of each station over the quiet hours of the local night.",
            ),
            say(
                "Anomaly: the night mean after removal of the variation common to the stations (by the method named "
                "below) and of the background of the preceding nights; z is the anomaly divided by the station's own "
                "scatter.",
            ),
            say(
                "Map: thin-plate spline through the day's stations, 480 x 480 pixels, shown within the stations' convex hull.",
            ),
            say(
                "Extremum regions: connected pixels at or above the threshold in |z|, tracked from day to day.",
            ),
            say(
                "Every step is causal: later data do not affect a day. Missing stations are omitted, never set to zero.",
            ),
        )
    )
    config = content.project.config() if content.season is None else content.season.config
    rows = ((name, _value(value, say), say(MEANINGS[name])) for name, value in flat(config.to_dict()))
    head = (say("Parameter"), say("Value"), say("Meaning"))
    made += h3(say("Season parameters")) + table(head, rows, numbers_from=9)
    rule = journal.label_rule(content.project)
    made += h3(say("Label rule (retrospective)"))
    if rule is None:
        made += p(say("No label rule was applied."))
    else:
        values = dataclasses.asdict(rule).items()
        made += table(head, ((n, _value(v, say), say(RULE_MEANINGS[n])) for n, v in values), numbers_from=9)
    return made + choice_of_earthquakes(content, say)


def _value(value: object, say: Words) -> str:
    if isinstance(value, bool):
        return say.yes(value)
    return say("not set") if value is None else f"{value:g}" if isinstance(value, float) else str(value)
