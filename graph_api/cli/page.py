"""`show`: one entity with everything the graph says about it, and where each fact comes from."""

from collections.abc import Mapping, Sequence

from graph_api.cli import citing, finding
from graph_api.cli.output import Answer, Cell, Column, Row, Table
from graph_api.domain.catalogue import PROPERTIES, Relation, ValueType
from graph_api.domain.claims import by_property
from graph_api.domain.paging import PageRequest
from graph_api.domain.query import HopQuery
from graph_api.domain.records import Citation, Claim, Entity, Hop, Source
from graph_api.store.base import Store

_BOUNDS = {"ABOUT": "about ", "AT_LEAST": "at least ", "AT_MOST": "at most "}


async def page_of(store: Store, text: str, limit: int) -> Answer:
    """Return the page of the entity or source that a text names."""
    source = await finding.source(store, text)
    if source is not None:
        return _source_page(source)
    entity = await finding.entity(store, text)
    (claims,) = await store.claims([entity.id])
    groups, counts = await _relationships(store, entity, limit)
    hops = [hop for group in groups for hop in group]
    cited = dict(
        zip((h.relationship.id for h in hops), await store.citations([h.relationship.id for h in hops]), strict=True)
    )
    names = await _names_of(store, claims, hops)
    sources = await citing.sources_of(
        store, [c for claim in claims for c in claim.citations] + [c for cs in cited.values() for c in cs]
    )
    (aliases,), (external,) = await store.aliases([entity.id]), await store.external_ids([entity.id])

    data: dict[str, object] = {
        "id": entity.id,
        "kind": entity.kind.value,
        "slug": entity.slug,
        "name": entity.name,
        "aliases": list(aliases),
        "external_ids": [f"{scheme}:{value}" for scheme, value in external],
        "values": {name: list(value) if isinstance(value, tuple) else value for name, value in entity.values.items()},
        "claims": [_claim_data(claim, names, sources) for claim in claims],
        "relationships": [_hop_data(hop, names, cited[hop.relationship.id], sources) for hop in hops],
        "relationship_counts": counts,
    }
    facts = _facts(claims, names, sources)
    tables = [facts, *(_hop_table(g, counts, names, cited, sources) for g in groups if g), citing.source_table(sources)]
    everything = [*facts.rows, *(_csv_hop(hop, names, cited[hop.relationship.id], sources) for hop in hops)]
    heading = [entity.name, f"{finding.reference(entity)} · id {entity.id}"]
    heading += [f"also called: {', '.join(aliases)}"] if aliases else []
    heading += [f"elsewhere: {', '.join(f'{scheme}:{value}' for scheme, value in external)}"] if external else []
    return Answer(tables, data, heading, Table(_FACT_COLUMNS, everything))


_FACT_COLUMNS = (
    Column("property", "fact", "cyan"),
    Column("value", "value"),
    Column("qualifiers", "where"),
    Column("standing", "standing", "yellow"),
    Column("citations", "source", "dim"),
)


async def _relationships(store: Store, entity: Entity, limit: int) -> tuple[list[list[Hop]], dict[str, int]]:
    """Return the relationships by relation and direction, and how many there are of each."""
    (neighbours,) = await store.neighbor_counts([entity.id])
    relations = [relation for relation in Relation if any(n.relation is relation for n in neighbours)]
    counts: dict[str, int] = {}
    for n in neighbours:
        counts[_heading(n.relation, n.outgoing)] = counts.get(_heading(n.relation, n.outgoing), 0) + n.count
    groups: list[list[Hop]] = []
    for relation in relations:
        (page,) = await store.hops([entity.id], HopQuery((relation,), page=PageRequest(size=limit)))
        groups += [[hop for hop in page.items if hop.outgoing is way] for way in (True, False)]
    return groups, counts


def _heading(relation: Relation, outgoing: bool) -> str:
    return f"{relation.value} {'→' if outgoing else '←'}"


async def _names_of(store: Store, claims: Sequence[Claim], hops: Sequence[Hop]) -> dict[str, Entity]:
    """Return the entities that values and qualifiers name by id."""
    ids = {claim.entity for claim in claims if claim.entity}
    ids |= {value for claim in claims for value in claim.qualifiers.values()}
    ids |= {value for hop in hops for value in hop.relationship.properties.values() if isinstance(value, str)}
    found = await store.entities(sorted(id_ for id_ in ids if _is_entity(id_)))
    return {item.id: item for item in found if item}


def _is_entity(text: str) -> bool:
    from graph_api.domain.ids import decode
    from graph_api.errors import BadId

    try:
        return decode(text).kind is not None
    except BadId:
        return False


def _named(value: str, names: Mapping[str, Entity]) -> str:
    return finding.reference(names[value]) if value in names else value


