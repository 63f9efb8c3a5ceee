"""Every reader on mutated files: a result or the reader's own error with a sentence, soon, and within little memory.

The short version takes some hundreds of inputs per reader and the same ones every time; the long one draws others, as many as
`QUAKEGUI_FUZZ_INPUTS` says (default 20,000).
"""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hostile_fuzz import SLOW_INPUTS, bounded
from hostile_mutations import Mutation, Seed, mutations
from hostile_seeds import MAPPING, seeds
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quakegui import formats
from quakegui.formats import FORMATS, NO_HINTS, FormatError, Hints, ReadingsFile, Source, TableMapping
from quakegui.formats.detect import Format
from quakegui.formats.table import parse as parse_table
from quakegui.learn.runs.archives import import_run
from quakegui.learn.runs.registry import RunError
from quakegui.project import journal, labelfiles
from quakegui.project.store import Project

SAID = Hints(station="XIC", day=dt.date(2024, 5, 9), timezone="UTC+8")
"""What a user may say of a file that leaves it open."""
SLOWEST_S = 10.0
"""For one input of at most 64 KiB a part, on a busy machine; what loops takes minutes."""


def sound(found: ReadingsFile) -> None:
    """Readings that came out of a hostile file are readings all the same."""
    for one in found.readings:
        assert np.isfinite(one.values).all()
        assert ((one.values >= 20_000) & (one.values <= 80_000)).all()
        assert (np.diff(one.time) > np.timedelta64(0, "ms")).all()
        assert 1 <= len(one.station) <= 32
    for station in found.stations:
        assert not station.located or (-90 <= station.latitude <= 90 and -180 <= station.longitude <= 180)  # type: ignore[operator]


def readings(parse: Callable[[Source, Hints], ReadingsFile], *, leaves_open: bool) -> Callable[[Source, Path], None]:
    def read(source: Source, _folder: Path) -> None:
        for hints in (SAID, NO_HINTS) if leaves_open else (NO_HINTS,):
            try:
                sound(parse(source, hints))
            except FormatError as error:
                told(error, source.name)

    return read


def events(parse: Callable[[Source, str], formats.EventsFile]) -> Callable[[Source, Path], None]:
    def read(source: Source, _folder: Path) -> None:
        for event in parse(source, "").events:
            assert np.isfinite([event.magnitude, event.latitude, event.longitude]).all()
            assert not np.isnat(event.time)

    return read


def table(source: Source, _folder: Path) -> None:
    for mapping in (None, MAPPING):
        try:
            sound(formats.read_readings(source, mapping))  # which refuses long codes of stations
        except FormatError as error:
            told(error, source.name)


def index(source: Source, _folder: Path) -> None:
    values = formats.read_kp(source)
    assert np.isfinite(values.value).all()
    assert (np.diff(values.time) > np.timedelta64(0, "ms")).all()


def detected(source: Source, _folder: Path) -> None:
    found = formats.detect(source)
    assert (found is None) == (formats.kind(source) is None)
    formats.preview(source)


def image(source: Source, folder: Path) -> None:
    path = folder / source.name
    path.write_bytes(source.data)
    assert formats.read_image(path).shape == (480, 480, 3)
    of_folder(folder)


def image_index(source: Source, folder: Path) -> None:
    (folder / "index.csv").write_bytes(source.data)
    (folder / "a.png").write_bytes(seeds("images")[0].parts[""])
    of_folder(folder)


def of_folder(folder: Path) -> None:
    try:
        formats.read_images(folder)
    except FormatError as error:
        told(error, "index.csv", str(folder))


def archive(source: Source, folder: Path) -> None:
    path = folder / source.name
    path.write_bytes(source.data)
    problems: list[FormatError] = []
    for member in formats.expand(path, on_problem=problems.append):
        try:
            formats.read_readings(member)
        except FormatError as error:
            told(error, member.name)
        member.siblings("tst.ack")
    for problem in problems:
        told(problem, source.name)


def mapping(source: Source, _folder: Path) -> None:
    try:
        found = TableMapping.from_json(source.data.decode("utf-8", "replace"))
    except ValueError:
        return
    try:
        parse_table(Source("a.csv", seeds("table")[0].parts[""]), found)
    except FormatError as error:
        told(error, "a.csv")


def labels(source: Source, folder: Path) -> None:
    path = folder / source.name
    path.write_bytes(source.data)
    with Project.create(folder / "p", timezone="UTC") as project:
        try:
            labelfiles.import_labels(project, path, author="A")
        except FormatError:
            assert journal.journal_rows(project) == ()
            raise
        journal.in_force(project)


