"""The functions of the action table, one short function each; dialogs are imported on first use."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QFileDialog, QMessageBox, QWidget

from quakegui import __version__
from quakegui.app import explaining, labelling, opening, walking
from quakegui.app.season_view import offset_text, zone_name
from quakegui.season.localtime import to_local
from quakegui.ui.dialogs.buttons import tell
from quakegui.ui.field_habits import FieldHabits
from quakegui.ui.i18n import tr, worded
from quakegui.ui.no_markup import keep_plain
from quakegui.ui.save_paths import latest_folder
from quakegui.ui.workbench import Workbench
from quakegui.words import Said

if TYPE_CHECKING:
    from quakegui.learn.operating import Update
    from quakegui.project.flags import Subject
    from quakegui.ui.dialogs.shared_dialogs import SharedDialog


def new_project(bench: Workbench) -> None:
    """Ask for a folder and a time zone, and create an empty project there."""
    from quakegui.ui.dialogs.new_project import NewProjectDialog

    dialog = NewProjectDialog(latest_folder(bench.session.settings), bench.window)
    if _ask(dialog):
        opening.create_project(bench.session, dialog.folder(), timezone=dialog.timezone(), name=dialog.name())


def new_shared_project(bench: Workbench) -> None:
    """Ask for a server and a folder, create a shared project there, and open it."""
    from quakegui.ui.dialogs.shared_dialogs import NewSharedDialog

    _open_shared(bench, NewSharedDialog(bench.session, latest_folder(bench.session.settings), bench.window))


def join_shared_project(bench: Workbench) -> None:
    """Ask for the address of a shared project and a folder, and open the project."""
    from quakegui.ui.dialogs.shared_dialogs import JoinDialog

    _open_shared(bench, JoinDialog(bench.session, latest_folder(bench.session.settings), bench.window))


def _open_shared(bench: Workbench, dialog: SharedDialog) -> None:
    if _ask(dialog):
        opening.open_project(bench.session, dialog.folder.path())


def open_project(bench: Workbench) -> None:
    """Ask for the folder of a project and open it."""
    folder = QFileDialog.getExistingDirectory(bench.window, tr("Open project"), str(latest_folder(bench.session.settings)))
    if folder:
        opening.open_project(bench.session, Path(folder))


def open_demo(bench: Workbench) -> None:
    """Open the synthetic season, which is created on first use."""
    opening.open_demo(bench.session)


def open_null_season(bench: Workbench) -> None:
    """Open the synthetic season without signals, which is created on first use."""
    opening.open_demo(bench.session, strength=0.0)


def import_readings(bench: Workbench) -> None:
    """Open the import wizard: choose files, preview their content, and import them."""
    from quakegui.ui.dialogs.import_wizard import ImportWizard

    _ask(ImportWizard(bench.session, bench.window))


def fetch_from_service(bench: Workbench) -> None:
    """Open the dialog for web services; fetched earthquakes are shown in the catalogue window, where they can be saved."""
    from quakegui.ui.dialogs.fetch_dialog import FetchDialog

    dialog = FetchDialog(bench.session, bench.window)
    if _ask(dialog) and dialog.catalogue is not None and not _hidden(bench):
        from quakegui.ui.dialogs.catalogue_dialog import CatalogueDialog

        _ask(CatalogueDialog(bench.session, bench.window, contents=dialog.catalogue))


def _hidden(bench: Workbench) -> bool:
    """Report that earthquakes are hidden during blind labelling; returns whether it is on."""
    if bench.session.display.blind:
        bench.session.message.emit(Said("Earthquakes are hidden during blind labelling"), "info")
    return bench.session.display.blind


def edit_catalogue(bench: Workbench) -> None:
    """Show the earthquake catalogue: box, magnitude, declustering and directions."""
    if _hidden(bench):
        return
    from quakegui.ui.dialogs.catalogue_dialog import CatalogueDialog

    _ask(CatalogueDialog(bench.session, bench.window))


def edit_stations(bench: Workbench) -> None:
    """Open the names and coordinates of the stations."""
    from quakegui.ui.dialogs.stations_dialog import StationsDialog

    _ask(StationsDialog(bench.session, bench.window))


def edit_season(bench: Workbench) -> None:
    """Open the season and the parameters of the computation of maps."""
    from quakegui.ui.dialogs.season_dialog import SeasonDialog

    _ask(SeasonDialog(bench.session, bench.window))


def apply_rule(bench: Workbench) -> None:
    """Show the label rule with its counts, and apply it."""
    if _hidden(bench):
        return
    from quakegui.ui.dialogs.rule_dialog import RuleDialog

    _ask(RuleDialog(bench.session, bench.window))


def show_agreement(bench: Workbench) -> None:
    """Compare the labels of two analysts and resolve disagreements."""
    from quakegui.ui.dialogs.agreement_dialog import AgreementDialog

    _ask(AgreementDialog(bench.session, bench.window))


def revert_labels(bench: Workbench) -> None:
    """Open the history of the labels, to revert to one of its entries."""
    from quakegui.ui.dialogs.history_dialog import HistoryDialog

    _ask(HistoryDialog(bench.session, bench.window))


def show_imports(bench: Workbench) -> None:
    """Open the list of imports, to undo or redo them."""
    from quakegui.ui.dialogs.imports_dialog import ImportsDialog

    _ask(ImportsDialog(bench.session, bench.window))


def show_flags(bench: Workbench) -> None:
    """Show which readings are flagged, by whom and why; flag others."""
    from quakegui.ui.dialogs.flags_dialog import FlagsDialog

    _ask(FlagsDialog(bench.session, bench.window))


def flag_readings(bench: Workbench, subject: Subject) -> None:
    """Open the flags with a night or an interval entered, which lacks only the reason."""
    from quakegui.ui.dialogs.flags_dialog import FlagsDialog

    dialog = FlagsDialog(bench.session, bench.window)
    dialog.enter(subject)
    _ask(dialog)


def edit_settings(bench: Workbench) -> None:
    """Open the analyst's settings."""
    from quakegui.ui.dialogs.settings_dialog import SettingsDialog

    _ask(SettingsDialog(bench.session, bench.window))


