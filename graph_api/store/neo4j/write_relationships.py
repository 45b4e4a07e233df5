"""Relationships as a change brings them, checked against the catalogue."""

from collections.abc import Iterable, Sequence

from graph_api.domain.catalogue import Relation
from graph_api.domain.checks import RELATION_PLANS, RelationPlan, check_relationship
from graph_api.domain.merging import renamed_relationship
from graph_api.domain.records import Relationship, RelationshipRow
from graph_api.store.neo4j.citing import from_lists, to_lists
from graph_api.store.neo4j.session import Session
from graph_api.store.neo4j.write_facts import Brought, Stored, merge_records, without_missing

_BOOKKEEPING = ("id", "generation", "citations", "datasets")
_SELECT = {
    relation: f"""
UNWIND $ids AS id MATCH ()-[r:{relation.value} {{generation: $g, id: id}}]->() RETURN properties(r)"""
    for relation in Relation
}
CREATE_RELATIONSHIP = """
UNWIND $rows AS row
MATCH (a:FilmGraph {generation: $g, id: row[0]})
MATCH (b:FilmGraph {generation: $g, id: row[1]})
CREATE (a)-[r:$(row[2])]->(b) SET r = row[3], r.generation = $g"""
UPDATE_RELATIONSHIP = {
    relation: f"""
UNWIND $rows AS row
MATCH ()-[r:{relation.value} {{generation: $g, id: row.id}}]->() SET r = row, r.generation = $g"""
    for relation in Relation
}


def relationship_facts(r: Relationship) -> dict[str, object]:
    """Return what a relationship states, as properties."""
    return without_missing(
        (
            ("rank", r.rank.value),
            ("certainty", r.certainty.value),
            ("reason", r.reason),
            ("assertedBy", r.asserted_by),
            *r.properties.items(),
        )
    )


def _brought(s: Session, plan: RelationPlan, index: int, row: RelationshipRow) -> Brought:
    r = row.relationship
    if s.entities.merged:
        r = renamed_relationship(r, s.entities.merged)
    check_relationship(plan, r, s.entities.kind)
    ends = (s.entities.get(r.source) or r.source, s.entities.get(r.target) or r.target)
    return Brought(index, r.id, relationship_facts(r), s.cited(row.citations), ends)


def read_stored(s: Session, relation: Relation, ids: Iterable[str]) -> dict[str, Stored]:
    """Return relationships of one type as the graph holds them."""
    wanted = list(ids)
    if not wanted:
        return {}
    found = (row[0] for row in s.work.read(_SELECT[relation], ids=wanted))
    return {
        p["id"]: Stored(
            {name: value for name, value in p.items() if name not in _BOOKKEEPING},
            from_lists(p["citations"], p["datasets"]),
        )
        for p in found
    }


def to_properties(id_: str, stored: Stored) -> dict[str, object]:
    """Return the properties of a relationship, but for its generation."""
    citations, datasets = to_lists(stored.cited)
    return {**stored.facts, "id": id_, "citations": citations, "datasets": datasets}


def write_relationships(s: Session, items: Sequence[tuple[int, RelationshipRow]]) -> None:
    """Write a batch's relationships, given with their index in the batch."""
    wanted: set[str] = set()
    groups: dict[Relation, list[tuple[int, RelationshipRow]]] = {}
    for item in items:
        r = item[1].relationship
        wanted.add(r.source)
        wanted.add(r.target)
        groups.setdefault(r.type, []).append(item)
        for prop in RELATION_PLANS[r.type].entities:
            if prop.name in r.properties:
                wanted.add(str(r.properties[prop.name]))
    s.entities.load(wanted)
    s.sources.load({citation.source for _, row in items for citation in row.citations})
    new: list[list[object]] = []
    for relation, group in groups.items():
        plan = RELATION_PLANS[relation]
        records: list[Brought] = []
        for index, row in group:
            try:
                records.append(_brought(s, plan, index, row))
            except ValueError as error:
                s.problem(index, str(error))
        known = read_stored(s, relation, s.stored(s.relationship, (record.id for record in records)))
        created, updated, touched = merge_records(s, s.relationship, known, records)
        ends = {record.id: record.touched for record in records}
        new += [[*ends[id_], relation.value, to_properties(id_, stored)] for id_, stored in created.items()]
        s.work.write(UPDATE_RELATIONSHIP[relation], [to_properties(id_, stored) for id_, stored in updated.items()])
        s.ends.update(touched)
    s.work.write(CREATE_RELATIONSHIP, new)
