"""The report from the window and as pages, and the user's guide."""

from __future__ import annotations

import re
import shutil
import subprocess
from html.parser import HTMLParser
from itertools import product
from pathlib import Path

import pytest
import typer
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, Qt, QUrl
from PySide6.QtGui import QImage, QPdfWriter
from PySide6.QtWidgets import QFileDialog, QPushButton

from quakegui.app.session import Session
from quakegui.cli.verbs import app
from quakegui.paths import resources
from quakegui.project.store import Project
from quakegui.report import Report, make_report
from quakegui.report.markup import Figure, FigureList, block, facts, h3, p
from quakegui.ui import i18n, report_command, report_pdf
from quakegui.ui.actions import ACTIONS
from quakegui.ui.dialogs.guide import GuideDialog, show_guide
from quakegui.ui.dialogs.shortcut_sheet import ShortcutSheet
from quakegui.ui.pdf_text import name_ideographs
from quakegui.ui.report_pdf import ReportError, write_pdf
from quakegui.ui.save_paths import with_ending

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><rect width="5" height="10" fill="#ff0000"/></svg>'

needs_pdftotext = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext (poppler-utils) is not here")


@pytest.fixture
def window(session: Session, open_window):
    return open_window(session)


def said(session: Session, qtbot, act) -> tuple[str, str]:
    """Let the window act, and return the sentence that the session says in the end."""
    with qtbot.waitSignal(session.message, timeout=30_000) as found:
        act()
    return tuple(found.args)


def test_the_action_is_in_menu_and_tool_bar_and_needs_a_project(window, session, empty_session):
    spec = next(spec for spec in ACTIONS if spec.id == "report")
    assert (spec.menu, spec.toolbar, spec.needs) == ("Project", True, "project")
    assert window.menus.actions["report"].isEnabled()
    session.close()
    assert not window.menus.actions["report"].isEnabled()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_window_writes_a_page_for_a_browser(window, qtbot, tmp_path, monkeypatch, language):
    session, path = window.session, tmp_path / "报告 out.html"
    session.set_settings(language=language)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_asked: (str(path), ""))
    sentence, kind = said(session, qtbot, window.menus.actions["report"].trigger)
    assert kind == "info"
    assert str(path) in sentence
    markup = path.read_text(encoding="utf-8")
    assert {"en": "Summary", "zh": "概要"}[language] in markup
    assert "SYNTHETIC" in markup
    assert markup.count("<svg") > 2


def test_the_window_writes_pages(window, session, qtbot, tmp_path):
    path = tmp_path / "out.pdf"
    sentence, kind = said(session, qtbot, lambda: report_command.write(session, path))
    assert kind == "info"
    pages = int(re.search(r"\((\d+) pages\)", sentence).group(1))
    data = path.read_bytes()
    assert data.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type\s*/Page\b", data)) == pages
    assert list(tmp_path.glob(".*.part")) == []


def test_a_cancelled_report_writes_nothing(window, session, qtbot, tmp_path):
    path = tmp_path / "out.html"

    def act():
        report_command.write(session, path)
        session.jobs.cancel()

    assert said(session, qtbot, act)[0] == "Stopped; no report was written."
    assert not path.exists()


def test_a_place_that_cannot_be_written_is_a_sentence(window, session, qtbot, tmp_path):
    (tmp_path / "out.pdf").mkdir()
    sentence, kind = said(session, qtbot, lambda: report_command.write(session, tmp_path / "out.pdf"))
    assert kind == "error"
    assert "Could not write" in sentence


@pytest.mark.parametrize("ending", ["pdf", "html"])
def test_a_folder_that_is_missing_is_told_before_any_work(window, session, qtbot, tmp_path, ending):
    folder = tmp_path / "missing"
    sentence, kind = said(session, qtbot, lambda: report_command.write(session, folder / f"out.{ending}"))
    assert (sentence, kind) == (f"The folder {folder} does not exist, so the report cannot be saved.", "error")
    assert not session.jobs.has("report")


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("a.pdf", "x (*.html)", "a.pdf"),
        ("a.HTML", "x (*.pdf)", "a.HTML"),
        ("a", "x (*.pdf)", "a.pdf"),
        ("a.b", "x", "a.b.html"),
    ],
)
def test_the_ending_typed_goes_before_the_kind_chosen(name, kind, expected):
    assert with_ending(name, kind, report_command.ENDINGS).name == expected


