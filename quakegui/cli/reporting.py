"""The command that writes the report of a season."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from quakegui.cli.sources import WhichLabels
from quakegui.cli.terminal import ProjectFolder, bar, interruptible, open_project, say
from quakegui.progress import StoppedError
from quakegui.project.store import ProjectError
from quakegui.report import make_report, write_html
from quakegui.words import ENGLISH, languages

ENDINGS = (".html", ".htm", ".pdf")


def _known(language: str) -> str:
    if language not in languages():
        raise typer.BadParameter(f"'{language}' is not one of {', '.join(languages())}.")
    return language


def report(
    project: ProjectFolder,
    out: Annotated[Path, typer.Argument(metavar="OUT.html|OUT.pdf", help="Output file; the extension sets the format.")],
    language: Annotated[
        str, typer.Option(metavar="|".join(languages()), help="Language of the report.", callback=_known)
    ] = ENGLISH,
    labels: WhichLabels = "training",
) -> None:
    """Write the report of a season: data, method, earthquakes, labels, training, skill with its verdict, provenance.

    Training and skill are those of the current run, or of the newest finished one. The file needs no other files and no
    internet.
    """
    if out.suffix.lower() not in ENDINGS:
        raise ProjectError(f"The file name of a report must end in .html or .pdf, not as in '{out.name}'.")
    if not out.absolute().parent.is_dir():
        raise ProjectError(f"The folder {out.absolute().parent} does not exist, so the report cannot be saved.")
    with open_project(project) as opened, interruptible() as cancelled, bar("Report") as progress:
        try:
            made = make_report(opened, language=language, as_of=labels, progress=progress, cancelled=cancelled)
        except StoppedError as error:
            raise ProjectError("Stopped; no report was written.") from error
    if out.suffix.lower() != ".pdf":
        try:
            write_html(made, out)
        except OSError as error:
            raise ProjectError(f"{out} could not be written: {error.strerror}.") from error
        say(f"Report saved to {out}.")
        return
    from quakegui.ui.report_pdf import ReportError, gui_application, write_pdf  # only PDF needs Qt

    kept = gui_application()
    try:
        pages = write_pdf(made, out)
    except ReportError as error:
        raise ProjectError(str(error)) from error
    finally:
        del kept
    say(f"Report saved to {out}: {pages} pages.")
