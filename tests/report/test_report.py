"""The report of a season: what it says of full, empty, synthetic, leaky and hostile projects, in both languages."""

from __future__ import annotations

import dataclasses
import io
import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from report_projects import Page, Reported
from run_projects import season_of

from quakegui.learn import season_runs
from quakegui.learn.run_study import kept_study
from quakegui.progress import StoppedError
from quakegui.project import catalogue, journal, runs
from quakegui.project.catalogue import CatalogueRead
from quakegui.project.origins import Origin
from quakegui.project.stations import set_stations
from quakegui.project.store import DATABASE, Project
from quakegui.report import make_report, season_parts, study_results, write_html
from quakegui.report.catalogue_parts import MOST_FILES
from quakegui.report.content import gather
from quakegui.report.event_parts import MapMaker
from quakegui.report.markup import FigureList, safe
from quakegui.report.pictures import OUTLINE, day_picture
from quakegui.report.words import Words
from quakegui.season.daymap import to_rgb
from quakegui.season.events import Declustering, Event
from quakegui.season.labels import LabelSource, compare
from quakegui.season.network import Station
from quakegui.words import worded

HOSTILE = '<script>alert("1")</script><img src="http://example.org/x.png">&'


def page_of(folder: Path, language: str = "en") -> Page:
    with Project.open(folder) as project:
        return Page(make_report(project, language=language).html())


def alter(folder: Path, change) -> None:
    """Change what a run's folder says of its protocol."""
    path = next((folder / "runs").glob("*/config.json"))
    values = json.loads(path.read_text(encoding="utf-8"))
    change(values)
    path.write_text(json.dumps(values), encoding="utf-8")


def test_no_part_of_a_project_is_replaced_by_a_report(reported: Reported, tmp_path: Path) -> None:
    (tmp_path / "project.sqlite").touch()
    with pytest.raises(FileExistsError, match="part of a project"):
        write_html(reported.english, tmp_path / "runs" / "r" / "out.html")


def test_the_file_is_complete_in_itself(reported: Reported, tmp_path: Path) -> None:
    write_html(reported.english, tmp_path / "out.html")
    markup = (tmp_path / "out.html").read_text(encoding="utf-8")
    page = Page(markup)
    assert page.fetched == []
    assert not {"script", "link", "iframe", "object"} & set(page.tags)
    assert "url(" not in markup
    assert page.tags.count("img") + page.tags.count("svg") == len(reported.english.figures)
    assert page.open == []


def test_the_verdict_comes_first_in_its_own_words(reported: Reported) -> None:
    for made in (reported.english, reported.chinese):
        page = Page(made.html())
        sentence = " ".join(worded(reported.judgement.verdict.text(), made.language).split())
        assert page.text.count(sentence) == 2
        assert page.text.index(sentence) < 900


def test_figures_are_those_of_the_judgement(reported: Reported) -> None:
    told, page = reported.judgement, Page(reported.english.html())
    with Project.open(reported.folder) as project:
        run = season_runs.find_run(project, None)
        position = len(journal.rows(project))
    assert f"{told.scored} days scored" in page.text
    assert f"{100 * told.of('event').figures.accuracy:.1f}%" in page.text
    counts = told.of("class").figures.confusion
    assert all(str(count) in page.words for count in counts.ravel().tolist())
    assert reported.season.config.hash in page.text
    assert run.card is not None
    assert str(run.card["data_hash"]) in page.text
    assert f"{position} label rows" in page.text
    for one in told.comparisons:
        if one.target == "event" and one.days:
            assert f"{100 * one.figures.macro_recall:.1f}%" in page.text
    assert re.search(r"\bnan\b", page.text) is None


def test_the_run_is_shown_from_other_sides(reported: Reported) -> None:
    with Project.open(reported.folder) as project:
        study = kept_study(project, reported.season, season_runs.find_run(project, None))
    assert study is not None, "saved with the run"
    for made, title, series in ((reported.english, "Earthquake by earthquake", "around the earthquakes"),
                                (reported.chinese, "逐次地震", "地震前后的")):  # fmt: skip
        page, say = Page(made.html()), Words(made.language)
        assert title in page.text
        assert study_results.robustness_text(study.robustness, say) in page.text
        assert sum(series in figure.alt for figure in made.figures) == len(study.epochs)
        for row in study_results.events(study.events, "Asia/Shanghai", say).rows:
            assert row[0] in page.text


def test_completeness_counts_the_nights_of_each_station(reported: Reported) -> None:
    page = Page(reported.english.html())
    nights = np.isfinite(reported.season.z).sum(axis=0)
    for code, count in zip(reported.season.network.codes, nights.tolist(), strict=True):
        at = page.words.index(code, page.words.index("Scatter (nT)"))
        cells = [word for word in page.words[at : at + 12] if word.strip()]
        assert str(count) in cells, (code, cells)


