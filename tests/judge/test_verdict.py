"""The judgement as a whole, from probabilities to the sentence."""

import json

import numpy as np
import pytest

from quakegui.judge import alarms, predictors, splits
from quakegui.judge.bootstrap import Interval, ShiftTest
from quakegui.judge.scoring import judge, judge_truth, prospective_truth, truth_of
from quakegui.judge.skill import Skill, r_zero
from quakegui.judge.verdict import reach_verdict

N_DAYS = 334
DAYS = np.datetime64("2022-02-01") + np.arange(N_DAYS)
KNOWN = DAYS.astype("datetime64[ms]") - np.timedelta64(5, "h")


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
        self.rng = rng
        self.kp = np.abs(persistent(rng, 1))[:, 0]

    @property
    def material(self):
        return splits.material(DAYS, self.labels, post=self.post, event_index=self.event)

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
            baselines={"kp": kp},
            **more,
        )


def persistent(rng, columns, memory=0.7):
    """Return first-order autoregressive noise, (day, column)."""
    noise = rng.normal(size=(N_DAYS + 50, columns))
    for day in range(1, len(noise)):
        noise[day] += memory * noise[day - 1]
    return noise[50:]


def test_a_good_predictor_is_called_better_than_chance():
    season = Season(1)
    told = season.judged(season.answers(0.9))
    event = told.of("event")
    assert event.figures.macro_recall > 0.85
    assert event.shift.p_value < 0.01
    assert event.macro_recall.low < event.figures.macro_recall < event.macro_recall.high
    assert told.compared("majority").beaten
    assert told.compared("kp").beaten
    assert told.compared("majority", "class").figures.macro_recall <= 0.5
    assert told.compared("boosting-features") is None
    assert told.verdict.better_than_chance
    assert told.skill.events == 18
    assert told.scored == int(splits.scorable(season.material).sum())


def test_a_predictor_of_the_events_alone_is_better_day_by_day_and_in_its_alarms():
    # Few events, so that alarms of fifteen days leave quiet time: the probabilities are high on the days before each.
    season = Season(2)
    keep = [2, 8, 14]
    season.labels[~np.isin(season.event, keep)] = 0
    season.post[~np.isin(season.event, keep)] = False
    season.catalogue = alarms.Catalogue(season.catalogue.times[keep], season.classes[keep])
    told = season.judged(0.8 * np.eye(5)[season.labels] + 0.04)
    assert told.verdict.code == "better"
    assert (told.skill.hits, told.alarms.false_alarms) == (3, 0)
    assert (told.alarms.direction_hits, told.alarms.class_hits) == (3, 3)
    assert told.molchan.area_skill > 0.8
    assert told.verdict.text().startswith("Better than chance, day by day and in its alarms: ")
    assert "caught 3 of 3 events" in told.verdict.text()


def test_noise_is_not_better_than_chance():
    season = Season(30)
    told = season.judged(season.answers(0.0))
    assert told.verdict.code == "chance"
    assert not told.verdict.better_than_chance
    assert told.verdict.text("en").startswith("Not better than chance: ")
    assert told.verdict.text("zh").startswith("不优于随机：")


def test_over_noise_seasons_few_are_called_better_than_chance():
    # At most 5 % are expected by construction; of 40, more than 6 would come about once in a hundred times.
    called = 0
    for seed in range(40):
        season = Season(100 + seed)
        score = persistent(season.rng, 5)
        odds = np.exp(score - score.max(axis=1, keepdims=True))
        called += season.judged(odds / odds.sum(axis=1, keepdims=True), resamples=200).verdict.better_than_chance
    assert called <= 6


def test_a_predictor_that_only_knows_kp_does_not_beat_kp():
    season = Season(4)
    season.kp = np.where(season.labels > 0, 6.0, 2.0) + 0.1 * season.rng.random(N_DAYS)
    made = splits.split(season.material, "blocked")
    told = season.judged(predictors.out_of_fold(made, season.kp, season.labels, predictors.logistic))
    assert told.verdict.code == "kp"
    assert told.compared("kp").macro_recall_difference.value == 0.0
    assert "not better than Kp alone" in told.verdict.text()


def test_days_without_kp_drop_out_of_that_comparison_only_and_are_counted():
    season = Season(5)
    season.kp[:60] = np.nan
    told = season.judged(season.answers(0.9))
    gone = int((splits.scorable(season.material) & np.isnan(season.kp)).sum())
    assert told.compared("kp").dropped == gone > 0
    assert told.compared("kp").days == told.scored - gone
    assert told.compared("majority").dropped == 0
    season.kp[:] = np.nan
    without = season.judged(season.answers(0.9))
    assert without.verdict.better_than_chance
    assert "Kp alone could not be compared" in without.verdict.text()


