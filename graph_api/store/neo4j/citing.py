"""Who brought which citation: lists beside each other on a relationship, `datasets` on a claim's CITES.

`citations` holds each place once, as "source slug#locator"; the entry at the same position of
`datasets` the names of the datasets that bring it.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from graph_api.domain.ids import decode, source_id
from graph_api.domain.records import Citation

_AND = "\x1f"


@lru_cache(maxsize=4096)
def _slug(source: str) -> str:
    return decode(source).key


def join(source: str, locator: str) -> str:
    """Return a place, given by its source's id, as the lists hold it."""
    return f"{_slug(source)}#{locator}"


def split(text: str) -> Citation:
    """Return the place that an entry of the list is."""
    slug, _, locator = text.partition("#")
    return Citation(source_id(slug), locator)


def to_lists(places: Mapping[tuple[str, str], Iterable[str]]) -> tuple[list[str], list[str]]:
    """Return `citations` and `datasets` of places, given by source id and locator, with their datasets."""
    rows = sorted((join(*place), _AND.join(sorted(datasets))) for place, datasets in places.items())
    return [text for text, _ in rows], [names for _, names in rows]


def from_lists(citations: Sequence[str], datasets: Sequence[str]) -> dict[tuple[str, str], set[str]]:
    """Return the places that lists hold, with the datasets that bring them."""
    found: dict[tuple[str, str], set[str]] = {}
    for text, names in zip(citations, datasets, strict=True):
        place = split(text)
        found[place.source, place.locator] = set(names.split(_AND))
    return found
