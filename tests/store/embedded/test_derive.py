"""The short way to what is derived of one row agrees with the whole one."""

from hypothesis import given
from hypothesis import strategies as st

from graph_api.domain.catalogue import Kind
from graph_api.domain.derive import KIND_PLANS, Cells, StoredCells, from_cells, from_facts, pack, united, unpack
from graph_api.store.embedded.marks import Marks
from tests.store.items import IMPERIA, cited

_NAMES = st.sampled_from(["Imperia", "C·one", "Ímperia", "グランマレヴィト"])
_LISTS = st.lists(st.sampled_from(["drama", "noir", "Noir", "é"]), min_size=1, max_size=3, unique=True).map(sorted)
_CELLS = st.fixed_dictionaries(
    {"title": _NAMES},
    optional={
        "year": st.sampled_from(["1999", "2025"]),
        "runtime": st.sampled_from(["36 min", "6.5 min"]),
        "releasedOn": st.sampled_from(["2025", "2025-10-26"]),
        "status": st.sampled_from(["RELEASED", "PLANNED"]),
        "filmKind": st.sampled_from(["short", "feature"]),
        "genres": st.one_of(_LISTS.filter(lambda texts: len(texts) > 1), st.just("drama")),
        "synopsis": st.just("What happens."),
        "budget": st.just("100 USD"),
    },
)
_STORED = st.builds(
    StoredCells,
    _CELLS,
    st.lists(_NAMES, max_size=3, unique=True).map(sorted),
    st.lists(st.tuples(st.just("tmdb"), st.sampled_from("123")), max_size=2, unique=True).map(sorted),
)


@given(_STORED)
def test_one_row_alone(stored: StoredCells) -> None:
    plan = KIND_PLANS[Kind.FILM]
    whole = from_facts(plan, IMPERIA, [(cited("list#1")[0], stored)], [], {})
    assert from_cells(plan, stored) == whole


@given(_STORED, _STORED)
def test_rows_of_one_place_are_united_whatever_their_order(one: StoredCells, other: StoredCells) -> None:
    assert pack(united(one, other)) == pack(united(other, one))
    assert united(one, one) == one
    assert unpack(pack(one)) == one


def test_a_name_known_by_two_spellings() -> None:
    cells: Cells = {"title": ["C·one", "Cone"], "year": "2025"}
    derived = from_facts(KIND_PLANS[Kind.FILM], IMPERIA, [(cited("a#1")[0], StoredCells(cells, [], []))], [], {})
    assert {derived.name, *derived.aliases} == {"C·one", "Cone"}
    assert derived.conflicts == ()


@given(st.sets(st.integers(1, 70_000)), st.sets(st.integers(1, 70_000)))
def test_marks_are_a_set(keys: set[int], gone: set[int]) -> None:
    marks = Marks(keys)
    for key in gone:
        marks.discard(key)
    assert list(marks) == sorted(keys - gone)
    assert [key for chunk in marks.chunks(7) for key in chunk] == sorted(keys - gone)
    assert bool(marks) == bool(keys - gone)
    assert all((key in marks) == (key in keys - gone) for key in keys | gone)