def test_each_earthquake_has_its_part_with_the_days_known_before_it(reported: Reported) -> None:
    body = reported.english.body
    with Project.open(reported.folder) as project:
        events = catalogue.events(project)
    for number in range(1, len(events) + 1):
        assert f'<h3 style="page-break-before: always">Earthquake {number}: M ' in body
    season, first_part = reported.season, body.split("Earthquake 1: ")[1].split("Earthquake 2: ")[0]
    first = int(np.searchsorted(season.available_at[season.shown], events[0].time))
    assert first_part.count("<img") == 7  # six days and the scale
    for day in season.days[first - 6 : first]:
        assert f'alt="Map of {day}"' in first_part
    assert f'alt="Map of {season.days[first]}"' not in first_part


def test_days_without_a_map_are_one_sentence_and_have_no_scale(reported: Reported) -> None:
    season = reported.season
    z = season.anomaly.z.copy()
    z[season.shown][:6] = np.nan
    bare = dataclasses.replace(season, anomaly=dataclasses.replace(season.anomaly, z=z))
    with Project.open(reported.folder) as project:
        content = gather(project, season, progress=lambda *_step: None, cancelled=lambda: False)
        figures = FigureList()
        made = MapMaker(content, bare, Words("en"), figures).maps(range(6), None)
    assert Page(made).text.startswith("None of these days has a map. Maximum number of stations with data: 0")
    assert figures.entries == []


def test_both_languages_say_the_same_things(reported: Reported) -> None:
    english, chinese = Page(reported.english.html()), Page(reported.chinese.html())
    assert english.tags == chinese.tags
    assert "概要" in chinese.text
    assert "Summary" in english.text


@pytest.mark.usefixtures("judged_before")
def test_the_record_and_what_other_hands_did_to_it_are_told(judged: Path, judged_before: None) -> None:
    page = page_of(judged)
    assert "No row has changed since quakegui wrote it." in page.text
    with closing(sqlite3.connect(judged / DATABASE)) as connection:
        for table in ("journal", "prediction"):
            count, last = connection.execute(f"SELECT count(*), max(id) FROM {table}").fetchone()
            (head,) = connection.execute(f"SELECT chain FROM {table} WHERE id = ?", (last,)).fetchone()
            assert head in page.text
            assert f"{count} rows, hash chain complete" in page.text
        connection.execute("DROP TRIGGER journal_no_update")
        connection.execute("UPDATE journal SET new = 4 WHERE id = 3")
        connection.commit()
    page = page_of(judged)
    assert "No row has changed since quakegui wrote it." not in page.text
    assert "Row 3 of the label journal" in page.text
    assert "were removed (journal_no_update)" in page.text
    assert "记录与 quakegui 写入的内容不符" in page_of(judged, "zh").text


def test_agreement_is_that_of_the_journal(judged: Path) -> None:
    with Project.open(judged) as project:
        days = season_of(project).days
        journal.write_labels(project, days[:8], 0, source=LabelSource.ANALYST, author="B", blind=True)
        journal.write_labels(project, days[:6], 0, source=LabelSource.ANALYST, author="C", blind=True)
        journal.write_labels(project, days[6:8], 3, source=LabelSource.ANALYST, author="C", blind=True)
        journal.write_labels(project, days[:1], 3, source=LabelSource.ANALYST, author="B", blind=True)
        found = compare(journal.rows(project), "B", "C")
        page = Page(make_report(project).html())
    at = page.text.index("Inter-analyst agreement")
    assert f"B C blind only {found.days} {found.agreed} {found.kappa:.2f}".replace("-", "−") in page.text[at:]


def test_an_empty_project_says_so_in_sentences(tmp_path: Path) -> None:
    with Project.create(tmp_path / "empty", name="Empty") as project:
        english = Page(make_report(project).html())
        chinese = Page(make_report(project, language="zh").html())
    for sentence in (
        "No verdict: there is no season yet.",
        "The project has no stations yet.",
        "No days are labelled yet.",
        "The project has no finished run",
        "The project has no earthquakes",
        "there are no alarms",
        "No file was imported.",
    ):
        assert sentence in english.text
    assert "还没有标注。请标注日期或应用标注规则。" in chinese.text
    assert english.tags == chinese.tags


def test_a_project_without_events_labels_and_runs_still_shows_its_data(small_project: Path) -> None:
    page = page_of(small_project)
    assert "no finished run, so nothing was evaluated" in page.text
    assert "No label rule was applied." in page.text
    assert "Data coverage by night" in page.text
    assert "SYNTHETIC" not in page.text
    assert "LEAKY" not in page.text


