"""The judgement as a whole, from probabilities to the sentence."""

import json

import numpy as np
import pytest

from quakegui.judge import alarms, folds, predictors, splits
from quakegui.judge.alarms import AlarmRule
from quakegui.judge.bootstrap import Interval
from quakegui.judge.scoring import judge_truth
from quakegui.judge.skill import Skill, r_zero
from quakegui.judge.split_evaluation import judge
from quakegui.judge.surrogates import EVENT, EventWindows, SurrogateTest
from quakegui.judge.truth import prospective_truth, truth_of
from quakegui.judge.verdict import reach_verdict
from quakegui.words import word, worded

N_DAYS = 334
DAYS = np.datetime64("2022-02-01") + np.arange(N_DAYS)
ROW = {
    "name", "title", "protocol", "target", "days", "auc", "statistic", "jitter_days", "p_value", "p_jitter", "p_rate",
    "not_beaten", "macro_recall", "kappa", "brier_skill", "information_gain", "r_score", "r0", "molchan_skill", "verdict",
    "verdict_code", "leaky",
}  # fmt: skip
KNOWN = DAYS.astype("datetime64[ms]") - np.timedelta64(5, "h")


def windows(at):
    """Return the label windows of events on these days of the season, eight days before to three after."""
    n = len(at)
    return EventWindows(
        day=DAYS[at],
        clock_ms=np.zeros(n, int),
        magnitude=np.full(n, 5.0),
        before=np.full(n, 8),
        after=np.full(n, 3),
        foreknown=np.ones(n, bool),
        winner="later",
    )


class Season:
    """A made season: 18 events with label windows, `post` days behind them, and nothing measured."""

    def __init__(self, seed):
        rng = np.random.default_rng(seed)
        at = np.sort(rng.choice(np.arange(12, N_DAYS - 4), 18, replace=False))
        self.classes = rng.integers(1, 5, 18)
        self.labels, self.event, self.post = np.zeros(N_DAYS, int), np.full(N_DAYS, -1), np.zeros(N_DAYS, bool)
        for number, day in enumerate(at):
            span = slice(day - 8, day + 4)
            self.labels[span], self.event[span] = self.classes[number], number
        times = KNOWN[at] + np.timedelta64(6, "h")
        owned = self.event >= 0
        self.post[owned] = KNOWN[owned] > times[self.event[owned]]
        self.catalogue = alarms.Catalogue(times, self.classes)
        self.windows = windows(at)
        self.rng = rng
        self.kp = np.abs(persistent(rng, 1))[:, 0]

    @property
    def material(self):
        return folds.material(DAYS, self.labels, post=self.post, event_index=self.event)

    def answers(self, right):
        """Return probabilities that favour the day's own class on a share `right` of the days, any class on the others."""
        told = np.where(self.rng.random(N_DAYS) < right, self.labels, self.rng.integers(5, size=N_DAYS))
        return 0.8 * np.eye(5)[told] + 0.04

    def judged(self, probabilities, protocol="blocked", **more):
        made = splits.split(self.material, protocol)
        kp = predictors.out_of_fold(made, self.kp, self.labels, predictors.logistic)
        return judge(
            made,
            name="made",
            days=DAYS,
            available_at=KNOWN,
            labels=self.labels,
            probabilities=probabilities,
            catalogue=self.catalogue,
            windows=self.windows,
            **{"baselines": {"kp": kp}, **more},
        )


def persistent(rng, columns, memory=0.7):
    """Return first-order autoregressive noise, (day, column)."""
    noise = rng.normal(size=(N_DAYS + 50, columns))
    for day in range(1, len(noise)):
        noise[day] += memory * noise[day - 1]
    return noise[50:]


def test_rivals_beside_a_network_that_never_saw_the_season_are_tested_as_they_were_trained():
    season = Season(1)
    made = splits.split(season.material, "blocked")
    calendar = predictors.out_of_fold(made, np.arange(N_DAYS), season.labels, predictors.logistic)
    given = {
        "days": DAYS,
        "available_at": KNOWN,
        "labels": season.labels,
        "catalogue": season.catalogue,
        "windows": season.windows,
    }
    tests = {}
    for protocol in ("zero-shot", None):
        truth = truth_of(made, protocol=protocol, **given)
        told = judge_truth(truth, season.answers(0.5), name="made", baselines={"calendar": calendar}, resamples=20)
        tests[protocol] = told.comparison("calendar").test
    assert tests["zero-shot"] == tests[None]
    assert (tests[None].statistic, tests[None].jitter_days) == ("foldwise", 30)


