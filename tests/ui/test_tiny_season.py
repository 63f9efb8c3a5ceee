"""The small project is what the other tests take it for."""

import numpy as np
import tiny_season as tiny


def test_the_season_stands(session):
    assert session.days.size == 43
    assert (session.days[0], session.index) == (tiny.FIRST, 0)
    season = session.season
    assert season is not None
    strong = season.network.index(tiny.STRONG)
    z = season.z[:, strong]
    assert (z[list(tiny.STRONG_DAYS)] > 8.0).all()
    assert np.isnan(season.z[tiny.SILENT_DAY]).all()
    assert session.day_map(tiny.SILENT_DAY).sentence
    assert session.features(21).regions
    assert session.kp(12) == 6.3
    assert session.predictions.kind.tolist() == ["in-sample"] * 15 + ["out-of-fold"] * 20 + ["prospective"] * 5 + [""] * 3
    assert [int((session.labels.classes == cls).sum()) for cls in range(5)] == [10, 10, 0, 0, 0]
