"""Export and hash: the way from one store to another."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph_api.domain.catalogue import ClaimRank, Kind
from graph_api.domain.hashing import graph_hash
from graph_api.domain.ids import entity_id
from graph_api.domain.records import ChangeItem, Claim, EntityRow, RelationshipRow, Source
from graph_api.store.base import Store
from tests.store.conftest import NewStore
from tests.store.items import IMPERIA, cited, claim, credit, film, imperia, load, person, source


def rich() -> list[ChangeItem]:
    """Rivals, aliases, several places, several names of one place, and a claim that a row makes too."""
    return [
        *imperia(),
        source("wire", "2025-12-01", "Wire · 日本"),
        film("imperia", "IMPERIA", "wire#1", "wire#2", aliases=("Empire",), runtime="38 min"),
        film("imperia", "Imperia!", "wire#1", genres="drama"),
        person("cone", "C·one", "wire#1", occupations=("director", "animator")),
        credit("cone", "imperia", "wire#1", "list#row 1", role="CAST", order=3),
        claim(IMPERIA, "runtime", "36", "wire#3", unit="min", rank=ClaimRank.PREFERRED),
        claim(IMPERIA, "budget", "42000", "wire#3", unit="USD", qualifiers={"asOf": "2025"}),
    ]


async def test_an_export_comes_in_order(store: Store) -> None:
    await load(store, rich())
    items = list(store.export())
    sorts = [type(item) for item in items]
    assert sorts == sorted(sorts, key=[Source, EntityRow, RelationshipRow, Claim].index)
    places = [
        (entity_id(i.kind, i.slug), i.citations[0].source, i.citations[0].locator)
        for i in items
        if isinstance(i, EntityRow)
    ]
    assert places == sorted(places)
    assert len(places) == 1 + 3 + 1 + 1  # Marcel; Imperia at three places, twice at one; C·one
    for group in (
        [i.id for i in items if isinstance(i, Source)],
        [i.relationship.id for i in items if isinstance(i, RelationshipRow)],
        [i.id for i in items if isinstance(i, Claim)],
    ):
        assert group == sorted(group)


async def test_an_export_loaded_elsewhere_is_the_same_graph(store: Store, new_store: NewStore) -> None:
    await load(store, rich())
    other = await new_store()
    await load(other, store.export(), dataset="copy", size=3)
    assert await other.graph_hash() == await store.graph_hash()
    assert await other.entities([IMPERIA]) == await store.entities([IMPERIA])
    assert list(other.export()) == list(store.export())
    assert await other.check_integrity() == []


async def test_the_hash_is_that_of_the_export(store: Store) -> None:
    await load(store, rich())
    assert await store.graph_hash() == graph_hash(store.export())


async def test_the_hash_is_the_documented_one(store: Store) -> None:
    """By hand: sha256 of the lines that the definition gives."""
    from hashlib import sha256

    await load(store, [source("list"), film("imperia", "Imperia", "list#1", year="2025"), credit_of_imperia()])
    (row,) = [item for item in store.export() if isinstance(item, RelationshipRow)]
    r = row.relationship
    lines = (
        '["source","U291cmNlOmxpc3Q","List","article",null,null,null,null,null]\n'
        '["entity","RmlsbTppbXBlcmlh","U291cmNlOmxpc3Q","1",{"title":["Imperia"],"year":["2025"]},[],[]]\n'
        f'["relationship","{r.id}","DERIVED_FROM","RmlsbTppbXBlcmlh","RmlsbTppbXBlcmlh",{{"kind":"remake"}},'
        '"NORMAL","STATED",null,null,[["U291cmNlOmxpc3Q","2"]]]\n'
    )
    assert await store.graph_hash() == sha256(lines.encode()).hexdigest()


def credit_of_imperia() -> RelationshipRow:
    from graph_api.domain.catalogue import Relation
    from tests.store.items import related

    return related(Relation.DERIVED_FROM, IMPERIA, IMPERIA, "list#2", key=("kind",), kind="remake")


async def test_the_hash_tells_every_fact_apart(store: Store) -> None:
    await load(store, rich())
    seen = {await store.graph_hash()}
    for change in (
        source("wire", "2025-12-02", "Wire · 日本"),
        person("cone", "C·one", "wire#9"),
        credit("cone", "imperia", "wire#1", role="CAST", order=4),
        claim(IMPERIA, "budget", "42000", "wire#3", unit="USD", qualifiers={"asOf": "2025"}, rank=ClaimRank.DEPRECATED),
        claim(IMPERIA, "budget", "42000", "wire#4", unit="USD", qualifiers={"asOf": "2025"}),
    ):
        await load(store, [change])
        seen.add(await store.graph_hash())
    assert len(seen) == 6


async def test_an_empty_graph_has_a_hash_and_exports_nothing(store: Store) -> None:
    assert list(store.export()) == []
    assert await store.graph_hash() == graph_hash([])


_TEXTS = st.sampled_from(["Imperia", "imperia", "Ímperia", "Zoë · 2", "C·one"])
_PLACES = st.sampled_from(["list#1", "list#2", "wire#1"])
_ROWS = st.lists(
    st.one_of(
        st.builds(
            lambda name, place, year, genres: film("imperia", name, place, year=year, genres=genres),
            _TEXTS,
            _PLACES,
            st.sampled_from(["2024", "2025"]),
            st.lists(st.sampled_from(["drama", "noir", "Noir"]), min_size=1, max_size=2).map(tuple),
        ),
        st.builds(lambda name, place: person("cone", name, place), _TEXTS, _PLACES),
        st.builds(
            lambda year, place, rank: claim(IMPERIA, "year", year, place, rank=rank),
            st.sampled_from(["2024", "2025"]),
            _PLACES,
            st.just(ClaimRank.NORMAL),
        ),
        st.builds(
            lambda place, role: credit("cone", "imperia", place, role=role),
            _PLACES,
            st.sampled_from(["CAST", "EDITOR"]),
        ),
    ),
    max_size=8,
)


@given(rows=_ROWS, size=st.integers(1, 9), data=st.data())
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
async def test_neither_order_nor_batches_matter(
    new_store: NewStore, rows: list[ChangeItem], size: int, data: st.DataObject
) -> None:
    head: list[ChangeItem] = [
        source("list"),
        source("wire", "2025"),
        film("imperia", "Imperia", "list#9"),
        person("cone", "C", "list#9"),
    ]
    one, other = await new_store(), await new_store()
    await load(one, [*head, *rows])
    await load(other, [*head, *data.draw(st.permutations(rows))], size=size)
    assert await one.graph_hash() == await other.graph_hash()
    assert await one.entities([IMPERIA]) == await other.entities([IMPERIA])
    assert await one.aliases([IMPERIA]) == await other.aliases([IMPERIA])
    for store in (one, other):
        assert await store.check_integrity() == []
        await store.close()


async def test_cells_are_kept_in_the_canonical_way(store: Store) -> None:
    rows: list[ChangeItem] = [
        source("list"),
        film("imperia", " Imperia ", "list#1", runtime="36.0", year=" 2025 ", genres=("b", "a", "b")),
    ]
    await load(store, rows)
    (kept,) = [item for item in store.export() if isinstance(item, EntityRow)]
    assert kept == EntityRow(
        Kind.FILM,
        "imperia",
        "Imperia",
        cells={"runtime": "36 min", "year": "2025", "genres": ("a", "b")},
        citations=cited("list#1"),
    )
