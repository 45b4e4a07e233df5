"""Analyses of the graph as it was at an earlier revision, and of undisputed facts, over GraphQL."""

from typing import Any

from graph_api.domain.catalogue import Kind
from graph_api.domain.ids import entity_id, source_id
from graph_api.store.base import Store
from tests.schema.asking import error_of
from tests.store.items import IMPERIA, MARCEL
from tests.writing.conftest import Run, Write

CITED = [{"source": source_id("list"), "locator": "row 7"}]
RANKS = """query ($projection: ProjectionInput, $with: ProjectionInput!) {
  compareCentrality(measure: STRENGTH, projection: $projection, with: $with) {
    before { run { graphRevision parameters nodes } } after { run { nodes } }
    changes { risen before { rank score } after { rank score } entity { id name slug } } } }"""


async def _compare(run: Run, **projections: dict[str, Any]) -> dict[str, Any]:
    answer = await run(RANKS, projections)
    assert not answer.errors, answer.errors
    assert answer.data
    found: dict[str, Any] = answer.data["compareCentrality"]
    return found


async def _grown(write: Write) -> None:
    """Revision 2: Ada and Bea join Marcel in his film; revision 3: Bea and Ada make one of their own; 4: Bea goes."""
    people = [{"ref": n, "kind": "PERSON", "slug": n, "name": n.title(), "citations": CITED} for n in ("ada", "bea")]
    credits_ = [
        {"type": "CREDITED_ON", "from": f"ref:{n}", "to": IMPERIA, "properties": {"role": "CAST"}, "citations": CITED}
        for n in ("ada", "bea")
    ]
    assert (await write(entities=people, relationships=credits_))["revision"] == "2"
    cube = {"ref": "cube", "kind": "FILM", "slug": "cube", "name": "Cube", "citations": CITED}
    own = [
        {
            "type": "CREDITED_ON",
            "from": entity_id(Kind.PERSON, n),
            "to": "ref:cube",
            "properties": {"role": "CAST"},
            "citations": CITED,
        }
        for n in ("ada", "bea")
    ]
    assert (await write(entities=[cube], relationships=own))["revision"] == "3"
    assert (await write(remove=[entity_id(Kind.PERSON, "bea")]))["revision"] == "4"


async def test_ranks_of_two_revisions_are_compared(run: Run, write: Write) -> None:
    await _grown(write)
    found = await _compare(run, projection={"revision": "2"}, **{"with": {"revision": "3"}})
    assert (found["before"]["run"]["nodes"], found["after"]["run"]["nodes"]) == (3, 3)
    assert found["before"]["run"]["graphRevision"] == "4"
    assert found["before"]["run"]["parameters"]["projection"]["revision"] == 2
    moved = {c["entity"]["slug"]: (c["before"]["score"], c["after"]["score"], c["risen"]) for c in found["changes"]}
    assert moved == {"ada": (2.0, 3.0, 0), "bea": (2.0, 3.0, 0), "marcel-barsotti": (2.0, 2.0, -2)}
    now = await _compare(run, projection={"revision": "3"}, **{"with": {}})
    lost = {c["entity"]["slug"]: c["after"] for c in now["changes"]}
    assert lost["bea"] is None  # and yet she is told of, by her slug
    assert lost["ada"] == {"rank": 1, "score": 1.0}
    first = await _compare(run, projection={"revision": "1"}, **{"with": {"revision": "4"}})
    assert (first["before"]["run"]["nodes"], first["after"]["run"]["nodes"]) == (1, 2)


async def test_paths_and_labels_are_of_the_revision_too(run: Run, write: Write) -> None:
    await _grown(write)
    paths = """query ($to: ID!, $from: ID!) {
      collaborationPaths(from: $from, to: $to, projection: {revision: "3"}) {
        cost people { slug } ties { films { slug } credits { id } } }
      mixing(by: ROLE, projection: {revision: "3"}) { ties labels { value } } }"""
    answer = await run(paths, {"from": entity_id(Kind.PERSON, "ada"), "to": MARCEL})
    assert answer.data
    assert answer.data["collaborationPaths"][0]["cost"] == 1.0
    assert answer.data["mixing"] == {"ties": 3, "labels": [{"value": "CAST"}, {"value": "DIRECTOR"}]}


async def test_a_revision_that_can_not_be_had_is_refused(run: Run, store: Store) -> None:
    for revision, code in (("7", "BAD_INPUT"), ("0", "NOT_FOUND"), ("-1", "BAD_INPUT"), ("now", "BAD_INPUT")):
        answer = await run(RANKS, {"projection": {"revision": revision}, "with": {}})
        assert error_of(answer).extensions["code"] == code, revision
    assert await store.revision() == 1


async def test_all_facts_stand_beside_those_cited_and_undisputed(run: Run, write: Write) -> None:
    await _grown(write)
    same = await _compare(run, **{"with": {"citedOnly": True, "undisputed": True}})
    assert (same["before"]["run"]["nodes"], same["after"]["run"]["nodes"]) == (2, 2)
    rival = {"subject": IMPERIA, "property": "runtime", "number": 40, "unit": "min", "citations": CITED}
    await write(claims=[rival])
    found = await _compare(run, **{"with": {"citedOnly": True, "undisputed": True}})
    assert (found["before"]["run"]["nodes"], found["after"]["run"]["nodes"]) == (2, 1)
    beside = {c["entity"]["slug"]: (c["before"]["score"], c["after"] and c["after"]["score"]) for c in found["changes"]}
    assert beside == {"ada": (1.0, 0.0), "marcel-barsotti": (1.0, None)}
