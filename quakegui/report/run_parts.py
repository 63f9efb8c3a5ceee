"""The parts of a report on learning: the runs, how the one in use was trained, and how good it is, the verdict first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from quakegui.judge.metrics import TARGETS, Target
from quakegui.learn.network.phases import FINAL
from quakegui.report.content import ReportContent
from quakegui.report.drawings import history, matrix
from quakegui.report.markup import FigureList, block, bullets, facts, grid, h2, h3, p, table
from quakegui.report.parameters import RECIPE_MEANINGS, flat
from quakegui.report.results import interval_text, molchan, molchan_text, predictors, reliability, reliability_text, test_text
from quakegui.report.season_parts import TITLES, basis_text, small_stamp, verdict
from quakegui.report.study_parts import studies
from quakegui.report.words import GROUP_NAMES, LEAKY, PROTOCOL_NAMES, TARGET_NAMES, Words, number, percent

if TYPE_CHECKING:
    from quakegui.judge.judgement import Judgement
    from quakegui.learn.runs.registry import RunFolder


def training(content: ReportContent, say: Words, figures: FigureList) -> str:
    """Return the runs of the project, and the recipe and curves of the one in use."""
    made = h2(say.of(TITLES["training"]), "training", new_page=False)
    if content.all_runs:
        rows = [
            (run.title or run.id, run.id, run.created, say.or_itself(PROTOCOL_NAMES, run.config.protocol),
             say("finished", "已完成") if run.card is not None else say("unfinished", "未完成"))
            for run in content.all_runs
        ]  # fmt: skip
        head = (say("Run", "运行"), say("Id", "编号"), say("Begun (UTC)", "开始（UTC）"), say("Protocol", "方案"),
                say("State", "状态"))  # fmt: skip
        made += table(head, rows, numbers_from=9)
    if content.run is None:
        return made + p(
            say(
                "No run of the project is finished, so there are no training curves and no scores. Train a network first.",
                "项目中没有已完成的运行，因此没有训练曲线和得分。请先训练网络。",
            ),
            "notice",
        )
    run = content.run
    made += h3(say("Run: {title} ({id})", "运行：{title}（{id}）", title=run.title or run.id, id=run.id))
    made += _curves(run, say, figures)
    made += h3(say("Recipe", "配方"), new_page=True)
    columns = (say("Parameter", "参数"), say("Value", "值"), say("Meaning", "含义"))
    recipe = [(name, _plain(value, say), say.of(RECIPE_MEANINGS[name])) for name, value in flat(run.config.to_json())]
    return made + table(columns, recipe, numbers_from=9)


def _curves(run: RunFolder, say: Words, figures: FigureList) -> str:
    rows = run.history()
    if not rows:
        return p(say("The run has no history of its epochs.", "该运行没有轮次记录。"), "notice")
    picture = history(
        [row | {"phase": _phase(row["phase"], say)} for row in rows],
        loss=say("Loss", "损失"),
        accuracy=say("Accuracy", "准确率"),
        epoch=say("epoch", "轮次"),
        validation=say("Broken: validation; ring: best epoch.", "虚线：验证；圆圈：最佳轮次。"),
        alt=say("Loss and accuracy over the epochs of each training", "各次训练的损失和准确率随轮次的变化"),
    )
    return block(figures.add(picture))


def _phase(name: str, say: Words) -> str:
    part, _, member = name.partition(", member ")
    shown = say("all days", "全部日子") if part == FINAL else say("fold {n}", "第 {n} 折", n=part.removeprefix("fold "))
    return say("{part}, member {n}", "{part}，成员 {n}", part=shown, n=member) if member else shown


def _plain(value: object, say: Words) -> str:
    if isinstance(value, bool):
        return say.yes(value)
    if isinstance(value, list | tuple):
        return ", ".join(_plain(one, say) for one in value)
    return f"{value:g}" if isinstance(value, float) else "–" if value is None else str(value)


def skill(content: ReportContent, say: Words, figures: FigureList) -> str:
    """Return how good the run in use is: verdict, matrices, figures, baselines, alarms."""
    made = h2(say.of(TITLES["skill"]), "skill")
    made += p(verdict(content, say), "verdict")
    told = content.judgement
    if told is None:
        return made
    made += p(basis_text(content, say))
    if told.leaky:
        made += p(say.of(LEAKY), "stamp")
    made += p(
        say(
            "Protocol: {protocol}. {scored} days scored, {without} without a prediction.",
            "方案：{protocol}。评分 {scored} 天，{without} 天没有预测。",
            protocol=say.or_itself(PROTOCOL_NAMES, told.protocol), scored=told.scored, without=told.without_prediction,
        )
    )  # fmt: skip
    made += _matrices(content, told, say, figures)
    title = say("Figures with 95 % block-bootstrap intervals", "指标与 95 % 分块自助区间")
    made += h3(title, new_page=True) + _figures_table(told, say)
    made += h3(say("Beside simpler predictors, on the same days", "与更简单的预测在同样日子上比较")) + _comparisons(told, say)
    made += _per_class(told, say)
    made += _alarm_skill(content, told, say, figures) + _reliability(content, told, say, figures) + _calibration(told, say)
    return made + studies(content, say, figures)


def _matrices(content: ReportContent, judgement: Judgement, say: Words, figures: FigureList) -> str:
    cells = []
    for target in TARGETS:
        title = say.of(TARGET_NAMES[target])
        picture = matrix(
            judgement.of(target).figures.confusion,
            [say.of(name) for name in GROUP_NAMES[target]],
            true=say("true", "真实"),
            across=say("answered", "预测为"),
            stamp=small_stamp(content, scores=True),
            alt=say("Confusion matrix, {title}", "混淆矩阵，{title}", title=title),
        )
        cells.append(p(title, "caption") + block(figures.add(picture)))
    return h3(say("Confusion matrices", "混淆矩阵")) + grid(cells[:2], 2) + grid(cells[2:], 1)


def _figures_table(judgement: Judgement, say: Words) -> str:
    rows = [
        (
            say.of(TARGET_NAMES[target]),
            interval_text(judgement.of(target).accuracy, say, as_share=True),
            interval_text(judgement.of(target).macro_recall, say, as_share=True),
            interval_text(judgement.of(target).kappa, say),
            number(judgement.surrogate.auc) if target == "event" else "–",
            number(judgement.surrogate.p_value, 3) if target == "event" else "–",
        )
        for target in TARGETS
    ]
    head = (say("Target", "目标"), say("Accuracy", "准确率"), say("Macro recall", "宏召回率"), "kappa", "AUC", "p")
    said = say("AUC and p: see the next table. A dash: not estimable.", "AUC 与 p 见下表。横线：无法估计。")
    return table(head, rows) + p(said, "caption")


def _comparisons(judgement: Judgement, say: Words) -> str:
    if not judgement.comparisons:
        return p(say("No other predictor could be run on these days.", "这些日子上没有可比较的预测方法。"), "notice")
    found = predictors(judgement, say)
    return (
        table(found.head, found.rows)
        + p(test_text(judgement.surrogate, say), "caption")
        + p(
            say(
                "Model minus predictor: of the AUC fold by fold, the predictor's counting as at least 0.5. Unexplained: of "
                "what is left of the model's answers once what the predictor explains has been taken out. Outperformed: that "
                "interval lies above 0.5.",
                "模型减预测方法：逐折 AUC 之差，预测方法至少按 0.5 计。未解释部分：从模型的回答中扣除预测方法所能"
                "解释的部分后剩余部分的 AUC。已超过：该区间在 0.5 之上。",
            ),
            "caption",
        )
    )


def _per_class(judgement: Judgement, say: Words) -> str:
    rows = []
    shown: Target = "class"
    for cls, one in enumerate(judgement.of(shown).figures.per_class):
        rows.append(
            (say.cls(cls), str(one.support), str(one.answered), str(one.not_estimable), percent(one.recall),
             percent(one.precision), percent(one.one_vs_rest_accuracy))
        )  # fmt: skip
    head = (
        say("Class", "类别"), say("Days", "天数"), say("Answered", "预测为"), say("Not estimable", "无法估计"),
        say("Recall", "召回率"), say("Precision", "精确率"), say("Against the rest", "对其余"),
    )  # fmt: skip
    return (
        h3(say("Five classes", "五类"))
        + table(head, rows)
        + p(
            say(
                "Not estimable: days of a class that their fold could not learn, because none was in its training part.",
                "无法估计：所在折的训练部分没有该类，因而无从学习的天数。",
            ),
            "caption",
        )
    )


def _alarm_skill(content: ReportContent, judgement: Judgement, say: Words, figures: FigureList) -> str:
    made = h3(say("Alarms of the judged period", "评判期的警报"))
    if judgement.alarms is None or judgement.skill is None:
        return made + p(
            say("No earthquake fell into the judged period, so alarms have no score.", "评判期内没有地震，警报不计分。"),
            "notice",
        )
    record, found = judgement.alarms, judgement.skill
    leads = record.lead_days
    made += facts(
        (
            (say("Earthquakes hit", "命中地震"), say("{n} of {of}", "{of} 次中的 {n} 次", n=found.hits, of=found.events)),
            (say("with the direction named", "其中方向正确"), str(record.direction_hits)),
            (say("with the full class named", "其中类别正确"), str(record.class_hits)),
            (say("False alarms", "虚报"), str(record.false_alarms)),
            (say("Still open without an earthquake", "结束时仍未定"), str(record.undecided)),
            (say("Share of time under alarm", "警报时间比例"), percent(found.alarm_fraction)),
            (say("Lead times, days", "提前时间，天"), ", ".join(number(lead, 1) for lead in leads) or "–"),
            ("R", number(found.r)),
            (say("R0, its 97.5 % level", "R0，97.5 % 水平"), number(found.r0)),
            (say("R above R0", "R 高于 R0"), say.yes(found.exceeds)),
            (say("R, time weighed by the expected earthquakes", "R（按预期地震数加权的时间）"), number(found.weighed_r)),
            (
                say("Rules of the folds: p*, days in a row, days open", "各折的规则：p*、连续天数、保持天数"),
                ", ".join(
                    f"{number(float(np.asarray(one.threshold)))} / {one.run_days} / {one.open_days}" for one in judgement.rules
                ),
            ),
        )
    )
    picture = molchan(judgement, say, small_stamp(content, scores=True))
    if picture is not None:
        made += h3(picture.alt) + block(figures.add(picture)) + p(molchan_text(judgement, say), "caption")
    return made


def _reliability(content: ReportContent, judgement: Judgement, say: Words, figures: FigureList) -> str:
    picture = reliability(judgement, say, small_stamp(content, scores=True))
    if picture is None:
        return ""
    return h3(picture.alt, new_page=True) + block(figures.add(picture)) + p(reliability_text(judgement, say), "caption")


def _calibration(judgement: Judgement, say: Words) -> str:
    found = judgement.calibration
    if found is None:
        return ""
    rows = [
        (f"{low:.1f}–{high:.1f}", str(days), percent(mean), percent(share))
        for low, high, days, mean, share in zip(
            found.edges[:-1], found.edges[1:], found.days.tolist(), found.mean_probability, found.frequency, strict=True
        )
        if days
    ]
    head = (
        say("P(event)", "P（有震）"),
        say("Days", "天数"),
        say("Mean probability", "平均概率"),
        say("Event days", "有震日比例"),
    )
    made = h3(say("Calibration", "校准")) + table(head, rows)
    notes = [
        say("Expected calibration error: {e}.", "期望校准误差：{e}。", e=percent(found.expected_error)),
        say("Brier score of event against none: {b}.", "有震对无震的 Brier 评分：{b}。", b=number(found.brier_event, 3)),
    ]
    missing = np.argwhere(judgement.tested & ~judgement.trained).tolist()
    notes += [
        say("Fold {fold}: class {cls} was asked, but not in training.", "第 {fold} 折：检验了类别 {cls}，但训练中没有。",
            fold=fold + 1, cls=cls)
        for fold, cls in missing
    ]  # fmt: skip
    return made + bullets(notes)
