"""Name of a project as displayed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from quakegui.words import Said

if TYPE_CHECKING:
    from quakegui.project.store import Project

DEMO_NAME: Final = "SYNTHETIC Liangshan 2022"
NULL_NAME: Final = "SYNTHETIC Liangshan 2022, null season"
"""Stored names of the synthetic seasons that the program creates, with signals and without."""
_TITLES: Final = {DEMO_NAME: Said("Liangshan 2022"), NULL_NAME: Said("Liangshan 2022, null season")}


def project_title(project: Project) -> str:
    """Return the name of a project; those of the program's own synthetic seasons can be translated.

    They lack the word SYNTHETIC, which is always displayed beside it as a stamp.
    """
    return _TITLES.get(project.name, project.name) if project.synthetic else project.name
