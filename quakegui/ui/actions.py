"""The one action table, the source of menus, tool bar, shortcut sheet and command palette."""

from __future__ import annotations

from typing import Final

from quakegui.app import labelling, walking
from quakegui.ui import commands as do
from quakegui.ui import i18n
from quakegui.ui.action import DAY, EDIT, HELP, LABEL, NETWORK, PROJECT, VIEW, Action
from quakegui.ui.dock_plan import WORKSPACES, Workspace
from quakegui.ui.i18n import mark
from quakegui.ui.workbench import Workbench
from quakegui.words import languages, own_name

CLASS_TEXTS: Final = (
    mark("0: no earthquake"),
    mark("1: north, magnitude above the split"),
    mark("2: north, magnitude up to the split"),
    mark("3: south, magnitude above the split"),
    mark("4: south, magnitude up to the split"),
)

GEOGRAPHY: Final = (
    ("graticule", mark("Graticule on the day map")),
    ("borders", mark("Administrative boundaries on the day map")),
    ("codes", mark("Station codes on the day map")),
    ("epicentres", mark("Epicentres within 30 days of the day shown")),
    ("scale_bar", mark("Scale bar and time zone on the day map")),
)
"""Overlays that let a figure stand by itself, by their names in `Display`."""


def _label(cls: int) -> Action:
    return Action(
        f"label-{cls}", LABEL, CLASS_TEXTS[cls], lambda bench: do.label(bench, cls), (str(cls),),
        tip=mark("Label the selected days, or the day shown, with this class"), needs="write", toolbar=True,
    )  # fmt: skip


def _jump(kind: str, direction: int, text: str, key: str) -> Action:
    return Action(
        f"jump-{kind}-{'next' if direction > 0 else 'former'}", DAY, text,
        lambda bench: walking.jump(bench.session, kind, direction), (key,), needs="days", group=1,
    )  # fmt: skip


def _language(code: str) -> Action:
    def switch(bench: Workbench) -> None:
        bench.session.set_settings(language=code)

    return Action(f"language-{code}", VIEW, own_name(code), switch, group=3, checked=lambda _bench: i18n.language() == code)


def _overlay(name: str, text: str, key: str) -> Action:
    return Action(
        f"overlay-{name}", VIEW, text, lambda bench: do.toggle_display(bench, name), (key,), needs="days",
        checked=lambda bench: bool(getattr(bench.session.display, name)),
    )  # fmt: skip


def _workspace(number: int, workspace: Workspace) -> Action:
    return Action(
        f"workspace-{workspace.id}", VIEW, workspace.title, lambda bench: bench.layouts.use(workspace.id), (f"Ctrl+{number}",),
        tip=workspace.tip, needs="project", checked=lambda bench: bench.layouts.name == workspace.id, group=1,
    )  # fmt: skip


