"""Change sets over GraphQL: what they make, what they refuse and where, and that it is all or nothing."""

import asyncio
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph_api.domain.access import NOBODY, Access, Scope
from graph_api.domain.catalogue import ClaimRank, Kind, Relation
from graph_api.domain.ids import claim_id, entity_id, relationship_id, source_id
from graph_api.domain.query import ClaimQuery
from graph_api.errors import FilmGraphError
from graph_api.store.base import Store
from tests.schema.asking import error_of
from tests.store.items import IMPERIA, MARCEL, credit
from tests.writing.conftest import APPLY, Run, Write

LIST = source_id("list")
CITED = [{"source": LIST, "locator": "row 7"}]


def errors(payload: dict[str, Any]) -> list[tuple[str, str]]:
    assert payload["applied"] is False
    assert (payload["created"], payload["updated"], payload["removed"]) == ([], [], [])
    return [(".".join(error["path"]), error["code"]) for error in payload["errors"]]


async def test_sources_and_entities_of_a_change_set_are_used_in_it(write: Write, store: Store, run: Run) -> None:
    place = {"source": "ref:wire", "locator": "paragraph 3"}
    payload = await write(
        sources=[{"ref": "wire", "title": "The Wire: a story", "kind": "article", "publishedOn": "2025-07"}],
        entities=[
            {
                "ref": "cube",
                "kind": "FILM",
                "name": "Cube · 立方体",
                "aliases": ["The Cube"],
                "externalIds": [{"scheme": "imdb", "value": "tt1"}],
                "properties": {"year": 2025, "runtime": "91 min", "genres": ["drama", "noir"], "synopsis": None},
                "citations": [place],
            },
            {"ref": "ada", "kind": "PERSON", "slug": "ada-s", "name": "Ada", "citations": [place]},
        ],
        relationships=[
            {
                "type": "CREDITED_ON",
                "from": "ref:ada",
                "to": "ref:cube",
                "properties": {"role": "DIRECTOR", "order": 0},
                "citations": [place],
            },
            {"type": "CREDITED_ON", "from": MARCEL, "to": "ref:cube", "properties": {"role": "COMPOSER"},
             "citations": [place, {"source": LIST, "locator": "row 9"}]},
        ],
        claims=[
            {"subject": "ref:cube", "property": "budget", "number": 500, "unit": "USD", "bound": "ABOUT",
             "qualifiers": {"asOf": "2025-07"}, "assertedBy": "a producer", "citations": [place]},
            {"subject": "ref:ada", "property": "differentFrom", "entity": MARCEL, "citations": [place]},
        ],
    )  # fmt: skip
    assert payload["errors"] == []
    assert (payload["applied"], payload["revision"]) == (True, "2")
    wire, cube = source_id("the-wire-a-story"), entity_id(Kind.FILM, "cube-lifangti")
    assert {node["__typename"] for node in payload["created"]} == {"Source", "Film", "Person", "Relationship", "Claim"}
    assert {wire, cube, entity_id(Kind.PERSON, "ada-s")} <= {node["id"] for node in payload["created"]}
    assert payload["removed"] == []
    answer = await run("""{ film(slug: "cube-lifangti") {
      title year runtimeMinutes genres aliases externalIds { scheme value }
      credits { nodes { role person { name } citations { locator source { title publishedOn } } } }
      claims(property: "budget") { value unit bound assertedBy qualifiers { property value } } } }""")
    assert answer.errors is None
    assert answer.data == {"film": {
        "title": "Cube · 立方体", "year": 2025, "runtimeMinutes": 91.0, "genres": ["drama", "noir"],
        "aliases": ["The Cube"],
        "externalIds": [{"scheme": "imdb", "value": "tt1"}],
        "credits": {"nodes": [
            {"role": "DIRECTOR", "person": {"name": "Ada"}, "citations": [
                {"locator": "paragraph 3", "source": {"title": "The Wire: a story", "publishedOn": "2025-07"}}]},
            {"role": "COMPOSER", "person": {"name": "Marcel Barsotti"}, "citations": [
                {"locator": "row 9", "source": {"title": "List", "publishedOn": "2025-06-01"}},
                {"locator": "paragraph 3", "source": {"title": "The Wire: a story", "publishedOn": "2025-07"}}]},
        ]},
        "claims": [{"value": "500", "unit": "USD", "bound": "ABOUT", "assertedBy": "a producer",
                    "qualifiers": [{"property": "asOf", "value": "2025-07"}]}],
    }}  # fmt: skip
    assert await store.check_integrity() == []
    (change,) = await store.changes(1, 1)
    assert (change.actor, len(change.created)) == ("ed", 7)


