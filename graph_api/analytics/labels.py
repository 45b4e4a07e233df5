"""What people are labelled with for mixing: their countries, their roles, how AI was used in their films."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from graph_api.analytics.build import credited
from graph_api.analytics.load import ATTEMPTS, known_years, scan_query, seen
from graph_api.analytics.spec import Projection, ProjectionSpec
from graph_api.domain.catalogue import AiUse, Kind, Relation
from graph_api.domain.query import ScanQuery
from graph_api.errors import BadInput, Conflict
from graph_api.store.base import Store


class MixingBy(StrEnum):
    """What people are told apart by."""

    COUNTRY = "COUNTRY"
    ROLE = "ROLE"
    AI_USE = "AI_USE"


@dataclass(frozen=True, slots=True)
class Labels:
    """The labels of people at a revision; one that counts twice is there twice. Who has none is left out."""

    revision: int
    of: Mapping[str, tuple[str, ...]]


async def load_labels(store: Store, spec: ProjectionSpec, by: MixingBy) -> Labels:
    """Read the labels of the people of a projection.

    A person's countries count once each, whatever the sense (born, based) in which they are the person's; roles once
    for each credit that the projection counts; uses of AI once for each film of such a credit, where it is known.

    Raises:
        BadInput: the projection is not COLLABORATION.
        Conflict: the graph changed during each of five readings.
    """
    if spec.name is not Projection.COLLABORATION:
        raise BadInput("mixing is measured in COLLABORATION", argument="projection")
    for _ in range(ATTEMPTS):
        revision = await store.revision()
        async with seen(store, spec) as graph:
            pairs = await (_countries(graph, spec) if by is MixingBy.COUNTRY else _worked(graph, spec, by))
        if await store.revision() == revision:
            found: dict[str, list[str]] = defaultdict(list)
            for person, label in pairs:
                found[person].append(label)
            return Labels(revision, {person: tuple(sorted(found[person])) for person in sorted(found)})
    raise Conflict("the graph kept changing while it was read; try again when the load under way is done")


async def _countries(store: Store, spec: ProjectionSpec) -> Iterable[tuple[str, str]]:
    query = ScanQuery(
        (Relation.FROM,), (Kind.PERSON, Kind.PLACE), cited_only=spec.cited_only, undisputed=spec.undisputed
    )
    columns = await store.scan(query)
    places = await store.field_columns(Kind.PLACE, ["placeKind"])
    countries = {str(i) for i, kind in zip(places["id"], places["placeKind"], strict=True) if kind == "country"}
    return {pair for pair in zip(columns.sources, columns.targets, strict=True) if pair[1] in countries}


async def _worked(store: Store, spec: ProjectionSpec, by: MixingBy) -> Iterable[tuple[str, str]]:
    columns = await store.scan(scan_query(spec))
    picked = credited(spec, columns, await known_years(store, spec))
    if by is MixingBy.ROLE:
        return [(columns.sources[i], str(columns.roles[i])) for i in picked]
    films = await store.field_columns(Kind.FILM, ["aiUse"])
    known = {str(i): str(use) for i, use in zip(films["id"], films["aiUse"], strict=True) if use in _KNOWN_USES}
    worked = {(columns.sources[i], columns.targets[i]) for i in picked}
    return [(person, known[film]) for person, film in worked if film in known]


_KNOWN_USES = frozenset(AiUse) - {AiUse.UNKNOWN}
