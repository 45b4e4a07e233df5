"""Folding: the one way in which text is made comparable, for search, filters and orders alike.

`fold("Hussein  Dembel-SOW")` is "hussein dembel sow"; `fold("Łódź · ø")` is "lodz o".
Compatibility decomposition, marks off, case folded, transliterated to ASCII, punctuation to
single spaces. Both stores keep the folded text beside the original, so it must never depend
on a locale or a database.
"""

import re
import unicodedata
from collections.abc import Iterable

from anyascii import anyascii

_TO_SPACE = {code: (chr(code).lower() if chr(code).isalnum() else " ") for code in range(128)}
# Voicing marks of Japanese are letters' identity, not ornament: ガ is not カ.
_KEPT_MARKS = frozenset("\u3099\u309a")


def fold(text: str) -> str:
    """Return `text` as lower-case ASCII words, one space apart."""
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text)
        bare = "".join(c for c in decomposed if c in _KEPT_MARKS or not unicodedata.category(c).startswith("M"))
        text = anyascii(unicodedata.normalize("NFKC", bare.casefold()))
    return " ".join(text.translate(_TO_SPACE).split())


def fold_words(text: str) -> tuple[str, ...]:
    """Return the words by which `text` is found, in order, each once.

    A word with punctuation inside counts in pieces and whole: C·one is "c", "one" and "cone".
    """
    found: dict[str, None] = {}
    for token in text.split():
        pieces = fold(token).split()
        found.update(dict.fromkeys(pieces))
        if len(pieces) > 1:
            found["".join(pieces)] = None
    return tuple(found)


def slugify(name: str) -> str:
    """Return the slug made of a name: "C·one" gives "c-one"; empty where nothing is left."""
    return fold(name).replace(" ", "-")


def unique_slugs(items: Iterable[tuple[str, str | None, str]]) -> list[str]:
    """Return a slug for each (name, year, external id), whatever the order they come in.

    Where several would share one, all of them get their year; where that is missing or still
    shared, all of those their external id, written `scheme-value`.
    """
    entries = [
        (slugify(name) or slugify(external) or "unnamed", year, slugify(external)) for name, year, external in items
    ]
    slugs = [base for base, _, _ in entries]
    for suffix in (1, 2):
        counts: dict[str, int] = {}
        for slug in slugs:
            counts[slug] = counts.get(slug, 0) + 1
        for i, entry in enumerate(entries):
            if counts[slugs[i]] > 1 and entry[suffix]:
                slugs[i] = f"{slugs[i]}-{entry[suffix]}"
    return slugs


SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