def export_figure(bench: Workbench, panel: str = "day map") -> None:
    """Save a panel as a picture; that of a name is offered first."""
    from quakegui.ui.dialogs.export_dialogs import FigureDialog

    panels = {"day map": (tr("Day map"), cast(QWidget, bench.day_map.view))}
    panels |= {name: (dock.windowTitle(), dock.widget()) for name, dock in bench.docks.items() if dock.isVisible()}
    if bench.session.display.sheet:
        panels["contact sheet"] = tr("Contact sheet"), bench.day_map.contact
    panels["window"] = tr("Whole window"), bench.window
    _ask(FigureDialog(bench.session, panels, bench.window, first=panel))


def export_animation(bench: Workbench) -> None:
    """Export days of the season as an animation."""
    from quakegui.ui.dialogs.export_dialogs import AnimationDialog

    _ask(AnimationDialog(bench.session, bench.day_map.view, bench.window))


def export_tables(bench: Workbench) -> None:
    """Export the tables of the season as csv or xlsx."""
    from quakegui.ui.dialogs.export_dialogs import save_tables

    save_tables(bench.session, bench.window)


def write_report(bench: Workbench) -> None:
    """Ask for a file and write the report of the season to it."""
    from quakegui.ui.report_command import ask_and_write

    ask_and_write(bench.session, bench.window)


def close_project(bench: Workbench) -> None:
    """Close the project and show the start page."""
    if bench.session.may_close():
        bench.session.close()


def leave(bench: Workbench) -> None:
    """Close the window."""
    bench.window.close()


def go_to_date(bench: Workbench) -> None:
    """Ask for a date and show it."""
    from quakegui.ui.dialogs.date_dialog import ask_date

    day = bench.session.day
    assert day is not None
    chosen = ask_date(bench.window, day, bench.session.days)
    if chosen is not None:
        walking.go_to_day(bench.session, np.datetime64(chosen, "D"))


def choose_filter(bench: Workbench) -> None:
    """Open the list of the kinds of days to which the walk can be restricted."""
    bench.day_map.play_bar.only.setFocus()
    bench.day_map.play_bar.only.showPopup()


def play(bench: Workbench) -> None:
    """Start or stop the walk through the days."""
    bench.day_map.toggle_play()


def _end_unseen_choice(bench: Workbench) -> None:
    """Restrict a label to the day shown if the number of selected days is not visible: panel and tool bar are hidden."""
    if len(labelling.target(bench.session)) > 1 and not (bench.day_panel.count.seen or bench.range_count.seen):
        walking.select(bench.session, None)
        bench.session.message.emit(tr("The number of selected days is not visible, so only the day shown is labelled."), "info")


def _day_seen(bench: Workbench) -> bool:
    """Return whether the day shown is on the screen: a day that nobody sees is not labelled."""
    if not bench.day_seen:
        bench.session.message.emit(Said("No day is shown in this workspace, so nothing was labelled."), "info")
    return bench.day_seen


def label(bench: Workbench, cls: int | None) -> None:
    """Label the selected days, or the day shown."""
    if not _day_seen(bench):
        return
    _end_unseen_choice(bench)
    labelling.label(bench.session, cls, step=bench.step)


def accept(bench: Workbench) -> None:
    """Accept the prediction as the label."""
    if not _day_seen(bench):
        return
    _end_unseen_choice(bench)
    labelling.accept(bench.session)


def write_note(bench: Workbench) -> None:
    """Put the cursor in the note of the day."""
    bench.layouts.show("day")
    bench.day_panel.edit_note()


def toggle_blind(bench: Workbench) -> None:
    """Hide or show the labels of everybody else."""
    bench.session.set_display(blind=not bench.session.display.blind)


