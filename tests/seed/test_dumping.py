"""Any graph written as a dataset, and loaded again."""

import asyncio
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph_api.domain.catalogue import Certainty, ClaimRank, Kind, Relation
from graph_api.domain.ids import claim_id, entity_id, relationship_id, source_id
from graph_api.domain.records import ChangeItem, Citation, Claim, EntityRow, Relationship, RelationshipRow, Source
from graph_api.errors import BadInput
from graph_api.store.base import Store
from graph_api.store.factory import open_store
from seed.builtin import builtin_folder
from seed.checking import check
from seed.dumping import dump
from seed.loading import load
from tests.seed.folders import FILMS, small, write


async def assert_returns(store: Store, other: Store, target: Path) -> None:
    """Assert that a dump is sound and gives the same graph in an empty store."""
    dump(store, target)
    assert [str(problem) for problem in check(target)] == []
    await load(other, target)
    assert await other.graph_hash() == await store.graph_hash()


async def test_a_dump_holds_what_was_loaded(store: Store, other: Store, folder: Path, tmp_path: Path) -> None:
    await load(store, small(folder))
    target = tmp_path / "dump"
    await assert_returns(store, other, target)
    assert (target / "entities/film.csv").read_text() == (
        "slug,name,year,runtime,citations\nc-one,C·one,2024,5 min,list#row 2\nimperia,Imperia,2025,36 min,list#row 1\n"
    )
    assert (target / "relations/credited_on.csv").read_text() == (
        "from,to,role,citations\nperson/ann,film/imperia,DIRECTOR,list#row 1\n"
    )


async def test_what_several_places_say_of_one_entity(store: Store, other: Store, folder: Path, tmp_path: Path) -> None:
    await load(store, small(folder))
    second = FILMS.replace("Imperia", "IMPERIA").replace(",36,", ",38,").replace("list#row 1", "list#row 1|list#row 8")
    await load(store, small(tmp_path / "second", film=second, head='{"name": "second"}'))
    await assert_returns(store, other, tmp_path / "dump")
    rows = (tmp_path / "dump/entities/film.csv").read_text().splitlines()
    assert [row for row in rows if row.endswith(",true")] == [row for row in rows[1:] if row.startswith("imperia")][1:]


async def test_a_dump_never_writes_over_anything(store: Store, folder: Path, tmp_path: Path) -> None:
    await load(store, small(folder))
    with pytest.raises(BadInput, match="is there already: give the name of a new folder"):
        dump(store, folder)
    empty = tmp_path / "empty"
    empty.mkdir()
    assert dump(store, empty) == 6
    assert sorted(path.name for path in empty.iterdir()) == ["dataset.json", "entities", "relations", "sources.csv"]


async def test_a_dump_that_fails_leaves_nothing(store: Store, folder: Path, tmp_path: Path) -> None:
    await load(store, small(folder))

    def stop(_: int) -> None:
        raise KeyboardInterrupt

    parent = tmp_path / "parent"
    with pytest.raises(KeyboardInterrupt):
        dump(store, parent / "dump", progress=stop)
    assert list(parent.iterdir()) == []


async def test_texts_that_need_care(store: Store, other: Store, folder: Path, tmp_path: Path) -> None:
    names = 'slug,name,aliases,citations\nx,"a \\| b, ""c"" \\\\ #=é","\\|\\|| =x  y",list#a\\|b#c\n'
    await load(store, write(folder, {"entities/topic.csv": names}))
    (row,) = (item for item in store.export() if isinstance(item, EntityRow))
    assert (row.name, row.aliases) == ('a | b, "c" \\ #=é', ("=x  y", "||"))
    assert row.citations == (Citation(source_id("list"), "a|b#c"),)
    await assert_returns(store, other, tmp_path / "dump")


@pytest.mark.slow
async def test_the_built_in_dataset_returns(store: Store, other: Store, tmp_path: Path) -> None:
    await load(store, builtin_folder())
    await assert_returns(store, other, tmp_path / "dump")


