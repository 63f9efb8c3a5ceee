"""The section of the report on the selection and classes of the earthquakes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from quakegui.project import catalogue
from quakegui.project.origins import Origin
from quakegui.report.content import ReportContent
from quakegui.report.markup import facts, h3, p
from quakegui.report.words import Words, number
from quakegui.season.names import degrees

MOST_FILES = 20
"""Maximum number of catalogue files that are named; the others are counted."""


def choice_of_earthquakes(content: ReportContent, say: Words) -> str:
    """Return the selection from the catalogue, the declustering, and the definition of the classes.

    Parameters
    ----------
    content, say
        The content of the report, from whose project the catalogue is read, and its language.
    """
    made = h3(say("Selection of earthquakes, and classes"))
    if not content.events:
        return made + p(say("The project has no earthquakes."), "notice")
    chosen = catalogue.selection_facts(content.project)
    rows = [
        *_files(catalogue.origins(content.project), say),
        (say("Earthquakes selected"), str(len(catalogue.all_events(content.project)))),
        (say("Selection"), selection_in_words(chosen["event_selection"] or {}, say)),
        (say("Aftershocks"), declustering_in_words(chosen["declustering"] or {}, say)),
        (say("Remaining after aftershock removal"), str(len(content.events))),
    ]
    scheme = catalogue.class_scheme(content.project)
    if scheme is not None:
        rows += [
            (say("Magnitude split, M"), number(scheme.split_magnitude, 2)),
            (say("Centre of the northern cluster"), degrees(*scheme.north_centre)),
            (say("Centre of the southern cluster"), degrees(*scheme.south_centre)),
        ]
    return made + facts(rows)


def _files(files: Sequence[Origin], say: Words) -> list[tuple[str, str]]:
    rows = [
        (
            say("Source file"),
            say("{name}: {count} earthquakes, SHA-256 {sha}",
                name=file.name, count=file.events, sha=file.sha256),
        )
        for file in files[:MOST_FILES]
    ]  # fmt: skip
    if files[MOST_FILES:]:
        rows.append((say("Not listed"), say("{n} more files", n=len(files) - MOST_FILES)))
    return rows


def selection_in_words(selection: Mapping[str, Any], say: Words) -> str:
    """Return the selection in words, from the stored fields of a `season.events.Selection` that are set.

    Parameters
    ----------
    selection
        JSON values by name; a field that is missing or None does not select. Empty: the whole catalogue.
    say
        Language of the texts.
    """
    said = []
    if selection.get("box") is not None:
        south, north, west, east = selection["box"]
        said.append(say("rectangle from {corner} to {other}", corner=degrees(south, west), other=degrees(north, east)))
    if selection.get("centre") is not None:
        centre, km = degrees(*selection["centre"]), selection.get("radius_km")
        said.append(say("within {km:g} km of {centre}", km=km, centre=centre))
    if selection.get("min_magnitude") is not None:
        said.append(say("M {m:g} and above", m=selection["min_magnitude"]))
    if selection.get("since") is not None:
        said.append(say("from {day} on", day=selection["since"]))
    if selection.get("until") is not None:
        said.append(say("up to {day}", day=selection["until"]))
    return say.join("; ", said) or say("the whole catalogue")


def declustering_in_words(declustering: Mapping[str, Any], say: Words) -> str:
    """Return the removal of aftershocks in words, from the stored fields of a `season.events.Declustering`.

    Parameters
    ----------
    declustering
        JSON values by name; the method "window" needs `radius_km` and `days`. Empty: no removal.
    say
        Language of the texts.
    """
    if declustering.get("method") == "gardner-knopoff":
        return say("removed with the windows of Gardner and Knopoff (1974)")
    if declustering.get("method") == "window":
        return say(
            "removed within {km:g} km and {days:g} days of an earlier earthquake of equal or larger magnitude",
            km=declustering["radius_km"],
            days=declustering["days"],
        )
    return say("kept")
