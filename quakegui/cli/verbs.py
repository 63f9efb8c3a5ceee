"""All commands of the command line, each a few lines on top of the other packages, imported when it is used.

Exit codes: 0 success, 1 error with a message on standard error, 2 usage error. With `--json`, standard output contains one
JSON document and nothing else; progress bars go to standard error.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.markup import escape
from typer.core import TyperCommand, TyperGroup

from quakegui import __version__
from quakegui.cli import window


@dataclass(frozen=True, slots=True)
class Verb:
    """A command, or a group of commands.

    Attributes
    ----------
    name, place
        Its name, and its module and function; the function ``app`` is a group.
    help
        The first paragraph of its help, repeated here so that the list of commands imports none.
    example
        An example, without the name of the program.
    hidden
        Whether only the program itself uses it, with arguments of its own.
    """

    name: str
    place: str
    help: str
    example: str = ""
    hidden: bool = False


VERBS: Final = (
    Verb(
        "demo",
        "demonstration:demo",
        "Create the SYNTHETIC season of 2022 and show it with the predictions of the pre-trained model.",
        "demo --headless --project demo --strength 0",
    ),
    Verb(
        "new",
        "project:new",
        "Create an empty project folder; with --shared, the folder contains the address of its database, never a password.",
        "new japan --timezone Asia/Tokyo",
    ),
    Verb(
        "join",
        "sharing:join",
        "Create a folder for a shared project that exists on a server.",
        "join liangshan postgresql://bo@centre/liangshan",
    ),
    Verb(
        "migrate",
        "sharing:migrate",
        "Upgrade the tables of a shared project, and the rules by which its server protects them, to this version of quakegui.",
        "migrate liangshan",
    ),
    Verb(
        "roles",
        "sharing:roles",
        "Print the SQL script that creates the roles of a shared project (reader, analyst, blind, ingest), or run it.",
        "roles postgresql://owner@centre/liangshan > roles.sql",
    ),
    Verb(
        "import",
        "importing:import_",
        "Import readings, station coordinates and Kp. Importing a file again changes nothing.",
        "import japan data/wdc_hourly/japan more.zip --json",
    ),
    Verb(
        "season",
        "project:season",
        "Set or show the season: the days that are shown and evaluated.",
        "season liangshan --since 2022-02-01 --until 2022-12-31",
    ),
    Verb("info", "project:info", "Show the contents of the project.", "info japan --json"),
    Verb(
        "maps",
        "output:maps",
        "Write each day's map as a 480 x 480 PNG with an index.csv, in the original paper's data set format.",
        "maps japan japan_maps --class-folders",
    ),
    Verb("regions", "output:regions", "Write the extremum regions of every day with a map.", "regions japan regions.csv"),
    Verb(
        "readings",
        "output:readings",
        "Write the current readings as IAGA-2002 files of one UTC day each.",
        "readings japan japan_iaga",
    ),
    Verb(
        "tables",
        "output:tables",
        "Write the season's days, regions, station values, earthquakes and labels as tables.",
        "tables japan japan.xlsx",
    ),
    Verb(
        "export",
        "output:export_",
        "Write everything in open formats (csv, gzip-compressed csv, JSON); 'import' restores the project from that folder.",
        "export japan japan_export",
    ),
    Verb(
        "train",
        "learning:train",
        "Train VGG-12 on the season's maps and labels and save the run with its predictions.",
        "train demo --preset compact --protocol blocked --epochs 20 --json",
    ),
    Verb(
        "predict",
        "learning:predict",
        "Predict the days that a finished run has not predicted yet; only new maps are computed.",
        "predict demo --out predictions.csv",
    ),
    Verb(
        "evaluate",
        "learning:evaluate",
        "Evaluate a finished run against every baseline, on days not used to train it.",
        "evaluate demo --json",
    ),
    Verb(
        "compare",
        "learning:compare",
        "Train the missing models, and compare the model under every protocol with every baseline.",
        "compare demo --size 120 --json",
    ),
    Verb("worker", "learning:worker", "Run one job in this process, for the program itself.", hidden=True),
    Verb(
        "judge",
        "judging:judge",
        "Evaluate predictions made elsewhere, with the same days, tests and baselines as a model.",
        "judge demo walk.csv --json",
    ),
    Verb(
        "apply",
        "judging:apply",
        "Predict the season with a pre-trained model that was not trained on it; the run is saved, shown and evaluated.",
        "apply japan japan-model --json",
    ),
    Verb(
        "simulate",
        "simulating:simulate_",
        "Write SYNTHETIC seasons as NetCDF: station anomalies, Kp, earthquakes, labels by rule.",
        "simulate corpus --seasons 200 --strength 1",
    ),
    Verb(
        "pretrain",
        "simulating:pretrain",
        "Train VGG-12 on newly generated SYNTHETIC seasons, and write the model and its card.",
        "pretrain model --layout liangshan --seasons 420",
    ),
    Verb(
        "study",
        "studying:study",
        "Study a run further: the days around the earthquakes, and how the verdict depends on each setting.",
        "study demo robustness --json",
    ),
    Verb(
        "limit",
        "limiting:limit",
        "Find the detection limit: how large a signal in the project's own nights would have been detected.",
        "limit demo --json",
    ),
    Verb(
        "update",
        "updating:update",
        "Import new files, predict the new days with a run, and report new alarms.",
        "update demo new_files --watch incoming",
    ),
    Verb(
        "listen",
        "listening:listen",
        "Store readings as stations send them over MQTT, or print the state of each station (--status).",
        'listen liangshan mqtts://centre:8883 --topic "impf/+/pt1s/1/+"',
    ),
    Verb(
        "register",
        "registering:register_",
        "Register a frozen run for future days: the terms of its evaluation are written once, hashed and never changed.",
        "register liangshan --run 20260101 --until 2027-12-31",
    ),
    Verb(
        "verify",
        "verifying:verify",
        "Check the label journal, the prediction ledger and the registrations for later changes; they are only read.",
        "verify liangshan --receipt /media/stick/liangshan.receipt.json",
    ),
    Verb(
        "report",
        "reporting:report",
        "Write the report of a season: data, method, earthquakes, labels, training, skill with its verdict, provenance.",
        "report demo report.pdf --language zh",
    ),
    Verb("stations", "stations:app", "List the stations, set their coordinates or remove their readings."),
    Verb("events", "events:app", "Import earthquakes, list them, split them into classes."),
    Verb("fetch", "fetching:app", "Fetch earthquakes and readings from web services."),
    Verb("labels", "labels:app", "Label days by rule or by hand; list, export and import labels."),
    Verb("flags", "flags:app", "Flag readings that are not to be used; list and remove flags."),
    Verb("imports", "imports:app", "List, undo and redo imports."),
    Verb("runs", "runs:app", "List training runs; make one the current run; show, delete, restore, export or import runs."),
)
_PLACES: Final = {verb.name: verb for verb in VERBS}


@cache
def _command(verb: Verb) -> Any:
    """Import a command, and return it as Typer runs it."""
    module, _, function = verb.place.partition(":")
    found = getattr(import_module(f"quakegui.cli.{module}"), function)
    if isinstance(found, typer.Typer):
        app = found
    else:
        app = typer.Typer(add_completion=False)
        settings: dict[str, Any] | None = None
        if verb.hidden:
            settings = {"allow_extra_args": True, "ignore_unknown_options": True}
        epilog = f"Example: quakegui {verb.example}" if verb.example else None
        app.command(verb.name, epilog=epilog, hidden=verb.hidden, context_settings=settings)(found)
    for one in app.registered_commands:
        # Typer keeps the line breaks of a docstring, which leave single words on lines of a narrow terminal, and would take
        # the brackets in "quakegui[cluster]" for markup.
        one.help = escape(re.sub(r"(?<!\n)\n(?!\n)", " ", inspect.getdoc(one.callback) or ""))
    command = typer.main.get_group(app) if app is found else typer.main.get_command(app)
    command.name = verb.name
    return command


class Commands(Mapping[str, Any]):
    """The commands by name; one is imported when it is asked for."""

    def __getitem__(self, name: str) -> Any:
        return _command(_PLACES[name])

    def __iter__(self) -> Iterator[str]:
        return iter(_PLACES)

    def __len__(self) -> int:
        return len(_PLACES)


class Verbs(TyperGroup):
    """The program, which lists its commands without importing them."""

    def __init__(self, **named: Any) -> None:
        super().__init__(**named)
        self.commands = Commands()  # type: ignore[assignment]  # nothing is added to it

    def list_commands(self, _context: Any) -> list[str]:
        """Return the names of the commands, in their order."""
        return list(_PLACES)

    def get_command(self, _context: Any, name: str) -> Any:
        """Return what the list of commands shows of one; None for an unknown name."""
        verb = _PLACES.get(name)
        return None if verb is None else TyperCommand(name, help=verb.help, hidden=verb.hidden)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the name of the command to be run, the command itself, and its arguments."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, command if name is None else self.commands[name], rest


app = typer.Typer(
    name="quakegui",
    cls=Verbs,
    no_args_is_help=False,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 success, 1 error (with a message), 2 usage error. Example: quakegui demo --headless",
)


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
