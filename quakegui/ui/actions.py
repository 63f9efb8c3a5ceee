"""The one action table: menus, tool bar, shortcut sheet and command palette are all read from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from quakegui.ui import commands as do
from quakegui.ui.i18n import mark

if TYPE_CHECKING:
    from quakegui.ui.main_window import MainWindow

CLASS_TEXTS: Final = (
    mark("0: no earthquake"),
    mark("1: north, larger"),
    mark("2: north, smaller"),
    mark("3: south, larger"),
    mark("4: south, smaller"),
)

PROJECT: Final = mark("Project")
EDIT: Final = mark("Edit")
DAY: Final = mark("Day")
LABEL: Final = mark("Label")
VIEW: Final = mark("View")
NETWORK: Final = mark("Network")
HELP: Final = mark("Help")
MENUS: Final = (PROJECT, EDIT, DAY, LABEL, NETWORK, VIEW, HELP)


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One thing that the analyst can do.

    Attributes
    ----------
    id
        Unique name.
    menu
        One of `MENUS`.
    text, tip
        English texts, translated where they are shown.
    slot
        What it does, given the window.
    shortcuts
        Portable key sequences, the first one shown.
    icon
        QtAwesome name, or empty.
    needs
        "" always possible, "project" needs one, "days" needs a season, "write" needs days that may be labelled.
    toolbar
        Whether the tool bar shows it.
    checked
        For an on/off choice: whether it is on.
    group
        A separator stands between actions of different groups in a menu.
    """

    id: str
    menu: str
    text: str
    slot: Callable[[MainWindow], object]
    shortcuts: tuple[str, ...] = ()
    icon: str = ""
    tip: str = ""
    needs: str = ""
    toolbar: bool = False
    checked: Callable[[MainWindow], bool] | None = None
    group: int = 0


def _label(cls: int) -> ActionSpec:
    return ActionSpec(
        f"label-{cls}", LABEL, CLASS_TEXTS[cls], lambda window: do.label(window, cls), (str(cls),),
        tip=mark("Give this class to the chosen days, or to the day shown"), needs="write", toolbar=True,
    )  # fmt: skip


def _jump(kind: str, direction: int, text: str, key: str) -> ActionSpec:
    return ActionSpec(
        f"jump-{kind}-{'next' if direction > 0 else 'former'}", DAY, text,
        lambda window: window.session.jump(kind, direction), (key,), needs="days", group=1,
    )  # fmt: skip


