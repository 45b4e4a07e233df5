"""Search by name: candidates from the full-text index, weighed by `graph_api.domain.search`."""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

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
from graph_api.store.neo4j.connection import Snapshot
from graph_api.store.neo4j.cypher import all_of, of_kinds, walked
from graph_api.store.neo4j.lists import BY_NAME, BY_TITLE
from graph_api.store.neo4j.nodes import entities
from graph_api.store.neo4j.schema import LABELS, NAMES_INDEX
from graph_api.store.neo4j.shapes import name_of

Like: TypeAlias = list[str | list[str]]
"""A word, and the words that are like it but for typing errors."""

_MOST_CLAUSES = 1_000  # Lucene takes 1,024

_WORDS = """
MATCH (n:FilmGraph) USING INDEX SEEK n:FilmGraph(generation, id)
WHERE n.generation = $g AND n.id >= '' AND n.words IS NOT NULL
UNWIND n.words AS text UNWIND split(text, ' ') AS word
WITH DISTINCT word WHERE word <> '' ORDER BY word LIMIT $most
RETURN collect(word) AS words"""
_CANDIDATES = f"""
CALL db.index.fulltext.queryNodes('{NAMES_INDEX}', $expression) YIELD node AS n"""
# Of a part of the query one choice has to be met, of a choice every word, by a word of the same name.
_MATCHES = """all(part IN $parts WHERE any(choice IN part WHERE all(like IN choice WHERE any(word IN words
    WHERE word STARTS WITH like[0] OR word IN like[1]))))"""


async def search(graph: Snapshot, text: str, kinds: Sequence[Kind], page: PageRequest) -> Page[SearchHit]:
    """Return entities with a matching name, best first, then by id; positions are (-score, id).

    At most 10,000 names are weighed. Where more could match, as for a single letter, they are
    those with the fewest letters, which for so common a beginning are covered best by it.
    """
    query = parse_query(text)
    hits = await _hits(graph, query, kinds)
    cut = page_of(hits, [(-hit.score, hit.id) for hit in hits], page)
    found = await entities(graph, [hit.id for hit in cut.items])
    items = [SearchHit(entity, hit.score, hit.name) for entity, hit in zip(found, cut.items, strict=True) if entity]
    return Page(items, cut.positions, cut.has_next, cut.has_previous, cut.total)


async def _hits(graph: Snapshot, query: SearchQuery, kinds: Sequence[Kind]) -> list[Hit]:
    words = await vocabulary(graph)
    parts = [_choices(part, words) for part in query.parts]
    text = f"""
{_CANDIDATES} WHERE {all_of(("n.generation = $g", of_kinds("n", kinds)))}
UNWIND range(0, size(n.words) - 1) AS at
WITH n, at, n.words[at] AS text, split(n.words[at], ' ') AS words WHERE {_MATCHES}
WITH n, at, text ORDER BY size(text), text, n.id LIMIT {MOST_NAMES}
RETURN collect([n.id, CASE at WHEN 0 THEN {name_of("n", kinds)} ELSE n.aliases[at - 1] END, text, at = 0]) AS names"""
    row = await graph.read(text, expression=_every(parts), parts=parts)
    return best_hits(query, ((id_, name, folded.split(), is_best) for id_, name, folded, is_best in row["names"]))


async def vocabulary(graph: Snapshot) -> Vocabulary:
    """Return the words of all names; kept for as long as the graph does not change."""

    async def load() -> Vocabulary:
        return Vocabulary((await graph.read(_WORDS, most=MOST_WORDS))["words"])

    return await graph.kept("vocabulary", load)


# --------------------------------------------------------------------------- expressions of the index
# Words are folded, so they hold nothing but a-z and 0-9. What the index gives is matched once more, so that an
# expression may let more through than the query: it may have no more than so many clauses.


def _choices(part: Sequence[str], words: Vocabulary) -> list[list[Like]]:
    """Return the ways in which a part of a query can be met."""
    pieces = [_like(piece, words) for piece in part]
    return [pieces] if len(part) == 1 else [pieces, [_like("".join(part), words)]]


def _like(word: str, words: Vocabulary) -> Like:
    return [word, [other for other in words.alike(word) if not other.startswith(word)]]


def _every(parts: Sequence[Sequence[Sequence[Like]]]) -> str:
    """Return the expression that the parts are met, the rarest first, as many of them as there may be clauses."""
    texts: list[str] = []
    room = _MOST_CLAUSES
    for choices in sorted(parts, key=_size):
        if texts and _size(choices) > room:
            break
        each = ("(" + " AND ".join(_any((like,), room) for like in choice) + ")" for choice in choices)
        texts.append("(" + " OR ".join(each) + ")")
        room -= _size(choices)
    return " AND ".join(texts)


def _size(choices: Sequence[Sequence[Like]]) -> int:
    return sum(1 + len(like[1]) for choice in choices for like in choice)


def _any(likes: Iterable[Like], room: int) -> str:
    """Return the expression that one of the words is met, in at most so many clauses."""
    terms = [term for word, others in likes for term in (f"{word}*", *others)]
    length = max(map(len, terms))
    while len(terms) > room:
        length -= 1
        terms = sorted({term if len(term) <= length else f"{term[:length]}*" for term in terms})
    return "(" + " OR ".join(terms) + ")"


# --------------------------------------------------------------------------- slugs
async def nearest_slugs(graph: Snapshot, kind: Kind | None, slug: str, limit: int = 3) -> list[str]:
    """Return slugs of a kind (None: of sources) that look like one, nearest first, then by slug.

    Of a kind with more than 20,000 entities only those are compared that have a name with a word
    like one of the slug's, at most 20,000: those nearest in length.
    """
    wanted = fold(slug[:MAX_LETTERS]).replace(" ", "-")
    if kind is None:
        match = f"{walked('Source', 'titleKey')} WHERE {BY_TITLE}"
        return nearest(wanted, await _slugs(graph, match, most=MOST_SLUGS), limit)
    slugs = await _slugs(graph, f"{walked(LABELS[kind], 'nameKey')} WHERE {BY_NAME}", most=MOST_SLUGS + 1)
    if len(slugs) > MOST_SLUGS:
        slugs = await _likely_slugs(graph, kind, wanted)
    return nearest(wanted, slugs, limit)


async def _slugs(graph: Snapshot, match: str, **parameters: object) -> list[str]:
    slugs: list[str] = (await graph.read(f"{match} WITH n LIMIT $most RETURN collect(n.slug) AS slugs", **parameters))[
        "slugs"
    ]
    return slugs


async def _likely_slugs(graph: Snapshot, kind: Kind, slug: str) -> list[str]:
    words = await vocabulary(graph)
    parts = [part for part in slug.split("-") if len(part) > 2] or [part for part in slug.split("-") if part]
    if not parts:
        return []
    likes = [_like(part, words) for part in parts[:MAX_WORDS]]
    text = f"""
{_CANDIDATES} WHERE n.generation = $g AND n:{LABELS[kind]}
  AND any(name IN n.words WHERE any(word IN split(name, ' ') WHERE any(like IN $likes
    WHERE word STARTS WITH like[0] OR word IN like[1])))
WITH n ORDER BY abs(size(n.slug) - $length), n.slug"""
    return await _slugs(
        graph, text, expression=_any(likes, _MOST_CLAUSES), likes=likes, length=len(slug), most=MOST_SLUGS
    )
