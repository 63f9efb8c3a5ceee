"""Every text of the program exists in every language, with the same values in it, and what is loaded is up to date."""

import ast
import re
from functools import cache
from pathlib import Path

import catalogues
import pytest

LANGUAGES = sorted(path.stem for path in catalogues.FOLDER.glob("*.po"))
GLOSSARY = {"confusion matrix": "混淆矩阵", "contour map": "等值线图", "extremum region": "极值区域"}
AVOID = (
    "注释", "站点", "等高线", "读数", "平静日", "震群", "停测", "告警程序", "注册", "夜间窗口", "间断天数", "更新版本",
    "更新的版本", "未做任何", "没有导入任何", "此更改未保存", "其他选择", "训练“{", "梯度提升树（区域", "<=",
    ">=", " — ", "，nT", "观测时段", "莫尔尚", "日历日", "逐日异常图",
)  # fmt: skip
BELOW_APP = ("season", "simulate", "formats", "project", "judge", "learn", "report")


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Return all nodes of a source, parsed once for the tests of this file."""
    return tuple(ast.walk(ast.parse(path.read_text("utf-8"))))


def fields(text: str) -> set[str]:
    """Return the places for values with their formats: without ":.0f" a time shows all its decimals."""
    return set(re.findall(r"\{(\w+(?::[^{}]*)?)\}", text.replace("{{", "")))


# Babel reads every source, some 2.5 s of processor time, once for the tests of this file.
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_stands_in_every_language_and_no_other(language: str) -> None:
    wanted, entries = set(catalogues.texts()), catalogues.read(language)
    missing = sorted(text for text in wanted if not entries.get(text))
    assert missing == [], "write {English: Chinese} and run: python tests/words/catalogues.py --add texts.json"
    assert set(entries) == wanted


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_values_stand_in_both(language: str) -> None:
    assert {key: said for key, said in catalogues.read(language).items() if fields(key) != fields(said)} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_loaded_is_up_to_date(language: str) -> None:
    made = catalogues.catalogue(language, catalogues.read(language))
    assert (catalogues.FOLDER / f"{language}.mo").read_bytes() == catalogues.compiled(made)


def test_chinese_follows_the_glossary() -> None:
    for english, chinese in catalogues.read("zh").items():
        assert not any(word in chinese for word in AVOID), (english, chinese)
        for term, wanted in GLOSSARY.items():
            if re.search(rf"\b{term}", re.sub(r"\{.*?\}", "", english.lower())):
                assert wanted in chinese, (english, chinese)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_guide_calls_everything_by_the_name_that_it_has_in_the_window(language: str) -> None:
    """In the guide <b> is for names of menus, entries, buttons and panels, <strong> for whatever else is emphasised."""
    guide = (catalogues.REPOSITORY / "resources" / "help" / language / "guide.html").read_text("utf-8")
    quoted = re.findall(r"<b>(.*?)</b>", guide, re.DOTALL)
    assert len(quoted) > 20
    assert unknown(quoted, language) == []


@pytest.mark.parametrize("name", ["README.md", "CHANGELOG.md"])
def test_what_stands_in_italics_beside_the_program_is_a_name_in_the_window(name: str) -> None:
    text = (catalogues.REPOSITORY / name).read_text("utf-8")
    assert unknown(re.findall(r"(?<!\*)\*([A-Z][^*]*)\*(?!\*)", re.sub(r"`[^`]*`", "", text)), "en") == []


SENTENCES = {"Said", "counted", "say", "source.fault"}
"""What makes a sentence of a template and values."""


def unknown(quoted: list[str], language: str) -> list[str]:
    """Return the names, of paths such as "Edit › Imports" each part, that no text of the window is."""
    shown = catalogues.read("zh").values() if language == "zh" else catalogues.texts()
    names = {text.replace("&", "").rstrip("….:：") for text in shown}
    return [name for path in quoted for name in " ".join(path.split()).split(" › ") if name not in names]


def test_no_value_of_a_sentence_is_bare_english() -> None:
    found = []
    for path in (catalogues.REPOSITORY / "quakegui").rglob("*.py"):
        if "cli" not in path.parts and path.name != "logs.py":  # which are English
            found += [f"{path}:{line}" for line in bare(path)]
    assert found == [], "a value in words is a sentence itself: Said(...)"


def test_errors_below_the_window_say_sentences_that_keep_their_values() -> None:
    found = []
    for room in BELOW_APP:
        for path in (catalogues.REPOSITORY / "quakegui" / room).rglob("*.py"):
            found += [f"{path}:{line}" for line in finished(path)]
    assert found == [], 'raise SomeError(Said("... {name} ...", name=name)), not SomeError(f"...")'


def test_no_text_is_worded_within_an_f_string() -> None:
    found = []
    for path in (catalogues.REPOSITORY / "quakegui").rglob("*.py"):
        joined = [node for node in nodes(path) if isinstance(node, ast.JoinedStr)]
        found += [f"{path}:{text.lineno}" for text in joined if any(map(worded_there, ast.walk(text)))]
    assert found == [], "no tool takes a text out of an f-string: word it before"


def worded_there(node: ast.AST) -> bool:
    """Return whether a text of the program is worded here."""
    if not (isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)):
        return False
    return isinstance(node.args[0].value, str) and called(node) in {"tr", "mark", *SENTENCES}


def called(call: ast.Call) -> str:
    """Return the name of what is called, such as "source.fault"; empty for more than a name of a name."""
    match call.func:
        case ast.Name(name):
            return name
        case ast.Attribute(ast.Name(name), part):
            return f"{name}.{part}"
    return ""


def finished(path: Path) -> list[int]:
    """Return the lines on which an error is raised with a sentence whose values can no longer be told from it."""
    raised = [node.exc for node in nodes(path) if isinstance(node, ast.Raise)]
    calls = [node for node in raised if isinstance(node, ast.Call) and node.args]
    return [call.lineno for call in calls if isinstance(call.args[0], ast.JoinedStr | ast.BinOp)]


def bare(path: Path) -> list[int]:
    """Return the lines on which a value that is put into a sentence, or is chosen for one, is a text in words."""
    calls = [node for node in nodes(path) if isinstance(node, ast.Call)]
    said = [call for call in calls if called(call) in SENTENCES]
    return [value.lineno for call in said for keyword in call.keywords for value in texts_of(keyword.value) if in_words(value)]


def texts_of(value: ast.expr) -> list[ast.expr]:
    """Return what an expression can be, without what it calls."""
    if isinstance(value, ast.IfExp):
        return [*texts_of(value.body), *texts_of(value.orelse)]
    if isinstance(value, ast.BoolOp):
        return [one for part in value.values for one in texts_of(part)]
    return [value]


def in_words(value: ast.expr) -> bool:
    parts = value.values if isinstance(value, ast.JoinedStr) else [value]
    texts = [one.value for one in parts if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    return any(re.search(r"[A-Za-z]{2}", text) for text in texts)
