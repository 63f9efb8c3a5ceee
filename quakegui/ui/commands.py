"""What the actions of the table do, one short function each; dialogs are imported when they are first asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtWidgets import QDialog, QFileDialog, QMessageBox

from quakegui import __version__
from quakegui.ui.dialogs.buttons import tell
from quakegui.ui.i18n import tr
from quakegui.ui.plain import keep_plain
from quakegui.ui.sentences import told
from quakegui.ui.texts import CLASS_NAMES

if TYPE_CHECKING:
    from quakegui.learn.operating import Update
    from quakegui.ui.main_window import MainWindow


def new_project(window: MainWindow) -> None:
    """Ask for a folder and a time zone, and make an empty project there."""
    from quakegui.ui.dialogs.new_project import NewProjectDialog

    dialog = NewProjectDialog(window)
    if _ask(dialog):
        window.session.create(dialog.folder(), timezone=dialog.timezone(), name=dialog.name())


def open_project(window: MainWindow) -> None:
    """Ask for a project's folder and open it."""
    folder = QFileDialog.getExistingDirectory(window, tr("Open project"), str(window.last_folder()))
    if folder:
        window.session.open(Path(folder))


def open_demo(window: MainWindow) -> None:
    """Open the synthetic season, made on its first use."""
    window.session.open_demo()


def import_readings(window: MainWindow) -> None:
    """Let the analyst choose files, see what is in them, and import them."""
    from quakegui.ui.dialogs.import_wizard import ImportWizard

    _ask(ImportWizard(window.session, window))


def edit_catalogue(window: MainWindow) -> None:
    """Show the earthquake catalogue: box, magnitude, declustering and directions."""
    from quakegui.ui.dialogs.catalogue_dialog import CatalogueDialog

    _ask(CatalogueDialog(window.session, window))


def edit_stations(window: MainWindow) -> None:
    """Show the stations' names and coordinates."""
    from quakegui.ui.dialogs.stations_dialog import StationsDialog

    _ask(StationsDialog(window.session, window))


def edit_season(window: MainWindow) -> None:
    """Show the season window and the parameters of the way from readings to maps."""
    from quakegui.ui.dialogs.season_dialog import SeasonDialog

    _ask(SeasonDialog(window.session, window))


def apply_rule(window: MainWindow) -> None:
    """Show the label rule with its counts, and apply it."""
    from quakegui.ui.dialogs.rule_dialog import RuleDialog

    _ask(RuleDialog(window.session, window))


def show_agreement(window: MainWindow) -> None:
    """Compare two analysts' labels and settle where they differ."""
    from quakegui.ui.dialogs.agreement_dialog import AgreementDialog

    _ask(AgreementDialog(window.session, window))


def revert_labels(window: MainWindow) -> None:
    """Bring the labels back as they were at a moment."""
    from quakegui.ui.dialogs.revert_dialog import RevertDialog

    _ask(RevertDialog(window.session, window))


def show_imports(window: MainWindow) -> None:
    """Show what was imported, and undo or redo it."""
    from quakegui.ui.dialogs.imports_dialog import ImportsDialog

    _ask(ImportsDialog(window.session, window))


def edit_settings(window: MainWindow) -> None:
    """Show the analyst's settings."""
    from quakegui.ui.dialogs.settings_dialog import SettingsDialog

    _ask(SettingsDialog(window.session, window))


def export_figure(window: MainWindow) -> None:
    """Save a panel as a picture."""
    from quakegui.ui.dialogs.export_dialogs import FigureDialog

    _ask(FigureDialog(window, window))


def export_animation(window: MainWindow) -> None:
    """Save days of the season as an animation."""
    from quakegui.ui.dialogs.export_dialogs import AnimationDialog

    _ask(AnimationDialog(window, window))


def export_tables(window: MainWindow) -> None:
    """Save the season's tables as csv or xlsx."""
    from quakegui.ui.dialogs.export_dialogs import save_tables

    save_tables(window)


def write_report(window: MainWindow) -> None:
    """Ask for a file and write the report of the season into it."""
    from quakegui.ui.report_command import ask_and_write

    ask_and_write(window)


def close_project(window: MainWindow) -> None:
    """Close the project and show the start page."""
    if window.session.may_close():
        window.session.close()


def leave(window: MainWindow) -> None:
    """Close the window."""
    window.close()


def go_to_date(window: MainWindow) -> None:
    """Ask for a date and show it."""
    from quakegui.ui.dialogs.date_dialog import ask_date

    day = window.session.day
    assert day is not None
    chosen = ask_date(window, day, window.session.days)
    if chosen is not None:
        window.session.go_to_day(np.datetime64(chosen, "D"))


