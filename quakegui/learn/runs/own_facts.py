"""What the card of a model of own nights says: how it was trained, and whether it is better than the supplied model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from quakegui.season.json_values import built
from quakegui.simulate.precursors import Law
from quakegui.words import Said, joined

OWN_FACTS = "own_nights"


@dataclass(frozen=True, slots=True)
class PowerRow:
    """Seasons of one signal strength in which something was found.

    Attributes
    ----------
    strength, seasons
        Factor on the peaks of the law, and number of seasons.
    own, supplied
        Seasons in which the model of own nights, and the supplied model, found the signals.
    own_interval, supplied_interval
        95% intervals of these fractions (Clopper and Pearson 1934).
    only_own, only_supplied
        Seasons in which only one of them did.
    """

    strength: float
    seasons: int
    own: int
    supplied: int
    own_interval: tuple[float, float]
    supplied_interval: tuple[float, float]
    only_own: int
    only_supplied: int

    def text(self) -> str:
        """Return both powers with their intervals."""
        return Said(
            "strength {strength:g}: {own} of {seasons} ({low:.2f}–{high:.2f}) and {supplied} ({low2:.2f}–{high2:.2f})",
            strength=self.strength,
            own=self.own,
            seasons=self.seasons,
            low=self.own_interval[0],
            high=self.own_interval[1],
            supplied=self.supplied,
            low2=self.supplied_interval[0],
            high2=self.supplied_interval[1],
        )


@dataclass(frozen=True, slots=True)
class Comparison:
    """Power of a model of own nights and of the supplied model, on nights that neither was trained on.

    Attributes
    ----------
    nulls, called
        Number of seasons without added signals, and the number that each model calls.
    rows
        One per signal strength.
    share_interval
        95% interval of the fraction of the model of own nights among the seasons in which only one model found something.
    """

    nulls: int
    called: int
    rows: tuple[PowerRow, ...]
    share_interval: tuple[float, float]

    @property
    def better(self) -> bool:
        """Whether the model of own nights has more power."""
        return self.share_interval[0] > 0.5

    def text(self) -> str:
        """Return the powers of both models in a sentence."""
        return Said(
            "Seasons in which the simulated signals were found, by this model and by the supplied one, where both call "
            "{share:.0%} of {nulls} seasons without added signals (95% intervals): {rows}.",
            share=self.called / max(self.nulls, 1),
            nulls=self.nulls,
            rows=joined("; ", [row.text() for row in self.rows]),
        )


@dataclass(frozen=True, slots=True)
class OwnFacts:
    """Training of a model of own nights.

    Attributes
    ----------
    law
        Law of the simulated signals, its footprints scaled to the network.
    strengths, mean_events
        Ranges of the signal strength, and of the mean number of drawn earthquakes in 334 days.
    catalogue
        Kind of the drawn catalogues.
    seasons
        Number of seasons for each member.
    first_seeds, choice_seed, comparison_seed
        Seed of the first season of each member, of the choice of the alarm rule, and of the comparison.
    members, margin_days
        Number of members, each for one block of nights, and of nights beside a block that its member is not trained on.
    comparison
        None if the supplied model cannot predict the season.
    """

    law: Law = field(default_factory=Law)
    strengths: tuple[float, float] = (0.5, 4.0)
    mean_events: tuple[float, float] = (8.0, 26.0)
    catalogue: str = "poisson"
    seasons: int = 0
    first_seeds: tuple[int, ...] = ()
    choice_seed: int = 0
    comparison_seed: int = 0
    members: int = 0
    margin_days: int = 0
    comparison: Comparison | None = None

    def decision(self) -> str:
        """Return whether this model or the supplied one is recommended, in a sentence."""
        if self.comparison is None:
            return Said("The supplied model cannot predict this season, so the two were not compared.")
        if self.comparison.better:
            return Said(
                "In nights that it was not trained on, this model finds more simulated signals than the supplied model: it is "
                "recommended for this network."
            )
        return Said("In these nights the supplied model is at least as good at finding simulated signals; use that one.")

    def sentences(self) -> tuple[str, ...]:
        """Return the training, its consequences, and the comparison with the supplied model, in sentences."""
        law, (low, high) = self.law, self.strengths
        found: list[str] = [
            Said(
                "Trained on simulated signals in the nights of this project: {members} members, each without the nights that "
                "it predicts and {margin} nights beside them. The earthquakes were drawn at random; those of the project were "
                "not used for training, alarm rule or comparison.",
                members=self.members,
                margin=self.margin_days,
            ),
            Said(
                "A signal that really was in these nights counts as noise in the training, and the model learns to ignore it: "
                "its verdict is conservative."
            ),
            Said(
                "Signals at magnitude 3: peak {peak:g} nT, footprint {km:.0f} km (sigma), {length:g} days, times {low:g} to "
                "{high:g}. Each member was trained on {seasons} seasons, with seeds from {seed}.",
                peak=law.peak_nt,
                km=law.footprint_km,
                length=law.length_days,
                low=low,
                high=high,
                seasons=self.seasons,
                seed=min(self.first_seeds, default=0),
            ),
        ]
        if self.comparison is not None:
            found.append(self.comparison.text())
        return (*found, self.decision())


def own_facts_of(card: Mapping[str, Any] | None) -> OwnFacts | None:
    """Return the facts in the card of a run, None if its model was not trained on own nights.

    Raises
    ------
    ValueError
        If the stored values are not valid.
    """
    if card is None or card.get(OWN_FACTS) is None:
        return None
    facts = built(OwnFacts, card[OWN_FACTS], what=Said("model's training value"))
    assert isinstance(facts, OwnFacts)
    return facts