def toggle_auto_advance(bench: Workbench) -> None:
    """Go to the next day after each label, or stay."""
    bench.session.set_settings(auto_advance=not bench.session.settings.auto_advance)


def toggle_unit(bench: Workbench) -> None:
    """Switch between z and nT."""
    bench.session.set_display(unit="z" if bench.session.display.unit == "nT" else "nT")


def toggle_display(bench: Workbench, overlay: str) -> None:
    """Show or hide an overlay of the day map."""
    if overlay == "sheet":  # days selected out of sight must not be labelled
        walking.end_choice(bench.session)
    bench.session.set_display(**{overlay: not getattr(bench.session.display, overlay)})


def toggle_explain(bench: Workbench) -> None:
    """Show the saliency maps for the predictions of the selected days, or hide them."""
    if bench.session.display.explain:
        bench.session.set_display(explain=False)
    else:
        explaining.explain(bench.session)


def toggle_review(bench: Workbench) -> None:
    """Switch to the review workspace, or back to the previous one."""
    bench.layouts.toggle("review")


def show_training(bench: Workbench) -> None:
    """Show the training form."""
    bench.layouts.show("training")


def apply_model(bench: Workbench) -> None:
    """Predict the season with the pre-trained model."""
    from quakegui.app.runs import apply_model as apply

    apply(bench.session)


def take_in_days(bench: Workbench) -> None:
    """Ask for new files, import them, predict the new days with the current run, and report alarms that open."""
    from quakegui.app.taking_in import take_in_days as take_in

    paths, _ = QFileDialog.getOpenFileNames(bench.window, tr("New data files"), str(latest_folder(bench.session.settings)))
    if paths:
        take_in(bench.session, [Path(path) for path in paths], lambda update: _tell_update(bench, update))


def _tell_update(bench: Workbench, update: Update) -> None:
    lines = [tr("New days predicted: {count}.").format(count=len(update.predictions.issued))]
    besides = sum(len(report.issued) for report in update.registered)
    if besides:
        lines.append(tr("Days predicted by registered models: {count}.").format(count=besides))
    alarms = () if bench.session.display.blind else update.new_alarms
    for alarm in alarms:
        name = worded(bench.session.class_names[alarm.full_class])
        zone = zone_name(bench.session)
        opened = f"{to_local(alarm.opened, zone):%Y-%m-%d %H:%M} {offset_text(zone, alarm.opened)}"
        lines.append(tr("An alarm opened at {time}: {name}.").format(time=opened, name=name))
    lines += [worded(note) for note in update.notes]
    icon = QMessageBox.Icon.Warning if alarms else QMessageBox.Icon.Information
    tell(bench.window, tr("New days"), "\n".join(lines), icon)


def show_shortcuts(bench: Workbench) -> None:
    """Show all shortcuts on one sheet."""
    from quakegui.ui.dialogs.shortcut_sheet import ShortcutSheet

    _ask(ShortcutSheet([action.data() for action in bench.window.actions()], bench.window))


def show_guide(bench: Workbench) -> None:
    """Open the user's guide in a separate window."""
    from quakegui.ui.dialogs.guide import show_guide as show

    show(bench.window)


def show_palette(bench: Workbench) -> None:
    """Open the command palette, which finds a command by a few letters of its name."""
    from quakegui.ui.dialogs.command_palette import CommandPalette

    _ask(CommandPalette(bench.window.actions(), bench.window))


def copy_support_report(bench: Workbench) -> None:
    """Copy the support report to the clipboard."""
    from quakegui.ui.trouble import copy_report

    copy_report(bench.session)


def copy_deed(bench: Workbench, *, python: bool) -> None:
    """Copy the last export, rule, training or evaluation to the clipboard, as a command or as a Python program."""
    deed = bench.session.deed
    if deed is None:
        text = tr("Nothing to copy: nothing has been exported, labelled by rule, trained or evaluated in this session yet.")
    elif not deed.words:
        text = tr(
            "A figure or an animation shows a panel as it was on the screen, so no command can make it again. "
            "'quakegui maps' writes the day maps as images."
        )
    else:
        QGuiApplication.clipboard().setText(deed.python if python else deed.command)
        text = tr("Copied to the clipboard: {command}").format(command=deed.command)
    bench.session.message.emit(text, "info")


def show_about(bench: Workbench) -> None:
    """Show what the program is, and what it cannot claim."""
    tell(
        bench.window,
        tr("About quakegui"),
        tr(
            "quakegui {version}\n\nDaily anomaly maps of a geomagnetic network, labels for the days, and a model trained on "
            "the labelled maps.\n\nNo known method predicts earthquakes reliably. This program shows how good its predictions "
            "really were, compared with chance and with simpler methods."
        ).format(version=__version__),
    )


def _ask(dialog: QDialog) -> bool:
    """Show a dialog until it is closed, and delete it; its values can be read until the event loop continues."""
    keep_plain(dialog)
    FieldHabits(dialog, escape=False)
    answer = dialog.exec()
    dialog.deleteLater()
    return bool(answer)
