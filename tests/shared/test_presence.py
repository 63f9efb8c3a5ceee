"""Who else has a shared project open, and on which day."""

from __future__ import annotations

from typing import Any

import pytest

from quakegui.app import walking
from quakegui.app.session import Session
from quakegui.project.shared.address import parse_address
from quakegui.project.shared.roles import create_roles
from quakegui.ui.status_line import StatusLine

pytestmark = pytest.mark.shared


def seen_by(session: Session) -> list[tuple[str, str]]:
    assert session.presence is not None
    return [(who, str(day)) for who, day in session.presence.others]


def test_windows_show_where_the_others_are_until_they_leave(season_url: str, opened: Any, qtbot: Any) -> None:
    bo = opened(season_url, "Bo")
    walking.go_to(bo, 3)
    li = opened(season_url, "<b>Li</b>")
    line = StatusLine(li)
    qtbot.addWidget(line)
    walking.go_to(li, 7)
    qtbot.waitUntil(lambda: seen_by(li) == [("Bo", str(bo.days[3]))])
    qtbot.waitUntil(lambda: seen_by(bo) == [("<b>Li</b>", str(li.days[7]))])
    assert line.people.text() == f"Bo is on {bo.days[3]} ·"
    walking.go_to(bo, 12)
    qtbot.waitUntil(lambda: seen_by(li) == [("Bo", str(bo.days[12]))])
    bo.close()
    qtbot.waitUntil(lambda: seen_by(li) == [])
    assert line.people.text() == ""


def test_who_labels_blind_is_not_seen_and_sees_nobody(season_url: str, opened: Any, sql: Any, qtbot: Any) -> None:
    create_roles(parse_address(season_url))
    database = season_url.rsplit("/", 1)[1]
    sql("postgres", f"DROP ROLE IF EXISTS una; CREATE ROLE una LOGIN; GRANT {database}_blind TO una")
    una, bo, li = opened(season_url.replace("//owner@", "//una@"), "una"), opened(season_url, "Bo"), opened(season_url, "Li")
    walking.go_to(una, 2)
    walking.go_to(bo, 3)
    walking.go_to(li, 4)
    qtbot.waitUntil(lambda: seen_by(li) == [("Bo", str(bo.days[3]))] and len(seen_by(bo)) == 1)
    bo.set_display(blind=True)
    assert seen_by(bo) == []
    qtbot.waitUntil(lambda: seen_by(li) == [])
    bo.set_display(blind=False)
    qtbot.waitUntil(lambda: seen_by(li) == [("Bo", str(bo.days[3]))])
    assert len(seen_by(bo)) == 1
    assert seen_by(una) == []


@pytest.mark.parametrize(
    "words", ["", "[]", "{", '{"window": 1}', '{"window": "x", "who": "Bo", "day": "tomorrow"}', '{"window": "x", "who": "Bo"}']
)
def test_other_words_are_ignored(words: str, season_url: str, opened: Any, qtbot: Any, sql: Any) -> None:
    li = opened(season_url, "Li")
    database = season_url.rsplit("/", 1)[1]
    sql(database, f"SELECT pg_notify('quakegui_presence', '{words}')")
    told = '{"window": "y", "who": "%s", "day": "2022-01-05"}' % ("Zoë " * 30)
    sql(database, f"SELECT pg_notify('quakegui_presence', '{told}')")
    qtbot.waitUntil(lambda: len(seen_by(li)) == 1)
    ((who, day),) = seen_by(li)
    assert who.startswith("Zoë Zoë")
    assert len(who) <= 45
    assert day == "2022-01-05"


def test_a_dialog_tells_who_last_changed_a_setting(season_url: str, opened: Any, sql: Any, qtbot: Any) -> None:
    from dataclasses import replace

    from quakegui.project.sharing import last_change
    from quakegui.ui.dialogs.season_dialog import SeasonDialog
    from quakegui.ui.dialogs.whose_line import WhoseLine

    create_roles(parse_address(season_url))
    database = season_url.rsplit("/", 1)[1]
    sql("postgres", f"DROP ROLE IF EXISTS ida; CREATE ROLE ida LOGIN; GRANT {database}_ingest TO ida")
    li, ida = opened(season_url, "Li"), opened(season_url.replace("//owner@", "//ida@"), "ida")
    before = last_change(li.project, "config")
    assert before is not None
    assert before[0] == "owner"
    config = ida.project.config()
    ida.project.set_config(config)
    assert last_change(li.project, "config") == before, "nothing was changed"
    ida.project.set_config(replace(config, anomaly=replace(config.anomaly, hold_z=config.anomaly.hold_z + 1)))
    who, at = last_change(li.project, "config")
    assert who == "ida"
    assert at > before[1]
    qtbot.waitUntil(lambda: not li.jobs.busy and not ida.jobs.busy)
    dialog = SeasonDialog(li)
    qtbot.addWidget(dialog)
    assert dialog.findChild(WhoseLine).text().startswith("Last changed by ida, 20")
