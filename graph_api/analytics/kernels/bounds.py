"""Confidence bounds of means of samples from 0 to 1: what approximations promise, and when they may stop.

Bounds are looked at after fixed numbers of samples, the j-th look with a share delta/(j (j + 1)) of what may fail, so
that all of them, for all scores at once, hold together with probability 1 - delta.
"""

import math
from collections.abc import Iterator

from graph_api.domain.arrays import FloatArray, LongArray, np

GROWTH = 1.2
"""How many times the samples each look has of those before."""


def looks(first: int, delta: float, scores: int, step: int = 1) -> Iterator[tuple[int, float]]:
    """Yield how many samples a look has, in whole steps, and log(1/(probability that one side of one score fails))."""
    samples, j = float(first), 1
    while True:
        share = delta / (j * (j + 1))
        yield math.ceil(samples / step) * step, math.log(2 * max(scores, 1) / share)
        samples, j = max(samples * GROWTH, samples + step), j + 1


def chernoff(counts: LongArray, samples: int, log_odds: float) -> tuple[FloatArray, FloatArray]:
    """Return the least and greatest chance under which so many successes of so many samples are not too unlikely.

    Notes
    -----
    Chernoff's bound in its tight form: the chances p with samples * KL(count / samples, p) <= log_odds, to within a
    millionth of a millionth, on the safe side.

    References
    ----------
    .. [1] W. Hoeffding, Probability inequalities for sums of bounded random variables (1963).
       https://doi.org/10.1080/01621459.1963.10500830
    """
    found, places = np.unique(counts, return_inverse=True)
    mean = found / samples
    limit = log_odds / samples
    return _solved(mean, limit, np.zeros(len(mean)))[places], _solved(mean, limit, np.ones(len(mean)))[places]


def _solved(mean: FloatArray, limit: float, outer: FloatArray) -> FloatArray:
    """Return by bisection the chance between mean and `outer` (0 or 1) at which the divergence reaches the limit."""
    inner = mean.copy()
    for _ in range(50):
        middle = (inner + outer) / 2
        far = _divergence(mean, middle) > limit
        outer, inner = np.where(far, middle, outer), np.where(far, inner, middle)
    return outer


def _divergence(mean: FloatArray, chance: FloatArray) -> FloatArray:
    """Return the Kullback-Leibler divergence of two coins."""
    with np.errstate(divide="ignore", invalid="ignore"):
        heads = np.where(mean > 0, mean * np.log(mean / chance), 0.0)
        tails = np.where(mean < 1, (1 - mean) * np.log((1 - mean) / (1 - chance)), 0.0)
    return heads + tails


def bernstein(
    total: FloatArray, squares: FloatArray, samples: int, span: FloatArray | float, log_odds: float
) -> FloatArray:
    """Return how far the mean of samples may be from the true one; they lie between 0 and `span`.

    References
    ----------
    .. [1] A. Maurer and M. Pontil, Empirical Bernstein bounds and sample variance penalization (2009), theorem 4.
       https://doi.org/10.48550/arXiv.0907.3740
    """
    odds = log_odds + math.log(2)
    variance = np.maximum(squares - total * total / samples, 0.0) / (samples - 1)
    return np.sqrt(2 * variance * odds / samples) + 7 * span * odds / (3 * (samples - 1))
