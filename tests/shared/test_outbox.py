"""Labels in a window on a shared project: shown and on disk at once, sent by a thread, taken back where the server refuses."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest
from proxy import Proxy, proxy_of
from PySide6.QtCore import QCoreApplication, QElapsedTimer, QTimer
from PySide6.QtWidgets import QLabel

from quakegui.app import labelling, walking
from quakegui.app.session import Session
from quakegui.project.journal import JournalRow, journal_rows, write_labels
from quakegui.project.making import OUTBOX
from quakegui.project.shared.address import parse_address
from quakegui.project.shared.roles import create_roles
from quakegui.project.sharing import join
from quakegui.project.store import Project
from quakegui.season.labels import LabelSource
from quakegui.ui.quiet_labels import ElidedLabel

pytestmark = pytest.mark.shared


@pytest.fixture
def proxied(season_url: str) -> Iterator[tuple[Proxy, str]]:
    with proxy_of(season_url) as pair:
        yield pair


@pytest.fixture
def truth(season_url: str, tmp_path: Path) -> Iterator[Project]:
    """Return the project as another program sees it."""
    with join(tmp_path / "truth", season_url) as project:
        yield project


def written(project: Project) -> list[tuple[int, int | None, int | None, int | None]]:
    return [(row.day, row.new, row.undoes, row.redoes) for row in journal_rows(project)]


def shown(session: Session) -> list[JournalRow]:
    assert session.post is not None
    return list(journal_rows(session.keeper))


def files(session: Session) -> list[Path]:
    assert session.project is not None
    return sorted((session.project.folder / OUTBOX).glob("*.json"))


def all_sent(session: Session) -> bool:
    assert session.post is not None
    return not session.post.waiting and session.post.replica.position == len(shown(session))


def test_a_label_is_shown_and_on_disk_before_the_server_has_it(proxied: Any, opened: Any, truth: Project, qtbot: Any) -> None:
    proxy, url = proxied
    session = opened(url)
    proxy.round_trip_s = 0.4
    assert labelling.label(session, 3, [5])
    assert session.labels.classes[5] == 3
    assert session.post.days == {session.days[5]}
    assert len(files(session)) == 1
    assert journal_rows(truth) == ()
    qtbot.waitUntil(lambda: all_sent(session))
    assert files(session) == []
    assert journal_rows(truth) == tuple(shown(session))
    assert session.labels.rows[5] == journal_rows(truth)[0].label


def test_undo_redo_and_notes_follow_their_label_in_order(proxied: Any, opened: Any, truth: Project, qtbot: Any) -> None:
    proxy, url = proxied
    session = opened(url)
    proxy.round_trip_s = 0.05
    walking.go_to(session, 3)
    labelling.label(session, 1)
    labelling.label(session, 2)
    labelling.note(session, "a lorry")
    for act in (labelling.undo, labelling.undo, labelling.redo):
        assert act(session)
    assert session.labels.classes[3] == 2
    assert labelling.revert_to(session, np.datetime64("2020-01-01"))
    assert session.labels.classes[3] == -1
    assert labelling.undo(session)
    before = [(row.day, row.new, row.undoes, row.redoes) for row in shown(session)]
    qtbot.waitUntil(lambda: all_sent(session))
    assert written(truth) == before
    assert session.labels.classes[3] == 2


@dataclass
class Felt:
    """While an analyst acts every 150 ms: how late the event loop came to a timer of 5 ms, and its processor time per act."""

    late_ms: list[float] = field(default_factory=list)
    used_ms: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        late, used = (np.percentile(values, [50, 95, 100]).round(1) for values in (self.late_ms, self.used_ms))
        return f"late {late} ms, processor time per act {used} ms (p50, p95, maximum)"


def feel(session: Session, acts: int, act: Callable[[int], object], qtbot: Any) -> Felt:
    felt, clock, watch, hands = Felt(), QElapsedTimer(), QTimer(session), QTimer(session)

    def tick() -> None:
        felt.late_ms.append(max(clock.nsecsElapsed() / 1e6 - 5.0, 0.0))
        clock.restart()

    def do() -> None:
        began = time.thread_time()
        act(len(felt.used_ms))
        felt.used_ms.append(1000 * (time.thread_time() - began))
        if len(felt.used_ms) == acts:
            hands.stop()

    watch.timeout.connect(tick)
    hands.timeout.connect(do)
    clock.start()
    watch.start(5)
    hands.start(150)
    try:
        qtbot.waitUntil(lambda: len(felt.used_ms) == acts)
    finally:
        watch.stop()
        hands.stop()
    return felt


@pytest.fixture
def at_the_server(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Return the names of the threads that have waited for a server."""
    from quakegui.project.shared.driver import PunctualConnection

    names, wait = set(), PunctualConnection.wait

    def waiting(connection: Any, *arguments: Any, **choices: Any) -> Any:
        names.add(threading.current_thread().name)
        return wait(connection, *arguments, **choices)

    monkeypatch.setattr(PunctualConnection, "wait", waiting)
    return names