def test_without_events_there_is_no_score():
    season = Season(6)
    season.catalogue = alarms.Catalogue(np.empty(0, "datetime64[ms]"), np.empty(0, int))
    told = season.judged(season.answers(0.9))
    assert told.skill is None
    assert told.molchan is None
    assert told.verdict.code == "no-events"
    assert told.alarms.false_alarms + told.alarms.undecided == len(told.alarms.alarms) > 0
    assert told.fixed_thresholds == (0, 1, 2, 3, 4)
    assert told.row()["r_score"] is None
    assert "alarms have no score" in told.verdict.text()


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
    assert "LEAKY" in told.verdict.text("en")
    assert "LEAKY" in told.verdict.text("zh")


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
    made = splits.blocked(splits.material(days, labels), folds=3)
    told = judge(
        made,
        name="made",
        days=days,
        available_at=KNOWN[:60],
        labels=labels,
        probabilities=np.tile([1.0, 0, 0, 0, 0], (60, 1)),
        catalogue=alarms.Catalogue(np.empty(0, "datetime64[ms]"), np.empty(0, int)),
        baselines={},
    )
    assert told.verdict.code == "not-estimable"
    assert told.of("class").figures.estimable == (0,)
    assert told.verdict.text("en").startswith("Not estimable")
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
    gone = int(splits.scorable(season.material)[:20].sum())
    assert told.without_prediction == gone
    assert told.of("event").figures.days == told.scored == int(splits.scorable(season.material).sum()) - gone


def test_thresholds_may_be_given_by_fold():
    season = Season(11)
    told = season.judged(season.answers(0.9), thresholds=[0.5, 0.6, 0.7, 0.8, 2.0])
    assert told.thresholds == (0.5, 0.6, 0.7, 0.8, 2.0)
    assert told.fixed_thresholds == ()
    last = splits.split(season.material, "blocked").folds[-1].first
    assert all(alarm.opened < last.astype("datetime64[ms]") for alarm in told.alarms.alarms)
    with pytest.raises(ValueError, match="2 thresholds were given for 5 folds"):
        season.judged(season.answers(0.9), thresholds=[0.5, 0.5])


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
        trained=[True] * 5,
        catalogue=season.catalogue,
    )
    flat = np.tile([1.0, 0, 0, 0, 0], (N_DAYS, 1))
    told = judge_truth(truth, season.answers(0.9), name="run 1", baselines={"majority": flat}, thresholds=[0.5])
    assert told.protocol == "prospective"
    assert told.verdict.better_than_chance
    assert told.skill.events == 18


def test_labels_and_folds_of_the_truth():
    season = Season(14)
    made = splits.split(season.material, "blocked")
    truth = truth_of(made, days=DAYS, available_at=KNOWN, labels=season.labels, catalogue=season.catalogue)
    assert np.array_equal(truth.row_day, np.flatnonzero(splits.scorable(season.material)))
    assert np.array_equal(truth.row_label, season.labels[truth.row_day])
    assert np.array_equal(np.unique(truth.fold), np.arange(5))
    with pytest.raises(ValueError, match="needs probabilities of shape"):
        judge_truth(truth, np.zeros((3, 5)), name="short", baselines={})


def test_the_judgement_is_plain_json_and_its_row_has_the_columns():
    season = Season(15)
    told = season.judged(season.answers(0.7))
    text = json.loads(json.dumps(told.to_json(), allow_nan=False))
    assert text["verdict"]["text"]["en"] == told.verdict.text("en")
    assert text["alarms"]["alarm_fraction"] == told.alarms.alarm_fraction
    assert text["alarms"]["alarms"][0]["opened"].endswith("Z")
    assert text["comparisons"][0]["beaten"] is told.comparisons[0].beaten
    wanted = {"accuracy", "macro_recall", "kappa", "p_value", "r_score", "r0", "molchan_skill", "verdict", "leaky"}
    assert wanted <= set(told.row())
    assert told.row("class")["accuracy"] == told.of("class").figures.accuracy


def test_the_same_seed_gives_the_same_judgement():
    season = Season(16)
    answers = season.answers(0.7)
    assert season.judged(answers).to_json() == season.judged(answers).to_json()


@pytest.mark.parametrize(
    ("p_value", "lows", "kp_low", "hits", "code"),
    [
        (0.004, (0.6, 0.1), 0.05, 14, "better"),
        (0.004, (0.6, 0.1), 0.05, 1, "days-only"),
        (0.004, (0.6, 0.1), 0.05, None, "no-events"),
        (0.004, (0.6, 0.1), -0.01, 14, "kp"),
        (0.004, (0.6, 0.1), np.nan, 14, "better"),
        (0.004, (0.6, 0.0), 0.05, 14, "chance"),
        (0.004, (0.5, 0.1), 0.05, 14, "chance"),
        (0.05, (0.6, 0.1), 0.05, 14, "chance"),
        (np.nan, (0.6, 0.1), 0.05, 14, "not-estimable"),
        (0.004, (0.6, np.nan), 0.05, 14, "not-estimable"),
    ],
)
def test_verdict_codes(p_value, lows, kp_low, hits, code):
    recall_low, majority_low = lows
    skill = None if hits is None else Skill(18, hits, hits / 18, 0.3, hits / 18 - 0.3, r_zero(18, hits))
    told = reach_verdict(
        leaky=False,
        leak=0.0,
        accuracy=0.8,
        shift=ShiftTest(0.7, p_value, 240),
        recall=Interval(0.7, recall_low, 0.8, 0.95),
        majority=Interval(0.2, majority_low, 0.3, 0.95),
        kp=Interval(0.1, kp_low, 0.2, 0.95),
        skill=skill,
    )
    assert told.code == code
    for language in ("en", "zh"):
        assert "{" not in told.text(language)
        assert "?" not in told.text(language)
        assert told.text(language)[-1] in ".。"