@pytest.mark.parametrize("part", ["column", "boosted", "boosted by class"])
def test_what_is_made_of_a_rivals_own_columns_is_not_better_than_the_rival(part):
    season = Season(1)
    answers, useless = season.answers(0.9), season.rng.normal(size=N_DAYS)
    rival = np.full((N_DAYS, 5), 0.2)
    parts = {"column": useless, "boosted": useless, "boosted by class": useless, part: 1 - answers[:, 0]}
    clue = predictors.Clue(parts["column"], (lambda: parts["boosted"], lambda: parts["boosted by class"]))
    told = season.judged(answers, baselines={"calendar": rival}, clues={"calendar": clue})
    assert told.verdict.not_beaten == ("calendar",)
    assert told.comparison("calendar").residual.low == 0.5
    unknown = predictors.Clue(np.full(N_DAYS, np.nan), (lambda: useless,))
    other = season.judged(answers, baselines={"calendar": rival}, clues={"calendar": unknown})
    assert other.verdict.better_than_chance, "too few days have it"


def test_trees_are_not_grown_for_what_the_rival_itself_explains():
    season = Season(1)
    answers = season.answers(0.9)

    def never():
        pytest.fail("these take seconds")

    clue = predictors.Clue(season.rng.normal(size=N_DAYS), (never,))
    told = season.judged(answers, baselines={"calendar": answers}, clues={"calendar": clue})
    assert told.verdict.not_beaten == ("calendar",)


def test_a_good_predictor_is_called_better_than_chance():
    season = Season(1)
    told = season.judged(season.answers(0.9))
    event = told.of("event")
    assert event.figures.macro_recall > 0.85
    assert told.surrogate.p_value == told.surrogate.p_jitter < 0.01
    assert told.surrogate.p_rate < 0.01
    assert told.surrogate.statistic == "foldwise"
    assert told.surrogate.auc == told.auc.value == told.agreement > 0.85
    assert event.macro_recall.low < event.figures.macro_recall < event.macro_recall.high
    assert told.comparison("majority").beaten
    assert told.comparison("kp").beaten
    assert told.comparison("majority", "class").figures.macro_recall <= 0.5
    assert told.comparison("boosting-features") is None
    assert told.verdict.better_than_chance
    assert told.skill.events == 18
    assert told.scored == int(folds.scorable(season.material).sum())


def test_a_predictor_of_the_events_alone_is_better_day_by_day_and_in_its_alarms():
    # Few events, so that alarms of fifteen days leave quiet time: the probabilities are high on the days before each.
    season = Season(2)
    keep = [0, 3, 8, 11, 14, 17]
    season.labels[~np.isin(season.event, keep)] = 0
    season.post[~np.isin(season.event, keep)] = False
    season.catalogue = alarms.Catalogue(season.catalogue.times[keep], season.classes[keep])
    season.windows = season.windows.part(keep)
    told = season.judged(0.8 * np.eye(5)[season.labels] + 0.04)
    assert told.surrogate.clusters == 6
    assert told.verdict.code == "better"
    assert (told.skill.hits, told.alarms.false_alarms) == (6, 0)
    assert (told.alarms.direction_hits, told.alarms.class_hits) == (6, 6)
    assert told.molchan.area_skill > 0.75
    assert told.verdict.text() == "Better than chance, both for single days and for alarms."
    assert "hit 6 of 6 earthquakes" in told.verdict.figures()


def test_noise_is_not_better_than_chance():
    season = Season(30)
    told = season.judged(season.answers(0.0))
    assert told.verdict.code == "chance"
    assert not told.verdict.better_than_chance
    assert told.verdict.text() == "Not better than chance."
    assert worded(told.verdict.text(), "zh") == "不优于随机。"