@pytest.mark.usefixtures("impatient")
def test_neither_a_far_server_nor_a_frozen_one_is_felt(
    proxied: Any, opened: Any, truth: Project, *, qtbot: Any, frozen: Any, at_the_server: set[str]
) -> None:
    proxy, url = proxied
    session = opened(url)
    at_the_server.clear()

    def act(number: int) -> None:
        if number % 7 == 6:
            assert labelling.undo(session)
        else:
            assert labelling.label(session, number % 5, [number % 20])

    near = feel(session, 40, act, qtbot)
    proxy.round_trip_s = 0.05
    far = feel(session, 40, act, qtbot)
    with frozen(url):
        still = feel(session, 40, act, qtbot)
        expected = [(row.day, row.new, row.undoes, row.redoes) for row in shown(session)]
        assert session.post.waiting
        qtbot.waitUntil(lambda: bool(session.post.trouble))
    qtbot.waitUntil(lambda: all_sent(session))
    assert threading.current_thread().name not in at_the_server
    assert "courier" in at_the_server
    assert written(truth) == expected, "each once, in their order"
    print(f"server near: {near}\nserver 50 ms away: {far}\nserver frozen: {still}")
    for felt in (far, still):
        assert np.percentile(felt.late_ms, 95) <= 20
        # An act costs what it costs beside a near server: it waits for nothing, and what waits to be sent does not add to it.
        assert np.median(felt.used_ms) <= 2 * np.median(near.used_ms)


@pytest.mark.usefixtures("impatient")
def test_actions_in_a_window_wait_for_no_server(
    proxied: Any, opened: Any, truth: Project, *, qtbot: Any, frozen: Any, at_the_server: set[str]
) -> None:
    from quakegui.ui.main_window import MainWindow

    _proxy, url = proxied
    session = opened(url)
    window = MainWindow(session)
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    walking.go_to(session, 3)
    qtbot.waitUntil(lambda: not session.jobs.busy)
    at_the_server.clear()
    with frozen(url):
        for action in ("label-3", "label-4", "label-0", "label-1", "undo"):
            window.menus.actions[action].trigger()
            walking.step(session, 1)
        window.menus.by_title["Edit"].aboutToShow.emit()
        walking.go_to(session, 3)
        assert session.labels.classes[3:7].tolist() == [3, 4, 0, -1]
        assert "5 changes are not on the server yet" in window.status_line.findChild(QLabel, "saved").text()
        assert "not on the server yet" in window.bench.day_panel.findChild(ElidedLabel, "class").text()
        qtbot.waitUntil(lambda: bool(session.post.trouble))
    assert threading.current_thread().name not in at_the_server
    qtbot.waitUntil(lambda: all_sent(session))
    assert "All labels saved" in window.status_line.findChild(QLabel, "saved").text()
    assert [row.new for row in journal_rows(truth)] == [3, 4, 0, 1, None]


def test_what_waits_is_kept_when_the_project_is_closed_and_sent_when_it_is_opened_again(
    proxied: Any, opened: Any, truth: Project, qtbot: Any, impatient: None
) -> None:
    proxy, url = proxied
    session = opened(url)
    proxy.cut()
    proxy.mute = True
    labelling.label(session, 3, [5])
    labelling.label(session, 4, [6])
    assert labelling.undo(session)
    assert session.post.flush(0.1) == 3
    began = time.monotonic()
    kept = files(session)
    copies = {path: path.read_bytes() for path in kept}
    session.close()
    assert time.monotonic() - began < 2
    assert len(kept) == 3
    assert journal_rows(truth) == ()
    proxy.mute = False
    proxy.cut()
    again = opened(url)
    assert again.labels.classes[5] == 3
    qtbot.waitUntil(lambda: all_sent(again))
    assert [(cls, undoes) for _day, cls, undoes, _redoes in written(truth)] == [(3, None), (4, None), (None, 2)]
    again.close()
    for path, content in copies.items():  # as if the computer had failed before they were removed
        path.write_bytes(content)
    last = opened(url)
    qtbot.waitUntil(lambda: all_sent(last))
    assert len(written(truth)) == 3
    assert files(last) == []