async def test_every_fault_is_told_with_its_place_and_nothing_is_applied(write: Write, store: Store) -> None:
    before = await store.graph_hash()
    film = {"kind": "FILM", "name": "Cube", "citations": CITED}
    payload = await write(
        sources=[{"title": "Fine", "kind": "article"}, {"title": "···", "kind": "article"}],
        entities=[
            film | {"citations": []},
            film | {"slug": "Not A Slug"},
            film | {"slug": "imperia"},
            film | {"slug": "a", "properties": {"runtime": "long", "colour": "red", "sameAs": IMPERIA}},
            film | {"slug": "b", "citations": [{"source": source_id("nope"), "locator": "x"}, *CITED]},
            film | {"id": MARCEL},
            film | {"id": entity_id(Kind.FILM, "nope")},
        ],
        relationships=[
            {"type": "CREDITED_ON", "from": "nonsense", "to": "ref:what", "citations": CITED},
            {"type": "CREDITED_ON", "from": MARCEL, "to": IMPERIA, "properties": {"role": "KING", "hat": 1},
             "citations": [{"source": LIST, "locator": " "}]},
        ],
        claims=[
            {"subject": IMPERIA, "property": "speed", "value": "1", "citations": CITED},
            {"subject": IMPERIA, "property": "budget", "number": 5, "citations": CITED},
            {"subject": IMPERIA, "property": "runtime", "citations": CITED},
            {"subject": IMPERIA, "property": "runtime", "value": "5", "certainty": "INFERRED", "citations": CITED},
            {"subject": IMPERIA, "property": "runtime", "value": "5", "qualifiers": {"moon": "full"},
             "citations": CITED},
        ],
        remove=[entity_id(Kind.FILM, "nope"), "nonsense"],
    )  # fmt: skip
    assert sorted(errors(payload)) == [
        ("claims.0.property", "INVALID"),
        ("claims.1.number", "INVALID"),
        ("claims.2.value", "INVALID"),
        ("claims.3.reason", "INVALID"),
        ("claims.4.qualifiers.moon", "INVALID"),
        ("entities.0.citations", "INVALID"),
        ("entities.1.slug", "INVALID"),
        ("entities.2.slug", "CONFLICT"),
        ("entities.3.properties.colour", "INVALID"),
        ("entities.3.properties.runtime", "INVALID"),
        ("entities.3.properties.sameAs", "INVALID"),
        ("entities.4.citations.0", "NOT_FOUND"),
        ("entities.5.kind", "INVALID"),
        ("entities.6", "NOT_FOUND"),
        ("relationships.0.from", "NOT_FOUND"),
        ("relationships.0.properties.role", "INVALID"),
        ("relationships.0.to", "NOT_FOUND"),
        ("relationships.1.citations.0.locator", "INVALID"),
        ("relationships.1.properties.hat", "INVALID"),
        ("relationships.1.properties.role", "INVALID"),
        ("remove.0", "NOT_FOUND"),
        ("remove.1", "INVALID"),
        ("sources.1.slug", "INVALID"),
    ]
    assert (await store.revision(), await store.graph_hash()) == (1, before)


async def test_what_the_store_refuses_has_its_place_too(write: Write, store: Store) -> None:
    payload = await write(
        relationships=[
            {"type": "PRODUCED_BY", "from": IMPERIA, "to": MARCEL, "citations": CITED},
            {"type": "CREDITED_ON", "from": MARCEL, "to": IMPERIA, "citations": CITED},
        ],
        entities=[{"kind": "PERSON", "name": "Ada", "citations": CITED}],
    )
    assert errors(payload) == [
        ("relationships.0.to", "INVALID"),
        ("relationships.1.properties.role", "INVALID"),
    ]
    assert await store.entities([entity_id(Kind.PERSON, "ada")]) == [None]


