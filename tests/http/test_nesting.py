"""How deep JSON is nested: told from its text as from what a reader makes of it."""

import json
import string
import time
import tracemalloc

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_api.errors import VariablesTooLarge
from graph_api.http.nesting import check_nesting, depth

TEXT = st.text(alphabet='[]{}"\\\n\u00e9\u2028' + string.ascii_letters, max_size=8)
JSON = st.recursive(
    st.none() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=40,
)


def depth_of(value: object) -> int:
    if isinstance(value, dict):
        return 1 + max(map(depth_of, value.values()), default=0)
    return 1 + max(map(depth_of, value), default=0) if isinstance(value, list) else 0


@given(JSON, st.booleans(), st.sampled_from([None, 2]))
def test_it_is_what_a_reader_finds(value: object, is_ascii: bool, indent: int | None) -> None:
    assert depth(json.dumps(value, ensure_ascii=is_ascii, indent=indent).encode()) == depth_of(value)


@given(st.binary(max_size=200) | st.text(alphabet='[]{}":,\\ a0', max_size=60).map(str.encode), st.integers(1, 6))
def test_nothing_that_a_reader_takes_is_deeper_than_was_allowed(text: bytes, most: int) -> None:
    try:
        found = depth_of(orjson.loads(text))
    except orjson.JSONDecodeError:
        depth(text)
        return
    if found <= most:
        check_nesting(text, most)
    else:
        with pytest.raises(VariablesTooLarge):
            check_nesting(text, most)


@pytest.mark.timing
@pytest.mark.parametrize("piece", [b"[", b"[]", b"]", b'"', b'[]"', b"\\", b'\\"', b"[" * 30 + b"]" * 30, b'["[[["]'])
def test_the_work_is_little_and_linear(piece: bytes) -> None:
    text = piece * (2_000_000 // len(piece))
    depth(text[:1_000])
    begin = time.process_time()
    depth(text)
    assert time.process_time() - begin < 0.5  # 0.02 to 0.08 s as a rule
    tracemalloc.start()
    depth(text)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 30_000_000