def test_a_report_that_is_on_its_way_when_the_project_is_closed_is_passed_over(
    season_url: str, opened: Any, truth: Project, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from quakegui.project.outbox import courier

    on_its_way = threading.Event()

    class Observed(courier.Courier):
        def __init__(self, *given: Any, report: Callable[[courier.Report], object], **more: Any) -> None:
            def told(found: courier.Report) -> None:
                report(found)
                if found.rows:
                    on_its_way.set()

            super().__init__(*given, report=told, **more)

    monkeypatch.setattr(courier, "Courier", Observed)
    session, reported = opened(season_url), list[courier.Report]()
    post = session.post
    post.reported.connect(reported.append)
    labelling.label(session, 3, [5])
    assert on_its_way.wait(20), "the loop of events stands still meanwhile"
    assert len(written(truth)) == len(post.waiting) == 1
    session.close()
    with qtbot.captureExceptions() as errors:
        QCoreApplication.processEvents()
    assert (errors, reported) == ([], [])


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("older", [0, 1], ids=["", "older-journal"])
def test_a_change_whose_answer_was_lost_is_not_taken_for_that_of_another(
    season_url: str, opened: Any, sql: Any, *, qtbot: Any, monkeypatch: pytest.MonkeyPatch, older: int, times: int
) -> None:
    """Lost once, it is asked for at once; lost again, it is sent again later. So too behind a row from before the hashes."""
    from quakegui.project.shared.driver import PunctualConnection

    if older:
        columns = "id, at_ms, step, author, kind, day, source, owner, new, note, run, blind"
        row = "1, 1, 1, 'owner', 'label', 1, 1, 'owner', 1, '', '', 0"
        sql(season_url.rsplit("/", 1)[1], f"INSERT INTO journal ({columns}) VALUES ({row})")
    session, lost, wait = opened(season_url), list[int](), PunctualConnection.wait

    def losing(connection: Any, *arguments: Any, **choices: Any) -> Any:
        found = wait(connection, *arguments, **choices)
        if threading.current_thread().name == "courier":
            ((rows,),) = sql(season_url.rsplit("/", 1)[1], "SELECT count(*) FROM journal")
            if rows > older and lost.count(rows) < times:
                lost.append(rows)
                connection.close()
                raise psycopg.OperationalError("the answer was lost")
        return found

    monkeypatch.setattr(PunctualConnection, "wait", losing)
    for act in (lambda: labelling.label(session, 3, [5]), lambda: labelling.undo(session)):
        assert act()
        qtbot.waitUntil(lambda: all_sent(session))
    assert lost == [older + 1] * times + [older + 2] * times
    assert session.unseen.labels == set()
    assert labelling.redo(session), "nothing is asked"
    assert labelling.label(session, 2, [5])
    qtbot.waitUntil(lambda: all_sent(session))


def test_a_label_that_the_server_refuses_is_taken_back_with_a_sentence(
    season_url: str, opened: Any, sql: Any, qtbot: Any, truth: Project
) -> None:
    create_roles(parse_address(season_url))
    database = season_url.rsplit("/", 1)[1]
    sql("postgres", f"DROP ROLE IF EXISTS fay; CREATE ROLE fay LOGIN; GRANT {database}_analyst TO fay")
    session = opened(season_url.replace("//owner@", "//fay@"), "fay")
    labelling.label(session, 2, [4])
    qtbot.waitUntil(lambda: all_sent(session))
    sql("postgres", f"REVOKE {database}_analyst FROM fay; GRANT {database}_reader TO fay")
    said: list[str] = []
    session.message.connect(lambda sentence, _level: said.append(sentence))
    labelling.label(session, 3, [4])
    labelling.label(session, 1, [7])
    labelling.undo(session)
    assert session.labels.classes[4] == 3
    qtbot.waitUntil(lambda: all_sent(session))
    assert (session.labels.classes[4], session.labels.classes[7]) == (2, -1)
    assert [f"{session.days[day]} was taken back" in sentence for day, sentence in zip((4, 7), said, strict=True)] == [True] * 2
    assert "no right" in said[0]
    assert len(written(truth)) == 1


def test_a_label_waits_while_another_thread_writes_for_long(
    season_url: str, opened: Any, qtbot: Any, truth: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("quakegui.project.store.BUSY_S", 0.1)
    session = opened(season_url)
    with ThreadPoolExecutor(1) as pool, ExitStack() as held:
        pool.submit(held.enter_context, session.project.write("journal")).result()
        labelling.label(session, 3, [4])
        qtbot.waitUntil(lambda: "is writing to the project" in session.post.trouble)
        assert session.labels.classes[4] == 3
        pool.submit(held.close).result()
    qtbot.waitUntil(lambda: all_sent(session))
    assert [cls for _day, cls, _undoes, _redoes in written(truth)] == [3]


def test_labels_wait_while_the_server_can_only_be_read(season_url: str, opened: Any, sql: Any, qtbot: Any) -> None:
    session, database = opened(season_url), season_url.rsplit("/", 1)[1]

    def for_all(setting: str) -> None:
        sql("postgres", f"ALTER DATABASE {database} {setting}")
        sql("postgres", f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'")

    for_all("SET default_transaction_read_only = on")
    labelling.label(session, 3, [4])
    qtbot.waitUntil(lambda: "read-only" in session.post.trouble)
    assert session.labels.classes[4] == 3
    assert len(files(session)) == 1
    for_all("RESET default_transaction_read_only")
    qtbot.waitUntil(lambda: all_sent(session))
    assert session.post.trouble == ""
    assert sql(database, "SELECT new FROM journal") == [(3,)]


def test_a_prediction_is_refused_once_the_classes_have_changed(
    season_url: str, opened: Any, qtbot: Any, monkeypatch: pytest.MonkeyPatch, truth: Project
) -> None:
    from quakegui.learn import run_classes
    from quakegui.project.outbox.letters import label_letter

    session = opened(season_url)
    monkeypatch.setattr(run_classes, "class_mismatch_by_id", lambda _project, run: f"{run} has other classes.")
    letter = label_letter(session.days[[2]], 3, source=LabelSource.MODEL, author="owner", run="run-1")
    with qtbot.waitSignal(session.message) as said:
        assert session.post.send(letter) == 1
    assert said.args == [f"Your label on {session.days[2]} was taken back. run-1 has other classes.", "warning"]
    qtbot.waitUntil(lambda: all_sent(session))
    assert written(truth) == []


def test_a_label_of_another_that_came_first_is_not_replaced_unseen(
    proxied: Any, opened: Any, truth: Project, qtbot: Any
) -> None:
    proxy, url = proxied
    session = opened(url)
    proxy.round_trip_s = 0.6
    said: list[str] = []
    session.message.connect(lambda sentence, _level: said.append(sentence))
    labelling.label(session, 3, [5])
    labelling.label(session, 2, [6])
    write_labels(truth, session.days[[5]], 1, source=LabelSource.ANALYST, author="Bo")
    qtbot.waitUntil(lambda: all_sent(session))
    assert (session.labels.classes[5], session.labels.classes[6]) == (1, 2)
    assert session.labels.rows[5].author == "Bo"
    assert [sentence.split(".")[0] for sentence in said] == [f"Your label on {session.days[5]} was taken back"]
    assert session.days[5] in session.unseen.labels, "the next label there asks"


def test_labels_of_others_come_within_a_second_under_those_that_wait(
    proxied: Any, opened: Any, truth: Project, qtbot: Any
) -> None:
    proxy, url = proxied
    session = opened(url)
    proxy.round_trip_s = 0.05
    began = time.monotonic()
    with qtbot.waitSignal(session.arrived):
        write_labels(truth, session.days[[5]], 1, source=LabelSource.ANALYST, author="Bo")
    assert session.labels.classes[5] == 1
    seconds = time.monotonic() - began
    print(f"a label of another arrived after {seconds:.2f} s")
    assert seconds < 3, "a second on a quiet machine"
    proxy.round_trip_s = 0.4
    labelling.label(session, 2, [8])
    write_labels(truth, session.days[[9]], 4, source=LabelSource.ANALYST, author="Bo")
    qtbot.waitUntil(lambda: all_sent(session))
    assert session.labels.classes[[5, 8, 9]].tolist() == [1, 2, 4]
    assert journal_rows(truth) == tuple(shown(session))


def test_a_local_project_has_no_thread_and_no_outbox(session: Session) -> None:
    assert labelling.label(session, 3, [5])
    assert session.post is None
    assert session.project is not None
    assert not (session.project.folder / OUTBOX).exists()