async def test_what_names_look_up_what_is_said_and_what_the_store_holds_is_told_at_once(
    write: Write, store: Store
) -> None:
    before = await store.graph_hash()
    film = {"kind": "FILM", "citations": CITED}
    director = {"type": "CREDITED_ON", "properties": {"role": "DIRECTOR"}, "citations": CITED}
    payload = await write(
        sources=[
            {"ref": "odd", "title": "A\nB", "kind": " ", "url": "javascript:alert(1)"},
            {"ref": "fine", "title": "Fine", "kind": "news"},
        ],
        entities=[
            film | {"ref": "a", "name": "Cube", "citations": [{"source": "ref:odd", "locator": "1"}]},
            film | {"ref": "b", "name": "Cube"},
            film | {"ref": "c", "name": "C" * 600, "aliases": ["fine", ""], "properties": {"year": "soon"}},
            film | {"ref": "fine", "name": "Fine", "id": entity_id(Kind.FILM, "nope")},
        ],
        relationships=[
            director | {"from": MARCEL, "to": "ref:a"},  # sound, but for what it names
            director | {"from": MARCEL, "to": "ref:b"},
            director | {"from": "ref:c", "to": IMPERIA},
            director | {"from": MARCEL, "to": IMPERIA, "certainty": "INFERRED", "citations": []},
            {"type": "CREDITED_ON", "from": IMPERIA, "to": MARCEL, "citations": CITED},
            director | {"from": MARCEL, "to": "ref:fine", "rank": "PREFERRED"},
            director | {"from": MARCEL, "to": "ref:fine"},
        ],
        claims=[
            {"subject": "ref:a", "property": "runtime", "value": "5", "bound": "ABOUT", "citations": CITED},
            {"subject": "ref:a", "property": "runtime", "value": "5", "citations": CITED},
            {"subject": MARCEL, "property": "runtime", "value": "soon", "reason": "\x00", "citations": []},
            {"subject": "nonsense", "property": "speed", "entity": "ref:what", "qualifiers": [], "citations": CITED},
            {"subject": IMPERIA, "property": "sameAs", "entity": MARCEL, "citations": CITED},
        ],
        remove=[LIST, entity_id(Kind.FILM, "nope")],
        expectedRevision="7",
    )  # fmt: skip
    found = errors(payload)
    assert found == [
        ("expectedRevision", "CONFLICT"),
        ("sources.0.title", "INVALID"),
        ("sources.0.kind", "INVALID"),
        ("sources.0.url", "INVALID"),
        ("entities.1.slug", "INVALID"),
        ("entities.2.name", "INVALID"),
        ("entities.2.aliases", "INVALID"),
        ("entities.2.properties.year", "INVALID"),
        ("entities.3.ref", "INVALID"),
        ("entities.3", "NOT_FOUND"),
        ("relationships.3.citations", "INVALID"),
        ("relationships.3.reason", "INVALID"),
        ("relationships.4.from", "INVALID"),
        ("relationships.4.to", "INVALID"),
        ("relationships.4.properties.role", "INVALID"),
        ("relationships.5.to", "INVALID"),
        ("relationships.6.to", "INVALID"),
        ("claims.1", "INVALID"),  # contradicts the one before it: the store's own finding
        ("claims.2.property", "INVALID"),
        ("claims.2.citations", "INVALID"),
        ("claims.2.reason", "INVALID"),
        ("claims.3.subject", "NOT_FOUND"),
        ("claims.3.property", "INVALID"),
        ("claims.3.entity", "NOT_FOUND"),
        ("claims.3.qualifiers", "INVALID"),
        ("remove.0", "CONFLICT"),
        ("remove.1", "NOT_FOUND"),
    ]
    assert (payload["errorCount"], payload["items"]) == (len(found), [])
    assert (await store.revision(), await store.graph_hash()) == (1, before)


async def test_what_is_wrong_is_told_up_to_a_hundred_faults_and_counted_beyond(write: Write) -> None:
    long = "x" * 9_000
    claim = {"subject": IMPERIA, "property": "runtime", "value": "5", "qualifiers": {long: 1}, "citations": []}
    payload = await write(claims=[claim] * 80, relationships=[
        {"type": "CREDITED_ON", "from": long, "to": f"ref:{long}", "citations": []}] * 20)  # fmt: skip
    assert (len(payload["errors"]), payload["errorCount"]) == (100, 240)
    assert len(str(payload)) < 40_000


