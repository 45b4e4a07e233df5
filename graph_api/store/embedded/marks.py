"""A set of row keys that costs one bit for each row of the table, not one object for each member."""

from collections.abc import Iterable, Iterator
from itertools import islice


class Marks:
    """A growing set of positive integers."""

    def __init__(self, keys: Iterable[int] = ()) -> None:
        self._bits = bytearray()
        self.update(keys)

    def add(self, key: int) -> None:
        """Put a key into the set."""
        byte = key >> 3
        if byte >= len(self._bits):
            self._bits.extend(bytes(byte - len(self._bits) + 4096))
        self._bits[byte] |= 1 << (key & 7)

    def update(self, keys: Iterable[int]) -> None:
        """Put keys into the set."""
        for key in keys:
            self.add(key)

    def discard(self, key: int) -> None:
        """Take a key out of the set."""
        if key in self:
            self._bits[key >> 3] &= ~(1 << (key & 7))

    def __contains__(self, key: int) -> bool:
        byte = key >> 3
        return byte < len(self._bits) and bool(self._bits[byte] >> (key & 7) & 1)

    def __iter__(self) -> Iterator[int]:
        for i, byte in enumerate(self._bits):
            if byte:
                for bit in range(8):
                    if byte >> bit & 1:
                        yield i * 8 + bit

    def __bool__(self) -> bool:
        return any(self._bits)

    def chunks(self, size: int) -> Iterator[list[int]]:
        """Yield the keys in ascending lists of at most `size`."""
        keys = iter(self)
        while chunk := list(islice(keys, size)):
            yield chunk
