"""Compiling with Numba: without Python's lock, kept on disk."""

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """Compile a function at its first call, and keep the code for later processes.

    The code is kept beside the module, or, where that folder can't be written, in the user's cache folder. Where
    neither can be, each process compiles for itself, which takes seconds. Operations run in the order written:
    scores are the same on each machine.
    """
    import numba

    try:
        return cast(F, numba.njit(cache=True, nogil=True, error_model="numpy")(function))
    except RuntimeError:
        return cast(F, numba.njit(nogil=True, error_model="numpy")(function))


def is_available() -> bool:
    """Whether Numba is there; where it is not, a library serves instead."""
    return find_spec("numba") is not None
