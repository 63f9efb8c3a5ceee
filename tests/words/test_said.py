"""A sentence keeps its template and its values, wherever it goes."""

import copy
import errno
import json
import os
import pickle
from pathlib import Path

import numpy as np
import pytest

from quakegui.formats import FormatError
from quakegui.project.store import ProjectError
from quakegui.words import Said, counted, joined, own_name, text_from_json, text_to_json, word, worded

FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def said() -> Said:
    return Said("{path} cannot be written: {strerror}.", path=Path("/data/Obs. Kunming"), strerror="No space")


def test_it_is_english_text_to_everybody_who_does_not_ask() -> None:
    text = said()
    assert text == "/data/Obs. Kunming cannot be written: No space."
    assert f"{text}" == str(text) == text
    assert hash(text) == hash("/data/Obs. Kunming cannot be written: No space.")


def test_an_error_keeps_it() -> None:
    assert isinstance(str(ProjectError(said())), Said)
    error = FormatError(said(), file="a.csv", line=3)
    assert str(error) == "a.csv:3: /data/Obs. Kunming cannot be written: No space."
    assert worded(str(pickle.loads(pickle.dumps(error))), "zh").startswith("a.csv:3：")


@pytest.mark.parametrize("carry", [copy.copy, copy.deepcopy, lambda text: pickle.loads(pickle.dumps(text))])
def test_copies_are_sentences_too(carry) -> None:
    assert carry(said()).values == {"path": "/data/Obs. Kunming", "strerror": "No space"}


def test_it_travels_as_json_with_template_and_values() -> None:
    inner = counted("{count} day", "{count} days", count=np.int64(2))
    text = joined("; ", [Said("{title}: {error}", title=inner, error=said()), "a name"])
    back = text_from_json(json.loads(json.dumps(text_to_json(text))))
    assert (back, worded(back, "zh")) == (text, worded(text, "zh"))
    assert text_from_json(text_to_json("Stations")) == "Stations"


@pytest.mark.parametrize(
    "told",
    [
        {"said": "{path.parent}", "values": {"path": "a"}},
        {"said": "{n:>999999999}", "values": {"n": 1}},
        {"said": "{n!r}", "values": {"n": 1}},
        {"said": "{n}"},
        {"said": 3},
        {"said": "{n", "values": {"n": 1}},
        {"said": "{n}", "values": {"n": []}},
        ["said"],
        None,
    ],
)
def test_what_is_no_sentence_of_the_program_is_refused(told) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        text_from_json(told)


def test_sentences_nested_without_end_are_refused() -> None:
    told: object = "x"
    for _ in range(100):
        told = {"said": "{inner}", "values": {"inner": told}}
    with pytest.raises(ValueError, match="no sentence"):
        text_from_json(told)


@pytest.mark.parametrize(("count", "english", "chinese"), [(1, "1 day", "1 天"), (2, "2 days", "2 天"), (0, "0 days", "0 天")])
def test_it_counts(count: int, english: str, chinese: str) -> None:
    text = counted("{count} day", "{count} days", count=count)
    assert (text, worded(text, "zh")) == (english, chinese)


def test_numbers_keep_the_template_s_format_in_both_languages() -> None:
    text = Said("{path} is larger than {largest:,} bytes.", path="a", largest=np.int32(1234567))
    assert text == "a is larger than 1,234,567 bytes."
    assert "1,234,567" in worded(text, "zh")


def test_single_precision_is_written_as_short_as_it_is() -> None:
    assert Said("{share}", share=np.float32(0.1)) == "0.1"


def test_braces_and_signs_in_values_are_left_alone() -> None:
    assert Said("{name}", name="{x} %s {0}") == "{x} %s {0}"


def test_sentences_are_joined_as_the_language_writes_them() -> None:
    parts = [Said("Nothing was changed."), "", Said("No epoch was completed; the run can be started again.")]
    assert joined(" ", parts) == "Nothing was changed. No epoch was completed; the run can be started again."
    chinese = worded(joined(" ", parts), "zh")
    assert " " not in chinese
    assert chinese.count("。") == 2


def test_a_value_is_never_worded() -> None:
    text = Said("{title}: {error}", title="Stations", error=said())
    assert worded(text, "zh").startswith("Stations：/data/Obs. Kunming")
    assert worded("Stations", "zh") == "Stations"


def test_it_does_not_change() -> None:
    with pytest.raises(AttributeError, match="does not change"):
        said().template = "x"
    with pytest.raises(TypeError, match="item assignment"):
        said().values["path"] = "x"  # type: ignore[index]


def test_a_language_has_its_own_name_in_every_language() -> None:
    assert [own_name(code) for code in ("en", "zh")] == ["English", "中文"]
    assert word("English", "zh") == "English", "the menu of a Chinese window offers English"
