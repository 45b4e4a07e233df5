"""Projections built from relationship columns: pure functions of a definition and what a store scanned."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from graph_api.analytics import festivals
from graph_api.analytics.columns import in_span, kind_of
from graph_api.analytics.projection import CreditIncidence, ProjectedGraph, collapse
from graph_api.analytics.spec import Projection, ProjectionSpec, WeightScheme
from graph_api.domain.arrays import FloatArray, IntArray, np
from graph_api.domain.catalogue import Kind, Relation
from graph_api.domain.records import RelationColumns
from graph_api.errors import BadInput

MAX_TIES = 40_000_000
"""A graph of so many ties takes about 2 GB with what measures need beside it; more is refused before it is built."""

_DATED_KINDS = frozenset({Kind.FILM, Kind.FESTIVAL_EDITION, Kind.RECOGNITION})


@dataclass(frozen=True, slots=True)
class Memberships:
    """Pairs of a node and a thing that several nodes share, repeated where the store has several relationships.

    `nodes` and `groups` are the ids in order; `members` and `places` the pairs as numbers in them.
    """

    nodes: tuple[str, ...]
    groups: tuple[str, ...]
    members: IntArray
    places: IntArray


def build(
    spec: ProjectionSpec, columns: RelationColumns, years: Mapping[str, int], revision: int = 0
) -> ProjectedGraph:
    """Return the projection of scanned relationships.

    Parameters
    ----------
    spec
        The definition.
    columns
        What `graph_api.analytics.load.scan_query` asks for, in any order.
    years
        Known years of films, editions, recognitions and events by id; needed where `spec.years` asks for
        some, and for CO_RECOGNITION, where they stand in for an edition that is not known.
    revision
        The graph's revision it was scanned at.

    Raises
    ------
    BadInput
        It would have more than `MAX_TIES` ties.
    """
    match spec.name:
        case Projection.COLLABORATION:
            return _collaboration(spec, columns, years, revision)
        case Projection.PERSON_FILM:
            picked = credited(spec, columns, years)
            return _tied(spec, revision, [(columns.sources[i], columns.targets[i]) for i in picked])
        case Projection.FESTIVAL_FILM:
            return _tied(spec, revision, festivals.festival_films(spec, columns, years))
        case Projection.CO_PARTICIPATION:
            return _shared(spec, revision, festivals.participations(spec, columns, years))
        case Projection.CO_RECOGNITION:
            return _shared(spec, revision, festivals.recognised(spec, columns, years))
        case Projection.EVERYTHING:
            return _everything(spec, columns, years, revision)


def _collaboration(
    spec: ProjectionSpec, columns: RelationColumns, years: Mapping[str, int], revision: int
) -> ProjectedGraph:
    picked = credited(spec, columns, years)
    people = [columns.sources[i] for i in picked]
    films = [columns.targets[i] for i in picked]
    found = number_pairs(people, films)
    credit_ids = np.array([columns.ids[i].encode() for i in picked], dtype=np.bytes_)
    order = np.lexsort((credit_ids, found.places, found.members)) if picked else np.empty(0, np.intp)
    film_years = np.fromiter((years.get(film, 0) for film in found.groups), np.int32, len(found.groups))
    incidence = CreditIncidence(found.members[order], found.places[order], credit_ids[order], found.groups, film_years)
    sources, targets, weights = co_membership(found, spec.weight)
    kinds = (Kind.PERSON,) * len(found.nodes)
    return ProjectedGraph(spec, revision, found.nodes, kinds, sources, targets, weights, incidence=incidence)


def credited(spec: ProjectionSpec, columns: RelationColumns, years: Mapping[str, int]) -> list[int]:
    """Return the places of those rows that are credits that count."""
    roles = frozenset(spec.counted_roles)
    table = zip(columns.types, columns.targets, columns.roles, strict=True)
    return [
        i
        for i, (relation, film, role) in enumerate(table)
        if relation == Relation.CREDITED_ON and role in roles and in_span(spec.years, years.get(film))
    ]


def number_pairs(nodes: Sequence[str], groups: Sequence[str]) -> Memberships:
    """Number both columns by the code-point order of their ids."""
    node_ids, group_ids = sorted(set(nodes)), sorted(set(groups))
    node_numbers = {node: i for i, node in enumerate(node_ids)}
    group_numbers = {group: i for i, group in enumerate(group_ids)}
    return Memberships(
        tuple(node_ids),
        tuple(group_ids),
        np.fromiter((node_numbers[node] for node in nodes), np.int32, len(nodes)),
        np.fromiter((group_numbers[group] for group in groups), np.int32, len(groups)),
    )


def co_membership(found: Memberships, weight: WeightScheme) -> tuple[IntArray, IntArray, FloatArray]:
    """Return the ties between nodes that share a group, each group counted once per pair.

    Newman's sums run over a pair's groups in the order of their ids, so that their last digit is always the same.

    Raises:
        BadInput: there might be more than `MAX_TIES`.
    """
    from scipy import sparse

    n, m = len(found.nodes), len(found.groups)
    pairs = np.unique(found.members.astype(np.int64) * max(m, 1) + found.places)
    members, places = (pairs // max(m, 1)).astype(np.int32), (pairs % max(m, 1)).astype(np.int32)
    sizes = np.bincount(places, minlength=m).astype(np.float64)
    check_size(float((sizes * (sizes - 1) / 2).sum()))
    incidence = sparse.csr_array((np.ones(len(members)), (members, places)), shape=(n, m))
    shares = incidence
    if weight is WeightScheme.NEWMAN:
        share = np.zeros(m)
        np.divide(1.0, sizes - 1, out=share, where=sizes > 1)
        shares = sparse.csr_array((share[places], (members, places)), shape=(n, m))
    # pairs whose groups all have one member can't occur above the diagonal, so no explicit zero is left there
    product = sparse.csr_array(shares @ incidence.T)
    product.sort_indices()
    upper = sparse.triu(product, k=1, format="csr")
    upper.sort_indices()
    sources = np.repeat(np.arange(n, dtype=np.int32), np.diff(upper.indptr))
    weights = np.ones(upper.nnz) if weight is WeightScheme.NONE else upper.data.astype(np.float64)
    return sources, upper.indices.astype(np.int32), weights


def check_size(ties: float) -> None:
    """Refuse a projection that would not fit.

    Raises:
        BadInput: more than `MAX_TIES`; the estimate counts a tie once for each thing shared.
    """
    if ties > MAX_TIES:
        raise BadInput(
            f"the projection would have up to {ties:,.0f} ties, more than {MAX_TIES:,}; "
            "narrow it by roles, years or a film filter",
            limit=MAX_TIES,
            requested=int(ties),
        )


def _shared(spec: ProjectionSpec, revision: int, memberships: Iterable[tuple[str, str]]) -> ProjectedGraph:
    pairs = list(memberships)
    found = number_pairs([node for node, _ in pairs], [group for _, group in pairs])
    kinds = tuple(kind_of(node) for node in found.nodes)
    return ProjectedGraph(spec, revision, found.nodes, kinds, *co_membership(found, spec.weight))


def _tied(
    spec: ProjectionSpec, revision: int, ends: Iterable[tuple[str, str]], *, directed: bool = False
) -> ProjectedGraph:
    pairs = list(ends)
    check_size(len(pairs))
    nodes = sorted({node for pair in pairs for node in pair})
    numbers = {node: i for i, node in enumerate(nodes)}
    sources = np.fromiter((numbers[s] for s, _ in pairs), np.int32, len(pairs))
    targets = np.fromiter((numbers[t] for _, t in pairs), np.int32, len(pairs))
    if not directed:
        sources, targets = np.minimum(sources, targets), np.maximum(sources, targets)
    sources, targets, weights = collapse(sources, targets, np.ones(len(pairs)), len(nodes))
    if spec.weight is WeightScheme.NONE:
        weights = np.ones_like(weights)
    return ProjectedGraph(spec, revision, tuple(nodes), tuple(map(kind_of, nodes)), sources, targets, weights, directed)


def _everything(
    spec: ProjectionSpec, columns: RelationColumns, years: Mapping[str, int], revision: int
) -> ProjectedGraph:
    kinds, relations = frozenset(spec.kinds), frozenset(spec.relations)
    roles = frozenset(spec.counted_roles)
    kind_by_id = {node: kind_of(node) for column in (columns.sources, columns.targets) for node in column}
    kept = {
        node
        for node, kind in kind_by_id.items()
        if (not kinds or kind in kinds) and (kind not in _DATED_KINDS or in_span(spec.years, years.get(node)))
    }
    table = zip(columns.types, columns.sources, columns.targets, columns.roles, strict=True)
    ends = (
        (source, target)
        for relation, source, target, role in table
        if source in kept
        and target in kept
        and (not relations or relation in relations)
        and (relation != Relation.CREDITED_ON or role in roles)
    )
    return _tied(spec, revision, ends, directed=True)
