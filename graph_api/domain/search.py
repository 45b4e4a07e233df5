"""What matches a search by name, and how well: the one definition that every store answers by.

A query is split at blanks, and each part folded (`graph_api.domain.folding`). A part with
punctuation inside counts in pieces or as one word, whichever fits better: "Spider-Man" finds
Spider Man and Spiderman. An entity matches where one of its names, the best or an alias, has for
every word of the query a word that is the same, begins with it, or begins with it but for typing
errors: one in a word of 4 to 7 letters, two in longer ones, counted as optimal string alignment
(a letter too many, too few, a wrong one, or two neighbours swapped; rapidfuzz's OSA).

Scores lie between 0 and 1:

    1.00          the whole name
    0.98          the whole name but for blanks and punctuation: "cone" for C·one
    0.80 to 0.95  all words the same: the more of the name the query is, the higher
    0.50 to 0.80  every word the same or begun: the more of the words and the name, the higher
    0.10 to 0.50  with typing errors: the fewer of them and the more of the words, the higher

and an alias counts 0.99 of what a best name would. They are rounded to six digits.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from graph_api.domain.folding import fold
from graph_api.errors import BadInput

MAX_LETTERS = 200
MAX_WORDS = 12
LONGEST_MISTYPED = 30
"""No typing errors are looked for in words of more letters."""

MOST_NAMES = 10_000
"""At most so many names are weighed: those with the fewest letters."""
MOST_SLUGS = 20_000
"""At most so many slugs are compared."""

_LIKE_PERCENT = 60
_ALIAS = 0.99
_SAME = 3.0
_BEGUN = 2.0
_MISTYPED = 1.0


def allowed_edits(word: str) -> int:
    """Return how many typing errors a word of a query may have."""
    letters = len(word)
    if letters < 4 or letters > LONGEST_MISTYPED:
        return 0
    return 1 if letters < 8 else 2


def prefix_edits(word: str, other: str, limit: int) -> int | None:
    """Return the edits between a word and the nearest beginning of another; None if more than `limit`."""
    lengths = range(max(0, len(word) - limit), min(len(other), len(word) + limit) + 1)
    least = min((OSA.distance(word, other[:n], score_cutoff=limit) for n in lengths), default=limit + 1)
    return least if least <= limit else None


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """A query's parts, each a tuple of its pieces; `fits` remembers how well words fit.

    A fit is a rank (same 3, begun 2, mistyped 1, 0 for none) plus a fraction below 1.
    """

    parts: tuple[tuple[str, ...], ...]
    fits: dict[tuple[str, str], float] = field(default_factory=dict, compare=False)

    @property
    def compact(self) -> str:
        """The query without blanks."""
        return "".join(piece for part in self.parts for piece in part)

    def score(self, name: str, words: Collection[str], *, is_best: bool) -> float | None:
        """Return how well a name matches; None where it does not.

        Args:
            name: the name as it is written.
            words: the name's `fold_words`.
            is_best: whether it is the entity's best name and no alias.
        """
        found: list[float] = []
        for part in self.parts:
            fits = self._part(part, words)
            if not fits:
                return None
            found += fits
        folded = fold(name)
        score = self._weigh(found, folded)
        return round(score if is_best else score * _ALIAS, 6)

    def _part(self, part: tuple[str, ...], words: Collection[str]) -> list[float]:
        """Return how well the pieces fit, or the part as one word; empty where neither does."""
        pieces = [self._fit(piece, words) for piece in part]
        if len(part) == 1:
            return pieces if pieces[0] else []
        whole = self._fit("".join(part), words)
        if whole and (not all(pieces) or whole >= min(pieces)):
            return [whole]
        return pieces if all(pieces) else []

    def _fit(self, word: str, words: Collection[str]) -> float:
        return max((self._fit_one(word, other) for other in words), default=0.0)

    def _fit_one(self, word: str, other: str) -> float:
        known = self.fits.get((word, other))
        if known is None:
            known = self.fits[word, other] = _fit(word, other)
        return known

    def _weigh(self, fits: Sequence[float], folded: str) -> float:
        if folded == " ".join(piece for part in self.parts for piece in part):
            return 1.0
        asked, name = self.compact, folded.replace(" ", "")
        if asked == name:
            return 0.98
        share = min(1.0, len(asked) / len(name)) if name else 0.0
        worst = min(fits)
        if worst >= _SAME:
            return 0.8 + 0.15 * share
        covered = sum(1.0 if fit >= _SAME else fit % 1 for fit in fits) / len(fits)
        if worst >= _BEGUN:
            return 0.5 + 0.25 * covered + 0.04 * share
        return 0.1 + 0.35 * covered + 0.04 * share


def _fit(word: str, other: str) -> float:
    if word == other:
        return _SAME
    if other.startswith(word):
        return _BEGUN + len(word) / len(other)
    limit = allowed_edits(word)
    edits = prefix_edits(word, other, limit) if limit else None
    if edits is None:
        return 0.0
    return _MISTYPED + (1 - edits / len(word)) * (0.5 + 0.5 * min(len(word) / len(other), 0.999))


def parse_query(text: str) -> SearchQuery:
    """Return what a text asks for.

    Raises:
        BadInput: it holds no letter or digit, or too much.
    """
    if len(text) > MAX_LETTERS:
        raise BadInput(f"a search may have {MAX_LETTERS} characters, not {len(text)}", limit=MAX_LETTERS)
    parts = tuple(pieces for pieces in (tuple(fold(token).split()) for token in text.split()) if pieces)
    if not parts:
        raise BadInput("there is nothing to search for; give at least one letter or digit")
    words = sum(len(part) for part in parts)
    if words > MAX_WORDS:
        raise BadInput(f"a search may have {MAX_WORDS} words, not {words}", limit=MAX_WORDS)
    return SearchQuery(parts)


class Hit(NamedTuple):
    """An entity that matches a query, how well, and the name that did."""

    score: float
    id: str
    name: str


def best_hits(query: SearchQuery, names: Iterable[tuple[str, str, Collection[str], bool]]) -> list[Hit]:
    """Return the entities that match, best first, then by id, each by the name that matches best.

    Args:
        query: what is searched for.
        names: the entity's id, the name, its `fold_words`, and whether it is the best one.
    """
    best: dict[str, tuple[float, bool, str]] = {}
    for id_, name, words, is_best in names:
        score = query.score(name, words, is_best=is_best)
        if score is None:
            continue
        rank = (-score, not is_best, name)
        if id_ not in best or rank < best[id_]:
            best[id_] = rank
    return sorted((Hit(-rank[0], id_, rank[2]) for id_, rank in best.items()), key=lambda hit: (-hit.score, hit.id))


def nearest(slug: str, slugs: Collection[str], limit: int) -> list[str]:
    """Return the slugs most like one, nearest first, then by slug; what is less than 60 % alike is left out."""
    alike = process.extract(slug, slugs, scorer=fuzz.ratio, score_cutoff=_LIKE_PERCENT, limit=None)
    ranked = sorted((-round(percent, 6), found) for found, percent, _ in alike)
    return [found for _, found in ranked[:limit]]