async def test_what_was_made_is_found_by_its_place_and_its_ref(write: Write) -> None:
    wanted: dict[str, Any] = {
        "sources": [{"ref": "w", "title": "Wire", "kind": "news"}],
        "entities": [
            {"kind": "PERSON", "name": "Zoe", "citations": [{"source": "ref:w", "locator": "1"}]},
            {"ref": "c", "kind": "FILM", "name": "Cube", "citations": [{"source": "ref:w", "locator": "1"}]},
            {"ref": "i", "id": IMPERIA, "kind": "FILM", "name": "Imperia", "citations": CITED},
        ],
        "relationships": [
            {"type": "CREDITED_ON", "from": MARCEL, "to": "ref:c", "properties": {"role": "EDITOR"}, "citations": CITED}
        ],
        "claims": [{"subject": "ref:i", "property": "runtime", "value": "40", "citations": CITED}],
    }
    cube = entity_id(Kind.FILM, "cube")
    made = [
        (["sources", "0"], "w", source_id("wire")),
        (["entities", "0"], None, entity_id(Kind.PERSON, "zoe")),
        (["entities", "1"], "c", cube),
        (["entities", "2"], "i", IMPERIA),
        (["relationships", "0"], None, relationship_id(Relation.CREDITED_ON, MARCEL, cube, [("role", "EDITOR")])),
        (["claims", "0"], None, claim_id(IMPERIA, "runtime", "40", "min", None, {})),
    ]
    for is_dry in (True, False):
        payload = await write(**wanted, dryRun=is_dry)
        assert [(item["path"], item["ref"], item["id"]) for item in payload["items"]] == made
        new = {node["id"] for node in payload["created"]}
        assert new == {id_ for _, _, id_ in made} - {IMPERIA}


async def test_a_name_that_is_taken_is_not_taken_twice(write: Write) -> None:
    imperia = {"kind": "FILM", "name": "IMPERIA", "citations": CITED}
    payload = await write(entities=[imperia])
    assert errors(payload) == [("entities.0.slug", "CONFLICT")]
    assert IMPERIA in payload["errors"][0]["message"]
    payload = await write(entities=[imperia | {"slug": "a"}, imperia | {"slug": "a"}])
    assert errors(payload) == [("entities.1.slug", "INVALID")]
    assert (await write(entities=[imperia | {"slug": "imperia-2031"}]))["applied"]


async def test_an_entity_that_is_there_gets_another_row(write: Write, store: Store) -> None:
    row = {"id": IMPERIA, "kind": "FILM", "name": "Imperia", "properties": {"runtime": 36, "languages": "German"}}
    payload = await write(entities=[row | {"citations": CITED}])
    assert [node["id"] for node in payload["updated"]] == [IMPERIA]
    assert payload["created"] == []
    assert len((await store.citations([IMPERIA]))[0]) == 2


async def test_a_dry_run_shows_what_would_be(write: Write, store: Store, run: Run) -> None:
    before = await store.graph_hash()
    wanted = {
        "sources": [{"ref": "w", "title": "Wire", "kind": "news"}],
        "entities": [{"ref": "c", "kind": "FILM", "name": "Cube", "citations": [{"source": "ref:w", "locator": "1"}]}],
        "relationships": [
            {"type": "CREDITED_ON", "from": MARCEL, "to": "ref:c", "properties": {"role": "EDITOR"}, "citations": CITED}
        ],
        "remove": [credit("marcel-barsotti", "imperia").relationship.id],
        "dryRun": True,
    }
    shown = """mutation ($input: ChangeSetInput!) { applyChanges(input: $input) { applied revision removed created {
      __typename ... on Film { title slug } ... on Source { title }
      ... on Relationship { from { name } to { name } properties citations { locator } } } } }"""
    answer = await run(shown, {"input": wanted})
    assert answer.errors is None
    assert answer.data is not None
    payload = answer.data["applyChanges"]
    assert (payload["applied"], payload["revision"], payload["removed"]) == (False, "1", wanted["remove"])
    assert {"__typename": "Film", "title": "Cube", "slug": "cube"} in payload["created"]
    (line,) = [node for node in payload["created"] if node["__typename"] == "Relationship"]
    assert (line["from"], line["to"]) == ({"name": "Marcel Barsotti"}, {"name": "Cube"})
    assert (await store.revision(), await store.graph_hash()) == (1, before)


async def test_a_change_made_for_another_revision_is_refused(write: Write) -> None:
    film = {"kind": "FILM", "name": "Cube", "citations": CITED}
    assert errors(await write(entities=[film], expectedRevision="7")) == [("expectedRevision", "CONFLICT")]
    assert errors(await write(entities=[film], expectedRevision="new")) == [("expectedRevision", "INVALID")]
    assert (await write(entities=[film], expectedRevision="1"))["revision"] == "2"


