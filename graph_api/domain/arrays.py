"""NumPy, imported when something is first computed with it, and names for the arrays in use.

A service answers queries without it, and is ready a tenth of a second sooner.
"""

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    IntArray: TypeAlias = NDArray[np.int32]
    LongArray: TypeAlias = NDArray[np.int64]
    IndexArray: TypeAlias = NDArray[np.intp]
    FloatArray: TypeAlias = NDArray[np.float64]
    LetterArray: TypeAlias = NDArray[np.uint8]
    StepArray: TypeAlias = NDArray[np.int8]
    BitArray: TypeAlias = NDArray[np.uint64]
    FlagArray: TypeAlias = NDArray[np.bool_]
    TextArray: TypeAlias = NDArray[np.bytes_]
else:
    IntArray = LongArray = IndexArray = FloatArray = LetterArray = TextArray = Any
    StepArray = BitArray = FlagArray = Any

    class _Numpy:
        """Stands for the module until somebody asks for a name of it."""

        def __getattr__(self, name: str) -> Any:
            import numpy  # noqa: ICN001 - np is this object

            return getattr(numpy, name)

    np = _Numpy()

__all__ = [
    "BitArray",
    "FlagArray",
    "FloatArray",
    "IndexArray",
    "IntArray",
    "LetterArray",
    "LongArray",
    "StepArray",
    "TextArray",
    "np",
]
