"""Predictions of a finished run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from quakegui.learn.network.augment import NEUTRAL
from quakegui.learn.network.steps import predict
from quakegui.learn.network.vgg12 import prepare, whole_network
from quakegui.learn.runs.checkpoint import WEIGHTS, Arrays, members_of, put_values, read_weights
from quakegui.learn.runs.files import read_arrays
from quakegui.learn.runs.frozen import own_nights_of
from quakegui.learn.runs.registry import RunError, RunFolder, read_run
from quakegui.learn.runs.runchecks import LARGEST, STYLE
from quakegui.words import Said

BATCH = 32


@dataclass(frozen=True, slots=True)
class Predictor:
    """Models of a run, ready to predict. Keep one for many calls: creating it takes seconds.

    Attributes
    ----------
    run
        The run.
    palette, scalar
        Tables of the map style of its training.
    networks
        Built models by shape and type of their input, each with the member whose weights it has.
    """

    run: RunFolder
    palette: NDArray[np.uint8]
    scalar: NDArray[np.float32]
    _weights: tuple[Arrays, ...]
    networks: dict[tuple[Any, ...], Any]

    @property
    def members(self) -> int:
        """Number of ensemble members."""
        return len(self._weights)

    def __call__(
        self,
        maps: NDArray[Any],
        *,
        days: NDArray[np.datetime64] | None = None,
        batch: int = BATCH,
        progress: Callable[[int, int], None] | None = None,
    ) -> NDArray[np.float32]:
        """Return class probabilities, the mean of the members, float32, shape (day, class).

        Of a model of own nights, only the member that was not trained on a day predicts it. A pre-trained model predicts the
        mean of z and -z: a precursor may have either sign, and the prediction should not depend on it.

        Parameters
        ----------
        maps
            Maps of the run's own style, see `vgg12.prepare`.
        days
            Their local dates, shape (day,); required by a model of own nights.
        batch
            Number of maps computed at a time.
        progress
            Called with maps done, and total.
        """
        out = np.empty((len(maps), len(self.run.config.classes)), np.float32)
        done = 0
        for members, rows in self.shared_out(len(maps), days):
            for start in range(0, len(rows), batch):
                which = rows[start : start + batch]
                part = prepare(self.run.config, maps[which], self.palette, self.scalar)
                recipes, size = np.tile(NEUTRAL, (len(part), 1)), min(batch, BATCH)
                signs = (part, -part) if self.run.config.zero_shot else (part,)
                answers = [
                    predict(self.network(part, member), sign, recipes, size=size) for member in members for sign in signs
                ]
                out[which] = np.mean(answers, axis=0)
                done += len(which)
                if progress is not None:
                    progress(done, len(maps))
        return out

    def shared_out(self, count: int, days: NDArray[np.datetime64] | None) -> list[tuple[Sequence[int], NDArray[np.intp]]]:
        """Return which members predict which of `count` maps, see `__call__`: pairs of members and positions of maps.

        Parameters
        ----------
        count
            Number of maps.
        days
            Their local dates, shape (day,); None is possible unless it is a model of own nights.

        Raises
        ------
        ValueError
            If a model of own nights is asked without the days.
        """
        own = own_nights_of(self.run.about)
        if own is None:
            return [(range(self.members), np.arange(count))]
        if days is None:
            raise ValueError(Said("A model of own nights needs the dates of the maps."))
        member = own.member(days)
        every = range(self.members)
        return [(every if one < 0 else [one], np.flatnonzero(member == one)) for one in np.unique(member).tolist()]

    def network(self, inputs: NDArray[Any], member: int = 0) -> Any:
        """Return the model with the weights of one member.

        One model is built for all members, so the next call for another member changes it.

        Parameters
        ----------
        inputs
            Maps from `vgg12.prepare`; only their shape and type are used.
        member
            Number of the member.
        """
        key = (inputs.shape[1:], inputs.dtype)
        network, holder = self.networks.get(key, (None, -1))
        if network is None:
            network = whole_network(self.run.config, inputs, self.palette, self.scalar)
            network.compile(jit_compile=False)
        if holder != member:
            put_values(network.weights, self._weights[member])
            self.networks[key] = (network, member)
        return network


def predictor(folder: Path, *, precision: str | None = None) -> Predictor:
    """Load a finished run.

    Parameters
    ----------
    folder
        The folder of the run.
    precision
        A Keras policy. Default: that of the training.

    Raises
    ------
    RunError
        If the run is not finished or its files are damaged.
    """
    run = read_run(folder)
    if run.card is None:
        raise RunError(Said("The run “{run_title}” is not finished: resume it before predicting with it.", run_title=run.title))
    try:
        weights = read_weights(folder / WEIGHTS, largest=LARGEST[WEIGHTS])
        tables = read_arrays(folder / STYLE, largest=LARGEST[STYLE])
        _check_tables(tables)
        members = members_of(weights, run.config.members)
    except (OSError, ValueError) as error:
        raise RunError(Said("The run “{run_title}” cannot be used: {error}", run_title=run.title, error=error)) from error
    import keras

    keras.config.set_dtype_policy(precision or str(run.card.get("precision", "float32")))
    return Predictor(run, tables["palette"], tables["scalar"], members, {})


def _check_tables(tables: Mapping[str, NDArray[Any]]) -> None:
    """Raise ValueError for tables that are not those of a map style."""
    wanted = {"palette": ((256, 3), np.uint8), "scalar": ((256,), np.float32)}
    if any(
        name not in tables or tables[name].shape != kind[0] or tables[name].dtype != kind[1] for name, kind in wanted.items()
    ):
        raise ValueError(Said("the tables of its map style are incomplete."))
