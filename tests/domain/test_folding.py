import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph_api.domain.folding import SLUG, fold, fold_words, slugify, unique_slugs


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Hussein  Dembel-SOW", "hussein dembel sow"),
        ("Oscar Adán López Parres", "oscar adan lopez parres"),
        ("Łódź · ø", "lodz o"),
        ("C·one", "c one"),
        ("I’m Not a Robot", "i m not a robot"),
        ("WAiFF", "waiff"),
        ("グランマレヴィト", "guranmarevuito"),
        ("ｸﾞﾗﾝﾏ", "guranma"),
        ("목격자", "moggyeogja"),
        ("STRASSE straße", "strasse strasse"),
        ("  ", ""),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_a_voiced_kana_is_not_its_plain_one() -> None:
    assert fold("ガ") != fold("カ")


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    once = fold(text)
    assert fold(once) == once
    assert once.isascii()
    assert once == once.strip().lower()


@given(st.text())
def test_case_does_not_matter_to_ascii(text: str) -> None:
    ascii_text = text.encode("ascii", "ignore").decode()
    assert fold(ascii_text.upper()) == fold(ascii_text.lower())


def test_words_with_punctuation_count_in_pieces_and_whole() -> None:
    assert fold_words("C·one") == ("c", "one", "cone")
    assert fold_words("Marcel Barsotti") == ("marcel", "barsotti")
    assert fold_words("Barsotti-Bast") == ("barsotti", "bast", "barsottibast")


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("C·one", "c-one"),
        ("Short Shorts Film Festival & Asia", "short-shorts-film-festival-asia"),
        ("Thiaroye 44", "thiaroye-44"),
    ],
)
def test_slugify(name: str, slug: str) -> None:
    assert slugify(name) == slug


@given(st.text())
def test_a_slug_is_well_formed_or_empty(name: str) -> None:
    slug = slugify(name)
    assert slug == "" or SLUG.fullmatch(slug)


def test_namesakes_all_get_their_year_then_their_id_whatever_the_order() -> None:
    people = [
        ("Ann Smith", None, "tmdb 12"),
        ("Ann Smith", None, "tmdb 34"),
        ("Bo Li", "1999", "tmdb 5"),
        ("Bo Li", "2004", "tmdb 6"),
        ("Bo Li", "2004", "tmdb 7"),
        ("Only One", None, "tmdb 8"),
        ("···", None, "tmdb 9"),
    ]
    expected = {
        "tmdb 12": "ann-smith-tmdb-12",
        "tmdb 34": "ann-smith-tmdb-34",
        "tmdb 5": "bo-li-1999",
        "tmdb 6": "bo-li-2004-tmdb-6",
        "tmdb 7": "bo-li-2004-tmdb-7",
        "tmdb 8": "only-one",
        "tmdb 9": "tmdb-9",
    }
    for order in itertools.islice(itertools.permutations(people), 0, 5040, 97):
        slugs = unique_slugs(order)
        assert {external: slug for (_, _, external), slug in zip(order, slugs, strict=True)} == expected
