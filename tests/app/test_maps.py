"""Day maps in advance: none is drawn twice."""

import threading

import pytest

from quakegui.app.maps import MapCache


class SlowSeason:
    """Draws each map when it may."""

    def __init__(self) -> None:
        self.drawn: list[int] = []
        self.began, self.may = threading.Event(), threading.Event()

    def day_map(self, index):
        self.drawn.append(index)
        self.began.set()
        assert self.may.wait(10.0)
        if index == 4:
            raise ValueError("no map")
        return index


def test_a_map_that_is_being_drawn_is_waited_for(caplog):
    season = SlowSeason()
    cache = MapCache(season)
    cache.want([3])
    assert season.began.wait(10.0)
    threading.Timer(0.05, season.may.set).start()
    assert cache.get(3) == 3
    assert season.drawn == [3]
    season.began.clear()
    season.may.clear()
    cache.want([4])
    assert season.began.wait(10.0)
    threading.Timer(0.05, season.may.set).start()
    with pytest.raises(ValueError, match="no map"):  # and of one that failed, the error is told
        cache.get(4)
    cache.close()
