"""How far the networks of an ensemble agree: one recipe should give one verdict, whatever its seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from quakegui.judge.auc import auc


@dataclass(frozen=True, slots=True)
class Ensemble:
    """What each member of an ensemble would have scored alone.

    Attributes
    ----------
    aucs
        Of each member, by the statistic of the verdict, shape (member,); NaN where it could not be estimated.
    spread
        Standard deviation of P(event) over the members, mean over the days.
    """

    aucs: tuple[float, ...]
    spread: float

    def text(self, language: Literal["en", "zh"] = "en") -> str:
        """Say it in one sentence."""
        known = [one for one in self.aucs if np.isfinite(one)]
        low, high = (f"{edge:.2f}" for edge in (min(known), max(known))) if known else ("?", "?")
        return _SENTENCES[language].format(members=len(self.aucs), low=low, high=high, spread=f"{self.spread:.2f}")


def ensemble_of(event: ArrayLike, kinds: ArrayLike, fold: ArrayLike | None = None) -> Ensemble | None:
    """Return how far an ensemble's members agree, None without members.

    Parameters
    ----------
    event
        P(event) by each member, NaN where there is none, shape (member, day).
    kinds, fold
        See `auc`, shape (day,) each.
    """
    p = np.asarray(event, float)
    known = np.isfinite(p).all(axis=0)
    if not len(p) or not known.any():
        return None
    return Ensemble(tuple(auc(one, kinds, fold) for one in p), float(p[:, known].std(axis=0).mean()))


_SENTENCES = {
    "en": (
        "The answer is the mean of {members} networks; alone they have an AUC of {low} to {high}, and their P(event) has a "
        "standard deviation of {spread}."
    ),
    "zh": "结果为 {members} 个网络的平均；单个网络的 AUC 为 {low} 至 {high}，其有震概率的标准差为 {spread}。",
}