@pytest.fixture(scope="module")
def report(tiny_folder) -> Report:
    with Project.open(tiny_folder) as project:
        return make_report(project)


def test_earthquakes_begin_pages_and_no_picture_is_wider_than_a_page(report, tmp_path, qapp):
    assert max(figure.width for figure in report.figures) <= 680
    assert max(figure.height for figure in report.figures) <= 900
    pages = write_pdf(report, tmp_path / "out.pdf")
    assert pages >= report.body.count("page-break-before") + 1
    assert write_pdf(report, tmp_path / "out.pdf") == pages


def test_a_former_file_stays_whole_where_the_new_one_fails(report, tmp_path, monkeypatch, qapp):
    path = tmp_path / "out.pdf"
    path.write_bytes(b"former")
    monkeypatch.setattr(report_pdf, "_paint", lambda *_given: 0)
    with pytest.raises(ReportError, match="Could not write"):
        write_pdf(report, path)
    assert path.read_bytes() == b"former"


def test_a_drawing_is_printed_as_it_is_drawn(qapp):
    image = report_pdf.figure_image(Figure("svg", SVG, 10, 10, ""), "DejaVu Sans")
    assert image.size().toTuple() == (30, 30)
    assert image.pixelColor(3, 15).name() == "#ff0000"
    assert image.pixelColor(27, 15).name() == "#ffffff"
    packed = QByteArray()
    target = QBuffer(packed)
    target.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(target, "PNG")
    again = report_pdf.figure_image(Figure("png", packed.data(), 10, 10, ""), "DejaVu Sans")
    assert again.convertToFormat(QImage.Format.Format_RGB32) == image


# -- the guide -------------------------------------------------------------------------------------------------------


