"""Agreement of the members of an ensemble: the verdict should not depend on the seed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from quakegui.judge.auc import auc
from quakegui.words import Said


@dataclass(frozen=True, slots=True)
class Ensemble:
    """Scores of the single members of an ensemble.

    Attributes
    ----------
    aucs
        AUC of each member, with the statistic of the verdict, shape (member,); NaN where it could not be estimated.
    spread
        Standard deviation of P(earthquake) over the members, averaged over the days.
    """

    aucs: tuple[float, ...]
    spread: float

    def text(self) -> Said:
        """Return the values in one sentence."""
        known = [one for one in self.aucs if np.isfinite(one)]
        return Said(
            "The prediction is the mean of {members} ensemble members; single members have an AUC of {low:.2f} to "
            "{high:.2f}, and their P(earthquake) has a standard deviation of {spread:.2f}.",
            members=len(self.aucs),
            low=min(known) if known else "?",
            high=max(known) if known else "?",
            spread=self.spread,
        )


def ensemble_of(event: ArrayLike, kinds: ArrayLike, fold: ArrayLike | None = None) -> Ensemble | None:
    """Return the agreement of the members of an ensemble, None without members.

    Parameters
    ----------
    event
        P(earthquake) of each member, NaN where missing, shape (member, day).
    kinds, fold
        See `auc`, shape (day,) each.
    """
    p = np.asarray(event, float)
    known = np.isfinite(p).all(axis=0)
    if not len(p) or not known.any():
        return None
    return Ensemble(tuple(auc(one, kinds, fold) for one in p), float(p[:, known].std(axis=0).mean()))
