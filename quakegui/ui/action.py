"""What a row of the action table says, and the menus that rows stand in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from quakegui.ui.i18n import mark
from quakegui.ui.workbench import Workbench

PROJECT: Final = mark("Project")
EDIT: Final = mark("Edit")
DAY: Final = mark("Day")
LABEL: Final = mark("Label")
VIEW: Final = mark("View")
NETWORK: Final = mark("Model")
HELP: Final = mark("Help")
MENUS: Final = (PROJECT, EDIT, DAY, LABEL, NETWORK, VIEW, HELP)


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that the analyst can do.

    Attributes
    ----------
    id
        Unique name.
    menu
        One of `MENUS`.
    text, tip
        English texts, translated where they are shown.
    run
        What it does.
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
    run: Callable[[Workbench], object]
    shortcuts: tuple[str, ...] = ()
    icon: str = ""
    tip: str = ""
    needs: str = ""
    toolbar: bool = False
    checked: Callable[[Workbench], bool] | None = None
    group: int = 0
