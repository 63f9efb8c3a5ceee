"""Messages of ImagMQTT and MARTAS become readings, or are refused with a sentence."""

from __future__ import annotations

import re

import numpy as np
import pytest
from live_parts import NOON, impf

from quakegui.season.readings import DataType
from quakegui.serve.imagmqtt import MessageError, read_imagmqtt
from quakegui.serve.martas import Martas, NoReadings

START_MS = int(NOON.astype(np.int64))
HEADER = b"# MagPyBin GSM90_14245_0002 [f,var1,sectime] [f,errorcode,internaltime] [nT,none,none] [1000,1,1] 6hLLL6hL 40"


def test_a_message_is_readings_without_its_nulls() -> None:
    message = impf(NOON, [46_000.1, None, 46_000.3], level=2)
    one = read_imagmqtt(message.topic, message.payload)
    assert (one.station, one.cadence_ms, one.data_type, one.derived) == ("KAK", 1000, int(DataType.PROVISIONAL), False)
    assert one.time.tolist() == [START_MS, START_MS + 2000]
    assert one.value.tolist() == [46_000_100, 46_000_300]


def test_the_scalar_comes_before_the_computed_field_and_that_before_the_vector() -> None:
    arrays = {"geomagneticFieldF": [46_001.0], "geomagneticFieldX": [30_000.0], "geomagneticFieldY": [0.0]}
    both = impf(NOON, [40_000.0], element="Z", geomagneticFieldS=[46_000.0], **arrays)
    computed = impf(NOON, [40_000.0], element="Z", **arrays)
    vector = impf(NOON, [40_000.0], element="Z", geomagneticFieldX=[30_000.0], geomagneticFieldY=[0.0])
    found = [read_imagmqtt(each.topic, each.payload) for each in (both, computed, vector)]
    assert [(int(one.value[0]), one.derived) for one in found] == [
        (46_000_000, False),
        (46_001_000, True),
        (50_000_000, True),
    ]


def test_absurd_numbers_do_no_harm() -> None:
    huge = 10**400
    message = impf(NOON, [46_000.0, None], latitude=huge, longitude=-huge)
    payload = message.payload.replace(b"null", str(huge).encode())
    one = read_imagmqtt(message.topic, payload)
    assert (one.value.tolist(), one.latitude) == ([46_000_000], None)


def test_minutes_and_coordinates_are_understood() -> None:
    message = impf(NOON, [46_000.0, 46_001.0], cadence="pt1m", latitude=36.2, longitude=140.2)
    one = read_imagmqtt(message.topic, message.payload)
    assert (np.diff(one.time).tolist(), one.latitude, one.longitude) == ([60_000], 36.2, 140.2)


@pytest.mark.parametrize(
    ("topic", "payload", "words"),
    [
        ("impf/KAK/pt1s/1/xyzs", b"{}", "not one of ImagMQTT"),
        ("impf/kak/pt25h/1/s", b'{"startDate": "2026-03-10T12:00:00", "geomagneticFieldS": [46000]}', "not one of ImagMQTT"),
        ("impf/kak/pt1s/1/xyzs", b"[" * 100_000, "not JSON"),
        ("impf/kak/pt1s/1/xyzs", b"[[", "not JSON"),
        ("impf/kak/pt1s/1/xyzs", b"7", "not a JSON object"),
        ("impf/kak/pt1s/1/xyzs", b'{"startDate": "yesterday", "geomagneticFieldS": [1]}', "no valid startDate"),
        ("impf/kak/pt1s/1/xyzs", b'{"startDate": "2026-02-31T00:00:00", "geomagneticFieldS": [1]}', "no valid startDate"),
        ("impf/kak/pt1s/1/xyzs", b'{"startDate": "2026-01-01T00:00:00"}', "missing or differ in length"),
        (
            "impf/kak/pt1s/1/xyzs",
            b'{"startDate": "2026-01-01T00:00:00", "geomagneticFieldS": ["4"]}',
            "not an array of numbers",
        ),
        (
            "impf/kak/pt1s/1/xyzs",
            b'{"startDate": "2026-01-01T00:00:00", "geomagneticFieldS": [NaN, null]}',
            "no total intensity",
        ),
        (
            "impf/kak/pt1s/1/xyzs",
            b'{"startDate": "2026-01-01T00:00:00", "geomagneticFieldS": [99999.0]}',
            "no total intensity: all values of S are missing",
        ),
        ("impf/kak/pt1s/1/xyzs", b'{"startDate": "2026-01-01T00:00:00", "geomagneticFieldX": [3.0]}', "no total intensity"),
        (
            "impf/kak/pt1s/1/xyzs",
            b'{"startDate": "2026-01-01T00:00:00", "geomagneticFieldS": [12.5]}',
            "such as 12 nT are refused",
        ),
    ],
)
def test_what_is_no_message_is_refused_with_a_sentence(topic: str, payload: bytes, words: str) -> None:
    with pytest.raises(MessageError, match=words):
        read_imagmqtt(topic, payload)