ACTIONS: Final[tuple[Action, ...]] = (
    Action("new", PROJECT, mark("New project…"), do.new_project, ("Ctrl+N",), "mdi6.folder-plus-outline"),
    Action("new-shared", PROJECT, mark("New shared project…"), do.new_shared_project, (), "mdi6.server-plus",
               mark("Create a project on a PostgreSQL server, for several people at once")),
    Action("join-shared", PROJECT, mark("Join shared project…"), do.join_shared_project, (), "mdi6.server-network",
               mark("Create a folder on this computer for an existing shared project")),
    Action("open", PROJECT, mark("Open project…"), do.open_project, ("Ctrl+O",), "mdi6.folder-open-outline", toolbar=True),
    Action("demo", PROJECT, mark("Open the synthetic season"), do.open_demo, (), "mdi6.flask-outline"),
    Action("null-season", PROJECT, mark("Open the null season"), do.open_null_season, (), "mdi6.flask-empty-outline",
               mark("Open the synthetic season without signals, to see what the same model predicts there")),
    Action(
        "import", PROJECT, mark("Import readings…"), do.import_readings, ("Ctrl+I",), "mdi6.database-import-outline",
        needs="project", toolbar=True, group=1,
    ),
    Action("fetch", PROJECT, mark("Import from a service…"), do.fetch_from_service, (), "mdi6.cloud-download-outline",
               mark("Fetch earthquakes or readings from a web service; the requests are listed before they are sent"),
               needs="project", group=1),
    Action("catalogue", PROJECT, mark("Earthquake catalogue…"), do.edit_catalogue, ("Ctrl+E",), "mdi6.pulse",
               needs="project", group=1),
    Action("stations", PROJECT, mark("Stations…"), do.edit_stations, ("Ctrl+T",), "mdi6.map-marker-outline",
               needs="project", group=1),
    Action("season", PROJECT, mark("Season and parameters…"), do.edit_season, (), "mdi6.tune-variant",
               needs="project", group=1),
    Action("figure", PROJECT, mark("Export a figure…"), do.export_figure, ("Ctrl+Shift+E",), "mdi6.image-outline",
               needs="days", group=2),
    Action("animation", PROJECT, mark("Export an animation…"), do.export_animation, (), "mdi6.movie-outline",
               needs="days", group=2),
    Action("tables", PROJECT, mark("Export season tables…"), do.export_tables, (), "mdi6.table-arrow-right",
               needs="days", group=2),
    Action("report", PROJECT, mark("Season report…"), do.write_report, ("Ctrl+Shift+R",), "mdi6.file-chart-outline",
               mark("Write one file with data, method, earthquakes, labels, training and skill"), needs="project", toolbar=True,
               group=2),
    Action("close", PROJECT, mark("Close project"), do.close_project, ("Ctrl+W",), needs="project", group=3),
    Action("quit", PROJECT, mark("Quit"), do.leave, ("Ctrl+Q",), group=3),
    Action("undo", EDIT, mark("Undo"), lambda bench: labelling.undo(bench.session), ("Ctrl+Z",), "mdi6.undo",
               needs="write", toolbar=True),
    Action("redo", EDIT, mark("Redo"), lambda bench: labelling.redo(bench.session), ("Ctrl+Y", "Ctrl+Shift+Z"), "mdi6.redo",
               needs="write", toolbar=True),
    Action("revert", EDIT, mark("Label journal…"), do.revert_labels, (), "mdi6.history", needs="write"),
    Action("imports", EDIT, mark("Imports…"), do.show_imports, (), "mdi6.database-clock-outline",
               mark("Show who imported what and when; undo or redo imports"), needs="project"),
    Action("flags", EDIT, mark("Flags…"), do.show_flags, (), "mdi6.flag-outline",
               mark("Exclude nights or readings of a station and record the reason; nothing is deleted"), needs="project"),
    Action("copy-command", EDIT, mark("Copy as command"), lambda bench: do.copy_deed(bench, python=False), (), "mdi6.console",
               mark("Copy the last export, label rule, training or evaluation as a command line"), needs="project", group=1),
    Action("copy-python", EDIT, mark("Copy as Python"), lambda bench: do.copy_deed(bench, python=True), (),
               "mdi6.language-python", mark("Copy the last export, label rule, training or evaluation as a Python "
                                            "program"),
               needs="project", group=1),
    Action("settings", EDIT, mark("Settings…"), do.edit_settings, ("Ctrl+,",), "mdi6.cog-outline", group=2),
    Action("day-next", DAY, mark("Next day"), lambda bench: walking.step(bench.session, 1), ("Right",), "mdi6.chevron-right",
               needs="days"),
    Action("day-former", DAY, mark("Previous day"), lambda bench: walking.step(bench.session, -1), ("Left",),
               "mdi6.chevron-left", needs="days"),
    Action("week-next", DAY, mark("Forward one week"), lambda bench: walking.step(bench.session, 7), ("PgDown",), needs="days"),
    Action("week-former", DAY, mark("Back one week"), lambda bench: walking.step(bench.session, -7), ("PgUp",), needs="days"),
    Action("day-first", DAY, mark("First day"), lambda bench: walking.go_to_end(bench.session, -1), ("Home",),
               "mdi6.page-first", needs="days"),
    Action("day-last", DAY, mark("Last day"), lambda bench: walking.go_to_end(bench.session, 1), ("End",),
               "mdi6.page-last", needs="days"),
    Action("day-date", DAY, mark("Go to a date…"), do.go_to_date, ("Ctrl+G",), "mdi6.calendar", needs="days"),
    Action("go-back", DAY, mark("Go back"), lambda bench: walking.go_back(bench.session), ("Alt+Left",), "mdi6.arrow-left",
               mark("Return to the day shown before the last jump"), needs="days"),
    Action("play", DAY, mark("Play or pause"), do.play, ("Space",), "mdi6.play-pause", needs="days", toolbar=True),
    _jump("event", 1, mark("Next earthquake"), "Ctrl+Right"),
    _jump("event", -1, mark("Previous earthquake"), "Ctrl+Left"),
    _jump("unlabelled", 1, mark("Next unlabelled day"), "Ctrl+Down"),
    _jump("unlabelled", -1, mark("Previous unlabelled day"), "Ctrl+Up"),
    _jump("disagreement", 1, mark("Next disagreement between label and prediction"), "Ctrl+Shift+Right"),
    _jump("disagreement", -1, mark("Previous disagreement between label and prediction"), "Ctrl+Shift+Left"),
    _jump("region", 1, mark("Next day with an extremum region"), "Ctrl+Shift+Down"),
    _jump("region", -1, mark("Previous day with an extremum region"), "Ctrl+Shift+Up"),
    _jump("storm", 1, mark("Next storm night"), "Ctrl+Alt+Right"),
    _jump("storm", -1, mark("Previous storm night"), "Ctrl+Alt+Left"),
    Action("filter", DAY, mark("Filter days…"), do.choose_filter, ("F",), "mdi6.filter-variant",
               mark("Choose the days visited by the arrow keys, by playback and after labelling"), needs="days", group=2),
    Action("filter-none", DAY, mark("Show all days"), lambda bench: walking.walk_only(bench.session, ""), ("Shift+F",),
               needs="days", group=2),
    *(_label(cls) for cls in range(5)),
    Action("unlabel", LABEL, mark("Clear label"), lambda bench: do.label(bench, None), ("U", "Del"),
               "mdi6.label-off-outline", needs="write", group=1),
    Action("accept", LABEL, mark("Accept the prediction"), do.accept, ("Enter", "Return"), "mdi6.check",
               needs="write", group=1),
    Action("note", LABEL, mark("Add a note"), do.write_note, ("N",), "mdi6.note-text-outline", needs="write", group=1),
    Action("choose-none", LABEL, mark("Clear selection"), lambda bench: walking.select(bench.session, None), ("Esc",),
               needs="days", group=1),
    Action("rule", LABEL, mark("Label by rule (retrospective)…"), do.apply_rule, (), "mdi6.ruler", needs="write", group=2),
    Action("blind", LABEL, mark("Label blind"), do.toggle_blind, ("Ctrl+B",), "mdi6.eye-off-outline",
               mark("Hide earthquakes, predictions, alarms, rule labels, and other analysts' labels and notes"),
               needs="days", group=2,
               checked=lambda bench: bench.session.display.blind),
    Action("agreement", LABEL, mark("Inter-analyst agreement…"), do.show_agreement, (), "mdi6.scale-balance",
               needs="days", group=2),
    Action("auto-advance", LABEL, mark("Advance after labelling"), do.toggle_auto_advance, (), group=2,
               checked=lambda bench: bench.session.settings.auto_advance),
    Action("take-in", NETWORK, mark("Update with new data…"), do.take_in_days, ("Ctrl+U",), "mdi6.calendar-plus",
               mark("Import new files, predict the new days with the current model and report alarms"), needs="write"),
    Action("train", NETWORK, mark("Train…"), do.show_training, ("Ctrl+R",), "mdi6.brain", needs="days", toolbar=True),
    Action("apply", NETWORK, mark("Apply the pre-trained model"), do.apply_model, (), "mdi6.creation-outline",
               mark("Predict this season with the model trained only on synthetic seasons, never on this one"),
               needs="write"),
    Action("runs", NETWORK, mark("Runs"), lambda bench: bench.layouts.show("runs"), (), "mdi6.format-list-bulleted",
               needs="project"),
    Action("evaluation", NETWORK, mark("Evaluation"), lambda bench: bench.layouts.show("evaluation"), (), "mdi6.grid",
               needs="project"),
    Action("unit", VIEW, mark("Show nT instead of z-scores"), do.toggle_unit, ("T",), needs="days",
               checked=lambda bench: bench.session.display.unit == "nT"),
    Action("threshold", VIEW, mark("Threshold line"), lambda bench: do.toggle_display(bench, "threshold"), ("Alt+1",),
               needs="days", checked=lambda bench: bench.session.display.threshold),
    Action("outlines", VIEW, mark("Region outlines"), lambda bench: do.toggle_display(bench, "outlines"), ("Alt+2",),
               needs="days", checked=lambda bench: bench.session.display.outlines),
    Action("map-stations", VIEW, mark("Stations on the day map"), lambda bench: do.toggle_display(bench, "stations"),
               ("Alt+3",), needs="days", checked=lambda bench: bench.session.display.stations),
    *(_overlay(name, text, f"Alt+{number}") for number, (name, text) in enumerate(GEOGRAPHY, 4)),
    Action("explain", VIEW, mark("Saliency map"), do.toggle_explain, ("Shift+G",), "mdi6.eye-outline",
               mark("Show which parts of the map support the prediction, for the selected days"), needs="days",
               checked=lambda bench: bench.session.display.explain),
    Action("sheet", VIEW, mark("Contact sheet"), lambda bench: do.toggle_display(bench, "sheet"), ("G",),
               "mdi6.view-grid-outline",
               mark("Show all days of the season as small maps in place of the day map"), needs="days",
               checked=lambda bench: bench.session.display.sheet),
    *(_workspace(number, workspace) for number, workspace in enumerate(WORKSPACES, 1)),
    Action("review", VIEW, mark("Enter or leave review mode"), do.toggle_review, ("F11",), "mdi6.presentation", needs="project",
               group=1),
    Action("reset-layout", VIEW, mark("Reset the layout of this workspace"), lambda bench: bench.layouts.reset(),
               needs="project", group=1),
    Action("reset-layouts", VIEW, mark("Reset all layouts"), lambda bench: bench.layouts.reset_all(),
               needs="project", group=1),
    Action("theme-light", VIEW, mark("Light"), lambda bench: bench.session.set_settings(theme="light"), (), group=2,
               checked=lambda bench: bench.session.settings.theme == "light"),
    Action("theme-dark", VIEW, mark("Dark"), lambda bench: bench.session.set_settings(theme="dark"), (), group=2,
               checked=lambda bench: bench.session.settings.theme == "dark"),
    Action("theme-system", VIEW, mark("Follow system"),
               lambda bench: bench.session.set_settings(theme="system"), (), group=2,
               checked=lambda bench: bench.session.settings.theme == "system"),
    *map(_language, languages()),
    Action("shortcuts", HELP, mark("Keyboard shortcuts"), do.show_shortcuts, ("F1",), "mdi6.keyboard-outline"),
    Action("guide", HELP, mark("User's guide"), do.show_guide, ("Shift+F1",), "mdi6.book-open-variant"),
    Action("palette", HELP, mark("Find a command…"), do.show_palette, ("Ctrl+K",), "mdi6.magnify", toolbar=True),
    Action("support", HELP, mark("Copy support report"), do.copy_support_report, (), "mdi6.clipboard-text-outline",
               mark("Copy versions, sizes and the last lines of the logs, without names (of people, projects, files or "
                    "computers), notes or paths")),
    Action("about", HELP, mark("About quakegui"), do.show_about, (), "mdi6.information-outline"),
)  # fmt: skip
