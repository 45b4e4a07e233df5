"""How often: a token bucket for each client, which refills steadily and holds a burst; workers share them."""

import secrets
import time
from array import array
from collections.abc import Callable, MutableSequence
from dataclasses import dataclass
from hashlib import blake2b
from multiprocessing import get_context

from graph_api.errors import TooManyRequests

_SETS = 2_048
_WAYS = 8
"""Buckets that a client's may be one of; where all are taken, that of the client not seen for longest is forgotten."""


@dataclass(frozen=True, slots=True)
class Buckets:
    """Room for the buckets of 16,384 clients: what is left in each, and when that was so.

    They are read and written without a lock, which a worker that is killed could not give back: of two workers that
    count the same client within the same microseconds one may be passed over.

    Attributes:
        salt: of the hashes that stand for clients, so that nobody can choose whose bucket theirs takes the place of.
    """

    salt: bytes
    clients: MutableSequence[int]
    left: MutableSequence[float]
    then: MutableSequence[float]

    def place(self, client: str, full: float, now: float) -> int:
        """Return where a client's bucket is; a new one is full."""
        digest = blake2b(client.encode(errors="replace"), digest_size=8, key=self.salt).digest()
        number = int.from_bytes(digest, "big") or 1  # 0 is nobody
        first = number % _SETS * _WAYS
        there = list(self.clients[first : first + _WAYS])
        if number in there:
            return first + there.index(number)
        place = min(range(first, first + _WAYS), key=self.then.__getitem__)
        self.clients[place], self.left[place], self.then[place] = number, full, now
        return place


def own_buckets() -> Buckets:
    """Return buckets for one process."""
    size = _SETS * _WAYS
    return Buckets(secrets.token_bytes(16), array("Q", bytes(8 * size)), *(array("d", bytes(8 * size)) for _ in "ab"))


def shared_buckets() -> Buckets:
    """Return buckets that worker processes share; to be handed to them as they are started."""
    size, spawn = _SETS * _WAYS, get_context("spawn")
    return Buckets(secrets.token_bytes(16), spawn.RawArray("Q", size), *(spawn.RawArray("d", size) for _ in "ab"))


class Rates:
    """How often clients may do something.

    Args:
        per_minute: requests that a bucket holds, and that flow into it in a minute; 0 is no limit.
        clock: seconds that never go back, the same in all processes.
        buckets: where they are kept; None keeps them for this process alone.
    """

    def __init__(
        self, per_minute: int, clock: Callable[[], float] = time.monotonic, buckets: Buckets | None = None
    ) -> None:
        self._size = per_minute
        self._clock = clock
        self._buckets = own_buckets() if buckets is None else buckets

    def take(self, client: str, what: str, count: int = 1) -> dict[str, str]:
        """Take one or more out of a client's bucket; return the headers that tell what is left.

        Headers: https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/ in its widespread early form.

        Args:
            client: whose bucket.
            what: is limited, for the message: "requests".
            count: how many are taken; more than a full bucket holds empty it.

        Raises:
            TooManyRequests: it does not hold so many.
        """
        if not self._size:
            return {}
        now, buckets = self._clock(), self._buckets
        place = buckets.place(client, self._size, now)
        left = min(float(self._size), buckets.left[place] + (now - buckets.then[place]) * self._size / 60)
        taken = min(count, self._size)
        is_empty = left < taken
        buckets.left[place], buckets.then[place] = left if is_empty else left - taken, now
        if is_empty:
            wait = max(1, round((taken - left) * 60 / self._size + 0.499))
            raise TooManyRequests(
                f"{self._size} {what} a minute are the most; try again in {wait} s",
                limit=self._size,
                retryAfter=wait,
            )
        left -= taken
        return {
            "ratelimit-limit": str(self._size),
            "ratelimit-remaining": str(int(left)),
            "ratelimit-reset": str(round((self._size - left) * 60 / self._size)),
        }
