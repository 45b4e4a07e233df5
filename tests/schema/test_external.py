"""Addresses of pages in other databases."""

import pytest

from schema.external import external_url


@pytest.mark.parametrize(
    ("scheme", "value", "url"),
    [
        ("wikidata", "Q42", "https://www.wikidata.org/wiki/Q42"),
        ("imdb", "tt0111161", "https://www.imdb.com/title/tt0111161/"),
        ("imdb", "nm0000151", "https://www.imdb.com/name/nm0000151/"),
        ("imdb", "xx1", None),
        ("tmdb", "603", "https://www.themoviedb.org/movie/603"),
        ("doi", "10.1000/a b", "https://doi.org/10.1000/a%20b"),
        ("wikidata", "Q1/../x", "https://www.wikidata.org/wiki/Q1%2F..%2Fx"),
        ("somebody", "1", None),
    ],
)
def test_pages_of_keys(scheme: str, value: str, url: str | None) -> None:
    assert external_url(scheme, value) == url
