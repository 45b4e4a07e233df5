"""Two rankings side by side: the answer is that of looking at everybody."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graph_api.analytics.ranking import Ranking, ranked
from graph_api.analytics.research import compared

SCORES = st.dictionaries(st.sampled_from("abcdefghijkl"), st.integers(0, 3).map(float))


def _ranking(scores: dict[str, float]) -> Ranking:
    ids = tuple(sorted(scores))
    return ranked(ids, np.array([scores[node] for node in ids], np.float64))


@given(SCORES, SCORES, st.integers(1, 14))
def test_the_first_of_both_are_those_of_all(one: dict[str, float], two: dict[str, float], limit: int) -> None:
    first, second = _ranking(one), _ranking(two)
    ranks = [dict(zip(r.ids, r.ranks.tolist(), strict=True)) for r in (first, second)]
    nobody = 1_000

    def order(node: str) -> tuple[int, int, str]:
        before, after = (own.get(node, nobody) for own in ranks)
        return min(before, after), after, node

    expected = sorted({*one, *two}, key=order)[:limit]
    found = compared(first, second, limit)
    assert [change.id for change in found] == expected
    for change in found:
        assert (change.before is None, change.after is None) == (change.id not in one, change.id not in two)
