"""What errors, notes and jobs say has its Chinese, and a finished sentence is recognised with its values."""

from __future__ import annotations

import ast

import pytest
import sentence_catalogue as catalogue

from quakegui.ui import i18n
from quakegui.ui.sentences import FIELD, translate


@pytest.fixture
def chinese(qapp):
    i18n.set_language("zh")


def test_every_sentence_has_chinese():
    missing = sorted(text for text in catalogue.sentences() if not catalogue.read().get(text))
    assert missing == [], "write their Chinese: python tests/ui/sentence_catalogue.py --add texts.json"


def test_no_chinese_without_its_sentence():
    assert set(catalogue.read()) - catalogue.sentences() == set()


def test_the_same_values_stand_in_both_languages():
    assert [text for text, chinese in catalogue.read().items() if catalogue.fields(text) != catalogue.fields(chinese)] == []


def test_what_counts_as_a_sentence():
    source = '''
def f(x, say):
    """A docstring. Not counted."""
    say(1, 2, f"night means of {x}")
    raise ValueError(f"The file {x} is {x + 1}, sadly.") from None
'''
    assert catalogue.spoken(ast.parse(source)) == {"night means of {0}", "The file {0} is {1}, sadly."}


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize("template", sorted(catalogue.read()))
def test_a_finished_sentence_is_recognised(template):
    values = [f"值{number}" for number in range(9)]
    english = FIELD.sub(lambda field: values[int(field[1])], template)
    assert translate(english) == FIELD.sub(lambda field: values[int(field[1])], catalogue.read()[template])


WHOLE = [
    ('readings.csv:12: The time "x" cannot be read.', "readings.csv:12：时间“x”无法读取。"),
    (
        "Computing the season: A radius needs a centre, and a centre a radius.",
        "正在计算时段：有半径就要有中心，有中心就要有半径。",
    ),
    (
        "Nothing was changed. No epoch was over yet; the run can be started again.",
        "未做任何更改。还没有完成一轮；可以重新开始这次运行。",
    ),
    (
        "The run “a” cannot be used: its tables of the map style are not whole.",
        "运行“a”不能使用：其图样式的表不完整。",
    ),
    (
        "Everything up to epoch 3 of fold 1 is kept; resume goes on from there.",
        "第 1 折第 3 轮及之前均已保存；继续训练将从那里开始。",
    ),
    ("A sentence that nobody knows.", "A sentence that nobody knows."),
    ("It holds no readings.\nThis is not text.", "其中没有读数。\n这不是文本。"),
    ("", ""),
]


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize(("english", "expected"), WHOLE)
def test_sentences_behind_a_place_or_behind_each_other(english, expected):
    assert translate(english) == expected


def test_in_english_nothing_is_touched():
    assert translate("It holds no readings.") == "It holds no readings."
