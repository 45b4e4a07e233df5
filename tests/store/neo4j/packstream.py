"""As much of PackStream and Bolt's framing as a proxy has to read and write.

https://neo4j.com/docs/bolt/current/packstream/ and https://neo4j.com/docs/bolt/current/bolt/message/
"""

import asyncio
import struct
from collections.abc import Mapping
from typing import Any

_SIZED = {0xCC: 1, 0xCD: 2, 0xCE: 4, 0xD0: 1, 0xD1: 2, 0xD2: 4, 0xD4: 1, 0xD5: 2, 0xD6: 4, 0xD8: 1, 0xD9: 2, 0xDA: 4}
_INTEGERS = {0xC8: ">b", 0xC9: ">h", 0xCA: ">i", 0xCB: ">q", 0xC1: ">d"}
_CONSTANTS = {0xC0: None, 0xC2: False, 0xC3: True}


class Unpacker:
    """Reads the values that a message consists of."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def message(self) -> tuple[int, list[Any]]:
        """Return a message's signature and fields."""
        head, signature = self._take(2)
        return signature, [self.value() for _ in range(head & 0x0F)]

    def value(self) -> Any:
        """Return the next value; of a structure its fields."""
        marker = self._take(1)[0]
        if marker in _CONSTANTS:
            return _CONSTANTS[marker]
        if marker in _INTEGERS:
            return struct.unpack(_INTEGERS[marker], self._take(struct.calcsize(_INTEGERS[marker])))[0]
        if marker < 0x80 or marker >= 0xF0:
            return marker if marker < 0x80 else marker - 0x100
        if marker in _SIZED:
            return self._sized(marker & 0xFC, int.from_bytes(self._take(_SIZED[marker])))
        tiny = {0x80: 0xD0, 0x90: 0xD4, 0xA0: 0xD8, 0xB0: 0xB0}[marker & 0xF0]
        return self._sized(tiny, marker & 0x0F)

    def _sized(self, sort: int, size: int) -> Any:
        if sort == 0xCC:
            return self._take(size)
        if sort == 0xD0:
            return self._take(size).decode()
        if sort == 0xD4:
            return [self.value() for _ in range(size)]
        if sort == 0xD8:
            return {self.value(): self.value() for _ in range(size)}
        self._take(1)  # a structure's signature
        return [self.value() for _ in range(size)]

    def _take(self, size: int) -> bytes:
        self._at += size
        return self._data[self._at - size : self._at]


def pack(value: Any) -> bytes:
    """Return a text, number, list or map as bytes."""
    match value:
        case int():
            return b"\xcb" + struct.pack(">q", value)
        case str():
            return b"\xd2" + struct.pack(">I", len(value.encode())) + value.encode()
        case list():
            return b"\xd6" + struct.pack(">I", len(value)) + b"".join(map(pack, value))
        case Mapping():
            pairs = b"".join(pack(key) + pack(each) for key, each in value.items())
            return b"\xda" + struct.pack(">I", len(value)) + pairs
        case _:
            raise TypeError(value)


def framed(message: bytes) -> bytes:
    """Return a message in chunks, as it goes over the wire."""
    chunks = (message[at : at + 0xFFFF] for at in range(0, len(message), 0xFFFF))
    return b"".join(struct.pack(">H", len(chunk)) + chunk for chunk in chunks) + b"\0\0"


async def read_message(reader: asyncio.StreamReader) -> bytes:
    """Return the next message, put together from its chunks."""
    found = b""
    while True:
        size = int.from_bytes(await reader.readexactly(2))
        if size:
            found += await reader.readexactly(size)
        elif found:  # without, it was only to keep the connection open
            return found