@pytest.mark.slow  # tests/power asks the same of one season every day
def test_over_noise_seasons_few_are_called_better_than_chance():
    # At most 5 % are expected by construction; of 40, more than 6 would come about once in a hundred times.
    called = 0
    for seed in range(40):
        season = Season(100 + seed)
        score = persistent(season.rng, 5)
        odds = np.exp(score - score.max(axis=1, keepdims=True))
        called += season.judged(odds / odds.sum(axis=1, keepdims=True), resamples=200).verdict.better_than_chance
    assert called <= 6


def test_what_knows_no_field_and_does_as_well_is_named():
    season = Season(4)
    answers = season.answers(0.6)
    beside = {name: np.tile([1.0, 0, 0, 0, 0], (N_DAYS, 1)) for name in predictors.WITHOUT_FIELD}
    alone = season.judged(answers, baselines=beside)
    assert alone.verdict.better_than_chance
    assert alone.row()["not_beaten"] == []
    beside["calendar"] = beside["without-field"] = answers
    told = season.judged(answers, baselines=beside)
    assert told.verdict.code == "not-beaten"
    assert not told.verdict.better_than_chance
    assert told.row()["not_beaten"] == ["calendar", "without-field"]
    assert told.verdict.text() == "Not better than the calendar."
    assert worded(told.verdict.text(), "zh") == "不优于日历。"
    assert told.surrogate.p_value == alone.surrogate.p_value < 0.05
    assert told.comparison("calendar").auc_difference.value == 0.0
    assert told.comparison("calendar").residual.high == 0.5
    assert "Residual AUC 0.50 (80% interval 0.50 to 0.50), of the part" in told.verdict.figures()
    assert told.comparison("outages").beaten


def test_what_two_rivals_know_between_them_is_not_the_fields():
    season = Season(6)
    first, second = season.answers(0.5), season.answers(0.5)
    beside = {"calendar": first, "outages": second, "without-field": np.tile([1.0, 0, 0, 0, 0], (N_DAYS, 1))}
    told = season.judged((first + second) / 2, baselines=beside)
    assert told.comparison("without-field").residual.value < min(
        told.comparison(one).residual.value for one in ("calendar", "outages")
    )
    assert "without-field" in told.verdict.not_beaten