class Guide(HTMLParser):
    def __init__(self, language: str, page: str = "guide.html") -> None:
        super().__init__()
        self.tags: list[str] = []
        self.targets: list[str] = []
        self.names: list[str] = []
        self.pictures: list[str] = []
        self.words = ""
        self.commands: list[str] = []
        self.feed((resources() / "help" / language / page).read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        given = dict(attributes)
        self.targets += [given["href"]] if "href" in given else []
        self.names += [given["name"]] if "name" in given and tag == "a" else []
        self.pictures += [given["src"]] if tag == "img" else []

    def handle_data(self, data):
        self.words += data
        if self.tags[-1] == "pre":
            self.commands.append(data)


PAGES = ("guide.html", "centre.html")
COMMAND = re.compile(r"(?<![\w/.-])quakegui ([a-z]+)\b(.*)")


@pytest.mark.parametrize("page", PAGES)
def test_the_guide_has_the_same_chapters_and_programs_in_both_languages(page):
    english, chinese = Guide("en", page), Guide("zh", page)
    assert english.tags == chinese.tags
    assert english.names == chinese.names
    assert english.commands == chinese.commands
    assert len(english.names) >= 9
    for guide in (english, chinese):
        here = {target for target in guide.targets if target.startswith("#")}
        assert {target.removeprefix("#") for target in here} == set(guide.names)
        assert set(guide.targets) - here == set(PAGES) - {page}


def test_a_page_of_the_guide_leads_to_the_other_and_back(window):
    guide = show_guide(window)
    for page, heading in (("centre.html", "Data centre: "), ("guide.html", "User's guide")):
        guide.page.setSource(QUrl(page))  # as a click on the link does
        assert heading in guide.page.toPlainText()[:100]


def test_the_commands_of_the_data_centre_are_those_of_the_program():
    lines = "".join(Guide("en", "centre.html").commands).replace("\\\n", " ").splitlines()
    for unit in (Path(__file__).parents[2] / "packaging" / "linux").glob("*.service"):
        lines += [
            line.replace("bin/quakegui", "bin: quakegui") for line in unit.read_text().splitlines() if "ExecStart" in line
        ]
    used = {(match[1], tuple(re.findall(r"--[a-z-]+", match[2]))) for line in lines for match in COMMAND.finditer(line)}
    assert {command for command, _ in used} >= {"new", "roles", "join", "listen", "update", "verify"}
    for command, options in used:
        known = {name for parameter in typer.main.get_command(app).commands[command].params for name in parameter.opts}
        assert set(options) <= known, command


def test_the_pictures_of_the_guide_are_there_and_small():
    for language in ("en", "zh"):
        for picture in Guide(language).pictures:
            assert (resources() / "help" / language / picture).resolve().is_file()
    assert sum(path.stat().st_size for path in (resources() / "help").rglob("*.png")) < 600_000


def test_the_keys_that_the_guide_names_are_those_of_the_table():
    keys = {key for spec in ACTIONS for key in spec.shortcuts}
    for language in ("en", "zh"):
        named = set(re.findall(r"(?:Ctrl|Shift)(?:\+\w+)+|\bF\d+\b", Guide(language).words))
        assert named >= {"Ctrl+O", "Ctrl+I", "Ctrl+K", "F1", "Shift+F1"}
        assert named - keys == set()


def test_the_guide_opens_once_and_follows_the_language(window, qtbot):
    window.menus.actions["guide"].trigger()
    guide = window.findChild(GuideDialog)
    assert guide.page.toPlainText().startswith("User's guide")
    window.menus.actions["guide"].trigger()
    assert len(window.findChildren(GuideDialog)) == 1
    window.session.set_settings(language="zh")
    qtbot.waitUntil(lambda: guide.page.toPlainText().startswith("用户指南"))
    assert guide.windowTitle() == "用户指南"
    window.session.set_settings(language="en")
    assert i18n.language() == "en"


def test_the_guide_is_searched_around_its_end(window, qtbot):
    guide = show_guide(window)
    qtbot.keyClicks(guide.search, "kappa")
    first = guide.page.textCursor().selectionStart()
    assert guide.page.textCursor().selectedText().lower() == "kappa"
    qtbot.keyClick(guide.search, Qt.Key.Key_Return)
    assert guide.page.textCursor().selectionStart() == first  # the only place, found again from the top
    guide.search.clear()
    qtbot.keyClicks(guide.search, "xyzzy")
    assert guide.answer.text() == "“xyzzy” was not found in the guide."
    assert guide.isVisible()


def test_the_shortcut_sheet_leads_to_the_guide(window, qtbot):
    sheet = ShortcutSheet(ACTIONS, window)
    qtbot.addWidget(sheet)
    sheet.show()
    next(button for button in sheet.findChildren(QPushButton) if button.text() == "User's guide").click()
    assert not sheet.isVisible()
    assert window.findChild(GuideDialog).isVisible()


def test_a_page_that_a_table_leaves_empty_is_not_printed(qapp, tmp_path) -> None:
    writer = QPdfWriter(str(tmp_path / "a.pdf"))
    writer.setResolution(report_pdf.RESOLUTION)
    left_out = 0
    for rows, height in product(range(42, 50), range(2930, 3010, 10)):
        body = facts([(str(row), "value") for row in range(rows)]) + h3("Next", new_page=True)
        document = report_pdf.page_document(Report("A", "en", "", body, ()), writer, QRectF(0, 0, 2126, height))
        filled = report_pdf.filled_pages(document)
        assert filled[0] == 0
        assert filled[-1] == document.pageCount() - 1
        left_out += document.pageCount() - len(filled)
    assert left_out, "No length of the table left a page empty, so this test tried nothing."


@pytest.mark.parametrize("picture", [False, True])
def test_no_heading_is_left_alone_at_the_foot_of_a_page(qapp, tmp_path, picture) -> None:
    writer = QPdfWriter(str(tmp_path / "a.pdf"))
    writer.setResolution(report_pdf.RESOLUTION)
    figures = FigureList()
    shown = block(figures.add(Figure("svg", SVG, 60, 40, ""))) if picture else facts([("name", "value")] * 4)
    moved = 0
    for lines in range(20, 48):
        body = p("line") * lines + h3("Next") + shown + p("after") * 20
        document = report_pdf.page_document(
            Report("A", "en", "", body, tuple(figures.entries)), writer, QRectF(0, 0, 2126, 2965)
        )
        layout = document.documentLayout()
        blocks = [document.findBlockByNumber(number) for number in range(document.blockCount())]
        place = next(number for number, one in enumerate(blocks) if one.text() == "Next")
        pages = [
            (layout.blockBoundingRect(one).top() + one.layout().lineAt(0).y() + 2.0) // 2965
            for one in blocks[place : place + 2]
        ]
        assert pages[0] == pages[1], lines
        assert all(one.layout().lineCount() and layout.blockBoundingRect(one).height() > 1 for one in blocks if one.text())
        moved += bool(blocks[place].blockFormat().pageBreakPolicy())
    assert moved, "No number of lines left a heading at the foot, so this test tried nothing."


def printed(report: Report, path: Path) -> str:
    """Return the text of a report's pages, read from the file."""
    write_pdf(report, path)
    return " ".join(subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True).stdout.split())


