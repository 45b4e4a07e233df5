"""Scores in order, with ranks: exact equality after rounding, so that float noise makes no winner."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from graph_api.domain.arrays import FloatArray, LongArray, np

SIGNIFICANT_DIGITS = 12
"""Digits a score keeps. What differs further down is noise of summation, and counts as a tie."""


@dataclass(frozen=True)
class Ranking:
    """Nodes by score, highest first, then by id.

    Attributes:
        ids: the nodes.
        scores: their scores, of 12 significant digits.
        ranks: from 1; equal scores share the lowest rank, and the next rank counts them all.
        errors: bound on |score - exact| of each score; None where all are exact.
    """

    ids: tuple[str, ...]
    scores: FloatArray
    ranks: LongArray
    errors: FloatArray | None = None

    @property
    def error(self) -> float:
        """The largest of the bounds; 0 where exact."""
        return 0.0 if self.errors is None else float(self.errors.max(initial=0.0))

    @property
    def nbytes(self) -> int:
        """Memory it holds, in bytes, roughly."""
        own = self.scores.nbytes + self.ranks.nbytes + (0 if self.errors is None else self.errors.nbytes)
        return own + 90 * len(self.ids)

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Where in the order each node stands, from 0."""
        return {node: i for i, node in enumerate(self.ids)}


def significant(values: FloatArray) -> FloatArray:
    """Return numbers rounded to the digits a score keeps, without negative zero."""
    digits = SIGNIFICANT_DIGITS
    found = values + 0.0
    others = np.flatnonzero((np.floor(found) != found) | (np.abs(found) >= 10.0**digits))
    found[others] = [float(f"{value:.{digits}g}") for value in found[others].tolist()]
    return found + 0.0


def ranked(ids: tuple[str, ...], values: FloatArray, errors: FloatArray | None = None) -> Ranking:
    """Return the ranking of nodes given in the order of their ids, with the bounds of their scores' errors.

    NaN means that a node has no score.
    """
    defined = np.flatnonzero(~np.isnan(values))
    rounded = significant(values[defined])
    order = np.argsort(-rounded, kind="stable")
    scores = rounded[order]
    if len(scores) == 0:
        return Ranking((), scores, np.empty(0, np.int64))
    starts = np.concatenate(([True], scores[1:] != scores[:-1]))
    places = np.arange(1, len(scores) + 1)
    ranks = np.maximum.accumulate(np.where(starts, places, 0))
    bounds = None if errors is None else errors[defined][order]
    return Ranking(tuple(ids[i] for i in defined[order].tolist()), scores, ranks, bounds)
