"""The words that occur in names, kept in memory to find the mistyped among them."""

from typing import TypeAlias

from graph_api.domain.arrays import LetterArray, np
from graph_api.domain.search import LONGEST_MISTYPED, allowed_edits

Column: TypeAlias = LetterArray

MOST_WORDS = 500_000
"""Of so many words of a graph, in order, a vocabulary is made; typing errors are found among no more."""

_WIDTH = LONGEST_MISTYPED + 2
_MANY = 100


class Vocabulary:
    """Words and a matrix of their letters: a row for each place in a word, a column for each word."""

    def __init__(self, words: list[str]) -> None:
        self._words = words
        cells = np.array([word.encode("ascii") for word in words], dtype=f"S{_WIDTH}")
        self._letters: LetterArray = np.ascontiguousarray(cells.view(np.uint8).reshape(len(words), _WIDTH).T)

    def alike(self, word: str) -> list[str]:
        """Return the words that begin with `word` but for the typing errors allowed in it, in order.

        All words are compared at once, a row of the table of edit distances after the other,
        within the band that can lead to few enough errors. Behind a word's end its column holds
        zeros, which are no letters and so can only raise a distance.
        """
        limit = allowed_edits(word)
        if not limit or not self._words:
            return []
        before: dict[int, Column] = {}
        row = {j: self._constant(j) for j in range(limit + 1)}
        for i in range(1, len(word) + 1):
            before, row = row, self._next(word, i, limit, row, before)
        least = np.minimum.reduce(list(row.values()))
        return [self._words[k] for k in np.flatnonzero(least <= limit)]

    def _constant(self, number: int) -> Column:
        return np.full(len(self._words), number, np.uint8)

    def _next(
        self, word: str, i: int, limit: int, above: dict[int, Column], two_above: dict[int, Column]
    ) -> dict[int, Column]:
        letter = ord(word[i - 1])
        row: dict[int, Column] = {}
        for j in range(max(0, i - limit), i + limit + 1):
            if j == 0:
                row[j] = self._constant(i)
                continue
            here = self._letters[j - 1]
            best = above[j - 1] + (here != letter)
            if j in above:
                best = np.minimum(best, above[j] + np.uint8(1))
            if j - 1 in row:
                best = np.minimum(best, row[j - 1] + np.uint8(1))
            if i > 1 and j > 1 and j - 2 in two_above:
                swapped = (self._letters[j - 2] == letter) & (here == ord(word[i - 2]))
                best = np.minimum(best, np.where(swapped, two_above[j - 2] + np.uint8(1), _MANY))
            row[j] = best.astype(np.uint8, copy=False)
        return row