# ---------------------------------------------------------------------- any graph
_TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_SIGNS = st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zl", "Zp"), exclude_characters=_TURNING)
_TEXTS = st.text(_SIGNS, max_size=12).map(str.strip).filter(bool)
_SLUGS = st.sampled_from(["a", "b", "c-1"])
_CITED = st.builds(Citation, st.sampled_from([source_id("s"), source_id("t")]), _TEXTS)
_CITATIONS = st.lists(_CITED, min_size=1, max_size=3, unique=True).map(lambda found: tuple(sorted(found)))
_SEVERAL = st.lists(_TEXTS, max_size=3, unique=True).map(lambda found: tuple(sorted(found)))
_STANDING = st.fixed_dictionaries(
    {
        "rank": st.sampled_from(ClaimRank),
        "certainty": st.sampled_from([Certainty.STATED, Certainty.UNCERTAIN]),
        "asserted_by": st.none() | _TEXTS,
    }
)
_CELLS = st.fixed_dictionaries(
    {},
    optional={
        "year": st.integers(1890, 2030).map(str),
        "runtime": st.integers(1, 500).map(lambda minutes: f"{minutes / 4:g} min"),
        "synopsis": _TEXTS,
        "genres": st.lists(_TEXTS, min_size=2, max_size=3, unique=True).map(lambda found: tuple(sorted(found))),
    },
)
_FILMS = st.builds(
    EntityRow,
    kind=st.just(Kind.FILM),
    slug=_SLUGS,
    name=_TEXTS,
    aliases=_SEVERAL,
    external_ids=st.sampled_from([(), (("tmdb", "1"), ("wikidata", "Q1:2"))]),
    cells=_CELLS,
    citations=_CITATIONS,
)


@st.composite
def _relationships(draw: st.DrawFn) -> RelationshipRow:
    start, end = entity_id(Kind.FILM, draw(_SLUGS)), entity_id(Kind.FILM, draw(_SLUGS))
    properties = {"kind": draw(_TEXTS)} if draw(st.booleans()) else {}
    key = relationship_id(Relation.DERIVED_FROM, start, end, properties.items())
    standing = draw(_STANDING)
    return RelationshipRow(
        Relationship(key, Relation.DERIVED_FROM, start, end, dict(properties), **standing), draw(_CITATIONS)
    )


@st.composite
def _claims(draw: st.DrawFn) -> Claim:
    subject = entity_id(Kind.FILM, draw(_SLUGS))
    qualifiers = draw(st.fixed_dictionaries({}, optional={"of": _TEXTS, "film": st.just(entity_id(Kind.FILM, "a"))}))
    value = draw(_TEXTS)
    key = claim_id(subject, "production", value, None, None, qualifiers)
    standing = draw(_STANDING)
    return Claim(key, subject, "production", value, qualifiers=qualifiers, **standing, citations=draw(_CITATIONS))


def _once(items: list[RelationshipRow | Claim]) -> list[ChangeItem]:
    found: dict[str, ChangeItem] = {}
    for item in items:
        found.setdefault(item.id if isinstance(item, Claim) else item.relationship.id, item)
    return list(found.values())


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(_FILMS, max_size=6), st.lists(_relationships() | _claims(), max_size=6))
def test_any_graph_returns(films: list[EntityRow], others: list[RelationshipRow | Claim]) -> None:
    async def run(folder: Path) -> None:
        store, other = [await open_store(str(folder / name)) for name in ("a.db", "b.db")]
        sources = [Source(source_id(slug), slug, f"Title, {slug}", "x") for slug in ("s", "t")]
        cited = (Citation(source_id("s"), "0"),)
        needed = [EntityRow(Kind.FILM, slug, slug, citations=cited) for slug in ("a", "b", "c-1")]
        await store.apply([sources, [*needed, *films], _once(others)], actor="test")
        await assert_returns(store, other, folder / "dump")
        await store.close()
        await other.close()

    with tempfile.TemporaryDirectory() as name:
        asyncio.run(run(Path(name)))
