"""The whole report: its sections in order, as one document that can be saved as a file or printed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from quakegui.judge.judged_by import AsOf
from quakegui.progress import CancelCheck, ProgressCallback, StoppedError, never, silent
from quakegui.project.filesystem import whole_file
from quakegui.project.store import Project
from quakegui.project.title import project_title
from quakegui.report.content import gather
from quakegui.report.event_parts import alarms, events
from quakegui.report.label_parts import labels
from quakegui.report.markup import Figure, FigureList, h1, safe, with_pictures
from quakegui.report.provenance import provenance
from quakegui.report.run_parts import skill, training
from quakegui.report.season_parts import method, network, short, small_stamp, stamps
from quakegui.report.words import Words
from quakegui.season.season import Season

STYLE: Final = """
body { font-family: "Segoe UI", "Noto Sans", "Microsoft YaHei", "PingFang SC", "Noto Sans CJK SC", sans-serif; color: #1b1f24; }
h1 { font-size: 20pt; }
h2 { font-size: 15pt; color: #1a4f8f; }
h3 { font-size: 11.5pt; }
p, li, td, th { font-size: 9pt; }
th { background-color: #eef1f4; }
.rows { border-collapse: collapse; border-color: #c3c9d0; border-style: solid; margin-top: 3px; margin-bottom: 8px; }
.rows td, .rows th { font-size: 8pt; }
.wide td, .wide th { font-size: 6pt; }
.stamp { color: #ffffff; background-color: #b3261e; font-weight: bold; font-size: 11pt; }
.verdict { font-size: 11pt; font-weight: bold; background-color: #eef3fa; }
.notice { color: #8a5a00; }
.caption { color: #5b6470; font-size: 8pt; }
a { color: #1a62c6; }
"""
"""Rules that both browsers and the text document of Qt support."""
SCREEN_STYLE: Final = """
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; line-height: 1.4; background: #ffffff; }
h2 { border-bottom: 2px solid #d5d9de; margin-top: 2.5rem; }
table.rows { margin: 0.5rem 0; }
.stamp, .verdict { padding: 0.4rem 0.7rem; }
.grid p { margin: 0.15rem 0; }
img, svg { max-width: 100%; height: auto; }
"""
"""Rules for browsers only."""


@dataclass(frozen=True, slots=True)
class Report:
    """A finished report.

    Attributes
    ----------
    title
        Title of the document.
    language
        Language code, such as "en".
    stamp
        Stamp on every page: SYNTHETIC, LEAKY, both, or empty.
    body
        Markup in which ``<img src="figure:N">`` stands for `figures[N]`.
    figures
        The figures.
    """

    title: str
    language: str
    stamp: str
    body: str
    figures: tuple[Figure, ...]

    def html(self) -> str:
        """Return the report as one file, with embedded figures, without scripts or external resources."""
        code = "zh-CN" if self.language == "zh" else self.language
        return (
            f'<!DOCTYPE html>\n<html lang="{code}">\n<head>\n<meta charset="utf-8">\n'
            f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{safe(self.title)}</title>\n'
            f"<style>{STYLE}{SCREEN_STYLE}</style>\n</head>\n<body>\n{with_pictures(self.body, self.figures)}</body>\n</html>\n"
        )


def make_report(
    project: Project,
    *,
    language: str = "en",
    season: Season | None = None,
    as_of: AsOf = "training",
    progress: ProgressCallback = silent,
    cancelled: CancelCheck = never,
) -> Report:
    """Create the report on the season of a project.

    Parameters
    ----------
    project
        The project.
    language
        Language code, such as "en".
    season
        The computed season, if the caller has it.
    as_of
        Whether the run is evaluated with the labels and earthquakes of its training, or with the present ones.
    progress, cancelled
        Called with (done, total, text), and to check whether to stop.

    Raises
    ------
    StoppedError
        If it was cancelled.
    ProjectError
        If the season cannot be computed from the content of the project.
    """
    content = gather(project, season, as_of=as_of, progress=progress, cancelled=cancelled)
    say, figures = Words(language, content.split), FigureList()
    title = say("Season report: {name}", name=project_title(project))
    parts = [h1(title), stamps(content, say)]
    for part in (short, network, method, labels, training, skill):
        if cancelled():
            raise StoppedError
        parts.append(part(content, say, figures))
    parts.append(events(content, say, figures, progress=progress, cancelled=cancelled))
    parts.append(alarms(content, say, figures, progress=progress, cancelled=cancelled))
    parts.append(provenance(content, say, figures))
    return Report(title, language, small_stamp(content, say, scores=True), "".join(parts), tuple(figures.entries))


def write_html(report: Report, path: Path) -> None:
    """Write a report as one self-contained file.

    Parameters
    ----------
    report
        The finished report.
    path
        The file, outside any project; an existing one is only replaced by a complete new one.

    Raises
    ------
    OSError
        If the file cannot be written, or `path` is part of a project, a folder or a device; it is then unchanged.
    """
    with whole_file(path, durable=True) as part:
        part.write_bytes(report.html().encode())
