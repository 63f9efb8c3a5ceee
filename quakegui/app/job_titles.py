"""What the window's jobs are called; a job is known by its id, and its title is only shown."""

from __future__ import annotations

from typing import Final

from quakegui.words import Said

TITLES: Final[dict[str, Said]] = {
    "applying-rule": Said("Applying the label rule"),
    "applying-model": Said("Applying the pre-trained model"),
    "asking-device": Said("Asking the worker for its device"),
    "choosing-earthquakes": Said("Choosing the earthquakes"),
    "computing": Said("Computing the season"),
    "demonstration": Said("Making the synthetic season"),
    "explaining": Said("Asking the network what it looked at"),
    "exporting-run": Said("Exporting the run"),
    "finding-limit": Said("Finding the detection limit"),
    "finding-directions": Said("Finding the events' directions"),
    "gathering": Said("Gathering maps and labels"),
    "importing": Said("Importing"),
    "importing-run": Said("Importing the run"),
    "judging": Said("Judging the run"),
    "keeping-earthquakes": Said("Keeping the earthquakes"),
    "keeping-predictions": Said("Keeping the run's predictions"),
    "keeping-stations": Said("Keeping the stations"),
    "listing-distributions": Said("Asking Windows for its distributions"),
    "looking-into-files": Said("Looking into the files"),
    "opening": Said("Opening the project"),
    "planning": Said("Planning the training"),
    "predicting": Said("Predicting with the run"),
    "reading-limit": Said("Reading the detection limit of the run"),
    "reading-catalogue": Said("Reading the catalogue"),
    "reading-stations": Said("Reading the list of stations"),
    "reading-studies": Said("Reading the studies of the run"),
    "redoing-import": Said("Redoing an import"),
    "removing-readings": Said("Removing readings"),
    "report": Said("Writing the report"),
    "studying": Said("Studying the run"),
    "tables": Said("Writing the tables"),
    "undoing-import": Said("Undoing an import"),
    "updating": Said("Taking in new days"),
}
"""Title by id."""


def title_of(job: str) -> str:
    """Return the title of a job, its id where it has none."""
    return TITLES.get(job, job)
