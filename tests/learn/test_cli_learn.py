"""Training, judging and the operating day from the command line: JSON, exit codes, sentences."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from json_rows import check_rows
from run_projects import TINY, fill, open_window, season_of
from terminal import Terminal

from quakegui.learn import issuing, operating, season_evaluation, season_runs
from quakegui.learn.runs.presets import PRESETS
from quakegui.learn.watching import Watch
from quakegui.project import journal
from quakegui.project.store import Project, ProjectError
from quakegui.season.labels import LabelSource


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setitem(PRESETS, "tiny", TINY)
    return Terminal(capsys)


@pytest.fixture
def labelled(small_project: Path) -> Path:
    fill(small_project)
    return small_project


def test_from_training_to_a_verdict_and_on_to_the_next_days(
    run: Terminal, trained_by_command: tuple[Path, str], trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The contract, verb by verb, on one run."""
    told, labelled = json.loads(trained_by_command[1]), trained
    # Starting another worker takes seconds; `test_operating` does.
    monkeypatch.setattr(issuing, "answer", lambda _run, maps, **_: np.full((len(maps), 5), 0.2))
    assert (told["protocol"], told["leaky"], told["seed"]) == ("chronological", False, TINY.seed)
    assert told["epochs"] == 2 * TINY.epochs  # of the fold, and of the fit of all
    name = told["run"]

    (listed,) = run.json("runs", "list", labelled)
    assert (listed["id"], listed["state"], listed["in_use"]) == (name, "finished", True)
    shown = run.json("runs", "show", labelled, name[:12])
    assert (shown["config"]["epochs"], shown["config"]["seed"]) == (TINY.epochs, TINY.seed)
    assert [row["phase"] for row in shown["history"]] == ["fold 1"] * TINY.epochs + ["final"] * TINY.epochs

    judged = run.json("evaluate", labelled)
    assert judged["run"] == name
    assert judged["rows"][0] == judged["row"]
    check_rows(judged["rows"], ["chronological"])
    out, _ = run("evaluate", labelled, "--run", name)
    assert out.startswith(judged["verdict"]["text"])

    predicted = run.json("predict", labelled, "--out", tmp_path / "said.csv")
    assert predicted["new"] == 0
    with (tmp_path / "said.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["day"] for row in rows] == [row["day"] for row in predicted["predictions"]]
    assert {row["kind"] for row in rows} == {"in-sample", "out-of-fold"}
    assert all(sum(float(row[f"p{cls}"]) for cls in range(5)) == pytest.approx(1, abs=1e-4) for row in rows)

    _out, refused = run("predict", labelled, "--out", labelled / "project.sqlite", code=1)
    assert "the file is part of a project" in refused

    run("season", labelled, "--until", "2022-04-20")
    later = run.json("update", labelled)
    assert later["run"] == name
    assert {one["kind"] for one in later["predicted"]} == {"prospective"}
    assert all(one["late"] for one in later["predicted"])
    assert run.json("update", labelled)["predicted"] == []

    run("runs", "export", labelled, name, tmp_path / "run.zip")
    run("runs", "delete", labelled, name)
    assert run.json("runs", "list", labelled) == []
    _, err = run("runs", "import", labelled, tmp_path / "run.zip")
    assert name in err
    run("runs", "use", labelled, name)
    assert run.json("runs", "list", labelled)[0]["in_use"] is True


@pytest.mark.slow  # trains ten networks; a run's members are tested in `test_training`
def test_two_networks_a_fold_are_judged_by_their_mean(
    run: Terminal, labelled: Path, built_once: None, worker_here: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(season_runs, "Supervisor", worker_here)
    told = run.json("train", labelled, "--preset", "tiny", "--members", 2, "--epochs", 1)
    assert (told["members"], told["epochs"]) == (2, 4)
    judged = run.json("evaluate", labelled)
    assert len(judged["ensemble"]["aucs"]) == 2
    assert judged["ensemble"]["text"] in " ".join(run("evaluate", labelled)[0].split())


def test_what_cannot_be_done_is_one_sentence_and_exit_code_1(run: Terminal, small_project: Path) -> None:
    assert "label" in run("train", small_project, "--preset", "tiny", code=1)[1]
    assert "train a model first" in run("evaluate", small_project, code=1)[1]
    assert "train a model first" in run("update", small_project, code=1)[1]
    assert "no run" in run("runs", "show", small_project, "2026", code=1)[1]
    assert "does not exist" in run("update", small_project, "--watch", small_project / "nowhere", code=1)[1]


def test_wrong_usage_is_exit_code_2(run: Terminal, small_project: Path) -> None:
    run("train", small_project, "--preset", "nothing", code=2)
    run("train", small_project, "--protocol", "luck", code=2)
    run("train", small_project, "--epochs", 0, code=2)
    run("train", small_project, "--seed", 2**63, code=2)


def test_too_few_days_for_a_protocol_are_told(run: Terminal, labelled: Path) -> None:
    run("season", labelled, "--until", "2022-04-01")
    _, err = run("train", labelled, "--preset", "tiny", "--protocol", "blocked", code=1)
    assert "too few for 5 blocks" in err


@pytest.mark.skipif(sys.platform == "win32", reason="sends Ctrl+C the POSIX way")
@pytest.mark.slow  # a training in a process of its own, twice; `test_worker` stops one every day
def test_ctrl_c_stops_the_worker_and_the_run_can_go_on(run: Terminal, labelled: Path) -> None:
    command = [sys.executable, "-m", "quakegui", "train", str(labelled), "--preset", "small", "--epochs", "500"]
    command += ["--protocol", "chronological", "--size", "48"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, encoding="utf-8")
    assert process.stderr is not None
    # The worker has named its device: it is about to train.
    before = [next(line for line in process.stderr if "tensorflow" in line or "torch" in line)]
    process.send_signal(signal.SIGINT)
    err = "".join([*before, *process.stderr])
    process.stderr.close()
    assert process.wait(60) == 1, err
    assert "can be started again" in err or "can be resumed from there" in err
    (listed,) = run.json("runs", "list", labelled)
    assert listed["state"] == "resumable"
    assert listed["id"] in err
    assert not _workers(labelled)


def _workers(project: Path) -> list[str]:
    """Return the command lines of processes that still work on a project."""
    found = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = place.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if "quakegui.learn.worker.process" in line and str(project) in line and int(place.parent.name) != os.getpid():
            found.append(line)
    return found


def test_a_watched_folder_gives_one_json_line_a_round(
    run: Terminal, trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    incoming = tmp_path / "incoming"
    incoming.mkdir()
    (incoming / "note.txt").write_text("not a reading")

    def changes(self: Watch, cancelled: object) -> Any:
        yield (incoming / "note.txt",)

    monkeypatch.setattr(Watch, "changes", changes)
    out, err = run("update", trained, "--watch", incoming, "--json")
    lines = [json.loads(line) for line in out.splitlines()]
    assert [line["predicted"] for line in lines] == [[], []]
    assert "Skipped" in err


def test_a_watch_predicts_a_night_once_it_is_over_without_a_new_file(
    run: Terminal, trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Project.open(trained) as project:
        open_window(project)
        season = season_of(project)
    index = np.flatnonzero(season.has_map)[-1]
    over = int(season.config.over_at(season.days[[index]])[0].astype(np.int64))
    moments, woken = iter([over - 1, over]), []

    def at_a_moment(*given: Any, **named: Any) -> operating.Update:
        return real(*given, **named, now_ms=next(moments))

    def changes(_self: Watch, _cancelled: object) -> Any:
        yield ()

    real = operating.update
    monkeypatch.setattr(operating, "update", at_a_moment)
    monkeypatch.setattr(issuing, "answer", lambda _run, maps, **_: np.tile([0.6, 0.1, 0.1, 0.1, 0.1], (len(maps), 1)))
    monkeypatch.setattr(Watch, "changes", changes)
    monkeypatch.setattr(Watch, "wake_at", lambda _self, moment: woken.append(moment))
    (tmp_path / "incoming").mkdir()
    out, err = run("update", trained, "--watch", tmp_path / "incoming", "--json")
    first, second = (json.loads(line) for line in out.splitlines())
    day = str(season.days[index])
    assert day not in [one["day"] for one in first["predicted"]]
    assert first["waiting"][0]["day"] == day
    assert f"The night of {day} is not over" in err
    assert [one["day"] for one in second["predicted"]] == [day]
    assert woken[0] == over


def test_a_round_of_the_watch_that_fails_is_told_and_its_files_come_again(
    run: Terminal, trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []

    def changes(_self: Watch, _cancelled: object) -> Any:
        monkeypatch.setattr(operating, "update", refused)
        yield (tmp_path / "new.txt",)

    def refused(*_given: object, **_named: object) -> None:
        raise ProjectError("Another program writes to the project.")

    monkeypatch.setattr(Watch, "changes", changes)
    monkeypatch.setattr(Watch, "again", lambda _self, paths: asked.append(paths))
    (tmp_path / "incoming").mkdir()
    _out, err = run("update", trained, "--watch", tmp_path / "incoming")
    assert "Another program writes to the project. Watching continues; these files will be tried again later." in " ".join(
        err.split()
    )
    assert asked == [(tmp_path / "new.txt",)]


@pytest.mark.slow  # a process with TensorFlow
def test_the_hidden_worker_takes_the_workers_own_arguments(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "quakegui", "worker", str(tmp_path), "--job", "nonsense"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 2
    assert "train" in done.stderr
    assert "predict" in done.stderr
    assert done.stdout == ""


def test_every_command_has_help_with_an_example(run: Terminal) -> None:
    commands = [("train",), ("predict",), ("evaluate",), ("compare",), ("update",)]
    commands += [("runs", name) for name in ("list", "show", "use", "delete", "restore", "empty-trash", "export", "import")]
    for command in commands:
        assert "Example: quakegui" in " ".join(run(*command, "--help")[0].split()), command
    assert "worker" not in run("--help")[0]


@pytest.mark.slow  # judges a run four times; `test_basis` does so in process
def test_the_command_says_by_what_it_judges_and_takes_the_other_set(run: Terminal, trained: Path) -> None:
    with Project.open(trained) as project:
        season = season_of(project)
        changed = season_evaluation.judge_run(project, season, season_runs.find_run(project, None)).days[0]
        journal.write_labels(project, np.array([changed]), 2, source=LabelSource.ANALYST, author="A")
    then, now = run.json("evaluate", trained), run.json("evaluate", trained, "--labels", "today")
    assert then["basis"]["text"].endswith("; 1 day has changed since.")
    assert (then["basis"]["as_of"], now["basis"]["as_of"]) == ("training", "today")
    assert (then["row"]["labels"], now["row"]["labels"]) == ("training", "today")
    assert then["targets"][2]["figures"]["confusion"] != now["targets"][2]["figures"]["confusion"]
    out, _ = run("evaluate", trained)
    assert out.splitlines()[0] == then["verdict"]["text"]
    assert then["basis"]["text"] in out.replace("\n", " ")
    run("evaluate", trained, "--labels", "yesterday", code=2)
    out, _ = run("report", trained, trained / "report.html", "--labels", "today")
    assert "differs from those used in training" in (trained / "report.html").read_text(encoding="utf-8")