async def test_of_many_who_make_the_same_thing_one_does(write: Write, store: Store) -> None:
    film = {"kind": "FILM", "name": "Cube", "citations": CITED}
    payloads = await asyncio.gather(*(write(entities=[film]) for _ in range(4)))
    assert sorted(payload["applied"] for payload in payloads) == [False, False, False, True]
    assert await store.revision() == 2


async def test_removal(write: Write, store: Store) -> None:
    payload = await write(remove=[IMPERIA])
    assert set(payload["removed"]) == {IMPERIA, credit("marcel-barsotti", "imperia").relationship.id}
    assert errors(await write(remove=[IMPERIA])) == [("remove.0", "NOT_FOUND")]
    assert errors(await write(remove=[LIST])) == [("remove.0", "CONFLICT")]
    assert errors(await write(remove=[LIST, LIST, IMPERIA, "no id"])) == [
        ("remove.0", "CONFLICT"),
        ("remove.2", "NOT_FOUND"),
        ("remove.3", "INVALID"),
    ]
    ((claim, *_),) = await store.claims([MARCEL])
    assert errors(await write(remove=[claim.id])) == [("remove.0", "INVALID")]


async def test_ranks(run: Run, write: Write, store: Store) -> None:
    await write(claims=[{"subject": IMPERIA, "property": "runtime", "value": "40", "citations": CITED}])
    rank = "mutation ($id: ID!, $rank: ClaimRank!) { setClaimRank(id: $id, rank: $rank) { id rank value } }"
    (claims,) = await store.claims([IMPERIA], ClaimQuery("runtime"))
    ids = {claim.value: claim.id for claim in claims}
    for value, word, shown in (
        ("36", "PREFERRED", 36.0),
        ("36", "DEPRECATED", 40.0),
        ("40", "DEPRECATED", None),
        ("36", "NORMAL", 36.0),
    ):
        answer = await run(rank, {"id": ids[value], "rank": word})
        assert answer.errors is None
        assert answer.data == {"setClaimRank": {"id": ids[value], "rank": word, "value": value}}
        (film,) = await store.entities([IMPERIA])
        assert film is not None
        assert film.values.get("runtime") == shown
    unknown = claim_id(IMPERIA, "runtime", "41", "min", None, {})
    assert error_of(await run(rank, {"id": unknown, "rank": "NORMAL"})).code == "NOT_FOUND"


async def test_the_rank_of_a_claim_that_is_a_relationship(run: Run, store: Store) -> None:
    answer = await run('{ film(slug: "imperia") { claims(property: "director") { id rank } } }')
    assert answer.data
    (claim,) = answer.data["film"]["claims"]
    rank = "mutation ($id: ID!) { setClaimRank(id: $id, rank: DEPRECATED) { id rank } }"
    answer = await run(rank, {"id": claim["id"]})
    assert answer.errors is None
    assert answer.data == {"setClaimRank": {"id": claim["id"], "rank": "DEPRECATED"}}
    (line,) = await store.relationships([credit("marcel-barsotti", "imperia").relationship.id])
    assert line is not None
    assert line.rank is ClaimRank.DEPRECATED


async def test_merging(run: Run, write: Write) -> None:
    twin = {"kind": "PERSON", "name": "M. Barsotti", "citations": CITED}
    (node,) = (await write(entities=[twin]))["created"]
    merge = "mutation ($a: ID!, $b: ID!) { mergeEntities(keep: $a, merge: $b) { applied revision removed } }"
    answer = await run(merge, {"a": MARCEL, "b": node["id"]})
    assert answer.data == {"mergeEntities": {"applied": True, "revision": "3", "removed": [node["id"]]}}
    answer = await run("query ($id: ID!) { node(id: $id) { id ... on Person { aliases } } }", {"id": node["id"]})
    assert answer.data == {"node": {"id": MARCEL, "aliases": ["M. Barsotti"]}}
    assert errors(await write(remove=[node["id"]])) == [("remove.0", "INVALID")]
    assert error_of(await run(merge, {"a": MARCEL, "b": entity_id(Kind.PERSON, "x")})).code == "NOT_FOUND"