def wic(*seconds: float) -> bytes:
    """A message with a line for each of some seconds after noon."""
    times = [NOON + np.timedelta64(round(1000 * second), "ms") for second in seconds]
    stamps = [f"{str(time)[:19]}-{1000 * int(str(time)[20:23] or 0)}" for time in times]
    return b";".join(b",".join(re.findall(rb"\d+", stamp.encode())) + b",46000123,99,2026,3,10" for stamp in stamps)


def with_header(*sensors: str) -> Martas:
    martas = Martas()
    for sensor in sensors:
        with pytest.raises(NoReadings):
            martas.read(f"wic/{sensor}/meta", HEADER.replace(b"GSM90_14245_0002", sensor.encode()))
    return martas


def test_data_of_martas_wait_for_their_header_and_four_lines() -> None:
    martas = Martas()
    topic = "wic/GSM90_14245_0002"
    assert martas.read(f"{topic}/data", wic(0.013)) is None
    with pytest.raises(NoReadings):
        martas.read(f"{topic}/meta", HEADER)
    for second in (0.013, 1.009, 2.011):
        assert martas.read(f"{topic}/data", wic(second)) is None  # the sampling interval is unknown yet
    assert martas.read(f"{topic}/data", wic(0.013)) is None  # the same line again says nothing
    one = martas.read(f"{topic}/data", wic(3.01))
    assert one is not None
    assert (one.station, one.cadence_ms, one.derived) == ("WIC", 1000, False)
    assert (one.time.tolist(), one.value.tolist()) == ([START_MS + 3010], [46_000_123])
    again = martas.read(f"{topic}/data", wic(3.01, 0.013))
    assert again is not None
    assert again.time.tolist() == [START_MS + 13, START_MS + 3010]


@pytest.mark.parametrize("first", [-1.8e9, -40.0, -86_400.0, 5000.0, 9e8])
def test_a_gap_or_a_wrong_clock_at_the_start_is_not_the_sampling_interval_of_martas(first: float) -> None:
    martas = with_header("A_1_1")
    assert martas.read("wic/A_1_1/data", wic(first)) is None
    found = [martas.read("wic/A_1_1/data", wic(second)) for second in range(6)]
    assert [one.cadence_ms for one in found if one is not None][-1] == 1000


def test_a_second_sensor_of_a_station_is_refused() -> None:
    martas = with_header("A_1_1", "B_1_1")
    assert martas.read("wic/A_1_1/data", wic(0, 1, 2, 3)) is not None
    with pytest.raises(MessageError, match="wic/B_1_1 is not used"):
        martas.read("wic/B_1_1/data", wic(0, 1, 2, 3))


def test_a_topic_of_neither_kind_is_refused() -> None:
    for topic in ("wic", "wic/data", "w\u0131c/A/data", "a/b/c/data", "x" * 33 + "/A/data"):
        with pytest.raises(MessageError, match="neither one of ImagMQTT nor of MARTAS"):
            Martas().read(topic, b"")


@pytest.mark.parametrize(
    "payload", [b"\xff", b"2026,3,10", b"2026,13,10,12,0,0,0,46000123", b"2026,3,10,12,0,0,-5,46000123", b";"]
)
def test_lines_that_martas_does_not_send_are_refused(payload: bytes) -> None:
    martas = Martas()
    with pytest.raises(NoReadings):
        martas.read("wic/GSM90_14245_0002/meta", HEADER)
    with pytest.raises(MessageError):
        martas.read("wic/GSM90_14245_0002/data", payload)
