"""What the report's tests share: reading a report's markup without a browser."""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from quakegui.judge.judgement import Judgement
from quakegui.report import Report
from quakegui.season.season import Season


class Page(HTMLParser):
    """Collects the text of a page, its elements, and everything that it would fetch."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[str] = []
        self.fetched: list[str] = []
        self.open: list[str] = []
        self._quiet = 0
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        if tag not in {"meta", "img", "rect", "polyline", "circle", "polygon", "br"}:
            self.open.append(tag)
        self._quiet += tag == "style"
        for name, value in attributes:
            if name in {"src", "href", "data", "action"} and not str(value).startswith(("data:image/png;base64,", "#")):
                self.fetched.append(str(value))
            if name.startswith("on"):
                self.fetched.append(name)

    def handle_endtag(self, tag):
        if tag not in {"rect", "polyline", "circle", "polygon"}:
            assert self.open.pop() == tag
        self._quiet -= tag == "style"

    def handle_startendtag(self, tag, attributes):
        self.tags.append(tag)

    def handle_data(self, data):
        if not self._quiet:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@dataclass(frozen=True)
class Reported:
    """A project with all that its report is read against; nobody may change it."""

    folder: Path
    season: Season
    judgement: Judgement
    english: Report
    chinese: Report
