from __future__ import annotations

from PySide6.QtWidgets import QLabel

from quakegui.ui.centre import Centre


def test_bars_alone_are_as_high_as_their_words_need_in_a_new_width(qtbot):
    bar = QLabel("What a notice says in many words, which take several lines where there is little room. " * 4)
    bar.setWordWrap(True)
    centre = Centre((bar,))
    qtbot.addWidget(centre)
    centre.resize(300, 400)
    centre.show()
    centre.show_pages(False)
    qtbot.waitUntil(lambda: centre.maximumHeight() == bar.heightForWidth(300) > bar.heightForWidth(1200))
    centre.resize(1200, 400)
    qtbot.waitUntil(lambda: centre.maximumHeight() == bar.heightForWidth(1200))
