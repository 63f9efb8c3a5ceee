"""Every verb of the command line, each a few lines over the rooms of the package.

Exit codes: 0 done, 1 refused or failed with a sentence on standard error, 2 wrong usage. With `--json` standard output is one
JSON document and nothing else; progress bars go to standard error.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from quakegui import __version__
from quakegui.cli import (
    events,
    imports,
    judging,
    labels,
    learning,
    limiting,
    output,
    project,
    registering,
    reporting,
    runs,
    simulating,
    stations,
    studying,
    updating,
    verifying,
    window,
)

app = typer.Typer(
    name="quakegui",
    no_args_is_help=False,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 done, 1 refused with a sentence, 2 wrong usage. Example: quakegui demo --headless",
)
project.register(app)
output.register(app)
learning.register(app)
judging.register(app)
simulating.register(app)
studying.register(app)
limiting.register(app)
updating.register(app)
registering.register(app)
verifying.register(app)
reporting.register(app)
app.add_typer(stations.app, name="stations")
app.add_typer(events.app, name="events")
app.add_typer(labels.app, name="labels")
app.add_typer(imports.app, name="imports")
app.add_typer(runs.app, name="runs")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"quakegui {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def without_command(
    context: typer.Context,
    open_folder: Annotated[
        Path | None, typer.Option("--open", metavar="PROJECT", help="Project to open in the window.")
    ] = None,
    _show_version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Daily anomaly maps of a geomagnetic network, labels, VGG-12, and an honest account of its skill.

    Without a command the window opens.
    """
    if context.invoked_subcommand is None:
        raise typer.Exit(window.show_window(open_folder))
