"""Every text of the window exists in Chinese, with the same values in it, and the compiled catalogue is up to date."""

from __future__ import annotations

import string
from pathlib import Path

import pytest
import translation_catalogue as catalogue
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QLabel

from quakegui.ui import i18n

GLOSSARY = {"confusion matrix": "混淆矩阵", "contour map": "等值线图", "extremum region": "极值区域", "station": "台站"}
AVOID = ("注释", "站点", "等高线")


@pytest.fixture
def english_again(qapp):
    yield
    i18n.set_language("en")


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_every_text_has_a_finished_chinese_translation():
    entries = catalogue.read()
    missing = sorted(text for text in catalogue.texts() if not entries.get(text))
    assert missing == [], "write {English: Chinese} and run: python tests/ui/translation_catalogue.py --add texts.json"


def test_translations_keep_the_values():
    wrong = {en: zh for en, zh in catalogue.read().items() if zh and fields(en) != fields(zh)}
    assert wrong == {}


def test_translations_follow_the_glossary():
    finished = {english: chinese for english, chinese in catalogue.read().items() if chinese}
    for english, chinese in finished.items():
        assert not any(word in chinese for word in AVOID), (english, chinese)
        for term, wanted in GLOSSARY.items():
            if term in english.lower():
                assert wanted in chinese, (english, chinese)


def test_the_compiled_catalogue_is_up_to_date(tmp_path: Path):
    fresh = tmp_path / "zh.qm"
    catalogue.compile_catalogue(compiled=fresh)
    assert fresh.read_bytes() == catalogue.COMPILED.read_bytes()


def test_literals_are_found_and_other_calls_are_not():
    assert catalogue.texts_in("tr('a' 'b'); mark(\"c\"); other('d'); tr(name)") == {"ab", "c"}


def test_what_the_session_says_is_found():
    source = "self.said.emit('one', 'info'); session.jobs.start('two', work, done); NOTHING_FURTHER = {'event': 'three'}"
    assert catalogue.texts_in(source) == {"one", "two", "three"}


def test_language_switches_at_run_time_and_widgets_hear_of_it(qtbot, english_again):
    class Listener(QObject):
        heard = 0

        def eventFilter(self, _, event):  # noqa: N802
            self.heard += event.type() == QEvent.Type.LanguageChange
            return False

    label, listener = QLabel(), Listener()
    qtbot.addWidget(label)
    label.installEventFilter(listener)
    assert i18n.tr("Timeline") == "Timeline"
    i18n.set_language("zh")
    qtbot.waitUntil(lambda: listener.heard > 0)
    assert (i18n.tr("Timeline"), i18n.language()) == ("时间轴", "zh")
    i18n.set_language("en")
    assert (i18n.tr("Timeline"), i18n.language()) == ("Timeline", "en")


def test_an_unknown_language_is_refused(qapp):
    with pytest.raises(ValueError, match="does not exist"):
        i18n.set_language("fr")
