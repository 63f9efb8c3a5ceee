"""A report says by which labels and earthquakes the run is judged; all its figures come from that one set."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from report_projects import Page
from run_projects import season_of

from quakegui.judge.judged_by import AsOf
from quakegui.learn import season_evaluation, season_runs
from quakegui.project import catalogue, journal
from quakegui.project.store import Project
from quakegui.report import make_report
from quakegui.report.content import gather
from quakegui.season.events import Declustering, Event
from quakegui.season.labels import LabelSource


def page_of(project: Project, as_of: AsOf = "training", language: str = "en") -> Page:
    return Page(make_report(project, as_of=as_of, language=language).html())  # type: ignore[arg-type]


@pytest.fixture
def moved_on(judged: Path) -> Path:
    """Return a project whose labels and catalogue have moved on since its run was trained."""
    with Project.open(judged) as project:
        season = season_of(project)
        day = season_evaluation.judge_run(project, season, season_runs.find_run(project, None)).days[0]
        journal.write_labels(project, np.array([day]), 2, source=LabelSource.ANALYST, author="A")
        time = day.astype("datetime64[ms]") + np.timedelta64(30, "h")
        catalogue.store_events(project, [Event("new", time, 4.4, 27.5, 102.2)], declustering=Declustering("none"), add=True)
    return judged


def test_the_set_is_named_beside_the_verdict_and_the_skill(moved_on: Path) -> None:
    with Project.open(moved_on) as project:
        page = page_of(project)
        said = "when the run was created; 1 day and 1 earthquake have changed since."
        assert page.text.count(said) == 2
        assert "--labels today" in page.text
        assert "）的标注与地震目录进行评估；有 1 天、1 次地震与今天的不同。" in page_of(project, language="zh").text
        today = page_of(project, "today").text
        assert today.count("1 day and 1 earthquake differ from those used in training.") == 2
        assert said not in today


@pytest.mark.slow  # judges a run twice and writes two reports
def test_alarms_and_earthquakes_are_of_the_set_that_the_skill_is_of(moved_on: Path) -> None:
    with Project.open(moved_on) as project:
        season = season_of(project)
        place = [event.id for event in catalogue.events(project)].index("new")

        def content(as_of: AsOf):
            return gather(project, season, as_of=as_of, progress=lambda *_step: None, cancelled=lambda: False)

        then, now = content("training"), content("today")
        assert then.other_earthquakes == {place}
        assert now.other_earthquakes == frozenset()
        for one in (then, now):
            assert one.record is not None
            assert one.judgement is not None
            assert one.judgement.alarms is not None
            assert one.record.events == one.judgement.alarms.events
            assert [alarm.opened for alarm in one.record.alarms] == [alarm.opened for alarm in then.record.alarms]
        assert place not in then.record.events
        assert place in now.record.events
        assert "added to the catalogue after training" in page_of(project).text
        assert "added to the catalogue after training" not in page_of(project, "today").text


def test_an_earthquake_that_is_gone_is_still_judged_by_the_training(judged: Path) -> None:
    with Project.open(judged) as project:
        season = season_of(project)
        before = gather(project, season, progress=lambda *_step: None, cancelled=lambda: False).record
        assert before is not None
        rest = catalogue.events(project)[1:]
        catalogue.store_events(project, rest, declustering=Declustering("none"))
        after = gather(project, season, progress=lambda *_step: None, cancelled=lambda: False).record
        assert after is not None
        assert (after.hits, len(after.events)) == (before.hits, len(before.events))
        assert "1 earthquake has changed since" in page_of(project).text


def test_a_run_of_other_classes_gives_no_figures(judged: Path) -> None:
    predicted = "% day not used in training"
    with Project.open(judged) as project:
        assert predicted in page_of(project).text
        catalogue.make_class_scheme(project, split_magnitude=3.7)
        page = page_of(project)
        assert page.text.count("was trained with classes different from this project's") >= 3
        assert predicted not in page.text, "no prediction in other classes stands beside the labels"
        content = gather(project, season_of(project), progress=lambda *_step: None, cancelled=lambda: False)
        assert (content.judgement, content.record, content.predictions) == (None, None, None)
