"""A short null season of nine stations, in whose nights a detection limit puts signals."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

from quakegui.judge.replicates import Ground
from quakegui.learn.evidence import season_inputs
from quakegui.season.events import scheme_of
from quakegui.simulate.corpus import Plan, simulate
from quakegui.simulate.layouts import synthetic_network
from quakegui.simulate.synthetic import SyntheticConfig, SyntheticSeason

SHORT = SyntheticConfig(first_day=np.datetime64("2022-03-01"), last_day=np.datetime64("2022-09-10"), warm_up_days=32)
PLAN = Plan(first_seed=31_800, season=SHORT, mean_events=(16.0, 17.0), strengths=(0.0, 0.0), networks=(synthetic_network(9),))


@cache
def null() -> tuple[SyntheticSeason, Ground]:
    each = next(simulate(PLAN, [0], pixels=16))
    scheme = scheme_of(each.events, split_magnitude=4.0)[0]
    after = replace(each.events[3], id="after", time=each.events[3].time + np.timedelta64(30, "h"), magnitude=3.1)
    ground = Ground(each.season, each.events, (after,), scheme, PLAN.rule, season_inputs(each.season, each.events))
    return each.source, ground
