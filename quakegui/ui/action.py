"""A row of the action table, and the menus."""

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
    """One action of the analyst.

    Attributes
    ----------
    id
        Unique name.
    menu
        One of `MENUS`.
    text, tip
        English texts, translated when displayed.
    run
        The function that performs it.
    shortcuts
        Portable key sequences, the first one displayed.
    icon
        QtAwesome name, or empty.
    needs
        "" always possible, "project" needs a project, "days" a season, "write" days that may be labelled.
    toolbar
        Whether it is in the tool bar.
    checked
        For an on/off choice: whether it is on.
    group
        Menus have a separator between actions of different groups.
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