ACTIONS: Final[tuple[ActionSpec, ...]] = (
    ActionSpec("new", PROJECT, mark("New project…"), do.new_project, ("Ctrl+N",), "mdi6.folder-plus-outline"),
    ActionSpec("open", PROJECT, mark("Open project…"), do.open_project, ("Ctrl+O",), "mdi6.folder-open-outline", toolbar=True),
    ActionSpec("demo", PROJECT, mark("Open the synthetic season"), do.open_demo, (), "mdi6.flask-outline"),
    ActionSpec(
        "import", PROJECT, mark("Import readings…"), do.import_readings, ("Ctrl+I",), "mdi6.database-import-outline",
        needs="project", toolbar=True, group=1,
    ),
    ActionSpec("catalogue", PROJECT, mark("Earthquake catalogue…"), do.edit_catalogue, ("Ctrl+E",), "mdi6.pulse",
               needs="project", group=1),
    ActionSpec("stations", PROJECT, mark("Stations…"), do.edit_stations, ("Ctrl+T",), "mdi6.map-marker-outline",
               needs="project", group=1),
    ActionSpec("season", PROJECT, mark("Season and parameters…"), do.edit_season, (), "mdi6.tune-variant",
               needs="project", group=1),
    ActionSpec("figure", PROJECT, mark("Export a figure…"), do.export_figure, ("Ctrl+Shift+E",), "mdi6.image-outline",
               needs="days", group=2),
    ActionSpec("animation", PROJECT, mark("Export an animation…"), do.export_animation, (), "mdi6.movie-outline",
               needs="days", group=2),
    ActionSpec("tables", PROJECT, mark("Export the season's tables…"), do.export_tables, (), "mdi6.table-arrow-right",
               needs="days", group=2),
    ActionSpec("report", PROJECT, mark("Report of the season…"), do.write_report, ("Ctrl+Shift+R",), "mdi6.file-chart-outline",
               mark("One file on data, method, earthquakes, labels, training and skill"), needs="project", toolbar=True,
               group=2),
    ActionSpec("close", PROJECT, mark("Close project"), do.close_project, ("Ctrl+W",), needs="project", group=3),
    ActionSpec("quit", PROJECT, mark("Quit"), do.leave, ("Ctrl+Q",), group=3),
    ActionSpec("undo", EDIT, mark("Undo"), lambda window: window.session.undo(), ("Ctrl+Z",), "mdi6.undo",
               needs="write", toolbar=True),
    ActionSpec("redo", EDIT, mark("Redo"), lambda window: window.session.redo(), ("Ctrl+Y", "Ctrl+Shift+Z"), "mdi6.redo",
               needs="write", toolbar=True),
    ActionSpec("revert", EDIT, mark("Revert labels to a moment…"), do.revert_labels, (), "mdi6.history", needs="write"),
    ActionSpec("imports", EDIT, mark("Imports…"), do.show_imports, (), "mdi6.database-clock-outline",
               mark("List who imported what and when; undo and redo imports"), needs="project"),
    ActionSpec("settings", EDIT, mark("Settings…"), do.edit_settings, ("Ctrl+,",), "mdi6.cog-outline", group=1),
    ActionSpec("day-next", DAY, mark("Next day"), lambda window: window.session.step(1), ("Right",), "mdi6.chevron-right",
               needs="days"),
    ActionSpec("day-former", DAY, mark("Former day"), lambda window: window.session.step(-1), ("Left",), "mdi6.chevron-left",
               needs="days"),
    ActionSpec("week-next", DAY, mark("A week on"), lambda window: window.session.step(7), ("PgDown",), needs="days"),
    ActionSpec("week-former", DAY, mark("A week back"), lambda window: window.session.step(-7), ("PgUp",), needs="days"),
    ActionSpec("day-first", DAY, mark("First day"), lambda window: window.session.go_to_end(-1), ("Home",), "mdi6.page-first",
               needs="days"),
    ActionSpec("day-last", DAY, mark("Last day"), lambda window: window.session.go_to_end(1), ("End",),
               "mdi6.page-last", needs="days"),
    ActionSpec("day-date", DAY, mark("Go to a date…"), do.go_to_date, ("Ctrl+G",), "mdi6.calendar", needs="days"),
    ActionSpec("play", DAY, mark("Play or pause"), do.play, ("Space",), "mdi6.play-pause", needs="days", toolbar=True),
    _jump("event", 1, mark("Next earthquake"), "Ctrl+Right"),
    _jump("event", -1, mark("Former earthquake"), "Ctrl+Left"),
    _jump("unlabelled", 1, mark("Next unlabelled day"), "Ctrl+Down"),
    _jump("unlabelled", -1, mark("Former unlabelled day"), "Ctrl+Up"),
    _jump("disagreement", 1, mark("Next disagreement of label and prediction"), "Ctrl+Shift+Right"),
    _jump("disagreement", -1, mark("Former disagreement of label and prediction"), "Ctrl+Shift+Left"),
    _jump("region", 1, mark("Next day with an extremum region"), "Ctrl+Shift+Down"),
    _jump("region", -1, mark("Former day with an extremum region"), "Ctrl+Shift+Up"),
    _jump("storm", 1, mark("Next stormy night"), "Ctrl+Alt+Right"),
    _jump("storm", -1, mark("Former stormy night"), "Ctrl+Alt+Left"),
    ActionSpec("filter", DAY, mark("Walk only through…"), do.choose_filter, ("F",), "mdi6.filter-variant",
               mark("Choose which days the keys, the play button and the label keys walk through"), needs="days", group=2),
    ActionSpec("filter-none", DAY, mark("Walk through all days"), lambda window: window.session.walk_only(""), ("Shift+F",),
               needs="days", group=2),
    *(_label(cls) for cls in range(5)),
    ActionSpec("unlabel", LABEL, mark("Take the label away"), lambda window: do.label(window, None), ("U", "Del"),
               "mdi6.label-off-outline", needs="write", group=1),
    ActionSpec("accept", LABEL, mark("Accept the prediction"), do.accept, ("Return", "Enter"), "mdi6.check",
               needs="write", group=1),
    ActionSpec("note", LABEL, mark("Write a note"), do.write_note, ("N",), "mdi6.note-text-outline", needs="write", group=1),
    ActionSpec("choose-none", LABEL, mark("Choose no days"), lambda window: window.session.choose(None), ("Esc",),
               needs="days", group=1),
    ActionSpec("rule", LABEL, mark("Label by rule (retrospective)…"), do.apply_rule, (), "mdi6.ruler", needs="write", group=2),
    ActionSpec("blind", LABEL, mark("Label blind"), do.toggle_blind, ("Ctrl+B",), "mdi6.eye-off-outline",
               mark("Hide everybody else's labels, the rule's and the predictions"), needs="days", group=2,
               checked=lambda window: window.session.display.blind),
    ActionSpec("agreement", LABEL, mark("Agreement between analysts…"), do.show_agreement, (), "mdi6.scale-balance",
               needs="days", group=2),
    ActionSpec("auto-advance", LABEL, mark("Go on after a label"), do.toggle_auto_advance, (), group=2,
               checked=lambda window: window.session.settings.auto_advance),
    ActionSpec("take-in", NETWORK, mark("Take in new days…"), do.take_in_days, ("Ctrl+U",), "mdi6.calendar-plus",
               mark("Import new files, predict the new days with the run in use, tell of alarms"), needs="write"),
    ActionSpec("train", NETWORK, mark("Train…"), do.show_training, ("Ctrl+R",), "mdi6.brain", needs="days", toolbar=True),
    ActionSpec("runs", NETWORK, mark("Runs"), lambda window: window.show_dock("runs"), (), "mdi6.format-list-bulleted",
               needs="project"),
    ActionSpec("evaluation", NETWORK, mark("Evaluation"), lambda window: window.show_dock("evaluation"), (), "mdi6.grid",
               needs="project"),
    ActionSpec("unit", VIEW, mark("Show nT instead of z"), do.toggle_unit, ("T",), needs="days",
               checked=lambda window: window.session.display.unit == "nT"),
    ActionSpec("threshold", VIEW, mark("Threshold line"), lambda window: do.toggle_display(window, "threshold"), ("Alt+1",),
               needs="days", checked=lambda window: window.session.display.threshold),
    ActionSpec("outlines", VIEW, mark("Region outlines"), lambda window: do.toggle_display(window, "outlines"), ("Alt+2",),
               needs="days", checked=lambda window: window.session.display.outlines),
    ActionSpec("map-stations", VIEW, mark("Stations on the day map"), lambda window: do.toggle_display(window, "stations"),
               ("Alt+3",), needs="days", checked=lambda window: window.session.display.stations),
    ActionSpec("explain", VIEW, mark("What the network looked at"), do.toggle_explain, ("G",), "mdi6.eye-outline",
               mark("Show where the map speaks for the prediction; asks the run for the chosen days"), needs="days",
               checked=lambda window: window.session.display.explain),
    ActionSpec("review", VIEW, mark("Review layout"), do.toggle_review, ("F11",), "mdi6.presentation", needs="project", group=1,
               checked=lambda window: window.layout_name == "review"),
    ActionSpec("reset-layout", VIEW, mark("Put all panels back"), lambda window: window.reset_layout(),
               needs="project", group=1),
    ActionSpec("theme-light", VIEW, mark("Light"), lambda window: window.session.set_settings(theme="light"), (), group=2,
               checked=lambda window: window.session.settings.theme == "light"),
    ActionSpec("theme-dark", VIEW, mark("Dark"), lambda window: window.session.set_settings(theme="dark"), (), group=2,
               checked=lambda window: window.session.settings.theme == "dark"),
    ActionSpec("theme-system", VIEW, mark("As the system"),
               lambda window: window.session.set_settings(theme="system"), (), group=2,
               checked=lambda window: window.session.settings.theme == "system"),
    ActionSpec("english", VIEW, "English", lambda window: window.session.set_settings(language="en"), (), group=3,
               checked=lambda window: window.language == "en"),
    ActionSpec("chinese", VIEW, "中文", lambda window: window.session.set_settings(language="zh"), (), group=3,
               checked=lambda window: window.language == "zh"),
    ActionSpec("shortcuts", HELP, mark("Keyboard shortcuts"), do.show_shortcuts, ("F1",), "mdi6.keyboard-outline"),
    ActionSpec("guide", HELP, mark("User's guide"), do.show_guide, ("Shift+F1",), "mdi6.book-open-variant"),
    ActionSpec("palette", HELP, mark("Find a command…"), do.show_palette, ("Ctrl+K",), "mdi6.magnify", toolbar=True),
    ActionSpec("support", HELP, mark("Copy report for support"), do.copy_support_report, (), "mdi6.clipboard-text-outline",
               mark("Versions, sizes and the last lines of the log; no names, notes or paths")),
    ActionSpec("about", HELP, mark("About quakegui"), do.show_about, (), "mdi6.information-outline"),
)  # fmt: skip
