"""Mixing: who works with whom, by a label of people."""

from dataclasses import dataclass

from graph_api.analytics.labels import Labels
from graph_api.analytics.projection import Matrix, ProjectedGraph
from graph_api.domain.arrays import FloatArray, np
from graph_api.errors import Conflict


@dataclass(frozen=True, slots=True)
class Mixing:
    """How ties run between labels.

    Attributes:
        labels: those with the most ends of ties first, then by code point.
        matrix: the share of tie ends that run from a label (row) to another (column); symmetric, adds up to 1. In one
            row after another.
        people: how many have each label, those with several counting fractionally.
        ties: how many ties join two people who have labels.
        unlabelled: how many people have none.
        assortativity: 1 where everybody is tied to their like, 0 by chance; None where all are of one label or no
            tie counts.
        error: the standard error, by leaving out each tie in turn.
    """

    labels: tuple[str, ...]
    matrix: FloatArray
    people: FloatArray
    ties: int
    unlabelled: int
    assortativity: float | None
    error: float | None

    @property
    def nbytes(self) -> int:
        """Memory it holds, in bytes, roughly."""
        return 200 + 100 * len(self.labels) + self.matrix.nbytes

    @property
    def rows(self) -> FloatArray:
        """The matrix, by label and label."""
        return self.matrix.reshape(len(self.labels), len(self.labels))


def mixing(graph: ProjectedGraph, labels: Labels, *, weighted: bool) -> Mixing:
    """Return the mixing matrix and the assortativity coefficient of a labelled graph.

    A person with k labels has each to 1/k, so that a tie of two people is spread over the pairs of their labels and
    counts as one tie. Ties of people without a label are left out.

    Parameters
    ----------
    graph
        The projection; its direction is left out.
    labels
        Of its people, at its revision.
    weighted
        A tie counts by its weight.

    Notes
    -----
    Where everybody has one label: networkx.attribute_assortativity_coefficient, attribute_mixing_matrix.

    Raises
    ------
    Conflict
        The labels are of another revision.

    References
    ----------
    .. [1] M. Newman, Mixing patterns in networks (2003), equations 2 and 5. https://doi.org/10.1103/PhysRevE.67.026126
    """
    from scipy import sparse

    if graph.revision != labels.revision:
        raise Conflict("the graph changed while the analysis was starting; try again")
    graph = graph.undirected
    own = [labels.of.get(node, ()) for node in graph.ids]
    names = sorted({label for some in own for label in some})
    number = {name: i for i, name in enumerate(names)}
    rows = np.repeat(np.arange(len(own)), [len(some) for some in own])
    columns = np.array([number[label] for some in own for label in some], np.int64)
    shares = np.array([1.0 / len(some) for some in own for _ in some])
    spread = sparse.csr_array((shares, (rows, columns)), shape=(len(own), len(names)))
    has = np.array([bool(some) for some in own], bool)
    kept = has[graph.sources] & has[graph.targets]
    weights = graph.weights[kept] if weighted else np.ones(int(kept.sum()))
    first, second = spread[graph.sources[kept]], spread[graph.targets[kept]]
    half = (first.T @ sparse.diags_array(weights) @ second).toarray()
    counted = half + half.T
    assortativity, error = _coefficient(counted, first, second, weights)
    total = float(counted.sum())
    share = counted / total if total else counted
    order = sorted(range(len(names)), key=lambda i: (-round(float(share[i].sum()), 12), names[i]))
    return Mixing(
        tuple(names[i] for i in order),
        share[np.ix_(order, order)].ravel(),
        np.asarray(spread.sum(axis=0), np.float64).ravel()[order],
        int(kept.sum()),
        len(own) - int(has.sum()),
        assortativity,
        error,
    )


def _coefficient(
    counted: FloatArray, first: Matrix, second: Matrix, weights: FloatArray
) -> tuple[float | None, float | None]:
    """Return the coefficient and its error by the jackknife: what is left without a tie follows from the sums.

    Without a tie of labels x and y and weight w the trace is less by 2w x.y and the row sums a by w(x + y), so their
    squares by 2w a.(x + y) - w² |x + y|².
    """
    total, trace, ends = counted.sum(), np.trace(counted), counted.sum(axis=1)
    squares = ends @ ends
    if not len(weights) or np.isclose(squares, total**2, rtol=1e-12):
        return None, None
    whole = (trace * total - squares) / (total**2 - squares)
    both = first + second
    alike = np.asarray(first.multiply(second).sum(axis=1)).ravel()
    left = total - 2 * weights
    fewer = squares - 2 * weights * (both @ ends) + weights**2 * np.asarray(both.multiply(both).sum(axis=1)).ravel()
    spare = left**2 - fewer
    without = np.full(len(weights), np.nan)
    np.divide((trace - 2 * weights * alike) * left - fewer, spare, out=without, where=spare > 1e-12 * total**2)
    error = float(np.sqrt(np.sum((without - whole) ** 2)))
    return float(whole), error if np.isfinite(error) else None
