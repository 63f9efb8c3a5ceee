"""The Python interface: the season of a project as labelled arrays and tables, read-only.

`quakegui.open` is this module's `open`; importing `quakegui` alone does not load it. The window's *Copy as Python* writes
programs that begin like this:

>>> import quakegui
>>> season = quakegui.open("japan")
>>> season
Season of Small, 2022-04-01 to 2022-04-20: 20 days, 7 stations
>>> season.z
z (day: 20, station: 7)
>>> season.night_means.unit
'nT'
>>> season.map("2022-04-10").axes["y_km"].shape
(480,)
>>> list(season.labels.columns)
['date', 'class', 'source', 'author', 'at', 'note']
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from quakegui.formats.scores import PROBABILITIES, scores_of
from quakegui.judge.judgement import Judgement
from quakegui.learn import season_runs
from quakegui.learn.evidence import gather
from quakegui.learn.own_predictor import OwnProtocol, prepare_bench
from quakegui.project import season_tables, seasons
from quakegui.project.store import Project, ProjectError
from quakegui.season.season import Season

Unit = Literal["z", "nT"]
Date = str | np.datetime64
_EVERY = np.datetime64("1800-01-01"), np.datetime64("2300-01-01")


@dataclass(frozen=True, eq=False)
class LabelledArray:
    """An array with the names and labels of its axes.

    Attributes
    ----------
    name
        What the values are.
    unit
        "nT", or "1" for z.
    values
        The values, NaN where missing; one axis for each of `axes`, in their order.
    axes
        Labels of each axis by its name: "time" (UTC, datetime64[ms]), "day" (local dates, datetime64[D]), "station" (codes),
        "y_km" and "x_km" (north and east of the centre of the projection).

    Examples
    --------
    >>> import quakegui
    >>> z = quakegui.open("japan").z
    >>> z.at(station="AAA")
    z (day: 20)
    >>> z.to_frame().shape
    (20, 7)
    """

    name: str
    unit: str
    values: NDArray[Any]
    axes: Mapping[str, NDArray[Any]]

    def __repr__(self) -> str:
        return f"{self.name} ({', '.join(f'{axis}: {len(labels)}' for axis, labels in self.axes.items())})"

    def at(self, **labels: object) -> LabelledArray:
        """Return the values at a label of some axes, such as ``at(station="KAK", day="2022-09-05")``.

        Raises
        ------
        KeyError
            If there is no such axis, or no such label on it.
        """
        values, axes = self.values, dict(self.axes)
        for axis, label in labels.items():
            known = axes[axis]
            found = np.flatnonzero(known == np.array(label).astype(known.dtype))
            if not found.size:
                raise KeyError(f"{axis} has no {label}.")
            values = np.take(values, int(found[0]), axis=list(axes).index(axis))
            del axes[axis]
        return LabelledArray(self.name, self.unit, values, axes)

    def to_frame(self) -> pd.DataFrame:
        """Return the values as a table; raises ValueError if there are more than two axes."""
        names = list(self.axes)
        if not 1 <= len(names) <= 2:
            raise ValueError(f"A table needs one axis or two; {self!r} has {len(names)}.")
        columns = pd.Index(self.axes[names[1]], name=names[1]) if len(names) > 1 else [self.name]
        return pd.DataFrame(self.values, index=pd.Index(self.axes[names[0]], name=names[0]), columns=columns)

    def to_xarray(self) -> Any:
        """Return an xarray DataArray; needs the extra `xarray`."""
        import xarray  # an extra, not needed by the program itself

        axes = {
            name: labels.astype("datetime64[ns]") if labels.dtype.kind == "M" else labels for name, labels in self.axes.items()
        }
        return xarray.DataArray(self.values, coords=axes, dims=list(axes), name=self.name, attrs={"units": self.unit})


class OpenSeason:
    """The season of a project, computed on first use and never written to.

    Created by `quakegui.open`. In a ``with`` block, the project is closed at the end.
    """

    def __init__(self, project: Project) -> None:
        self._project = project

    def __enter__(self) -> OpenSeason:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        days = self.days
        span = f"{days[0]} to {days[-1]}: {days.size} days" if days.size else "no days"
        return f"Season of {self._project.name}, {span}, {len(self._season.network.codes)} stations"

    def close(self) -> None:
        """Close the project."""
        self._project.close()

    @property
    def days(self) -> NDArray[np.datetime64]:
        """Local dates of the season, datetime64[D], shape (day,)."""
        return self._season.days

    @property
    def stations(self) -> pd.DataFrame:
        """Code, name, latitude and longitude in degrees and elevation in m of each station.

        >>> import quakegui
        >>> quakegui.open("japan").stations["code"].tolist()[:3]
        ['AAA', 'BBB', 'CCC']
        """
        names = ("code", "name", "latitude", "longitude", "elevation_m")
        return pd.DataFrame(
            [[getattr(one, name) for name in names] for one in self._season.network.stations], columns=list(names)
        )

    def readings(
        self, station: str, since: Date = _EVERY[0], until: Date = _EVERY[1], *, cadence_s: float | None = None
    ) -> LabelledArray:
        """Return the readings of a station in force, shape (time,).

        Parameters
        ----------
        station
            Station code.
        since, until
            UTC times, the second excluded; default all readings.
        cadence_s
            Sampling interval in seconds, if the station has several records; default the finest.

        Raises
        ------
        KeyError
            If there is no such station, or it has no record with this sampling interval.

        Examples
        --------
        >>> import quakegui
        >>> quakegui.open("japan").readings("AAA", "2022-04-05", "2022-04-06")
        F of AAA (time: 24)
        """
        self._season.network.index(station)
        first, last = np.array([since, until], dtype="datetime64[ms]")
        found = seasons.record(self._project, station, first, last)
        kept = [one for one in found if cadence_s in (None, one.cadence_s)]
        if found and not kept:
            others = ", ".join(f"{one.cadence_s:g} s" for one in found)
            raise KeyError(f"{station} has no readings with a sampling interval of {cadence_s:g} s; available: {others}.")
        time = kept[0].time if kept else np.array([], dtype="datetime64[ms]")
        return LabelledArray(f"F of {station}", "nT", kept[0].values if kept else np.array([]), {"time": time})

    @property
    def night_means(self) -> LabelledArray:
        """Mean F of each local night, shape (day, station)."""
        return self._of_days("night means", "nT", self._season.anomaly.night_nt[self._season.shown])

    @property
    def anomalies(self) -> LabelledArray:
        """Departure of each night mean from its expected value, in nT, shape (day, station)."""
        return self._of_days("anomalies", "nT", self._season.anomaly.anomaly_nt[self._season.shown])

    @property
    def z(self) -> LabelledArray:
        """Anomalies divided by the scatter of their station, dimensionless, shape (day, station)."""
        return self._of_days("z", "1", self._season.z)

    def map(self, day: Date, unit: Unit = "z") -> LabelledArray:
        """Return the map of a day, shape (y_km, x_km), northernmost row first; all NaN on a day without a map.

        Parameters
        ----------
        day
            A local date of the season.
        unit
            "z", or "nT" for the anomaly.

        Raises
        ------
        KeyError
            If the day is not in the season.
        """
        return self.maps([day], unit).at(day=day)

    def maps(self, days: Sequence[Date] | None = None, unit: Unit = "z") -> LabelledArray:
        """Return maps, shape (day, y_km, x_km), by default of all days: about 1 MB per day.

        Parameters
        ----------
        days
            Local dates of the season.
        unit
            "z", or "nT" for the anomaly.

        Raises
        ------
        KeyError
            If a day is not in the season.
        """
        season = self._season
        wanted = season.days if days is None else np.array(days, dtype="datetime64[D]")
        values = {"z": season.z, "nT": season.anomaly.anomaly_nt[season.shown]}[unit]
        x_km, y_km = season.gridder.basis.frame.pixel_centres()
        found = np.full((wanted.size, y_km.size, x_km.size), np.nan, dtype=np.float32)
        for at, day in enumerate(wanted):
            (row,) = np.flatnonzero(season.days == day) if day in season.days else self._no_day(day)
            if season.has_map[row]:
                found[at] = season.gridder.map(values[row])
        return LabelledArray("maps", "1" if unit == "z" else "nT", found, {"day": wanted, "y_km": y_km, "x_km": x_km})

    @property
    def regions(self) -> pd.DataFrame:
        """Extremum regions of all days with a map; a map without a region has one row with region 0."""
        return _frame(season_tables.REGION_COLUMNS, season_tables.regions(self._season))

    @property
    def events(self) -> pd.DataFrame:
        """Earthquakes of the project, with times in UTC."""
        table = season_tables.event_table(self._project)
        return _frame(table.columns, table.rows())

    @property
    def labels(self) -> pd.DataFrame:
        """The current label of each labelled day."""
        table = season_tables.label_table(self._project)
        return _frame(table.columns, table.rows())

    def predictions(self, run: str | None = None) -> pd.DataFrame:
        """Return the predictions of a run for each day: date, the probabilities p0 to p4, and their kind.

        Parameters
        ----------
        run
            Id of the run or its beginning; default the current run.

        Raises
        ------
        RunError
            If there is no such run.
        """
        predictions = season_runs.find_run(self._project, run).predictions()
        probabilities, kinds = predictions.by_day()
        frame = pd.DataFrame(probabilities.astype(np.float64), columns=list(PROBABILITIES))
        frame.insert(0, "date", predictions.days.astype("datetime64[s]"))
        return frame.assign(kind=kinds)

    def judge(self, scores: pd.DataFrame, protocol: OwnProtocol = "blocked", *, title: str = "scores") -> Judgement:
        """Evaluate daily predictions on the same days, with the same tests and baselines as a model, like ``quakegui judge``.

        Parameters
        ----------
        scores
            Columns ``date`` and either ``p0`` to ``p4`` or ``score``.
        protocol
            ``blocked``: the method was trained on this season in blocks, or a score is calibrated on it; ``zero-shot``: the
            method was not trained on the season.
        title
            Their name in the evaluation.

        Raises
        ------
        FormatError
            If a column is missing, a date is unreadable or repeated, or probabilities do not sum to 1.
        EvidenceError
            If no day of the season is labelled, or it cannot be split.
        """
        bench = prepare_bench(gather(self._project, self._season), protocol)
        return bench.judge(scores_of(scores, title), name=title, title=title)

    @cached_property
    def _season(self) -> Season:
        found = seasons.load_season(self._project, features=False)
        if found is None:
            raise ProjectError(f"The project {self._project.name} has no readings or no stations with coordinates yet.")
        return found

    def _of_days(self, name: str, unit: str, values: NDArray[np.float64]) -> LabelledArray:
        return LabelledArray(
            name, unit, values.copy(), {"day": self.days.copy(), "station": np.array(self._season.network.codes)}
        )

    def _no_day(self, day: Date) -> NDArray[np.intp]:
        raise KeyError(f"{day} is not a day of the season ({self.days[0]} to {self.days[-1]}).")


def open(folder: Path | str) -> OpenSeason:  # noqa: A001 - read as quakegui.open
    """Open the season of a project for reading.

    Parameters
    ----------
    folder
        Folder of the project.

    Raises
    ------
    ProjectError
        If there is no project, or it cannot be read.
    """
    return OpenSeason(Project.open(folder, read_only=True))


def _frame(columns: Sequence[str], rows: Any) -> pd.DataFrame:
    found = pd.DataFrame(list(rows), columns=list(columns))
    for name in ("date", "time", "at"):
        if name in found:
            found[name] = pd.to_datetime(found[name], utc=name != "date")
    return found
