"""Claims as a change brings them, checked against the catalogue."""

from collections.abc import Sequence

import orjson

from graph_api.domain.changes import entities_of
from graph_api.domain.checks import check_claim
from graph_api.domain.merging import renamed_claim
from graph_api.domain.records import Claim
from graph_api.store.embedded.session import Session
from graph_api.store.embedded.write_entities import source_keys
from graph_api.store.embedded.write_facts import Record, Shape, write_records

CLAIMS = Shape(
    "claim",
    ("subject_key", "property", "value", "number", "unit", "entity_key", "qualifiers"),
    ("bound", "rank", "certainty", "reason", "asserted_by"),
)


def _record(s: Session, index: int, claim: Claim) -> Record:
    if s.entities.merged:
        claim = renamed_claim(claim, s.entities.merged)
    number, bound = check_claim(claim, s.entities.kind)
    subject = s.entities.key(claim.subject)
    entity = None if claim.entity is None else s.entities.key(claim.entity)
    qualifiers = orjson.dumps(dict(claim.qualifiers), option=orjson.OPT_SORT_KEYS).decode()
    return Record(
        index,
        claim.id,
        (subject, claim.property, claim.value, number, claim.unit, entity, qualifiers),
        (bound and bound.value, claim.rank.value, claim.certainty.value, claim.reason, claim.asserted_by),
        source_keys(s, claim.citations),
        (subject,),
    )


def write_claims(s: Session, items: Sequence[tuple[int, Claim]]) -> None:
    """Write a batch's claims, given with their index in the batch."""
    s.entities.load(entities_of(items))
    s.sources.load({citation.source for _, claim in items for citation in claim.citations})
    records: list[Record] = []
    for index, claim in items:
        try:
            records.append(_record(s, index, claim))
        except ValueError as error:
            s.problem(index, str(error))
    s.dirty.update(write_records(s, CLAIMS, s.claim, records))
