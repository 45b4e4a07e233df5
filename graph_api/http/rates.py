"""How often: a token bucket for each client, which refills steadily and holds a burst."""

import time
from collections import OrderedDict
from collections.abc import Callable

from graph_api.errors import TooManyRequests

_CLIENTS = 10_000


class Rates:
    """Buckets by client; those of clients that have not been seen for longest are forgotten, full as they are by then.

    Args:
        per_minute: requests that a bucket holds, and that flow into it in a minute; 0 is no limit.
        clock: seconds that never go back.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._size = per_minute
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

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
        now = self._clock()
        left, then = self._buckets.pop(client, (float(self._size), now))
        left = min(float(self._size), left + (now - then) * self._size / 60)
        taken = min(count, self._size)
        is_empty = left < taken
        self._buckets[client] = (left if is_empty else left - taken, now)
        if len(self._buckets) > _CLIENTS:
            self._buckets.popitem(last=False)
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