def claim_text(claim: Claim, names: Mapping[str, Entity]) -> str:
    """Return what a claim says, as people write it: "about 36 min"."""
    if claim.entity:
        return _named(claim.entity, names)
    bound = _BOUNDS.get(claim.bound.value, "") if claim.bound else ""
    prop = PROPERTIES.get(claim.property)
    is_number = prop is not None and prop.type is ValueType.NUMBER
    unit = f" {claim.unit}" if claim.unit and is_number and not (claim.value or "").endswith(claim.unit) else ""
    return f"{bound}{claim.value}{unit}"


def _standing(rank: str, certainty: str, reason: str | None, asserted_by: str | None) -> str:
    parts = [word.lower() for word in (rank, certainty) if word not in ("NORMAL", "STATED")]
    parts += [f"since {reason}"] if reason else []
    parts += [f"says {asserted_by}"] if asserted_by else []
    return ", ".join(parts)


def _facts(claims: Sequence[Claim], names: Mapping[str, Entity], sources: Mapping[str, Source]) -> Table:
    rows: list[Row] = []
    for name, group in by_property(claims).items():
        rows += [
            {
                "property": name,
                "value": claim_text(claim, names),
                "qualifiers": ", ".join(f"{q} {_named(v, names)}" for q, v in sorted(claim.qualifiers.items())),
                "standing": _standing(claim.rank.value, claim.certainty.value, claim.reason, claim.asserted_by),
                "citations": citing.short(claim.citations, sources),
            }
            for claim in group
        ]
    return Table(_FACT_COLUMNS, rows, "Facts")


def _claim_data(claim: Claim, names: Mapping[str, Entity], sources: Mapping[str, Source]) -> dict[str, object]:
    return {
        "id": claim.id,
        "property": claim.property,
        "value": claim.value,
        "number": claim.number,
        "unit": claim.unit,
        "bound": claim.bound.value if claim.bound else None,
        "entity": _named(claim.entity, names) if claim.entity else None,
        "qualifiers": {name: _named(value, names) for name, value in claim.qualifiers.items()},
        "rank": claim.rank.value,
        "certainty": claim.certainty.value,
        "reason": claim.reason,
        "asserted_by": claim.asserted_by,
        "citations": citing.as_data(claim.citations, sources),
    }


def _properties(hop: Hop, names: Mapping[str, Entity]) -> dict[str, Cell]:
    return {n: _named(v, names) if isinstance(v, str) else v for n, v in hop.relationship.properties.items()}


def _details(hop: Hop, names: Mapping[str, Entity]) -> str:
    return ", ".join(f"{name} {value}" for name, value in _properties(hop, names).items())


def _hop_data(
    hop: Hop, names: Mapping[str, Entity], cited: Sequence[Citation], sources: Mapping[str, Source]
) -> dict[str, object]:
    tie = hop.relationship
    return {
        "id": tie.id,
        "type": tie.type.value,
        "direction": "OUT" if hop.outgoing else "IN",
        "entity": finding.reference(hop.entity),
        "name": hop.entity.name,
        "properties": _properties(hop, names),
        "rank": tie.rank.value,
        "certainty": tie.certainty.value,
        "reason": tie.reason,
        "asserted_by": tie.asserted_by,
        "citations": citing.as_data(cited, sources),
    }


def _hop_row(hop: Hop, names: Mapping[str, Entity], cited: Sequence[Citation], sources: Mapping[str, Source]) -> Row:
    tie = hop.relationship
    return {
        "name": hop.entity.name,
        "entity": finding.reference(hop.entity),
        "details": _details(hop, names),
        "standing": _standing(tie.rank.value, tie.certainty.value, tie.reason, tie.asserted_by),
        "citations": citing.short(cited, sources),
    }


def _csv_hop(hop: Hop, names: Mapping[str, Entity], cited: Sequence[Citation], sources: Mapping[str, Source]) -> Row:
    row = _hop_row(hop, names, cited, sources)
    heading = _heading(hop.relationship.type, hop.outgoing)
    return {**row, "property": heading, "value": row["entity"], "qualifiers": row["details"]}


def _hop_table(
    group: Sequence[Hop],
    counts: Mapping[str, int],
    names: Mapping[str, Entity],
    cited: Mapping[str, Sequence[Citation]],
    sources: Mapping[str, Source],
) -> Table:
    columns = (
        Column("name", "name"),
        Column("entity", "entity", "cyan"),
        Column("details", "how"),
        Column("standing", "standing", "yellow"),
        Column("citations", "source", "dim"),
    )
    heading = _heading(group[0].relationship.type, group[0].outgoing)
    rows = [_hop_row(hop, names, cited[hop.relationship.id], sources) for hop in group]
    more = counts.get(heading, len(rows)) - len(rows)
    return Table(columns, rows, heading, f"{more} more; --limit shows them" if more > 0 else "")


def _source_page(source: Source) -> Answer:
    data = {name: getattr(source, name) for name in ("id", "slug", "title", "kind", "publisher", "url")}
    data |= {name: getattr(source, name) for name in ("published_on", "retrieved_on", "licence")}
    rows = [{"property": name, "value": value} for name, value in data.items() if value]
    columns = (Column("property", "field", "cyan"), Column("value", "value"))
    return Answer([Table(columns, rows)], data, [source.title])
