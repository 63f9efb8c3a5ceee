"""All commands of the command line, each a few lines on top of the other packages.

Exit codes: 0 success, 1 error with a message on standard error, 2 usage error. With `--json`, standard output contains one
JSON document and nothing else; progress bars go to standard error.
"""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Annotated, Final

import typer

from quakegui import __version__
from quakegui.cli import (
    events,
    fetching,
    flags,
    imports,
    judging,
    labels,
    learning,
    limiting,
    listening,
    output,
    project,
    registering,
    reporting,
    runs,
    sharing,
    simulating,
    stations,
    studying,
    updating,
    verifying,
    window,
)

GROUPS: Final = {
    "stations": stations,
    "events": events,
    "fetch": fetching,
    "labels": labels,
    "flags": flags,
    "imports": imports,
    "runs": runs,
}

app = typer.Typer(
    name="quakegui",
    no_args_is_help=False,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 success, 1 error (with a message), 2 usage error. Example: quakegui demo --headless",
)
app.command(epilog="Example: quakegui demo --headless --project demo --strength 0")(project.demo)
app.command(epilog="Example: quakegui new japan --timezone Asia/Tokyo")(project.new)
app.command(epilog="Example: quakegui join liangshan postgresql://bo@centre/liangshan")(sharing.join)
app.command(epilog="Example: quakegui migrate liangshan")(sharing.migrate)
app.command(epilog="Example: quakegui roles postgresql://owner@centre/liangshan > roles.sql")(sharing.roles)
app.command("import", epilog="Example: quakegui import japan data/wdc_hourly/japan more.zip --json")(project.import_)
app.command(epilog="Example: quakegui season liangshan --since 2022-02-01 --until 2022-12-31")(project.season)
app.command(epilog="Example: quakegui info japan --json")(project.info)
app.command(epilog="Example: quakegui maps japan japan_maps --class-folders")(output.maps)
app.command(epilog="Example: quakegui regions japan regions.csv")(output.regions)
app.command(epilog="Example: quakegui readings japan japan_iaga")(output.readings)
app.command(epilog="Example: quakegui tables japan japan.xlsx")(output.tables)
app.command("export", epilog="Example: quakegui export japan japan_export")(output.export_)
app.command(epilog="Example: quakegui train demo --preset compact --protocol blocked --epochs 20 --json")(learning.train)
app.command(epilog="Example: quakegui predict demo --out predictions.csv")(learning.predict)
app.command(epilog="Example: quakegui evaluate demo --json")(learning.evaluate)
app.command(epilog="Example: quakegui compare demo --size 120 --json")(learning.compare)
app.command(hidden=True, context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(learning.worker)
app.command(epilog="Example: quakegui judge demo walk.csv --json")(judging.judge)
app.command(epilog="Example: quakegui apply japan japan-model --json")(judging.apply)
app.command(name="simulate", epilog="Example: quakegui simulate corpus --seasons 200 --strength 1")(simulating.simulate_)
app.command(epilog="Example: quakegui pretrain model --layout liangshan --seasons 420")(simulating.pretrain)
app.command(epilog="Example: quakegui study demo robustness --json")(studying.study)
app.command(epilog="Example: quakegui limit demo --json")(limiting.limit)
app.command(epilog="Example: quakegui update demo new_files --watch incoming")(updating.update)
app.command(epilog='Example: quakegui listen liangshan mqtts://centre:8883 --topic "impf/+/pt1s/1/+"')(listening.listen)
app.command("register", epilog="Example: quakegui register liangshan --run 20260101 --until 2027-12-31")(registering.register_)
app.command(epilog="Example: quakegui verify liangshan --receipt /media/stick/liangshan.receipt.json")(verifying.verify)
app.command(epilog="Example: quakegui report demo report.pdf --language zh")(reporting.report)
for name, group in GROUPS.items():
    app.add_typer(group.app, name=name)
for command in (each for one in (app, *(group.app for group in GROUPS.values())) for each in one.registered_commands):
    # Typer keeps the line breaks of a docstring, which leave single words on lines of a narrow terminal.
    command.help = re.sub(r"(?<!\n)\n(?!\n)", " ", inspect.getdoc(command.callback) or "")


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
    """Make daily anomaly maps of a geomagnetic network, label the days, train VGG-12 on the maps and assess its skill.

    Without a command, the window opens.
    """
    if context.invoked_subcommand is None:
        raise typer.Exit(window.show_window(open_folder))


program: Final = typer.main.get_command(app)
"""The commands as they are run: Typer would build them anew at every call."""