@pytest.mark.parametrize(
    ("rest", "english", "chinese"),
    [
        (np.nan, "1 of the 2 nights with Kp", "有 Kp 的 2 夜中有 1 夜"),
        (2.0, "1", "1"),
    ],
)
def test_stormy_nights_are_counted_among_those_whose_kp_is_known(
    reported: Reported, rest: float, english: str, chinese: str
) -> None:
    nights = np.full(reported.season.kp_night.size, rest)
    nights[reported.season.shown][:2] = 5.0, 0.3
    told = dataclasses.replace(reported.season, kp_night=nights)
    assert season_parts.storms(told, Words("en")) == english
    assert season_parts.storms(told, Words("zh")) == chinese


def test_without_kp_no_night_is_called_quiet(reported: Reported) -> None:
    told = dataclasses.replace(reported.season, kp_night=np.full(reported.season.kp_night.size, np.nan))
    assert season_parts.storms(told, Words("en")) == "unknown: no Kp imported"
    assert season_parts.storms(told, Words("zh")) == "未知：未导入 Kp"


def test_a_station_without_coordinates_is_named(small_project: Path) -> None:
    with Project.open(small_project) as project:
        set_stations(project, Station("QQQ", "nowhere"))
        page = Page(make_report(project).html())
    assert "No coordinates, not shown on the map: QQQ." in page.text


@pytest.mark.usefixtures("judged_before")
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_damaged_history_is_told_in_its_place_and_ends_no_report(judged: Path, language: str) -> None:
    path = next((judged / "runs").glob("*/history.csv"))
    path.write_text("phase,epoch,loss,accuracy,best\nfold 1,1,1.5,0.4,never\n", encoding="utf-8")
    page = page_of(judged, language)
    said = {
        "en": "The history of the run “tiny” is damaged: the best epochs are marked by 'never'",
        "zh": "训练记录“tiny”的历史已损坏：最佳轮次应以 0 或 1 标记，而非“never”",
    }
    settings = {"en": "Training settings", "zh": "训练配置"}
    assert page.text.count(said[language]) == 1
    assert page.text.index(said[language]) < page.text.index(settings[language], page.text.index(said[language]))
    assert page.open == []


