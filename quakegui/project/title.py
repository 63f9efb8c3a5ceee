"""Name of a project as displayed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from quakegui.words import Said

if TYPE_CHECKING:
    from quakegui.project.store import Project

DEMO_NAME: Final = "SYNTHETIC Liangshan 2022"
"""Stored name of the synthetic season that the program creates."""


def project_title(project: Project) -> str:
    """Return the name of a project; that of the program's own synthetic season can be translated.

    It lacks the word SYNTHETIC, which is always displayed beside it as a stamp.
    """
    return Said("Liangshan 2022") if project.synthetic and project.name == DEMO_NAME else project.name
