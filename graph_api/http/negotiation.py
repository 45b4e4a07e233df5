"""Which media type a client gets (RFC 9110, 12.5.1; GraphQL over HTTP, "Accept")."""

from collections.abc import Sequence
from functools import lru_cache

JSON = "application/json"
GRAPHQL_JSON = "application/graphql-response+json"
HTML = "text/html"
_LIMIT = 2_000


def _ranges(accept: str) -> list[tuple[str, float]]:
    found = []
    for part in accept[:_LIMIT].lower().split(","):
        media, *parameters = (piece.strip() for piece in part.split(";"))
        quality = 1.0
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name.strip() == "q":
                try:
                    quality = float(value)
                except ValueError:
                    quality = 0.0
        if media:
            found.append((media, quality))
    return found


def _rating(media: str, ranges: Sequence[tuple[str, float]]) -> tuple[float, int]:
    """Return (quality, how exactly it is named) by the most exact range that covers a media type."""
    best = (0.0, 0)
    family = media.partition("/")[0]
    for wanted, quality in ranges:
        exactness = 3 if wanted == media else 2 if wanted == f"{family}/*" else 1 if wanted == "*/*" else 0
        if exactness > best[1]:
            best = (quality, exactness)
    return best


@lru_cache(maxsize=256)
def chosen(accept: str | None, offered: tuple[str, ...]) -> str | None:
    """Return the media type of those offered that a client likes best, or None where it takes none.

    Of equals the one that is named more exactly wins, then the earlier one. No header, or an
    empty one, takes anything.
    """
    if accept is None or not accept.strip():
        return offered[0]
    ranges = _ranges(accept)
    ratings = [(_rating(media, ranges), -place) for place, media in enumerate(offered)]
    (quality, _), place = max(ratings)
    return offered[-place] if quality > 0 else None


def names(accept: str | None, media: str) -> bool:
    """Tell whether a client asks for a media type by its name."""
    return accept is not None and any(wanted == media and quality > 0 for wanted, quality in _ranges(accept))


def quality(header: str, name: str) -> float | None:
    """Return how much a client likes what it lists under a name: 0 not at all, 1 most, None if it lists it not."""
    return next((quality for wanted, quality in _ranges(header) if wanted == name), None)