def test_a_leaky_run_is_stamped_wherever_its_scores_stand(judged: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alter(judged, lambda values: values["config"].update(protocol="paper"))
    plain = runs.predictions

    def in_sample(*given) -> runs.PredictionTable:
        found = plain(*given)
        return dataclasses.replace(found, kind=np.where(found.kind == "out-of-fold", "in-sample", found.kind))

    monkeypatch.setattr(runs, "predictions", in_sample)  # as such a run keeps its answers: it learnt from every day
    with Project.open(judged) as project:
        made = make_report(project)
    page = Page(made.html())
    assert made.stamp == "LEAKY"
    assert page.text.count("LEAKY — these scores do not measure predictive skill") == 2
    drawn = [figure.data.decode() for figure in made.figures if "matrix" in figure.alt or "Molchan" in figure.alt]
    assert drawn
    assert all("LEAKY" in svg for svg in drawn)
    assert "its predictions open no alarms here" in page.text
    assert "There are no predictions for days that the model had not seen" not in page.text


@pytest.mark.usefixtures("judged_before")
def test_the_catalogue_files_are_named(judged: Path) -> None:
    files = tuple(Origin(f"<b>{number}.csv", f"{number:064d}", 7) for number in range(MOST_FILES + 3))
    with Project.open(judged) as project:
        kept = catalogue.events(project)
        catalogue.store_events(
            project, kept, declustering=Declustering("none"), origin=CatalogueRead(None, kept, files=files[:1])
        )
    assert f"<b>0.csv: 7 earthquakes, SHA-256 {0:064d}" in page_of(judged).text
    assert f"<b>0.csv：7 次地震，SHA-256 {0:064d}" in page_of(judged, "zh").text
    with Project.open(judged) as project:
        catalogue.store_events(project, kept, declustering=Declustering("none"), origin=CatalogueRead(None, kept, files=files))
    text = page_of(judged).text
    assert f"<b>{MOST_FILES - 1}.csv" in text
    assert f"<b>{MOST_FILES}.csv" not in text
    assert "3 more files" in text


@pytest.mark.usefixtures("judged_before")
def test_a_synthetic_season_is_stamped_on_page_figures_and_maps(judged: Path) -> None:
    with Project.open(judged) as project:
        project.synthetic = True
        season = season_of(project)
        made = make_report(project, season=season)
        plain = day_picture(season.day_map(5), season.network, season.gridder.basis.frame, threshold=5.0, epicentre=None,
                            synthetic=False, width=200, alt="")  # fmt: skip
        stamped = day_picture(season.day_map(5), season.network, season.gridder.basis.frame, threshold=5.0, epicentre=None,
                              synthetic=True, width=200, alt="")  # fmt: skip
    assert made.stamp == "SYNTHETIC"
    assert "SYNTHETIC — not measured" in Page(made.html()).text
    drawn = [
        figure for figure in made.figures if figure.kind == "svg" and "epoch" not in figure.alt and "scale" not in figure.alt
    ]
    assert all("SYNTHETIC" in figure.data.decode() for figure in drawn)
    one, other = (np.asarray(Image.open(io.BytesIO(picture.data)).convert("RGB")) for picture in (plain, stamped))
    changed = np.argwhere((one != other).any(axis=2))
    assert changed.min(axis=0)[0] > 430
    assert len(changed) > 1000


def test_a_map_keeps_the_very_pixels_of_the_day(reported: Reported) -> None:
    season = reported.season
    day = season.day_map(5)
    made = day_picture(day, season.network, season.gridder.basis.frame, threshold=5.0, epicentre=None, synthetic=False,
                       width=200, alt="")  # fmt: skip
    image = Image.open(io.BytesIO(made.data))
    drawn, own = np.asarray(image), np.asarray(image.convert("RGB"))
    untouched = drawn < OUTLINE
    assert untouched.mean() > 0.98
    np.testing.assert_array_equal(own[untouched], to_rgb(day.index, day.style)[untouched])


def test_the_alarms_listed_are_the_alarms_scored(reported: Reported) -> None:
    with Project.open(reported.folder) as project:
        content = gather(project, reported.season, progress=lambda *_step: None, cancelled=lambda: False)
    record, scored = content.record, reported.judgement.alarms
    assert record is not None
    assert scored is not None
    assert (record.hits, record.missed, record.false_alarms) == (scored.hits, scored.missed, scored.false_alarms)
    assert record.alarm_days == pytest.approx(scored.alarm_days)
    assert record.period_days == pytest.approx(scored.period_days)


@pytest.mark.usefixtures("judged_before")
def test_text_from_outside_is_only_ever_text(judged: Path) -> None:
    with Project.open(judged) as project:
        days = season_of(project).days
        at = days[8].astype("datetime64[ms]")
        catalogue.store_events(project, [Event("x", at, 4.6, 28.8, 102.3, None, HOSTILE)], declustering=Declustering("none"))
        set_stations(project, Station("AAA", HOSTILE, 28.0, 101.6))
        journal.write_labels(project, days[:3], 1, source=LabelSource.ANALYST, author=HOSTILE, note=HOSTILE)
        project.name = HOSTILE
        made = make_report(project)
    alter(judged, lambda values: values.update(title=HOSTILE))
    page = Page(made.html())
    again = page_of(judged)
    for one in (page, again):
        assert one.fetched == []
        assert "script" not in one.tags
    assert page.text.count('alert("1")') >= 3
    assert f"Run: {HOSTILE} (" in again.text


@pytest.mark.usefixtures("judged_before")
def test_names_cannot_turn_the_direction_of_writing(judged: Path) -> None:
    turned = "Li\u202egnaW \u2067x\u200f\x1b[2J\x07"
    with Project.open(judged) as project:
        days = season_of(project).days
        at = days[8].astype("datetime64[ms]")
        catalogue.store_events(project, [Event("x", at, 4.6, 28.8, 102.3, None, turned)], declustering=Declustering("none"))
        journal.write_labels(project, days[:3], 1, source=LabelSource.ANALYST, author=turned, note=turned)
        written = make_report(project).html()
    assert "Li\ufffdgnaW \ufffdx\ufffd\ufffd[2J\ufffd" in written
    assert {one for one in written if not one.isprintable()} <= set("\n\u00a0\u2009\u202f\u3000")
    assert safe("a\ud800\x00b\u200ec").encode() == "a\ufffd\ufffdb\ufffdc".encode()


@pytest.mark.usefixtures("judged_before")
def test_it_can_be_stopped_and_tells_how_far_it_is(judged: Path) -> None:
    steps: list[tuple[int, int, str]] = []
    with Project.open(judged) as project:
        season = season_of(project)
        make_report(project, season=season, progress=lambda *step: steps.append(step))
        with pytest.raises(StoppedError):
            make_report(project, season=season, cancelled=lambda: True)
    assert {text for _, _, text in steps} >= {"season", "labels", "judging", "earthquakes"}
    assert all(done <= total for done, total, _ in steps)
