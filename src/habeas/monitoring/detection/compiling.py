"""Inner loops compiled by Numba, where it is there.

Numba keeps what it compiled and looks for changes only in the file of the function that is called:
what a compiled function calls stands in the same file. Sums may be taken in another order than they
are written, so that several go side by side; what is not a number stays so. What is kept does not
tell by which of these rules it was compiled: who changes them removes the `__pycache__` here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

_P = ParamSpec("_P")
_R = TypeVar("_R")

_ANY_ORDER = {"reassoc", "nsz", "contract"}


def compiled(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """The function compiled to run without Python, or itself where there is no Numba."""
    try:
        from numba import njit
    except ImportError:  # pragma: no cover - a platform that Numba does not support
        return function
    made = njit(cache=True, nogil=True, error_model="numpy", fastmath=_ANY_ORDER)(function)
    return cast("Callable[_P, _R]", made)