async def test_add_source(run: Run) -> None:
    add = """mutation ($title: String!) {
      addSource(title: $title, kind: "article", publishedOn: "2025-07-01") { id slug publishedOn } }"""
    answer = await run(add, {"title": "The Wire"})
    assert answer.data == {"addSource": {"id": source_id("the-wire"), "slug": "the-wire", "publishedOn": "2025-07-01"}}
    assert error_of(await run(add, {"title": "The Wire"})).code == "CONFLICT"
    assert error_of(await run(add, {"title": " "})).code == "BAD_INPUT"


@pytest.mark.parametrize(("access", "code"), [
    (NOBODY, "UNAUTHENTICATED"),
    (Access("reader", Scope.READ), "FORBIDDEN"),
    (Access("analyst", Scope.ANALYSE), "FORBIDDEN"),
])  # fmt: skip
async def test_nothing_is_written_without_the_scope(run: Run, store: Store, access: Access, code: str) -> None:
    (claim, *_) = (await store.claims([IMPERIA]))[0]
    for document, variables in (
        (APPLY, {"input": {"remove": [IMPERIA]}}),
        ('mutation { addSource(title: "x", kind: "y") { id } }', {}),
        (f'mutation {{ setClaimRank(id: "{claim.id}", rank: DEPRECATED) {{ id }} }}', {}),
        (f'mutation {{ mergeEntities(keep: "{MARCEL}", merge: "{MARCEL}") {{ applied }} }}', {}),
    ):
        assert error_of(await run(document, variables, access)).code == code
    assert await store.revision() == 1
    admin = await run('mutation { addSource(title: "x", kind: "y") { id } }', access=Access("root", Scope.ADMIN))
    assert admin.errors is None


ANY_TEXT = st.text(max_size=12) | st.sampled_from(
    [IMPERIA, MARCEL, LIST, "ref:a", "ref:b", "36 min", "2025", "runtime"]
)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 2**40) | st.floats(allow_nan=False, allow_infinity=False) | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)
OBJECTS = st.dictionaries(ANY_TEXT | st.sampled_from(["role", "year", "genres", "place", "asOf"]), ANY_JSON, max_size=3)
CITATIONS = st.lists(st.fixed_dictionaries({"source": ANY_TEXT, "locator": ANY_TEXT}), max_size=2) | st.just(CITED)
REF = {"ref": st.sampled_from(["a", "b", ""])}
CHANGES = st.fixed_dictionaries({}, optional={
    "sources": st.lists(st.fixed_dictionaries({"title": ANY_TEXT, "kind": ANY_TEXT}, optional={
        **REF, "slug": ANY_TEXT, "url": ANY_TEXT}), max_size=2),
    "entities": st.lists(st.fixed_dictionaries(
        {"kind": st.sampled_from(["FILM", "PERSON"]), "name": ANY_TEXT, "citations": CITATIONS},
        optional={**REF, "id": ANY_TEXT, "slug": ANY_TEXT, "properties": OBJECTS}), max_size=2),
    "relationships": st.lists(st.fixed_dictionaries(
        {"type": st.sampled_from(["CREDITED_ON", "DERIVED_FROM"]), "from": ANY_TEXT, "to": ANY_TEXT,
         "citations": CITATIONS}, optional={"properties": OBJECTS}), max_size=2),
    "claims": st.lists(st.fixed_dictionaries(
        {"subject": ANY_TEXT, "property": ANY_TEXT | st.sampled_from(["runtime", "budget", "sameAs"]),
         "citations": CITATIONS},
        optional={"value": ANY_TEXT, "number": st.floats(allow_nan=False, allow_infinity=False), "unit": ANY_TEXT,
                  "entity": ANY_TEXT, "qualifiers": OBJECTS}), max_size=2),
    "remove": st.lists(ANY_TEXT, max_size=2),
    "expectedRevision": ANY_TEXT,
})  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wanted=CHANGES)
async def test_whatever_is_sent_is_applied_whole_or_refused_with_a_reason(
    write: Write, store: Store, wanted: dict[str, Any]
) -> None:
    before = await store.revision()
    try:
        payload = await write(**wanted)
    except FilmGraphError as error:
        pytest.fail(f"{error.code} should have been told in the payload")
    assert payload["applied"] == (payload["errors"] == [])
    changed = bool(payload["created"] or payload["updated"] or payload["removed"])
    assert await store.revision() == before + (payload["applied"] and changed)
    assert await store.check_integrity() == []
