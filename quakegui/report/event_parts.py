"""The sections of the report on single earthquakes and single alarms: maps of the days before, and the outcome."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from quakegui.judge.alarms import Alarm, Hit
from quakegui.judge.folds import ZERO_SHOT
from quakegui.judge.names import KIND_SHORT, kind_shown
from quakegui.progress import CancelCheck, ProgressCallback, StoppedError
from quakegui.report.content import ReportContent
from quakegui.report.markup import FigureList, block, facts, grid, h2, h3, p, table
from quakegui.report.pictures import day_picture, inside
from quakegui.report.season_drawings import colour_bar
from quakegui.report.season_parts import TITLES, no_season
from quakegui.report.words import Words, number, percent
from quakegui.season.events import Event
from quakegui.season.kp import is_stormy
from quakegui.season.names import DIRECTION_NAMES, SOURCE_NAMES, degrees
from quakegui.season.season import Season
from quakegui.season.sphere import great_circle_km

MAPS = 6
"""Number of days shown before an earthquake, and of positive days shown of an alarm."""
MAP_WIDTH = 212


class MapMaker:
    """Draws the maps of days for the report, and reports the progress."""

    def __init__(self, content: ReportContent, season: Season, say: Words, figures: FigureList) -> None:
        self.content, self.season, self.say, self.figures = content, season, say, figures
        self.storm = is_stormy(season.kp_night[season.shown])

    def cell(self, index: int, event: Event | None) -> str:
        """Return the map of one day with its caption, or the reason why there is none.

        Parameters
        ----------
        index
            Position in the days of the season.
        event
            Earthquake whose epicentre is circled if it is on the map; None for no circle.
        """
        say, season = self.say, self.season
        day = season.day_map(index)
        words = [str(day.day)]
        if self.storm[index]:
            words.append(say("storm night"))
        if day.regions:
            peak, count = number(day.regions[0].peak_z, 1, sign=True), len(day.regions)
            words.append(say("1 region, peak z {z}", z=peak) if count == 1 else say("{n} regions, peak z {z}", n=count, z=peak))
        if not day.exists:
            return p(" · ".join(words), "caption") + p(self._no_map(index), "notice")
        picture = day_picture(
            day,
            season.network,
            season.gridder.basis.frame,
            threshold=season.config.extrema.threshold_z,
            epicentre=None if event is None else (event.latitude, event.longitude),
            synthetic=self.content.project.synthetic,
            width=MAP_WIDTH,
            alt=say("Map of {day}", day=day.day),
        )
        return p(" · ".join(words), "caption") + block(self.figures.add(picture))

    def _no_map(self, index: int) -> str:
        known = int(np.isfinite(self.season.z[index]).sum())
        return self.say(
            "No map. Stations with data: {n}; a map needs three at different locations.",
            n=known,
        )

    def maps(self, indices: Sequence[int], event: Event | None) -> str:
        """Return the maps of several days with their scale, or a sentence if none of them has a map.

        Parameters
        ----------
        indices
            Positions in the days of the season.
        event
            Earthquake whose epicentre is circled if it is on the map; None for no circle.
        """
        if not self.season.has_map[list(indices)].any():
            known = int(np.isfinite(self.season.z[list(indices)]).sum(axis=1).max(initial=0))
            said = self.say(
                "None of these days has a map. Maximum number of stations with data: {n}; a map needs three at "
                "different locations.",
                n=known,
            )
            return p(said, "notice")
        return grid([self.cell(index, event) for index in indices], 3) + self.scale()

    def scale(self) -> str:
        """Return the colour scale of the maps."""
        say, config = self.say, self.season.config
        title = say("z-score, fixed scale; red lines: threshold")
        return block(self.figures.add(colour_bar(config.style, config.extrema.threshold_z, title=title, alt=title)))


def events(
    content: ReportContent, say: Words, figures: FigureList, *, progress: ProgressCallback, cancelled: CancelCheck
) -> str:
    """Return a part for each earthquake: place and time, the days before it, and whether an alarm was open.

    Parameters
    ----------
    content, say
        The content of the report, and its language.
    figures
        The figures of the report; the maps are added.
    progress, cancelled
        Called with earthquakes done, total and a phrase; and before each earthquake, whether to stop.

    Raises
    ------
    StoppedError
        If it was cancelled.
    """
    made = h2(say(TITLES["events"]), "events")
    if not content.events:
        return made + p(
            say(
                "The project has no earthquakes, so hits and misses cannot be counted. Import an earthquake catalogue first.",
            ),
            "notice",
        )
    made += _overview(content, say)
    if content.season is None:
        return made + p(no_season(say), "notice")
    made += p(
        say(
            "On the maps on the following pages, small circles are stations, dark red lines are edges of extremum "
            "regions, and grey lies outside the convex hull of the day's stations.",
        ),
        "caption",
    )
    made += p(
        say(
            "In the tables, the prediction is the most probable of the five classes, and P(earthquake) is the sum of the four "
            "classes with an earthquake, both calibrated: class 0 can be predicted although P(earthquake) is above 50%.",
        ),
        "caption",
    )
    maker = MapMaker(content, content.season, say, figures)
    for place, event in enumerate(content.events):
        if cancelled():
            raise StoppedError
        progress(place, len(content.events), say("earthquakes"))
        made += _event(content, maker, place, event, say)
    return made


def outcome(content: ReportContent, place: int, say: Words) -> str:
    """Return in a few words whether an alarm was open at an earthquake.

    Parameters
    ----------
    content, place
        The content of the report, and the position of the earthquake in its `events`.
    say
        Language of the texts.
    """
    record = content.record
    if record is None or place not in record.events:
        return say("not scored")
    return say("missed") if place in record.missed else say("hit")


def _overview(content: ReportContent, say: Words) -> str:
    rows = [
        (str(place + 1), content.local(event.time), f"{event.magnitude:.1f}", say.cls(cls) if cls else "–", event.place,
         outcome(content, place, say))
        for place, (event, cls) in enumerate(zip(content.events, content.classes, strict=True))
    ]  # fmt: skip
    head = (say("No."), say("Time ({zone})", zone=content.project.timezone), "M", say("Class"),
            say("Place (from the catalogue)"), say("Alarm"))  # fmt: skip
    return table(head, rows, numbers_from=9)


def _event(content: ReportContent, maker: MapMaker, place: int, event: Event, say: Words) -> str:
    season, cls = maker.season, content.classes[place]
    title = say("Earthquake {n}: M {m:.1f}, {day}, {place}", n=place + 1,
                m=event.magnitude, day=content.event_days[place], place=event.place or "–")  # fmt: skip
    made = h3(title, new_page=True)
    frame = season.gridder.basis.frame
    away = float(great_circle_km(event.latitude, event.longitude, frame.latitude, frame.longitude))
    on_map = inside(frame, [(event.latitude, event.longitude)])[0]
    where = (
        say("{km:.0f} km from the centre of the network, on the map", km=away)
        if on_map
        else say("{km:.0f} km from the centre of the network, off the map", km=away)
    )
    depth = "–" if event.depth_km is None else f"{event.depth_km:g} km"
    made += facts(
        (
            (say("Time"), f"{content.local(event.time)} · {str(event.time)[:19]} UTC"),
            (say("Magnitude"), f"{event.magnitude:.1f} {event.magnitude_type}".strip()),
            (say("Epicentre"), f"{degrees(event.latitude, event.longitude)} · {where}"),
            (say("Depth"), depth),
            (say("Class"), say.cls(cls) if cls else say("none: the project has no classes")),
            (say("Alarm"), _outcome_sentence(content, place, say)),
        )
    )
    before = _days_before(content, event)
    if not before:
        return made + p(say("The season contains no days before this earthquake."), "notice")
    made += p(
        say("The last {n} days available before it, with the epicentre circled:", n=len(before))
        if on_map
        else say("The last {n} days available before it:", n=len(before))
    )
    made += maker.maps(before, event)
    return made + _day_table(content, season, before, say)


def _days_before(content: ReportContent, event: Event) -> range:
    """Return the last days known before an earthquake; empty if the season ends more than a month before it."""
    known = content.known_at
    end = int(np.searchsorted(known, event.time))
    if end == 0 or event.time - known[end - 1] > np.timedelta64(30, "D"):
        return range(0)
    return range(max(0, end - MAPS), end)


def _outcome_sentence(content: ReportContent, place: int, say: Words) -> str:
    record = content.record
    if record is None and content.why_not_judged:
        return say("Not scored: {why}", why=content.why_not_judged)
    if record is None:
        return say("Not scored: there are no predictions for days that the model had not seen.")
    if place in content.other_earthquakes:
        return say(
            "Not scored: the earthquake was added to the catalogue after training, and scoring uses the earthquakes "
            "known at training.",
        )
    if place not in record.events:
        return say("Not scored: no prediction that is scored covers the time of the earthquake.")
    for number_, alarm in enumerate(record.alarms, 1):
        for hit in alarm.hits:
            if hit.event == place:
                return say(
                    "Hit: alarm {n} had been open for {lead} days; direction {d}, class {c}.",
                    n=number_,
                    lead=number(hit.lead_days, 1),
                    d=say("correct") if hit.direction else say("wrong"),
                    c=say("correct") if hit.full_class else say("wrong"),
                )
    return say("Missed: no alarm was open.")


def _day_table(content: ReportContent, season: Season, days: Sequence[int], say: Words) -> str:
    predicted = content.predictions
    rows = []
    for index in days:
        day, features = season.days[index], season.features[season.shown.start + index]
        label, kp = content.labels.get(day), float(season.kp_night[season.shown.start + index])
        guess, event, kind = "–", "–", "–"
        if predicted is not None and predicted.classes[index] >= 0:
            guess = say.cls(int(predicted.classes[index]))
            event = percent(float(predicted.probabilities[index, 1:].sum()), 0)
            zero_shot = content.run is not None and content.run.config.protocol == ZERO_SHOT
            kind = say.or_itself(KIND_SHORT, kind_shown(str(predicted.kind[index]), zero_shot=zero_shot))
        rows.append(
            (
                str(day),
                number(kp, 1),
                "–" if not features.has_map else f"{features.area_km2:,.0f}",
                number(features.peak_z, 1, sign=True),
                "–" if label is None else f"{say.cls(label.cls)} · {say(SOURCE_NAMES[label.source])}",
                guess,
                event,
                kind,
            )
        )
    head = (
        say("Day"), "Kp", say("Area (km²)"), say("Peak (z-score)"), say("Label"),
        say("Prediction"), say("Calibrated P(earthquake)"), say("Kind"),
    )  # fmt: skip
    return table(head, rows, numbers_from=9)


def alarms(
    content: ReportContent, say: Words, figures: FigureList, *, progress: ProgressCallback, cancelled: CancelCheck
) -> str:
    """Return a part for each alarm: its open days, and its outcome.

    Parameters
    ----------
    content, say
        The content of the report, and its language.
    figures
        The figures of the report; the maps are added.
    progress, cancelled
        Called with alarms done, total and a phrase; and before each alarm, whether to stop.

    Raises
    ------
    StoppedError
        If it was cancelled.
    """
    made = h2(say(TITLES["alarms"]), "alarms")
    if content.season is None or content.record is None:
        return made + p(_why_no_alarms(content, say), "notice")
    made += p(
        say(
            "An alarm opens when the calibrated P(earthquake) reaches its threshold on several consecutive days, and stays "
            "open for some days after the last such day; the chapter on skill lists both numbers of days. Days used to train "
            "the model open no alarms. A hit is an earthquake of any class while the alarm is open. Direction is the more "
            "probable of north and south; class is the most probable of the four with an earthquake, even if class 0 is more "
            "probable. They are determined separately and may disagree.",
        )
    )
    found = content.record.alarms
    if not found:
        return made + p(say("No alarm opened in the season."), "notice")
    rows = [
        (str(place + 1), content.local(alarm.opened), content.local(alarm.closed), say(DIRECTION_NAMES[alarm.direction]),
         say.cls(alarm.full_class), str(len(alarm.positive_days)), _came_of(content, alarm, say))
        for place, alarm in enumerate(found)
    ]  # fmt: skip
    head = (
        say("No."), say("Opened"), say("Closes"), say("Direction"), say("Most probable earthquake class"),
        say("Days at or above the threshold"), say("Outcome"),
    )  # fmt: skip
    made += table(head, rows, numbers_from=9)
    maker = MapMaker(content, content.season, say, figures)
    for place, alarm in enumerate(found):
        if cancelled():
            raise StoppedError
        progress(place, len(found), say("alarms"))
        made += _alarm(content, maker, place, alarm, say)
    return made


def _why_no_alarms(content: ReportContent, say: Words) -> str:
    if content.why_not_judged:
        return content.why_not_judged
    if content.leaky and content.judgement is not None:
        return say(
            "The model was trained on the days that it is scored on, so its predictions open no alarms here; the "
            "alarms counted under Skill belong to scores that are not a measure of predictive skill.",
        )
    return say(
        "There are no predictions for days that the model had not seen, so there are no alarms.",
    )


def _came_of(content: ReportContent, alarm: Alarm, say: Words) -> str:
    if alarm.hits:
        came = say.join("; ", (_hit(content, hit, say) for hit in alarm.hits))
        return say("Hit: {what}.", what=came)
    if alarm.undecided:
        return say("Undecided: still open at the end of the evaluation period.")
    return say("False alarm: no earthquake occurred before the alarm closed.")


def _hit(content: ReportContent, hit: Hit, say: Words) -> str:
    lead = number(hit.lead_days, 1)
    if hit.event >= len(content.events):
        return say(
            "an earthquake no longer in the catalogue, after {lead} days",
            lead=lead,
        )
    event = content.events[hit.event]
    return say("earthquake {n}, M {m:.1f}, after {lead} days", n=hit.event + 1,
               m=event.magnitude, lead=lead)  # fmt: skip


def _alarm(content: ReportContent, maker: MapMaker, place: int, alarm: Alarm, say: Words) -> str:
    made = h3(
        say("Alarm {n}: {a} to {b}", n=place + 1, a=content.local(alarm.opened)[:10],
            b=content.local(alarm.closed)[:10]),
        new_page=True,
    )  # fmt: skip
    made += facts(
        (
            (say("Opened"), content.local(alarm.opened)),
            (say("Closes"), content.local(alarm.closed)),
            (
                say("Most probable direction and earthquake class"),
                f"{say(DIRECTION_NAMES[alarm.direction])} · {say.cls(alarm.full_class)}",
            ),
            (say("Days at or above the threshold"), str(len(alarm.positive_days))),
            (say("Outcome"), _came_of(content, alarm, say)),
        )
    )
    shown = alarm.positive_days[:MAPS]
    made += p(say("The first {n} days at or above the threshold:", n=len(shown)))
    made += maker.maps(shown, None)
    return made + _day_table(content, maker.season, shown, say)
