"""What matches a search, and how well."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from graph_api.domain.folding import fold_words
from graph_api.domain.search import allowed_edits, nearest, parse_query, prefix_edits
from graph_api.errors import BadInput


def score(query: str, name: str, *, is_best: bool = True) -> float | None:
    return parse_query(query).score(name, fold_words(name), is_best=is_best)


@pytest.mark.parametrize(
    ("query", "name", "expected"),
    [
        ("Marcel Barsotti", "Marcel Barsotti", 1.0),
        ("MARCEL  BARSOTTI", "Marcel Barsotti", 1.0),
        ("Cone", "C·one", 0.98),
        ("c one", "C·one", 1.0),
        ("spider-man", "Spider Man", 1.0),
        ("spiderman", "Spider-Man", 0.98),
        ("barsotti", "Marcel Barsotti", 0.8 + 0.15 * 8 / 14),
        ("bars", "Marcel Barsotti", 0.5 + 0.25 * 4 / 8 + 0.04 * 4 / 14),
        ("marcel bars", "Marcel Barsotti", 0.5 + 0.25 * (1 + 4 / 8) / 2 + 0.04 * 10 / 14),
        ("barsoti", "Marcel Barsotti", 0.1 + 0.35 * (6 / 7) * (0.5 + 0.5 * 7 / 8) + 0.04 * 7 / 14),
        ("グランマレヴィト", "グランマレヴィト", 1.0),
    ],
)
def test_scores(query: str, name: str, expected: float) -> None:
    assert score(query, name) == round(expected, 6)


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("barsotti anna", "Marcel Barsotti"),  # every word has to match
        ("arsotti", "Barsony"),
        ("ban", "Ben"),  # no typing errors in three letters
        ("barzoti", "Barsotti"),  # one in seven
        ("schwarzenegger", "Schwxyzrznegger"),
        ("one", "C ome"),
    ],
)
def test_what_does_not_match(query: str, name: str) -> None:
    assert score(query, name) is None


def test_the_nearer_the_better() -> None:
    ranked = [  # each better than the next
        score("anna", "Anna"),
        score("anna", "Anna", is_best=False),
        score("anna", "An·na"),
        score("anna", "Anna Lee"),
        score("anna", "Anna Lee-Jones"),
        score("anna", "Annabel"),
        score("anna", "Annabel Lee"),
        score("anna", "Annabella Lee"),
        score("anna", "Amna"),
        score("anna", "Amnabella"),
    ]
    assert None not in ranked
    assert ranked == sorted(ranked, key=lambda s: -(s or 0))
    assert len(set(ranked)) == len(ranked)


@pytest.mark.parametrize("text", ["", "   ", "·", "!?", "\ud800"])
def test_nothing_to_search_for(text: str) -> None:
    with pytest.raises(BadInput, match="nothing to search"):
        parse_query(text)


def test_too_much_to_search_for() -> None:
    assert len(parse_query("a " * 12).parts) == 12
    with pytest.raises(BadInput, match="12 words"):
        parse_query("a " * 13)
    with pytest.raises(BadInput, match="200 characters"):
        parse_query("a" * 201)


_WORDS = st.text("abc", min_size=1, max_size=9)


@given(_WORDS, _WORDS, st.integers(0, 2))
def test_edits_are_counted_against_the_nearest_beginning(word: str, other: str, limit: int) -> None:
    least = min(OSA.distance(word, other[:n]) for n in range(len(other) + 1))
    assert prefix_edits(word, other, limit) == (least if least <= limit else None)


@given(st.lists(_WORDS, min_size=1, max_size=4), st.lists(_WORDS, min_size=1, max_size=4))
def test_a_score_lies_between_0_and_1_and_a_match_is_one_of_every_word(query: list[str], name: list[str]) -> None:
    def fits(word: str, other: str) -> bool:
        edits = allowed_edits(word)
        return other.startswith(word) or (edits > 0 and prefix_edits(word, other, edits) is not None)

    found = score(" ".join(query), " ".join(name))
    assert (found is not None) == all(any(fits(word, other) for other in name) for word in query)
    assert found is None or 0 < found <= 1


def test_nearest_slugs() -> None:
    slugs = ["imperia", "imperial", "empire", "zoo"]
    assert nearest("imperias", slugs, 3) == ["imperia", "imperial"]
    assert nearest("imperias", slugs, 1) == ["imperia"]
    assert nearest("qqq", slugs, 3) == []
