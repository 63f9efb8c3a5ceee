"""Commands on labels."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final, Literal

import numpy as np
import typer
from numpy.typing import NDArray

from quakegui.cli.events import say_scheme
from quakegui.cli.terminal import AsJson, ProjectFolder, a_text, number_of, open_project, print_facts, say, sure
from quakegui.formats.errors import shown
from quakegui.project import catalogue, journal, labelfiles, nights, season_export
from quakegui.project.season_tables import LABEL_COLUMNS, day_of, label_facts
from quakegui.project.store import default_author
from quakegui.season.labels import FARTHEST_DAYS, LabelRule, LabelSource
from quakegui.season.localtime import calendar

MANY: Final = 400
"""Number of days above which a confirmation is required."""

app = typer.Typer(no_args_is_help=True, help="Label days by rule or by hand; list, export and import labels.")


def _a_name(text: str) -> str:
    """Return a name as the window stores it: on one line, without surrounding blanks, so that both are the same author."""
    return shown(a_text(text).strip(), 200)


LabelAuthor = Annotated[str, typer.Option(callback=_a_name, help="Author; default: your user name.")]


LAW = LabelRule()


@app.command("rule", epilog="Example: quakegui labels rule liangshan --days-after 3 --winner later")
def rule(
    project: ProjectFolder,
    *,
    days_before: Annotated[
        int | None,
        typer.Option(
            min=0, max=FARTHEST_DAYS, help="Number of days before every earthquake; default: more for larger magnitudes."
        ),
    ] = None,
    scale: Annotated[
        float,
        typer.Option(
            min=0,
            max=FARTHEST_DAYS,
            help="S in the default of --days-before: S * 10^(E * M) days before an earthquake of magnitude M.",
        ),
    ] = LAW.days_before_scale,
    exponent: Annotated[
        float, typer.Option(min=-1, max=1, help="E in the default of --days-before.")
    ] = LAW.days_before_exponent,
    days_after: Annotated[int, typer.Option(min=0, max=FARTHEST_DAYS, help="Days after the day of the earthquake.")] = 3,
    winner: Annotated[
        Literal["later", "larger"], typer.Option(help="Which earthquake labels a day in the label windows of two.")
    ] = "later",
    author: LabelAuthor = "",
) -> None:
    """Label every day of the season by the retrospective rule: days around an earthquake receive its class."""
    wanted = LabelRule(scale, exponent, days_before, days_after, winner)
    with open_project(project) as opened:
        if catalogue.class_scheme(opened) is None and catalogue.events(opened):
            say_scheme(*catalogue.make_class_scheme(opened))
        found = journal.apply_rule(opened, wanted, author=author or default_author(opened))
        events = catalogue.events(opened)
    counts = ", ".join(f"class {cls}: {count}" for cls, count in enumerate(found.counts))
    post = int(found.post.sum())
    say(f"{number_of(found.days.size, 'day')} labelled; {counts}. {post} became available only after their earthquake (post).")
    for index in found.events_without_day:
        say(f"No days are assigned to the earthquake of {events[index].time} UTC, M {events[index].magnitude:g}.")


@app.command("list", epilog="Example: quakegui labels list liangshan --json")
def list_(project: ProjectFolder, as_json: AsJson = False) -> None:
    """List the current labels."""
    with open_project(project, read_only=True) as opened:
        facts = label_facts(opened)
    print_facts(f"{len(facts)} labelled days", LABEL_COLUMNS, facts, as_json=as_json)


@app.command("set", epilog="Example: quakegui labels set liangshan 2022-09-01..2022-09-05 3 --note 'peak near Luding'")
def set_(
    project: ProjectFolder,
    days: Annotated[str, typer.Argument(metavar="DATE[..DATE]", help="A local date, or the first and last of a range.")],
    cls: Annotated[Literal["0", "1", "2", "3", "4", "none"], typer.Argument(metavar="CLASS", help="0 to 4, or none.")],
    *,
    author: LabelAuthor = "",
    note: Annotated[str, typer.Option(callback=a_text, help="Note on these days.")] = "",
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help=f"Skip the question about more than {MANY} days or days outside the season.")
    ] = False,
) -> None:
    """Label days in your name, or clear your labels with 'none'.

    More than 400 days, or days outside the season, need a confirmation; without a terminal, give --yes.
    """
    wanted = days_of(days)
    with open_project(project) as opened:
        # Days within the range that the time zone skipped are omitted; its ends are kept, so that they are rejected with a
        # reason.
        wanted = np.union1d(calendar(wanted[0], wanted[-1], opened.timezone), wanted[[0, -1]])
        doubt = _doubt("clear your labels of" if cls == "none" else "label", wanted, nights.season_days(opened))
        if doubt and not yes:
            sure(f"{doubt} Nothing was changed; add --yes to include all of them.", f"{doubt} Continue?")
        step = journal.write_labels(
            opened,
            wanted,
            None if cls == "none" else int(cls),
            source=LabelSource.ANALYST,
            author=author or default_author(opened),
            note=note or None,
        )
        said = journal.in_force(opened)
    count = number_of(wanted.size, "day")
    done = f"Your labels of {count} were cleared." if cls == "none" else f"{count} labelled {cls}."
    say(done if step else "Nothing was changed: your labels of these days are already the same.")
    other = [day for day in wanted if cls != "none" and said[day].cls != int(cls)]
    if other:
        say(f"Labels of higher precedence than an analyst's remain current on {len(other)} of them, the first on {other[0]}.")


@app.command("export", epilog="Example: quakegui labels export liangshan labels.csv")
def export_(project: ProjectFolder, out: Annotated[Path, typer.Argument(metavar="OUT.csv", help="Output file.")]) -> None:
    """Write the current labels: date, class, source, author, time, note."""
    with open_project(project, read_only=True) as opened:
        count = season_export.labels_to_csv(opened, out)
    say(f"{number_of(count, 'label')} written to {out}.")


@app.command("import", epilog="Example: quakegui labels import liangshan labels.csv --author Li")
def import_(
    project: ProjectFolder,
    file: Annotated[
        Path, typer.Argument(metavar="FILE.csv", help="A csv with the columns date and class, optionally author and note.")
    ],
    author: LabelAuthor = "",
) -> None:
    """Import labels from a csv; nothing is imported if a line cannot be read."""
    with open_project(project) as opened:
        done = labelfiles.import_labels(opened, file, author=author or default_author(opened))
    say(f"{number_of(done.count, 'label')} read, {done.changes} of them new or changed; rule labels skipped: {done.by_rule}.")
    if done.removals:
        say(f"{done.removals} of them cleared a label, because their class is empty.")
    if done.unread:
        say(f"Columns not imported: {', '.join(shown(name, 60) for name in done.unread)}.")
    if done.outside.size:
        outside = f"{done.outside[0]} to {done.outside[-1]}"
        say(f"Labels of {number_of(done.outside.size, 'day')} outside the season ({outside}) were imported, too.")
    if done.repeats:
        say(f"Lines that repeat an earlier line: {done.repeats}.")


def _doubt(does: str, days: NDArray[np.datetime64], season: NDArray[np.datetime64]) -> str:
    """Return the reason to ask for a confirmation of these days; empty if there is none."""
    outside = days[~np.isin(days, season)]
    said = f"This would {does} {days.size} days, {days[0]} to {days[-1]}." if days.size > 1 else f"This would {does} {days[0]}."
    if outside.size and not season.size:
        return f"{said} The project has no readings yet, so all of these days are outside the season."
    if outside.size:
        runs = np.split(outside, np.flatnonzero(np.diff(outside) > np.timedelta64(1, "D")) + 1)
        which = " and ".join(str(run[0]) if run.size == 1 else f"{run[0]} to {run[-1]}" for run in runs)
        return f"{said} {outside.size} of them are outside the season ({season[0]} to {season[-1]}): {which}."
    return said if days.size > MANY else ""


def days_of(text: str) -> NDArray[np.datetime64]:
    """Return the days of a date or a range of dates, datetime64[D], shape (day,); refuse anything else as wrong usage."""
    first, _, last = text.partition("..")
    try:
        start, end = day_of(first), day_of(last or first)
    except ValueError as error:
        raise typer.BadParameter(
            f"'{text}' is not a date such as 2022-09-05 or a range such as 2022-09-01..2022-09-05."
        ) from error
    if end < start or end - start > np.timedelta64(36_600, "D"):
        raise typer.BadParameter(f"The range {text} ends before its start or is longer than a century.")
    return np.arange(start, end + np.timedelta64(1, "D"))
