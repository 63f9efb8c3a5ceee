"""What every parameter of a season and of a label rule means, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from quakegui.report.words import Pair

MEANINGS: Final[dict[str, Pair]] = {
    "timezone": ("time zone whose calendar days are the days", "时区；其日历日即为“日”"),
    "first_day": ("first day of the season; open where none", "时段的第一天；无则不限"),
    "last_day": ("last day of the season; open where none", "时段的最后一天；无则不限"),
    "night.window.start_hour": ("night begins, local clock hour", "夜间开始，当地钟点"),
    "night.window.end_hour": ("night ends, local clock hour, excluded", "夜间结束，当地钟点，不含"),
    "grace_minutes": ("minutes after its window's end from which a night is over", "夜间窗口结束后多少分钟起视为该夜已结束"),
    "night.coverage": ("least recorded share of the night", "夜间最小记录比例"),
    "night.longest_instant_s": (
        "seconds; up to this cadence a reading counts by its stamp, above it by its interval",
        "秒；采样间隔不超过此值按时刻计，否则按区间计",
    ),
    "night.spike_readings": ("readings in the running median that finds spikes", "查找尖峰的滑动中位数的读数个数"),
    "night.spike_nt": ("a spike is at least this far off, nT", "尖峰至少偏离，nT"),
    "night.spike_deviations": ("and this many robust deviations of the night", "并且至少为当夜稳健标准差的倍数"),
    "night.step_nt": ("a jump within the night is at least this large, nT", "夜间跳变至少为，nT"),
    "night.step_deviations": ("and this many robust deviations of the night", "并且至少为当夜稳健标准差的倍数"),
    "anomaly.method": ("what a night mean is compared with", "夜间均值与什么比较"),
    "anomaly.window_days": ("days of the baseline, one solar rotation", "基线天数，太阳自转一周"),
    "anomaly.at_least": ("nights that a baseline needs", "基线所需夜数"),
    "anomaly.hold_z": ("nights beyond this z enter no later baseline", "超过此 z 的夜间不进入以后的基线"),
    "anomaly.hold_days": ("for this many days at most; then a step is the new level", "最多暂扣天数；此后台阶成为新基准"),
    "anomaly.run_gap_days": ("days without a held night that do not end a run of them", "不中断暂扣的间隔天数"),
    "anomaly.smallest_scale_nt": ("least spread that a station is given, nT", "台站离散度的下限，nT"),
    "anomaly.threshold_z": (
        "calibrated: passed at some station on 1 % of days without a signal",
        "标定值：无信号日中有 1 % 某台站会超过",
    ),
    "anomaly.map_threshold_z": (
        "calibrated: passed somewhere on the map on 1 % of days without a signal",
        "标定值：无信号日中有 1 % 图上某处会超过",
    ),
    "anomaly.reference_station": ("reference station, where the method has one", "参考台站（若方法需要）"),
    "grid.smoothing": ("smoothing of the thin-plate spline, per mean area of a station", "薄板样条的平滑，以台均面积为单位"),
    "grid.margin": ("widening of the frame, a share of its larger side", "方框的外扩，占长边的比例"),
    "grid.extend_to_square": ("whether the map is extrapolated beyond the stations", "是否外推到台站范围之外"),
    "style.limit_z": ("the colour scale runs from minus this z to plus this z", "色标从负的此值到正的此值（z）"),
    "style.levels": ("filled levels of the scale", "色标的填色级数"),
    "style.contour_lines": ("whether lines are burnt in where the level changes", "是否绘入等值线"),
    "style.name": ("colour scale", "色标名称"),
    "extrema.threshold_z": ("a pixel beyond this z belongs to a region", "超过此 z 的像素属于极值区域"),
    "extrema.stable_z": ("a pixel stays where z changes by less from day to day", "逐日变化小于此值的像素视为持续（z）"),
    "extrema.stable_share": ("a region stays where more than this share of it stays", "持续像素超过此比例的区域视为持续"),
    "extrema.normal_days": ("days before, whose maps give the normal level", "此前若干天的图给出正常水平"),
}
RULE_MEANINGS: Final[dict[str, Pair]] = {
    "days_before_scale": ("days before: scale of scale x 10^(exponent x M)", "震前天数：系数 × 10^(指数 × M) 中的系数"),
    "days_before_exponent": ("days before: exponent", "震前天数：指数"),
    "flat_days_before": ("days before any event, in place of the law", "任意地震的震前天数，代替上式"),
    "days_after": ("days after the event's own day", "地震当天之后的天数"),
    "winner": ("who takes a day that two events claim", "两次地震都涉及的日子归于"),
}
RECIPE_MEANINGS: Final[dict[str, Pair]] = {
    "name": ("what the analyst calls it", "分析员所起的名称"),
    "protocol": ("how the days were split into training and test", "训练与检验日子的划分方法"),
    "size": ("pixels along a side that the network sees", "网络所见图像的边长，像素"),
    "head": ("paper: all features; compact: pooled to 4 x 4 first", "paper：全部特征；compact：先汇聚为 4 × 4"),
    "width": ("filters of the first block; 32 is VGG-12", "第一组的滤波器个数；32 即 VGG-12"),
    "dense": ("units of the two dense layers", "两个全连接层的单元数"),
    "dropout": ("share dropped after each dense layer in training", "训练时每个全连接层之后丢弃的比例"),
    "channel": ("colour: the map's colours; scalar: its z levels; both", "colour：图的颜色；scalar：z 的级别；both：两者"),
    "epochs": ("at most, or exactly where there is no validation part", "轮次上限；没有验证部分时即为轮次"),
    "patience": ("epochs without a better validation loss; 0: never stops early", "验证损失不再改善的轮次；0 为不提前停止"),
    "batch_size": ("maps per step", "每步的图数"),
    "learning_rate": ("of Adam", "Adam 的学习率"),
    "class_weights": ("whether rare classes weigh more", "稀少类别是否加权"),
    "final_fit": ("whether it was trained once more on all labelled days", "是否再用全部已标注的日子训练一次"),
    "precision": ("of the arithmetic; auto: the fastest measured", "计算精度；auto：实测最快者"),
    "seed": ("of the first weights, shuffling and augmentation", "初始权重、打乱与扩充的随机种子"),
    "members": ("networks of each fold, judged by their mean", "每折的网络个数，按其平均概率评判"),
    "classes": ("names of the classes 0 to 4", "类别 0 至 4 的名称"),
    "augmentation.brightness": ("half width of the change of brightness", "亮度变化的半幅"),
    "augmentation.contrast": ("half width of the change of contrast", "对比度变化的半幅"),
    "augmentation.flip": ("whether maps are mirrored left to right", "是否左右镜像"),
    "augmentation.each_epoch": ("whether changes are drawn anew in every epoch", "每轮是否重新抽取变化"),
    "augmentation.growth": ("fixed varied copies, images per class", "固定的扩充副本，每类的图数"),
}


def flat(values: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield nested values with dotted names, in their order."""
    for name, value in values.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value
