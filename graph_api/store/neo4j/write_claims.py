"""Claims as a change brings them, checked against the catalogue."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from graph_api.domain.catalogue import NumberBound
from graph_api.domain.changes import entities_of
from graph_api.domain.checks import check_claim
from graph_api.domain.merging import renamed_claim
from graph_api.domain.records import Claim
from graph_api.store.neo4j.session import Session
from graph_api.store.neo4j.write_facts import Brought, Cited, Stored, merge_records, without_missing

_SELECT = """
UNWIND $ids AS id MATCH (c:FilmGraph:Claim {generation: $g, id: id})
RETURN properties(c), [(c)-[x:CITES]->(s) | [s.id, x.locator, x.datasets]]"""
CREATE_CLAIM = """
UNWIND $rows AS row
MATCH (n:FilmGraph {generation: $g, id: row[0]})
CREATE (c:Claim:FilmGraph)-[:ABOUT_SUBJECT]->(n) SET c = row[1], c.generation = $g"""
CREATE_VALUE = """
UNWIND $rows AS row
MATCH (c:FilmGraph {generation: $g, id: row[0]})
MATCH (n:FilmGraph {generation: $g, id: row[1]})
CREATE (c)-[:HAS_VALUE]->(n)"""
_UPDATE = """
UNWIND $rows AS row MATCH (c:FilmGraph:Claim {generation: $g, id: row.id}) SET c = row, c.generation = $g"""
CREATE_CITATION = """
UNWIND $rows AS row
MATCH (c:FilmGraph {generation: $g, id: row[0]})
MATCH (s:FilmGraph {generation: $g, id: row[1]})
CREATE (c)-[:CITES {locator: row[2], datasets: row[3]}]->(s)"""
DELETE_CITATIONS = """
UNWIND $rows AS row MATCH (c:FilmGraph:Claim {generation: $g, id: row})-[x:CITES]->() DELETE x"""


def claim_facts(claim: Claim, number: float | None, bound: NumberBound | None) -> dict[str, object]:
    """Return the properties of a claim's node, but for its id and generation."""
    return without_missing(
        (
            ("property", claim.property),
            ("value", claim.value),
            ("number", number),
            ("unit", claim.unit),
            ("bound", bound and bound.value),
            ("rank", claim.rank.value),
            ("certainty", claim.certainty.value),
            ("reason", claim.reason),
            ("assertedBy", claim.asserted_by),
            *claim.qualifiers.items(),
        )
    )


def _brought(s: Session, index: int, claim: Claim) -> Brought:
    number, bound = check_claim(claim, s.entities.kind)
    facts = claim_facts(claim, number, bound)
    subject = s.entities.get(claim.subject) or claim.subject
    return Brought(index, claim.id, facts, s.cited(claim.citations), (subject,))


def read_stored(s: Session, ids: Iterable[str]) -> dict[str, Stored]:
    """Return claims as the graph holds them."""
    wanted = list(ids)
    rows = s.work.read(_SELECT, ids=wanted) if wanted else []
    return {found["id"]: Stored(_facts(found), _cited(places)) for found, places in rows}


def _facts(properties: Mapping[str, Any]) -> dict[str, object]:
    return {name: value for name, value in properties.items() if name not in ("id", "generation")}


def _cited(places: Iterable[tuple[str, str, list[str]]]) -> Cited:
    return {(source, locator): set(datasets) for source, locator, datasets in places}


def write_claims(s: Session, items: Sequence[tuple[int, Claim]]) -> None:
    """Write a batch's claims, given with their index in the batch."""
    s.entities.load(entities_of(items))
    s.sources.load({citation.source for _, claim in items for citation in claim.citations})
    if s.entities.merged:
        items = [(index, renamed_claim(claim, s.entities.merged)) for index, claim in items]
    records: list[Brought] = []
    for index, claim in items:
        try:
            records.append(_brought(s, index, claim))
        except ValueError as error:
            s.problem(index, str(error))
    known = read_stored(s, s.stored(s.claim, (record.id for record in records)))
    created, updated, touched = merge_records(s, s.claim, known, records)
    subjects = {record.id: record.touched[0] for record in records}
    values = {claim.id: s.entities.get(claim.entity) for _, claim in items if claim.entity is not None}
    s.work.write(CREATE_CLAIM, [[subjects[id_], {"id": id_, **stored.facts}] for id_, stored in created.items()])
    s.work.write(CREATE_VALUE, [[id_, values[id_]] for id_ in created if id_ in values])
    replace_claims(s, updated)
    s.work.write(CREATE_CITATION, list(_citation_rows(created)))
    s.dirty.update(touched)


def replace_claims(s: Session, claims: Mapping[str, Stored]) -> None:
    """Write the facts and citations of claims that are there."""
    s.work.write(_UPDATE, [{"id": id_, **stored.facts} for id_, stored in claims.items()])
    s.work.write(DELETE_CITATIONS, list(claims))
    s.work.write(CREATE_CITATION, list(_citation_rows(claims)))


def _citation_rows(claims: Mapping[str, Stored]) -> Iterator[list[object]]:
    for id_, stored in claims.items():
        for (source, locator), datasets in stored.cited.items():
            yield [id_, source, locator, sorted(datasets)]
