"""SIGKILL while readings arrive live and answers are fetched: what was acknowledged is there, nothing is asked for twice."""

from __future__ import annotations

import gzip
import json
import shutil
import sys
from pathlib import Path

import arrival_parts
import killing
import numpy as np
import pytest
from killing import Attack

from quakegui.project import catalogue, live, seasons
from quakegui.project.live_rows import fold
from quakegui.project.store import Project

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has no SIGKILL; the installer's smoke test kills there"
)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an empty project; copy it before use."""
    folder = tmp_path_factory.mktemp("empty") / "project"
    Project.create(folder, timezone="UTC").close()
    return folder


def arrived(project: Project, code: str) -> dict[int, float]:
    """Return the readings of a station, by the number of the minute, folded or not."""
    fold(project)
    begin = arrival_parts.BEGIN
    found = seasons.record(project, code, begin, begin + np.timedelta64(1, "D"))
    minutes = [((one.time - begin) / np.timedelta64(1, "m")).astype(int).tolist() for one in found]
    return {
        at: float(value) for one, some in zip(found, minutes, strict=True) for at, value in zip(some, one.values, strict=True)
    }


def lost_readings(folder: Path, said: Path) -> tuple[int, str | None]:
    """Return how many messages were acknowledged, and of which one the readings are not there."""
    numbers = list(map(int, said.read_text(encoding="utf-8").split())) if said.exists() else []
    with Project.open(folder) as project:
        found = {code: arrived(project, code) for code in arrival_parts.CODES}
    for number in numbers:
        at, code = divmod(number, len(arrival_parts.CODES))
        code = arrival_parts.CODES[code]
        first, last = at * arrival_parts.PER_MESSAGE, (at + 1) * arrival_parts.PER_MESSAGE
        if [found[code].get(k) for k in range(first, last)] != arrival_parts.readings_of(code)[first:last].tolist():
            return len(numbers), f"message {number} was acknowledged, and its readings are not there"
    return len(numbers), None


@pytest.mark.parametrize("how", ["moments", "steps"])
@killing.sizes(2, 150)
def test_what_was_acknowledged_to_the_broker_is_stored(
    empty: Path, tmp_path: Path, attack: Attack, tries: int, how: str
) -> None:
    folder, said = tmp_path / "project", tmp_path / "said"
    shutil.copytree(empty, folder)
    seconds = attack.driver.whole("arrival_parts:listen", str(folder), str(said))
    attack.kind = f"live arrival, at {how}"

    def prepare(_number: int) -> tuple[str, tuple[str, ...]]:
        said.unlink(missing_ok=True)
        shutil.rmtree(folder)
        shutil.copytree(empty, folder)
        return "arrival_parts:listen", (str(folder), str(said))

    def check(_number: int) -> str | None:
        told, lost = lost_readings(folder, said)
        attack.acknowledged += told
        lost = lost or killing.damage(folder / "project.sqlite")
        attack.driver.whole("arrival_parts:listen", str(folder), str(said))
        with Project.open(folder) as project:
            for code in arrival_parts.CODES:
                if list(arrived(project, code).values()) != arrival_parts.readings_of(code).tolist():
                    lost = lost or "the next listener does not complete it"
                if live.gaps(project, code):
                    lost = lost or "a gap where there is none"
        return lost

    attack.run(how, tries, seconds, prepare, check)


def half_answers(folder: Path) -> str | None:
    """Return what the list of answers says that is not there whole, or what was left behind."""
    fetched = folder / "fetched"
    files = {path for path in fetched.rglob("*.gz") if not path.name.startswith(".")}
    for path in files:
        gzip.decompress(path.read_bytes())
    log = fetched / "log.jsonl"
    named = [json.loads(line)["file"] for line in log.read_text(encoding="utf-8").splitlines()] if log.exists() else []
    missing = {fetched / name for name in named} - files
    return f"answers that are not there: {missing}" if missing else None


def state(folder: Path) -> object:
    """Return what a fetch brought, without when it did."""
    with Project.open(folder) as project:
        day = arrival_parts.DAYS[0].day
        records = [
            [(one.time.tolist(), one.values.tolist()) for one in seasons.record(project, code, day, day + 3)]
            for code in arrival_parts.CODES
        ]
        return records, catalogue.events(project)


@pytest.mark.parametrize("how", ["moments", "steps"])
@pytest.mark.parametrize("what", ["readings", "events"])
@killing.sizes(2, 60)
def test_answers_that_were_kept_are_not_asked_for_again(
    empty: Path, tmp_path: Path, attack: Attack, *, tries: int, how: str, what: str
) -> None:
    folder, said, do = tmp_path / "project", tmp_path / "said", f"arrival_parts:fetch_{what}"
    shutil.copytree(empty, folder)
    seconds = attack.driver.whole(do, str(folder), str(said))
    whole, questions = state(folder), len(said.read_text(encoding="utf-8").splitlines())
    attack.kind = f"fetching {what}, at {how}"

    def prepare(_number: int) -> tuple[str, tuple[str, ...]]:
        said.unlink(missing_ok=True)
        shutil.rmtree(folder)
        shutil.copytree(empty, folder)
        return do, (str(folder), str(said))

    def check(_number: int) -> str | None:
        lost = half_answers(folder) or killing.damage(folder / "project.sqlite")
        attack.driver.whole(do, str(folder), str(said))
        asked = said.read_text(encoding="utf-8").splitlines()
        if len(asked) > questions + 1 or len(set(asked)) != questions:  # one may have been answered and not kept
            return f"{len(asked)} questions instead of {questions}"
        if state(folder) != whole:
            return "the second run does not complete it"
        left = [path.name for path in folder.rglob("*.part")]
        return lost or half_answers(folder) or (f"left behind: {left}" if left else None)

    attack.run(how, tries, seconds, prepare, check)
