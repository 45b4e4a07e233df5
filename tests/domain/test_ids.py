import base64
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_api.domain import ids
from graph_api.domain.catalogue import Kind, Relation
from graph_api.errors import BadId


def test_an_entity_is_kind_and_slug() -> None:
    node = ids.entity_id(Kind.FILM, "imperia")
    assert base64.urlsafe_b64decode(node + "==") == b"Film:imperia"
    assert ids.decode(node) == ("Film", "imperia")
    assert ids.decode(node).kind is Kind.FILM
    assert ids.decode(ids.source_id("a-source")) == ("Source", "a-source")
    assert ids.decode(ids.source_id("a-source")).kind is None


def test_every_kind_has_ids_of_its_own() -> None:
    assert len({ids.entity_id(kind, "x") for kind in Kind}) == len(Kind)


def test_a_relationship_is_known_by_what_distinguishes_it() -> None:
    a, b = ids.entity_id(Kind.PERSON, "a"), ids.entity_id(Kind.FILM, "b")
    plain = ids.relationship_id(Relation.CREDITED_ON, a, b, [("role", "DIRECTOR")])
    assert plain == ids.relationship_id(Relation.CREDITED_ON, a, b, [("role", "DIRECTOR")])
    others = {
        ids.relationship_id(Relation.CREDITED_ON, a, b, [("role", "WRITER")]),
        ids.relationship_id(Relation.CREDITED_ON, a, b, [("role", "DIRECTOR"), ("job", "Second")]),
        ids.relationship_id(Relation.CREDITED_ON, b, a, [("role", "DIRECTOR")]),
        ids.relationship_id(Relation.PARTICIPATED_IN, a, b, [("role", "DIRECTOR")]),
    }
    assert plain not in others
    assert len(others) == 4
    assert ids.relationship_id(Relation.CREDITED_ON, a, b, [("role", "X"), ("job", "Y")]) == ids.relationship_id(
        Relation.CREDITED_ON, a, b, [("job", "Y"), ("role", "X")]
    )
    assert ids.decode(plain) == ("R", plain)


def test_a_claim_says_where_it_is_found() -> None:
    subject = ids.entity_id(Kind.FILM, "imperia")
    claim = ids.claim_id(subject, "runtime", "36", "min", None, {"asOf": "2025"})
    key = ids.decode_claim(ids.decode(claim))
    assert (key.subject, key.property) == (subject, "runtime")
    assert claim != ids.claim_id(subject, "runtime", "36", "min", None, {})
    assert claim != ids.claim_id(subject, "runtime", "35", "min", None, {"asOf": "2025"})


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "!!!!",
        "RmlsbTo",
        _b64(b"Film:"),
        _b64(b"Film"),
        _b64(b"Nothing:x"),
        _b64(b":x"),
        _b64(b"Film:\xff"),
        "é",
        " " * 50,
        _b64(b"R:short"),
    ],
)
def test_what_is_no_id_is_refused(text: str) -> None:
    with pytest.raises(BadId) as error:
        ids.decode(text)
    assert error.value.code == "BAD_ID"


def test_an_id_has_one_spelling() -> None:
    node = ids.entity_id(Kind.FILM, "imperia")
    relationship = ids.relationship_id(Relation.SAID, "a", "b", [])
    for other in (relationship + "\n", relationship + "=", "?" + relationship):
        with pytest.raises(BadId):
            ids.decode(other)
    for other in (node + "=", node + "==", node + "\n", node[:-1]):
        with pytest.raises(BadId):
            ids.decode(other)


@given(st.text())
def test_no_text_does_harm(text: str) -> None:
    with contextlib.suppress(BadId):
        assert ids.decode(text).key
