"""Titles of the jobs of the window; a job is identified by its id, and its title is only displayed."""

from __future__ import annotations

from typing import Final

from quakegui.words import Said

TITLES: Final[dict[str, Said]] = {
    "applying-rule": Said("Applying the label rule"),
    "applying-model": Said("Applying the pre-trained model"),
    "asking-server": Said("Asking the server"),
    "asking-device": Said("Detecting the compute device"),
    "choosing-earthquakes": Said("Selecting earthquakes"),
    "computing": Said("Computing the season"),
    "demonstration": Said("Generating the synthetic season"),
    "explaining": Said("Computing the saliency map"),
    "exporting-run": Said("Exporting the run"),
    "fetching": Said("Fetching from the service"),
    "flagging": Said("Changing flags"),
    "fetching-run": Said("Fetching the run from the server"),
    "finding-limit": Said("Finding the detection limit"),
    "finding-directions": Said("Clustering earthquakes into north and south"),
    "gathering": Said("Preparing maps and labels"),
    "importing": Said("Importing"),
    "importing-run": Said("Importing the run"),
    "judging": Said("Evaluating the run"),
    "judging-without-flags": Said("Evaluating the run without the flags"),
    "keeping-earthquakes": Said("Saving the earthquakes"),
    "keeping-predictions": Said("Saving the predictions"),
    "keeping-stations": Said("Saving the stations"),
    "listing-distributions": Said("Listing WSL distributions"),
    "looking-into-files": Said("Checking the files"),
    "opening": Said("Opening the project"),
    "planning": Said("Planning the training"),
    "predicting": Said("Predicting with the model"),
    "reading-limit": Said("Reading the detection limit of the run"),
    "reading-catalogue": Said("Reading the catalogue"),
    "reading-stations": Said("Reading the station list"),
    "reading-studies": Said("Reading the analyses of the run"),
    "redoing-import": Said("Redoing an import"),
    "removing-readings": Said("Removing readings"),
    "report": Said("Writing the report"),
    "sharing-runs": Said("Exchanging runs with the server"),
    "sharing-project": Said("Connecting to the shared project"),
    "studying": Said("Analysing the run"),
    "tables": Said("Writing the tables"),
    "undoing-import": Said("Undoing an import"),
    "updating": Said("Updating with new data"),
}
"""Titles by id."""


def title_of(job: str) -> str:
    """Return the title of a job, or its id if it has none."""
    return TITLES.get(job, job)
