from collections import Counter

from PySide6.QtGui import QKeySequence

from quakegui.ui.action import MENUS
from quakegui.ui.actions import ACTIONS


def test_no_two_shortcuts_collide() -> None:
    keys = [QKeySequence(keys).toString() for spec in ACTIONS for keys in spec.shortcuts]
    assert all(keys), "every shortcut must be a key sequence that Qt knows"
    assert [key for key, count in Counter(keys).items() if count > 1] == []


def test_every_action_has_a_unique_name_and_a_menu() -> None:
    ids = [spec.id for spec in ACTIONS]
    assert len(ids) == len(set(ids))
    assert {spec.menu for spec in ACTIONS} == set(MENUS)
    assert all(spec.text and callable(spec.run) for spec in ACTIONS)


def test_the_documented_keys_do_what_they_say() -> None:
    by_key = {keys: spec.id for spec in ACTIONS for keys in spec.shortcuts}
    expected = {
        "Right": "day-next", "Left": "day-former", "Ctrl+Right": "jump-event-next", "Space": "play", "Return": "accept",
        "U": "unlabel", "N": "note", "Ctrl+Z": "undo", "Ctrl+Y": "redo", "Ctrl+K": "palette", "F1": "shortcuts",
        **{str(cls): f"label-{cls}" for cls in range(5)},
    }  # fmt: skip
    assert {key: by_key[key] for key in expected} == expected