@needs_pdftotext
def test_what_stands_on_the_pages_can_be_searched_for_and_copied(qapp, tmp_path) -> None:
    lines = [f"line {number}: macro recall of 57.2 % (45.3 to 68.4), R = 0.10" for number in range(20)]
    body = "".join(p(line) for line in lines) + h3("Alarms 2022-03-29") + facts([("召回率 57.2", "–")])
    said = printed(Report("Season 2022", "en", "SYNTHETIC", body, ()), tmp_path / "a.pdf")
    assert [line for line in [*lines, "Alarms 2022-03-29", "57.2", "Season 2022"] if line not in said] == []


@needs_pdftotext
def test_chinese_on_the_pages_is_found_as_it_is_typed(qapp, tmp_path) -> None:
    """Fonts draw radicals by the glyphs of such characters, and a reader of the file would be told the radical."""
    words = ["无震", "大小", "日数", "方向", "面积", "自相关", "长度", "页", "高", "黄色", "角", "一致", "用于"]
    said = printed(Report("一日", "zh", "", "".join(p(f"{word}：1") for word in words), ()), tmp_path / "a.pdf")
    assert [word for word in [*words, "一日"] if word not in said] == []


def test_glyphs_stand_for_ideographs_and_nothing_moves(tmp_path) -> None:
    path = tmp_path / "a.pdf"
    before = b"%PDF <2F47>\nbegincmap\n<0001> <2F47> [<65F6> <2F47> <2ED3>\n<2E80> <0041>]\nendcmap [<2F47>]\n\xff"
    path.write_bytes(before)
    name_ideographs(path)
    named = before.replace(b"<65F6> <2F47> <2ED3>", b"<65F6> <65E5> <957F>")
    assert path.read_bytes() == named
    name_ideographs(path)
    assert path.read_bytes() == named


@needs_pdftotext
def test_headings_that_are_moved_leave_every_line_printed(qapp, tmp_path) -> None:
    parts = [f"part {number}" for number in range(40)]
    body = "".join(h3(part) + block("x<br>" * (3 + number % 7)) + facts([(f"{part} row {k}", "v") for k in range(9)])
                   for number, part in enumerate(parts))  # fmt: skip
    said = printed(Report("Season", "en", "", body, ()), tmp_path / "a.pdf")
    assert [f"{part} row {k}" for part in parts for k in range(9) if f"{part} row {k}" not in said] == []
    assert [part for part in parts if said.count(part) < 10] == []


def test_a_figure_that_moves_to_a_page_of_its_own_is_printed_with_its_name(qapp, tmp_path) -> None:
    writer = QPdfWriter(str(tmp_path / "a.pdf"))
    writer.setResolution(report_pdf.RESOLUTION)
    figures = FigureList()
    body = p("line") * 25 + p("name") + block(figures.add(Figure("svg", SVG, 600, 700, ""))) + h3("Next", new_page=True)
    document = report_pdf.page_document(Report("A", "en", "", body, tuple(figures.entries)), writer, QRectF(0, 0, 2126, 2965))
    assert report_pdf.filled_pages(document) == [0, 1, 2]
    name = next(one for one in map(document.findBlockByNumber, range(document.blockCount())) if one.text() == "name")
    assert document.documentLayout().blockBoundingRect(name).top() >= 2965