def choose_filter(window: MainWindow) -> None:
    """Open the list of the kinds of days that the walk can be narrowed to."""
    window.day_map_panel.play_bar.only.setFocus()
    window.day_map_panel.play_bar.only.showPopup()


def play(window: MainWindow) -> None:
    """Start or stop the walk through the days."""
    window.day_map_panel.toggle_play()


def label(window: MainWindow, cls: int | None) -> None:
    """Label the chosen days, or the day shown."""
    window.end_unseen_choice()
    window.session.label(cls)


def accept(window: MainWindow) -> None:
    """Accept the prediction as the label."""
    window.end_unseen_choice()
    window.session.accept()


def write_note(window: MainWindow) -> None:
    """Put the cursor into the day's note."""
    window.show_dock("day")
    window.day_panel.edit_note()


def toggle_blind(window: MainWindow) -> None:
    """Hide or show everybody else's labels."""
    window.session.set_display(blind=not window.session.display.blind)


def toggle_auto_advance(window: MainWindow) -> None:
    """Go to the next day after each label, or stay."""
    window.session.set_settings(auto_advance=not window.session.settings.auto_advance)


def toggle_unit(window: MainWindow) -> None:
    """Switch between z and nT."""
    window.session.set_display(unit="z" if window.session.display.unit == "nT" else "nT")


def toggle_display(window: MainWindow, overlay: str) -> None:
    """Show or hide an overlay of the day map."""
    window.session.set_display(**{overlay: not getattr(window.session.display, overlay)})


def toggle_explain(window: MainWindow) -> None:
    """Show what spoke for the predictions of the chosen days, or hide it."""
    if window.session.display.explain:
        window.session.set_display(explain=False)
    else:
        window.session.explain()


def toggle_review(window: MainWindow) -> None:
    """Switch between the working layout and the one for a review with colleagues."""
    window.use_layout("work" if window.layout_name == "review" else "review")


def show_training(window: MainWindow) -> None:
    """Bring the training form to the front."""
    window.show_dock("training")


def take_in_days(window: MainWindow) -> None:
    """Ask for new files; import them, let the run in use predict the new days, and tell of alarms that open."""
    from quakegui.app.taking_in import take_in_days as take_in

    paths, _ = QFileDialog.getOpenFileNames(window, tr("New files of readings"), str(window.last_folder()))
    if paths:
        take_in(window.session, [Path(path) for path in paths], lambda made: _tell_update(window, made))


def _tell_update(window: MainWindow, made: Update) -> None:
    lines = [tr("{count} new days were predicted.").format(count=len(made.predicted.issued))]
    for alarm in made.opened:
        name = tr(CLASS_NAMES[alarm.full_class])
        lines.append(tr("An alarm opened at {time} UTC: {name}.").format(time=str(alarm.opened)[:16], name=name))
    lines += [told(note) for note in made.notes]
    icon = QMessageBox.Icon.Warning if made.opened else QMessageBox.Icon.Information
    tell(window, tr("New days"), "\n".join(lines), icon)


def show_shortcuts(window: MainWindow) -> None:
    """Show every shortcut on one sheet."""
    from quakegui.ui.dialogs.shortcut_sheet import ShortcutSheet

    _ask(ShortcutSheet(window))


def show_guide(window: MainWindow) -> None:
    """Open the user's guide beside the window."""
    from quakegui.ui.dialogs.guide import show_guide as show

    show(window)


def show_palette(window: MainWindow) -> None:
    """Find a command by a few letters of its name."""
    from quakegui.ui.dialogs.command_palette import CommandPalette

    _ask(CommandPalette(window))


def copy_support_report(window: MainWindow) -> None:
    """Put the report for support on the clipboard."""
    from quakegui.ui.trouble import copy_report

    copy_report(window)


def show_about(window: MainWindow) -> None:
    """Say what this is, and what it cannot claim."""
    tell(
        window,
        tr("About quakegui"),
        tr(
            "quakegui {version}\n\nDaily anomaly maps of a geomagnetic network, labels, and a network trained on them.\n\n"
            "No method is known that predicts earthquakes reliably. What this program shows is how good its predictions "
            "really were, next to chance and to simpler methods."
        ).format(version=__version__),
    )


def _ask(dialog: QDialog) -> bool:
    """Show a dialog until it is answered, then let go of it: what it holds is still readable until the event loop turns."""
    keep_plain(dialog)
    answer = dialog.exec()
    dialog.deleteLater()
    return bool(answer)
