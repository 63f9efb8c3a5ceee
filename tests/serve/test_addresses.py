"""Addresses of brokers, passwords that must not leave the computer, and the program for alarms."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from quakegui.project.store import ProjectError
from quakegui.serve.broker import BrokerError, address_of
from quakegui.serve.on_alarm import Told, alarm_program, start_alarm_program

HOW = {"topics": ("#",), "client_id": "test"}


def test_an_address_has_a_port_by_its_scheme() -> None:
    assert [
        (one.host, one.port, one.secure) for one in (address_of(f"{each}://centre", **HOW) for each in ("mqtt", "mqtts"))
    ] == [
        ("centre", 1883, False),
        ("centre", 8883, True),
    ]
    assert address_of("mqtts://centre:8884", **HOW).port == 8884


@pytest.mark.parametrize("url", ["centre:8883", "http://centre", "mqtts://", "mqtts://centre/topic", "mqtts://centre:x"])
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(BrokerError, match="is not the address of a broker"):
        address_of(url, **HOW)


def test_a_password_is_neither_in_the_address_nor_sent_unencrypted_nor_printed() -> None:
    with pytest.raises(BrokerError, match="do not belong in the address"):
        address_of("mqtts://bo:secret@centre", **HOW)
    with pytest.raises(BrokerError, match="unencrypted"):
        address_of("mqtt://centre", **HOW, user="bo", password="secret").require_secret()
    address_of("mqtt://localhost", **HOW, user="bo", password="secret").require_secret()
    assert "secret" not in repr(address_of("mqtts://centre", **HOW, password="secret"))


def test_the_alarm_program_gets_json_as_one_argument_without_a_shell(tmp_path: Path) -> None:
    out, script, settings = tmp_path / "out.json", tmp_path / "note.py", tmp_path / "alarm.toml"
    script.write_text("import sys; open(sys.argv[1], 'w', encoding='utf-8').write(sys.argv[2])")
    settings.write_text(f"on_alarm = {json.dumps([sys.executable, str(script), str(out), '{json}'])}\n")
    facts = {"station": "KAK; touch x", "event": "silent"}
    assert start_alarm_program(alarm_program(settings), facts) is None
    assert json.loads(out.read_text(encoding="utf-8")) == facts


def test_a_missing_alarm_program_is_a_sentence(tmp_path: Path) -> None:
    failure = start_alarm_program((str(tmp_path / "none"),), {})
    assert failure is not None
    assert "failed" in failure


def test_alarms_of_a_round_that_was_cut_off_are_told_in_the_next(tmp_path: Path) -> None:
    first, second = np.array(["2026-03-01T16:00", "2026-03-09T16:00"], dtype="datetime64[ms]")
    assert Told(tmp_path).before("run", [first]) == [first]
    assert Told(tmp_path).before("run", [first, second]) == [first]
    assert Told(tmp_path).before("other", [second]) == [second]
    for damage in ("{", "[]", '{"run": "run"}', '{"run": "run", "opened": ["soon"]}', '{"run": "run", "opened": 3}'):
        (tmp_path / "alarms.json").write_text(damage)
        assert Told(tmp_path).before("run", [second]) == [second]
    Told(tmp_path).end()
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ProjectError, match="cannot be written"):
        Told(tmp_path / "absent").before("run", [])


@pytest.mark.parametrize("text", ["", "on_alarm = 'ls'", "on_alarm = []", "on_alarm = [1]", "on_alarm ="])
def test_settings_without_a_program_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "alarm.toml").write_text(text)
    with pytest.raises(ProjectError, match=r"alarm\.toml"):
        alarm_program(tmp_path / "alarm.toml")
