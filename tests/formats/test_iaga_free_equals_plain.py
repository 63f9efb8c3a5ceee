"""Lines of any layout that are read together say what each of them says alone."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from quakegui.formats import iagalines, read_readings
from quakegui.formats.source import Source

HEAD = """ Format                 IAGA-2002                                    |
 IAGA CODE              TST                                          |
 Reported               XYZF                                         |
DATE       TIME         DOY     TSTX      TSTY      TSTZ      TSTF   |
"""


def plainly(lines: list[bytes], columns: int) -> tuple[np.ndarray, np.ndarray]:
    """Read every line alone."""
    time = np.full(len(lines), np.datetime64("NaT"), dtype="datetime64[ms]")
    values = np.full((len(lines), columns), np.nan)
    for place, line in enumerate(lines):
        row = iagalines.read_line(line, columns)
        if row is not None:
            time[place], values[place] = row
    return time, values


def assert_as_plain(lines: list[bytes], columns: int) -> None:
    time, values = iagalines.read_lines(lines, columns)
    plain_time, plain_values = plainly(lines, columns)
    np.testing.assert_array_equal(time, plain_time)
    readable = ~np.isnat(time)
    np.testing.assert_array_equal(values[readable], plain_values[readable])  # to the last bit
    assert (np.signbit(values[readable]) == np.signbit(plain_values[readable])).all()


def number() -> st.SearchStrategy[str]:
    digits = st.integers(0, 6).flatmap(lambda count: st.text("0123456789", min_size=count, max_size=count))
    usual = st.decimals(-99999, 99999, places=2).map(str)
    return usual | st.sampled_from(("99999.00", "-0.00", "0.1", "5.", "1234567890123456789", "0.12345678901234567")) | digits


DATES = ("2022-01-15", "2022-02-29", "2024-02-29", "1799-12-31", "2200-01-01", "0000-01-01", "2022-13-01", "2022-00-09")
CLOCKS = ("00:00:00.000", "23:59:60.000", "24:00:00.000", "24:01:00", "25:00:00", "12:60:00", "06:07:08.9", "06:07:08.98765")
LINE = st.builds(
    lambda date, clock, doy, gap, given, end: f"{date} {clock} {doy}{''.join(gap + one for one in given)}{end}".encode(),
    st.sampled_from(DATES),
    st.sampled_from(CLOCKS),
    st.sampled_from(("015", "15", "366", "0", "")),
    st.sampled_from((" ", "   ", "\t", "")),
    st.lists(number(), min_size=1, max_size=4),
    st.sampled_from(("", " |", "|", "\r", " x")),
)


def turned(line: bytes, by: int) -> bytes:
    """Return a line with every digit but those of the date raised by a number."""
    turn = bytes.maketrans(b"0123456789", bytes(48 + (digit + by) % 10 for digit in range(10)))
    return line[:11] + line[11:].translate(turn)


@given(st.lists(LINE, min_size=1, max_size=12), st.integers(1, 4), st.integers(1, 30))
def test_any_lines_read_together_are_those_read_alone(lines: list[bytes], columns: int, times: int) -> None:
    # Turned, so that forms are common enough to be read together, with other digits in each.
    assert_as_plain([turned(line, by).strip() for by in range(times) for line in lines], columns)


def test_a_minus_before_nothing_but_zeros_stays() -> None:
    lines = [f"2022-01-15 00:{k:02d}:00.000 015 -0.00 -{k}.5".encode() for k in range(9)]
    values = iagalines.read_lines(lines, 2)[1]
    assert (np.signbit(values[:, 0])).all()
    assert_as_plain(lines, 2)


def day(layout: str, stamp: str = "{day} {hour:02d}:{minute:02d}:00.000 {doy:03d}") -> tuple[bytes, np.ndarray]:
    rng = np.random.default_rng(5)
    values = np.round(np.column_stack([rng.normal(level, 40.0, 1440) for level in (100.0, -5.0, 33000.0, 46000.0)]), 2)
    values[rng.random(values.shape) < 0.02] = 99999.0
    lines = [
        stamp.format(day="2022-01-15", hour=k // 60, minute=k % 60, doy=15) + layout.format(*row) + "\n"
        for k, row in enumerate(values)
    ]
    return (HEAD + "".join(lines)).encode(), values


def test_off_standard_widths_give_the_readings_of_the_standard_ones() -> None:
    standard, values = day("   {:10.2f}{:10.2f}{:10.2f}{:10.2f}")
    expected = read_readings(Source("standard.min", standard)).readings[0]
    assert len(expected) == int((values[:, 3] < 88888).sum())
    layouts = (
        "   {:9.2f}{:9.2f}{:9.2f}{:9.2f}",
        " {:.2f} {:.2f} {:.2f} {:.2f}",
        "\t{:.2f}\t{:.2f}\t{:.2f}\t{:.2f} |",
        "   {:12.3f}{:12.3f}{:12.3f}{:12.3f}",
    )
    stamps = (
        "{day} {hour:02d}:{minute:02d}:00.000 {doy:03d}",
        "{day}T{hour:02d}:{minute:02d}:00 {doy}",
        "  {day} {hour:02d}:{minute:02d}:00.0 {doy:03d}",
    )
    for layout in layouts:
        for stamp in stamps:
            (found,) = read_readings(Source("other.min", day(layout, stamp)[0])).readings
            np.testing.assert_array_equal(found.time, expected.time)
            np.testing.assert_array_equal(found.values, expected.values)
            assert found.cadence_s == expected.cadence_s
