"""How deep JSON is nested, told from its text: before a reader makes objects of it."""

from graph_api.domain.arrays import np
from graph_api.errors import VariablesTooLarge

_MARKS = b'[]{}"'
_OTHERS = bytes(byte for byte in range(256) if byte not in _MARKS)
_ALIKE = bytes.maketrans(b"{}", b"[]")
_OPEN, _CLOSE, _QUOTE = b'[]"'


def depth(text: bytes) -> int:
    """Return how deep lists and objects are nested; the work is linear in the text, and needs no stack.

    Of text that is no JSON it is how deep a reader could have come.
    """
    # Within a text a backslash goes before a quote that does not end it, and before one of its own kind.
    marks = text.replace(b"\\\\", b"").replace(b'\\"', b"").translate(_ALIKE, _OTHERS)
    found = np.frombuffer(marks, np.int8)
    is_quote = found == _QUOTE
    steps = np.int8((_OPEN + _CLOSE) // 2) - found
    steps[np.bitwise_xor.accumulate(is_quote) | is_quote] = 0
    return int(np.cumsum(steps, dtype=np.int32).max(initial=0))


def check_nesting(text: bytes, most: int, around: int = 0) -> None:
    """Make sure that JSON is not nested too deeply, whatever its keys are.

    Args:
        text: the JSON.
        most: how deep it may be.
        around: levels around it which are the protocol's, and do not count.

    Raises:
        VariablesTooLarge: it is deeper.
    """
    if text.count(b"[") + text.count(b"{") <= most + around:  # as it mostly is
        return
    found = depth(text) - around
    if found > most:
        raise VariablesTooLarge(
            f"the request holds values {found} deep and {most} is the most; send less", limit=most, requested=found
        )