def test_a_rival_on_under_nine_tenths_of_the_days_neither_grants_nor_denies():
    season = Season(5)
    answers = season.answers(0.9)
    rival = answers.copy()
    rival[: N_DAYS // 5] = np.nan
    told = season.judged(answers, baselines={"kp": rival})
    gone = int(folds.scorable(season.material)[: N_DAYS // 5].sum())
    assert told.comparison("kp").dropped == gone > 0
    assert told.comparison("kp").days == told.scored - gone
    assert not told.comparison("kp").beaten
    assert told.verdict.better_than_chance
    rival[: N_DAYS // 5] = answers[: N_DAYS // 5]
    rival[:10] = np.nan
    assert season.judged(answers, baselines={"kp": rival}).verdict.not_beaten == ("kp",)


def test_people_who_label_by_the_maps_make_no_verdict():
    # Their labels are what the predictor says, nothing to do with the earthquakes: full agreement, and no skill.
    season = Season(17)
    answers = season.answers(0.0)
    season.labels = np.argmax(answers, axis=1)
    season.event[:], season.post[:] = -1, False
    told = season.judged(answers)
    assert told.of("event").figures.macro_recall == told.agreement == 1.0
    assert told.verdict.code == "chance"
    assert 0.35 < told.row()["auc"] < 0.65


def test_without_events_there_is_no_score():
    season = Season(6)
    season.catalogue = alarms.Catalogue(np.empty(0, "datetime64[ms]"), np.empty(0, int))  # none that alarms are judged by
    told = season.judged(season.answers(0.9))
    assert told.skill is None
    assert told.molchan is None
    assert told.verdict.code == "no-events"
    assert told.alarms.false_alarms + told.alarms.undecided == len(told.alarms.alarms) > 0
    assert told.fixed_thresholds == (0, 1, 2, 3, 4)
    assert told.row()["r_score"] is None
    assert told.verdict.text() == "Better than chance for single days."
    assert "alarms are not scored" in told.verdict.figures()


def test_the_papers_protocol_is_always_called_leaky():
    season = Season(7)
    made = splits.split(season.material, "paper")
    told = season.judged(season.answers(1.0), "paper")
    assert told.leaky
    assert told.row()["leaky"] is True
    assert told.scored == len(made.folds[0].test)
    assert told.of("class").figures.accuracy == 1.0
    assert told.verdict.code == "leaky"
    assert not told.verdict.better_than_chance
    assert "LEAKY" in told.verdict.text()
    assert "LEAKY" in worded(told.verdict.text(), "zh")
    assert told.verdict.figures() == ""
    assert told.row()["p_value"] is None
    assert told.row()["statistic"] is None


def test_images_are_scored_by_their_own_probabilities():
    season = Season(8)
    made = splits.split(season.material, "paper")
    test = made.folds[0].test
    wrong = np.eye(5)[(season.labels[test] + 1) % 5]
    told = season.judged(season.answers(1.0), "paper", image_probabilities=[wrong])
    assert told.of("class").figures.accuracy == 0.0
    with pytest.raises(ValueError, match="images have probabilities"):
        season.judged(season.answers(1.0), "paper", image_probabilities=[wrong[1:]])


def test_one_class_and_few_days_are_not_estimable():
    days, labels = DAYS[:60], np.zeros(60, int)
    made = splits.blocked(folds.material(days, labels), folds=3)
    told = judge(
        made,
        name="made",
        days=days,
        available_at=KNOWN[:60],
        labels=labels,
        probabilities=np.tile([1.0, 0, 0, 0, 0], (60, 1)),
        catalogue=alarms.Catalogue(np.empty(0, "datetime64[ms]"), np.empty(0, int)),
        windows=windows([]),
        baselines={},
    )
    assert told.verdict.code == "not-estimable"
    assert told.of("class").figures.estimable == (0,)
    assert told.verdict.text().startswith("Not estimable")
    assert json.dumps(told.to_json(), allow_nan=False)


def test_days_of_a_class_that_was_not_trained_are_counted_not_scored_zero():
    season = Season(9)
    first = np.isin(season.event, np.flatnonzero(season.classes == 4))
    season.labels[first] = 1
    season.classes = np.where(season.classes == 4, 1, season.classes)
    season.labels[100:110], season.event[100:110] = 4, -1  # the only days of class 4, all in one fold
    season.post[100:110] = False
    told = season.judged(season.answers(1.0))
    assert told.of("class").figures.per_class[4].not_estimable == 10
    assert np.isnan(told.of("class").figures.per_class[4].recall)
    assert told.of("class").figures.estimable == (0, 1, 2, 3)
    assert told.to_json()["targets"][2]["figures"]["per_class"][4]["recall"] is None
    assert told.trained[:, 4].sum() == 4


def test_missing_predictions_are_counted():
    season = Season(10)
    answers = season.answers(0.9)
    answers[:20] = np.nan
    told = season.judged(answers)
    gone = int(folds.scorable(season.material)[:20].sum())
    assert told.without_prediction == gone
    assert told.of("event").figures.days == told.scored == int(folds.scorable(season.material).sum()) - gone


def test_rules_may_be_given_by_fold():
    season = Season(11)
    rules = [AlarmRule(p, 1, 5) for p in (0.5, 0.6, 0.7, 0.8, 2.0)]
    told = season.judged(season.answers(0.9), rules=rules)
    assert told.rules == tuple(rules)
    assert told.thresholds == (0.5, 0.6, 0.7, 0.8, 2.0)
    assert told.fixed_thresholds == ()
    last = splits.split(season.material, "blocked").folds[-1].first
    assert all(alarm.opened < last.astype("datetime64[ms]") for alarm in told.alarms.alarms)
    with pytest.raises(ValueError, match="2 alarm rules were given for 5 folds"):
        season.judged(season.answers(0.9), rules=rules[:2])


def test_chronological_judges_the_future_only():
    season = Season(12)
    told = season.judged(season.answers(0.9), "chronological")
    (fold,) = splits.split(season.material, "chronological").folds
    span = (N_DAYS - np.flatnonzero(fold.first == DAYS)[0]) * 1.0
    assert told.alarms.period_days == span
    assert told.fixed_thresholds == (0,)
    assert told.skill.events == int((season.catalogue.times > KNOWN[fold.first == DAYS][0]).sum())


def test_a_prospective_record_is_judged_without_a_split():
    season = Season(13)
    truth = prospective_truth(
        days=DAYS,
        available_at=KNOWN,
        labels=np.where(season.post, -1, season.labels),
        training_classes=[True] * 5,
        catalogue=season.catalogue,
        windows=season.windows,
    )
    flat = np.tile([1.0, 0, 0, 0, 0], (N_DAYS, 1))
    told = judge_truth(
        truth, season.answers(0.9), name="prospective", title="run 1", baselines={"majority": flat}, rules=[AlarmRule(0.5)]
    )
    assert (told.name, told.title, told.protocol) == ("prospective", "run 1", "prospective")
    assert (told.surrogate.statistic, told.surrogate.jitter_days) == ("pooled", 45)
    assert told.verdict.better_than_chance
    assert told.skill.events == 18


def test_labels_and_folds_of_the_truth():
    season = Season(14)
    made = splits.split(season.material, "blocked")
    truth = truth_of(
        made, days=DAYS, available_at=KNOWN, labels=season.labels, catalogue=season.catalogue, windows=season.windows
    )
    scored = truth.kinds[truth.row_day]
    assert np.array_equal(scored == EVENT, truth.row_label > 0)
    assert np.array_equal(truth.row_day, np.flatnonzero(folds.scorable(season.material)))
    assert np.array_equal(truth.row_label, season.labels[truth.row_day])
    assert np.array_equal(np.unique(truth.fold), np.arange(5))
    with pytest.raises(ValueError, match="needs probabilities of shape"):
        judge_truth(truth, np.zeros((3, 5)), name="short", baselines={})


def test_the_judgement_is_plain_json_and_its_row_has_the_columns():
    season = Season(15)
    told = season.judged(season.answers(0.7))
    text = json.loads(json.dumps(told.to_json(), allow_nan=False))
    assert text["verdict"]["text"] == told.verdict.text()
    assert text["alarms"]["alarm_fraction"] == told.alarms.alarm_fraction
    assert text["alarms"]["alarms"][0]["opened"].endswith("Z")
    assert text["comparisons"][0]["beaten"] is told.comparisons[0].beaten
    assert set(told.row()) >= ROW
    assert json.dumps(told.row(), allow_nan=False)


def test_the_same_seed_gives_the_same_judgement():
    season = Season(16)
    answers = season.answers(0.7)
    assert season.judged(answers).to_json() == season.judged(answers).to_json()


def reached(p_value=0.004, low=0.6, not_beaten=(), hits=14, jitter=30):
    skill = None if hits is None else Skill(18, hits, hits / 18, 0.3, hits / 18 - 0.3, r_zero(18, hits))
    return reach_verdict(
        leaky=False,
        leak=0.0,
        accuracy=0.8,
        macro_recall=0.7,
        test=SurrogateTest("foldwise", 0.7, p_value, 0.01, jitter, 9, 31),
        auc=Interval(0.7, low, 0.8, 0.95),
        residual=Interval(0.66, 0.57, 0.75, 0.95),
        not_beaten=not_beaten,
        skill=skill,
    )


@pytest.mark.parametrize(
    ("figures", "code"),
    [
        ({}, "better"),
        ({"hits": 1}, "days-only"),
        ({"hits": None}, "no-events"),
        ({"not_beaten": ["kp"]}, "not-beaten"),
        ({"not_beaten": ["kp"], "p_value": 0.06}, "chance"),
        ({"low": 0.45}, "better"),
        ({"p_value": 0.05}, "chance"),
        ({"p_value": np.nan}, "not-estimable"),
        ({"low": np.nan}, "not-estimable"),
    ],
)
def test_verdict_codes(figures, code):
    told = reached(**figures)
    assert told.code == code
    assert told.better_than_chance == (code in {"better", "days-only", "no-events"})
    for language in ("en", "zh"):
        words = worded(told.text(), language) + worded(told.figures(), language)
        assert "{" not in words
        assert "?" not in words.replace("low", "") or code == "not-estimable"
        assert worded(told.text(), language)[-1] in ".。"
        assert worded(told.figures(), language)[-1] in ".。"


def test_the_sentence_names_each_rival_that_was_not_beaten():
    assert reached(not_beaten=["kp", "catalogue", "without-field"]).text() == "Not better than Kp or the earthquake catalogue."
    assert reached(not_beaten=["without-field"]).text() == "Not better than Kp, calendar, catalogue and outages together."


@pytest.mark.parametrize("name", predictors.WITHOUT_FIELD)
def test_every_rival_has_words_in_the_sentence_of_both_languages(name):
    english = predictors.WITHOUT_FIELD[name]
    told = reached(not_beaten=[name])
    assert told.text() == f"Not better than {english}."
    assert worded(told.text(), "zh") == f"不优于{word(english, 'zh')}。"
    assert reached(not_beaten=[name], p_value=0.5).text() == "Not better than chance."
    assert english.isascii()


@pytest.mark.parametrize(("p_value", "borderline"), [(0.019, False), (0.02, True), (0.06, True), (0.1, True), (0.101, False)])
def test_a_p_value_near_the_level_is_borderline(p_value, borderline):
    told = reached(p_value)
    assert told.borderline == borderline
    assert told.text().endswith(f" Borderline: p = {p_value:.3f}.") == borderline
    assert ("临界" in worded(told.text(), "zh")) == borderline


def test_a_window_longer_than_the_jitter_is_said():
    assert "longest label window, 31 days," in reached().figures()
    assert "longest label window" not in reached(jitter=45).figures()


def test_tries_are_counted_and_p_is_corrected():
    alone = reached(0.01)
    assert (alone.parameters["tries"], alone.parameters["p_corrected"]) == (None, None)
    told = alone.corrected([0.5, 0.9, np.nan])
    assert (told.parameters["tries"], told.parameters["p_corrected"]) == (4, pytest.approx(0.03))
    assert "Runs evaluated on this season: 4; p corrected for them: 0.030." in told.figures()
    assert told.code == alone.code
    assert reached(np.nan).corrected([0.1]).parameters["p_corrected"] is None


def test_probabilities_are_calibrated_before_they_are_scored():
    season = Season(21)
    beside = {"catalogue": np.tile([0.6, 0.1, 0.1, 0.1, 0.1], (N_DAYS, 1))}
    good, chance = (season.judged(season.answers(right), baselines=beside) for right in (0.9, 0.0))
    assert [one.method for one in good.calibrators] == ["isotonic"] * 5
    assert good.row()["brier_skill"] == good.reliability.brier_skill > 0.4
    assert good.row()["information_gain"] > good.row()["information_gain_constant"] > 0.5  # a bad catalogue flatters
    assert chance.row()["brier_skill"] < 0.05
    assert chance.row()["information_gain_constant"] < 0.1
    assert good.reliability.days.sum() == good.scored
    # Whatever scale the answers have, calibration gives them the same one.
    answers = season.answers(0.9)
    sharper = np.column_stack(
        [answers[:, 0] ** 3, (1 - answers[:, :1] ** 3) * answers[:, 1:] / answers[:, 1:].sum(1, keepdims=True)]
    )
    one, two = (season.judged(given, baselines=beside) for given in (answers, sharper))
    assert two.row()["brier_skill"] == pytest.approx(one.row()["brier_skill"], abs=0.02)


def test_without_other_folds_weights_are_undone_and_no_more():
    season = Season(22)
    answers = season.answers(0.9)
    found = season.judged(answers, protocol="chronological")
    assert [one.method for one in found.calibrators] == ["none"]
    plain = season.judged(answers, protocol="chronological", class_weighted=False)
    assert plain.reliability.brier == pytest.approx(found.reliability.brier, abs=0.1)
    assert plain.reliability.brier != found.reliability.brier
    assert found.row()["information_gain"] is None  # the catalogue is not among what it is compared with


def test_a_leaky_protocol_has_no_probabilities_to_score():
    season = Season(23)
    told = season.judged(season.answers(0.9), protocol="paper")
    assert told.reliability is None
    assert told.row()["brier_skill"] is None
    assert told.calibrators == ()
