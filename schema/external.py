"""Addresses of pages in databases whose keys the graph knows."""

from urllib.parse import quote

_PAGES = {
    "wikidata": "https://www.wikidata.org/wiki/{}",
    "imdb": "https://www.imdb.com/{}/",
    "tmdb": "https://www.themoviedb.org/movie/{}",
    "tmdb-movie": "https://www.themoviedb.org/movie/{}",
    "tmdb-person": "https://www.themoviedb.org/person/{}",
    "orcid": "https://orcid.org/{}",
    "viaf": "https://viaf.org/viaf/{}",
    "isni": "https://isni.org/isni/{}",
    "doi": "https://doi.org/{}",
}
_IMDB = {"tt": "title", "nm": "name", "co": "company", "ev": "event"}


def external_url(scheme: str, value: str) -> str | None:
    """Return the page of a key, or None where the scheme is not known to have pages."""
    page = _PAGES.get(scheme)
    if page is None:
        return None
    if scheme == "imdb":
        section = _IMDB.get(value[:2])
        return page.format(f"{section}/{quote(value)}") if section else None
    return page.format(quote(value, safe="/" if scheme == "doi" else ""))
