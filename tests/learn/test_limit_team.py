"""Replicates of a detection limit, computed in several processes or on a cluster, are those of one process."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from limit_data import null

from quakegui.judge.detection import Detector, Part, PartResult, Spread, filter_detector, in_turn, parts_of
from quakegui.judge.limit import LimitError
from quakegui.judge.replicates import Ground
from quakegui.learn.evidence import season_inputs
from quakegui.learn.runs.registry import RunError
from quakegui.learn.worker.limit_team import in_processes
from quakegui.learn.worker.run_limit import network_detector
from quakegui.learn.zero_shot.shipped import model_folder
from quakegui.learn.zero_shot.trials import paper_plan
from quakegui.progress import never
from quakegui.season.events import scheme_of
from quakegui.season.season import Season
from quakegui.serve.cluster import ClusterTeam
from quakegui.simulate.corpus import simulate

WEAK = parts_of([(0.25, 9)], range(700_000, 700_006))
FEW = [Part(0.25, 9, range(700_000, 700_002)), Part(0.25, 9, range(700_002, 700_003))]
STRONG = parts_of([(2.0, None)], range(700_000, 700_006))


@cache
def ground() -> Ground:
    each = next(simulate(paper_plan(0.0, 5), [0], pixels=32))
    scheme = scheme_of(each.events, split_magnitude=4.0)[0]
    return Ground(each.season, each.events, (), scheme, paper_plan(0.0, 5).rule, season_inputs(each.season, each.events))


def results(spread: Spread, parts: list[Part]) -> list[PartResult]:
    found = dict(spread(parts, never))
    return [found[number] for number in range(len(parts))]


def assert_same(left: list[PartResult], right: list[PartResult]) -> None:
    for one, other in zip(left, right, strict=True):
        assert one.detections == other.detections
        assert one.station_nt.tobytes() == other.station_nt.tobytes()


def ends_the_process(season: Season) -> np.ndarray:
    os._exit(7)


def test_parts_have_all_replicates_once() -> None:
    parts = parts_of([(0.25, None), (1.0, 9)], range(700_000, 700_007))
    assert [(part.strength, part.count, len(part.seeds)) for part in parts] == [
        (0.25, None, 5),
        (0.25, None, 2),
        (1.0, 9, 5),
        (1.0, 9, 2),
    ]
    assert [seed for part in parts[:2] for seed in part.seeds] == list(range(700_000, 700_007))


def test_several_processes_find_what_one_finds() -> None:
    """Two helper processes, each of which loads what judges: two seconds."""
    _, short = null()
    detector = filter_detector(short)
    assert_same(results(in_processes(short, detector, workers=2), FEW), results(in_turn(short, detector), FEW))


@pytest.mark.slow  # three helper processes, two of which load TensorFlow
def test_one_or_two_processes_find_the_same_with_a_network() -> None:
    detector = network_detector(ground(), model_folder(), "supplied")
    one, two = (results(in_processes(ground(), detector, workers=count), STRONG) for count in (1, 2))
    assert_same(one, two)
    assert sum(better for part in one for _, better in part.detections) >= 4


def test_a_process_that_ends_is_told_in_a_sentence() -> None:
    broken = Detector("matched-filter", "broken", "broken", ends_the_process)
    with pytest.raises(LimitError, match="ended unexpectedly"):
        results(in_processes(null()[1], broken, workers=1), FEW[:1])


@pytest.mark.slow  # helper processes, and verdicts
def test_it_stops_between_two_replicates() -> None:
    found: list[int] = []
    spread = in_processes(ground(), filter_detector(ground()), workers=2)
    found.extend(number for number, _ in spread(WEAK * 40, lambda: len(found) > 0))
    assert 1 <= len(found) <= 3


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[str]:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        protocol="tcp",
        dashboard_address=None,
        host="127.0.0.1",
        local_directory=str(tmp_path / "scratch"),
    ) as workers:
        yield workers.scheduler_address


@pytest.mark.timeout(1500)
@pytest.mark.slow  # a cluster of two processes
def test_a_cluster_finds_what_one_process_finds(cluster: str) -> None:
    team = ClusterTeam(cluster, 1)
    detector = network_detector(ground(), model_folder(), "supplied")
    assert_same(
        results(team.limit_parts(ground(), detector), STRONG), results(in_processes(ground(), detector, workers=1), STRONG)
    )
    found: list[int] = []
    found.extend(number for number, _ in team.limit_parts(ground(), detector)(STRONG * 40, lambda: len(found) > 0))
    assert 1 <= len(found) <= 3, "it stops"


@pytest.mark.timeout(1500)
@pytest.mark.slow  # a cluster of two processes
@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signal")
def test_a_killed_worker_of_a_cluster_changes_nothing(cluster: str) -> None:
    import distributed

    with distributed.Client(cluster) as client:
        workers = list(client.run(os.getpid).values())
    detector = filter_detector(ground())
    found = {}
    for number, result in ClusterTeam(cluster, 1).limit_parts(ground(), detector)(WEAK, never):
        if not found:
            for worker in workers:
                os.kill(worker, signal.SIGKILL)
        found[number] = result
    assert_same([found[number] for number in range(len(WEAK))], results(in_turn(ground(), detector), WEAK))


def test_a_cluster_that_is_not_encrypted_is_refused() -> None:
    with pytest.raises(RunError, match="is not encrypted"):
        results(ClusterTeam("tcp://centre:8786", 1).limit_parts(null()[1], filter_detector(null()[1])), FEW)
