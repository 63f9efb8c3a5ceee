"""Readings packed into blocks: exact, small, and the better record wins."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from quakegui.project.reading_blocks import Block, blocks_of, merged, pack, unpack
from quakegui.season.readings import DataType, Readings


@given(st.lists(st.integers(-(2**40), 2**40), max_size=200))
def test_packing_is_exact(numbers: list[int]) -> None:
    given_numbers = np.array(numbers, dtype=np.int64)
    np.testing.assert_array_equal(unpack(pack(given_numbers)), given_numbers)


def minutes(start: str, values: NDArray[np.float64], kind: DataType = DataType.VARIATION, shift_s: int = 0) -> Readings:
    time = np.datetime64(start, "ms") + np.timedelta64(shift_s, "s") + np.arange(values.size) * np.timedelta64(60, "s")
    return Readings("KAK", time.astype("datetime64[ms]"), values, 60.0, kind)


def test_a_record_comes_back_to_a_thousandth_of_a_nanotesla() -> None:
    values = 46_500.0 + np.random.default_rng(1).normal(0, 30, 4000).round(3)
    record = minutes("2022-01-14T22:10", values)
    blocks = blocks_of(record)
    assert [block.utc_day for block in blocks] == [19006, 19007, 19008, 19009]
    (back,) = merged(blocks)
    np.testing.assert_array_equal(back.time, record.time)
    np.testing.assert_allclose(back.values, values, rtol=0, atol=5e-8)
    assert (back.cadence_s, back.data_type, back.derived) == (60.0, DataType.VARIATION, False)


def test_an_empty_record_has_no_block() -> None:
    assert blocks_of(minutes("2022-01-14", np.zeros(0))) == ()
    assert merged(()) == ()


def test_a_minute_day_takes_under_four_kilobytes() -> None:
    """8,350 of them must stay well under 200 MB; 1 nT of noise at 0.01 nT resolution is a lively station."""
    random = np.random.default_rng(2)
    values = 50_000.0 + 20.0 * np.sin(np.arange(1440) / 229.0) + random.normal(0, 1.0, 1440).round(2)
    (block,) = blocks_of(minutes("2022-01-15", values))
    assert len(block.times) < 60
    assert len(block.values) < 4000


def layers(*records: Readings) -> list[Block]:
    return [replace(block, file=number) for number, record in enumerate(records) for block in blocks_of(record)]


def test_the_more_final_record_wins_then_the_later_import() -> None:
    first = minutes("2022-01-15T00:00", np.full(10, 1.0), DataType.DEFINITIVE)
    second = minutes("2022-01-15T00:05", np.full(10, 2.0), DataType.VARIATION)
    third = minutes("2022-01-15T00:08", np.full(10, 3.0), DataType.VARIATION)
    (both,) = merged(layers(first, second, third))
    assert both.values.tolist() == [1.0] * 10 + [3.0] * 8
    (other,) = merged(layers(third, second, first))
    assert other.values.tolist() == [1.0] * 10 + [2.0] * 5 + [3.0] * 3


def test_readings_of_one_slot_are_not_counted_twice_though_their_stamps_differ() -> None:
    """One file stamps an hour at its start, another at its middle."""
    (both,) = merged(layers(minutes("2022-01-15", np.full(3, 1.0)), minutes("2022-01-15", np.full(3, 2.0), shift_s=30)))
    assert both.values.tolist() == [2.0, 2.0, 2.0]


def test_cadences_stay_apart() -> None:
    hourly = replace(minutes("2022-01-15", np.full(3, 7.0)), cadence_s=3600.0)
    assert [record.cadence_s for record in merged(layers(hourly, minutes("2022-01-15", np.full(3, 1.0))))] == [60.0, 3600.0]
