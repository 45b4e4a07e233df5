"""Search by name: candidates from the full-text index, weighed by `graph_api.domain.search`."""

# ruff: noqa: S608 - what is put together is names from the catalogue; values are parameters

import sqlite3
from collections.abc import Iterable, Sequence

from graph_api.domain.catalogue import Kind
from graph_api.domain.folding import fold
from graph_api.domain.paging import Page, PageRequest, page_of
from graph_api.domain.records import SearchHit
from graph_api.domain.search import (
    MAX_LETTERS,
    MAX_WORDS,
    MOST_NAMES,
    MOST_SLUGS,
    Hit,
    SearchQuery,
    best_hits,
    nearest,
    parse_query,
)
from graph_api.domain.vocabulary import MOST_WORDS, Vocabulary
from graph_api.store.embedded.cache import PerSnapshot
from graph_api.store.embedded.nodes import entities
from graph_api.store.embedded.sql import one_of


def _load(conn: sqlite3.Connection) -> Vocabulary:
    return Vocabulary([word for (word,) in conn.execute("SELECT term FROM vocabulary LIMIT ?", (MOST_WORDS,))])


vocabulary = PerSnapshot(_load)
"""The vocabulary of a graph."""


def search(conn: sqlite3.Connection, text: str, kinds: Sequence[Kind], page: PageRequest) -> Page[SearchHit]:
    """Return entities with a matching name, best first, then by id; positions are (-score, id).

    At most 10,000 names are weighed. Where more could match, as for a single letter, they are
    those with the fewest letters, which for so common a beginning are covered best by it.
    """
    query = parse_query(text)
    hits = _hits(conn, query, kinds)
    cut = page_of(hits, [(-hit.score, hit.id) for hit in hits], page)
    found = entities(conn, [hit.id for hit in cut.items])
    items = [SearchHit(entity, hit.score, hit.name) for entity, hit in zip(found, cut.items, strict=True) if entity]
    return Page(items, cut.positions, cut.has_next, cut.has_previous, cut.total)


def _hits(conn: sqlite3.Connection, query: SearchQuery, kinds: Sequence[Kind]) -> list[Hit]:
    text = f"""
SELECT e.id, n.text, n.words, n.best FROM name_words CROSS JOIN name AS n ON n.key = name_words.rowid
CROSS JOIN entity AS e ON e.key = n.entity_key WHERE name_words MATCH ? AND {one_of("e.kind", kinds).text}
ORDER BY length(n.words), n.words, e.id LIMIT ?"""
    rows = conn.execute(text, (_every(query, vocabulary.get(conn)), MOST_NAMES))
    return best_hits(query, ((id_, name, words.split(), bool(is_best)) for id_, name, words, is_best in rows))


# --------------------------------------------------------------------------- expressions of the index
# Words are folded, so they hold nothing but a-z and 0-9; they are quoted all the same.


def _every(query: SearchQuery, words: Vocabulary) -> str:
    """Return the expression that every part of a query is met."""
    return " AND ".join(f"({_part(part, words)})" for part in query.parts)


def _part(part: Sequence[str], words: Vocabulary) -> str:
    pieces = " AND ".join(f"({_like(piece, words)})" for piece in part)
    return pieces if len(part) == 1 else f"({pieces}) OR {_like(''.join(part), words)}"


def _like(word: str, words: Vocabulary) -> str:
    """Return the expression that a word begins so, typing errors allowed."""
    alike = (other for other in words.alike(word) if not other.startswith(word))
    return " OR ".join([f'"{word}" *', *(f'"{other}"' for other in alike)])


# --------------------------------------------------------------------------- slugs
def nearest_slugs(conn: sqlite3.Connection, kind: Kind | None, slug: str, limit: int = 3) -> list[str]:
    """Return slugs of a kind (None: of sources) that look like one, nearest first, then by slug.

    Of a kind with more than 20,000 entities only those are compared that have a name with a word
    like one of the slug's, at most 20,000: those nearest in length.
    """
    wanted = fold(slug[:MAX_LETTERS]).replace(" ", "-")
    if kind is None:
        rows = conn.execute("SELECT slug FROM source LIMIT ?", (MOST_SLUGS,))
        return nearest(wanted, _first(rows), limit)
    of_kind = f"SELECT slug FROM entity WHERE kind = '{kind.value}' LIMIT ?"
    slugs = _first(conn.execute(of_kind, (MOST_SLUGS + 1,)))
    if len(slugs) > MOST_SLUGS:
        slugs = _likely_slugs(conn, kind, wanted)
    return nearest(wanted, slugs, limit)


def _likely_slugs(conn: sqlite3.Connection, kind: Kind, slug: str) -> list[str]:
    known = vocabulary.get(conn)
    parts = [part for part in slug.split("-") if len(part) > 2] or [part for part in slug.split("-") if part]
    if not parts:
        return []
    anyone = " OR ".join(_like(part, known) for part in parts[:MAX_WORDS])
    text = f"""
SELECT DISTINCT e.slug FROM name_words CROSS JOIN name AS n ON n.key = name_words.rowid
CROSS JOIN entity AS e ON e.key = n.entity_key WHERE name_words MATCH ? AND e.kind = '{kind.value}'
ORDER BY abs(length(e.slug) - ?), e.slug LIMIT ?"""
    return _first(conn.execute(text, (anyone, len(slug), MOST_SLUGS)))


def _first(rows: Iterable[tuple[str]]) -> list[str]:
    return [slug for (slug,) in rows]