def run(source: Source, folder: Path) -> None:
    path = folder / source.name
    path.write_bytes(source.data)
    (folder / "runs").mkdir()
    try:
        found = import_run(folder / "runs", path)
        found.history()
        found.predictions().by_day()
    finally:
        inside = {one.relative_to(folder).parts[0] for one in folder.rglob("*")}
        assert inside <= {"runs", source.name}


def stations(source: Source, _folder: Path) -> None:
    for station in formats.read_stations(source)[0]:
        assert station.code


def reader_of(row: Format) -> Callable[[Source, Path], None]:
    if row.name == "table":
        return table
    if row.readings is not None:
        return readings(row.readings, leaves_open=row.leaves_open)
    if row.events is not None:
        return events(row.events)
    return {"kp": index, "stations": stations}[row.kind]


READERS: dict[str, Callable[[Source, Path], None]] = {
    **{name: reader_of(row) for name, row in FORMATS.items()},
    "detect": detected,
    "images": image,
    "image-index": image_index,
    "archives": archive,
    "mapping": mapping,
    "labels": labels,
    "run": run,
}
SHORT = {
    "run": 15,
    "images": 25,
    "labels": 12,
    "cdf": 40,
    "table": 60,
    "event sheet": 20,
    "detect": 40,
    "archives": 30,
    "image-index": 30,
}
"""Inputs of the short version where they are not 50: what one takes differs."""
ON_DISK = frozenset({"images", "image-index", "archives", "labels", "run"})


def told(error: FormatError, *names: str) -> None:
    """The error names the file, or one of those that were given, and says something."""
    assert error.sentence.rstrip().endswith((".", "!", "?")), error
    assert error.sentence[0].isprintable()
    assert any(name in error.file for name in names), error
    assert error.line is None or error.line >= 1
    assert len(str(error)) < 3000, "an error repeats what it was given"


def test_an_error_that_names_another_file_would_be_seen() -> None:
    told(FormatError("It is cut off.", file="a.zip/b.csv"), "b.csv")
    with pytest.raises(AssertionError, match="It is cut off"):
        told(FormatError("It is cut off.", file="other.csv"), "b.csv")


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="only Linux tells of a part of a process' time")
def test_memory_is_seen_below_an_earlier_peak() -> None:
    assert len(b"x" * (700 * 2**20)) == 700 * 2**20
    with pytest.raises(AssertionError, match="MiB"), bounded(seconds=60):
        len(b"x" * (400 * 2**20))


def fed(kind: str, data: bytes, name: str) -> None:
    """Give a reader one input and hold it to its promises."""
    said = "."
    with tempfile.TemporaryDirectory() as scratch, bounded(seconds=SLOWEST_S):
        try:
            READERS[kind](Source(name, data), Path(scratch))
        except FormatError as error:
            told(error, name)
        except RunError as error:
            said = str(error)
    assert said.endswith("."), said


def attack(kind: str, inputs: int, *, same: bool) -> None:
    """Draw `inputs` mutated files and feed them."""

    @settings(max_examples=inputs, deadline=None, derandomize=same, database=None, suppress_health_check=list(HealthCheck))
    @given(
        seed=st.sampled_from(range(len(seeds(kind)))),
        program=mutations(),
        inside=st.booleans(),
        part=st.integers(0, 63),
    )
    def one(seed: int, program: list[Mutation], inside: bool, part: int) -> None:
        good: Seed = seeds(kind)[seed]
        fed(kind, good.mutated(program, inside=inside, part=part), good.name)

    one()


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_has_a_good_file_of_its_own(name: str) -> None:
    whole = [Source(seed.name, seed.mutated([], inside=True, part=0)) for seed in seeds(name)]
    assert name in [formats.detect(source) for source in whole]
    row = FORMATS[name]
    assert (row.kind == "readings", row.kind == "events") == (row.readings is not None, row.events is not None)
    for source in whole:
        if row.readings is not None and formats.detect(source) == name and "a.txt" not in source.name:
            assert any(len(one) for one in formats.read_readings(source).readings)
        if row.events is not None:
            assert formats.read_events(source).events


@pytest.mark.parametrize("kind", READERS)
def test_good_files_are_read(kind: str) -> None:
    for seed in seeds(kind):
        fed(kind, seed.mutated([], inside=True, part=0), seed.name)


@pytest.mark.parametrize("kind", READERS)
def test_mutated_files(kind: str) -> None:
    attack(kind, SHORT.get(kind, 50), same=True)


@pytest.mark.slow
@pytest.mark.timeout(0)
@pytest.mark.parametrize("kind", READERS)
def test_many_mutated_files(kind: str) -> None:
    inputs = int(os.environ.get("QUAKEGUI_FUZZ_INPUTS", SLOW_INPUTS))
    attack(kind, inputs // (10 if kind in ON_DISK else 1), same=False)
