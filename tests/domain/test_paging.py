import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_api.domain.paging import (
    PageRequest,
    Position,
    decode_cursor,
    encode_cursor,
    order_mark,
    page_of,
    page_request,
    sort_key,
)
from graph_api.errors import BadCursor, BadPage

MARK = order_mark("list", "FILM")
keys = st.one_of(
    st.none(), st.text(), st.integers(-(2**63) + 1, 2**63 - 1), st.floats(allow_nan=False, allow_infinity=False)
)


@given(st.lists(keys, max_size=4), st.text())
def test_a_cursor_comes_back_as_it_was(before: list[str | int | float | None], last: str) -> None:
    position: Position = (*before, last)
    assert decode_cursor(MARK, len(position), encode_cursor(MARK, position)) == position


def forged(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "é",
        forged("[]"),
        forged("{}"),
        forged(f'["{MARK}","a"]'),
        forged(f'["{MARK}","a",1]'),
        forged(f'["{MARK}",[],"b"]'),
        forged(f'["{MARK}",true,"b"]'),
        forged(f'["{MARK}",NaN,"b"]'),
        forged(f'["{MARK}",{10**40},"b"]'),
        forged(f'["{MARK}", "a","b"]'),
        forged('["other","a","b"]'),
        forged("[" * 1000),
        "A" * 3000,
        encode_cursor(order_mark("another"), ("a", "b")),
    ],
)
def test_forged_cursors_are_refused(cursor: str) -> None:
    with pytest.raises(BadCursor):
        decode_cursor(MARK, 2, cursor)


def test_sizes() -> None:
    assert page_request(MARK, 2).size == 20
    assert page_request(MARK, 2, first=100).size == 100
    assert page_request(MARK, 2, last=1).backward
    for first, last in ((0, None), (101, None), (-1, None), (10**9, None), (None, 0), (None, 101), (1, 1)):
        with pytest.raises(BadPage) as error:
            page_request(MARK, 2, first=first, last=last)
        assert error.value.details["limit"] == 100


@given(
    st.lists(st.tuples(keys.filter(lambda k: k is None or isinstance(k, str)), st.text(max_size=3)), unique=True),
    st.integers(1, 7),
)
def test_walking_a_list_both_ways_gives_the_whole_of_it(items: list[tuple[str | None, str]], size: int) -> None:
    ordered = sorted(items, key=sort_key)
    forward: list[tuple[str | None, str]] = []
    request = PageRequest(size)
    while True:
        page = page_of(ordered, ordered, request)
        forward += page.items
        if not page.has_next:
            break
        request = PageRequest(size, after=page.positions[-1])
    assert forward == ordered
    backward: list[tuple[str | None, str]] = []
    request = PageRequest(size, backward=True)
    while True:
        page = page_of(ordered, ordered, request)
        backward = [*page.items, *backward]
        if not page.has_previous:
            break
        request = PageRequest(size, backward=True, before=page.positions[0])
    assert backward == ordered
