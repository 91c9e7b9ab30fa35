"""The state of a watch as bytes, so that the next run of the command may go on from it.

A line that says what the file is, of which format and method, and the hash of all of it, so that a
damaged file is noticed; a line with the values; then the numbers of the arrays, one after the
other, as they lie in memory. Both lines are JSON. An archive would have names, times and checksums
of its own for each of some thirty arrays, which take longer to read than what they hold. Nothing
in a state is ever run, and each value must be of the type that the state's own classes declare.
"""

from __future__ import annotations

import hashlib
import json
import math
import types
import typing
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from functools import cache
from typing import Any, Final

import msgspec
import numpy as np
import shapely
from shapely.errors import ShapelyError
from shapely.geometry import MultiPolygon, Polygon

from habeas.errors import InputError
from habeas.monitoring.detection.watch_state import WatchState
from habeas.monitoring.method_version import method_version

FORMAT: Final = 2
_NAME: Final = "habeas watch state"

_ARRAY: Final = frozenset(("dtype", "shape", "sparse"))
"""What is told of an array in the line of values."""

_Hints = Mapping[str, Any]
_Array = np.ndarray[Any, Any]


class _Header(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    format: int
    method: str
    inputs: str
    sha256: str


def state_version() -> str:
    """What a state depends on besides its images."""
    return method_version("habeas.monitoring", "habeas.monitoring.detection")


def encode_state(state: WatchState, inputs: str) -> bytes:
    """A state as bytes; equal states are equal bytes.

    Args:
        state: which.
        inputs: hash of the images that it rests on.
    """
    arrays: list[memoryview] = []
    values = json.dumps(_told(state, arrays), sort_keys=True).encode() + b"\n"
    header = _Header(name=_NAME, format=FORMAT, method=state_version(), inputs=inputs, sha256="")
    sealed = msgspec.structs.replace(header, sha256=_digest(header, values, *arrays))
    return b"".join((msgspec.json.encode(sealed), b"\n", values, *arrays))


def _digest(header: _Header, *body: bytes | memoryview) -> str:
    """The hash of all of a file but the hash itself."""
    said = msgspec.json.encode(msgspec.structs.replace(header, sha256=""))
    digest = hashlib.sha256(said + b"\n")
    for part in body:
        digest.update(part)
    return digest.hexdigest()


def decode_state(content: bytes) -> tuple[WatchState, str]:
    """A state, and the hash of the images that it rests on.

    Raises:
        InputError: the file is none, is damaged, or is another version's.
    """
    end = content.find(b"\n") % (len(content) + 1)
    line, body = content[:end], memoryview(content)[end + 1 :]
    try:
        header = msgspec.json.decode(line, type=_Header)
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise _unusable("it is no state of a watch, or its beginning is damaged") from problem
    if header.name != _NAME:
        raise _unusable("it is no state of a watch")
    if (header.format, header.method) != (FORMAT, state_version()):
        raise _unusable("another version of the method left it")
    if msgspec.json.encode(header) != line or _digest(header, body) != header.sha256:
        raise _unusable("it is damaged")
    try:
        return _state(content, end + 1), header.inputs
    except (
        ValueError, KeyError, TypeError, OverflowError, RecursionError, ShapelyError,
    ) as problem:  # fmt: skip
        raise _unusable("what it holds is no state of this method") from problem


def _unusable(reason: str) -> InputError:
    return InputError(reason, mend="The next run makes a new one")


def _state(content: bytes, start: int) -> WatchState:
    """What stands behind the first line.

    Raises:
        ValueError, KeyError, TypeError, OverflowError, ShapelyError: it is no state.
    """
    end = content.index(b"\n", start)
    arrays = _Arrays(memoryview(content)[end + 1 :])
    state = _read(WatchState, json.loads(content[start:end]), arrays)
    arrays.end()
    assert isinstance(state, WatchState)  # noqa: S101  (for mypy)
    return state


def _told(value: Any, arrays: list[memoryview]) -> Any:
    """A value as JSON; the numbers of arrays are put behind those before."""
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: _told(getattr(value, one.name), arrays) for one in fields(value)}
    if isinstance(value, np.ndarray):
        return _told_array(value, arrays)
    if isinstance(value, tuple):
        return [one if type(one) is str else _told(one, arrays) for one in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Polygon | MultiPolygon):
        return shapely.to_wkb(value, hex=True)
    if isinstance(value, Mapping):
        return {str(key): float(share) for key, share in value.items()}
    if isinstance(value, np.generic):
        return value.item()
    return value


def _told_array(array: _Array, arrays: list[memoryview]) -> dict[str, Any]:
    """What an array is; of one that is mostly nothing, what is something is put there alone."""
    flat = np.ascontiguousarray(array).ravel()
    there = flat.view(f"u{flat.itemsize}") != 0
    sparse = bool(flat.dtype == np.bool_ or 2 * np.count_nonzero(there) < flat.size)
    if sparse:
        arrays.append(np.packbits(there).data)
    if flat.dtype != np.bool_:
        arrays.append((flat[there] if sparse else flat).data)
    return {"dtype": array.dtype.str, "shape": list(array.shape), "sparse": sparse}


@cache
def _hints(kind: type) -> _Hints:
    return typing.get_type_hints(kind)


def _read(kind: Any, raw: Any, arrays: _Arrays) -> Any:
    """A value of a declared type.

    Raises:
        ValueError, KeyError, TypeError, OverflowError, ShapelyError: it is none of that type.
    """
    if is_dataclass(kind):
        return _read_dataclass(kind, raw, arrays)
    origin = typing.get_origin(kind)
    parts = typing.get_args(kind)
    if origin is np.ndarray:
        return _read_array(np.dtype(typing.get_args(parts[1])[0]), raw, arrays)
    if origin in (typing.Union, types.UnionType):
        return _read_union(parts, raw, arrays)
    if origin is tuple:
        return _read_tuple(parts, raw, arrays)
    if kind in (Polygon, MultiPolygon):
        return _exactly(kind, shapely.from_wkb(raw))
    if kind is date:
        return date.fromisoformat(raw)
    if origin is not None:  # shares by name
        _exactly(dict, raw)
        return {_exactly(str, key): _exactly(float, share) for key, share in raw.items()}
    return _exactly(kind, raw)


def _read_dataclass(kind: Any, raw: Any, arrays: _Arrays) -> Any:
    hints = _hints(kind)
    _exactly(dict, raw)
    if set(raw) != set(hints):
        raise ValueError(sorted(raw))
    return kind(**{name: _read(hint, raw[name], arrays) for name, hint in hints.items()})


def _read_array(kind: np.dtype[Any], raw: Any, arrays: _Arrays) -> _Array:
    """An array of a type, in memory of its own."""
    if set(_exactly(dict, raw)) != _ARRAY or raw["dtype"] != kind.str:
        raise ValueError(raw)
    shape = [_exactly(int, side) for side in _exactly(list, raw["shape"])]
    count = math.prod(shape)
    if min(shape, default=0) < 0:
        raise ValueError(raw)
    if not _exactly(bool, raw["sparse"]):
        return arrays.take(kind, count).reshape(shape).copy()
    packed = arrays.take(np.dtype(np.uint8), -(-count // 8))
    there = np.unpackbits(packed, count=count).astype(np.bool_)
    if kind == np.bool_:
        return there.reshape(shape)
    array = np.zeros(count, kind)
    array[there] = arrays.take(kind, int(np.count_nonzero(there)))
    return array.reshape(shape)


class _Arrays:
    """The numbers of arrays, taken off one after the other; all there are, and no more.

    Args:
        held: as they lie in the file.
    """

    def __init__(self, held: memoryview) -> None:
        self._held, self._at = held, 0

    def take(self, kind: np.dtype[Any], count: int) -> _Array:
        """So many numbers of a type.

        Raises:
            ValueError: there are not so many left.
        """
        taken = np.frombuffer(self._held, kind, count, self._at)
        self._at += taken.nbytes
        return taken

    def end(self) -> None:
        """Nothing is left over.

        Raises:
            ValueError: something is.
        """
        if self._at != len(self._held):
            raise ValueError("more numbers than the values tell of")


def _read_union(parts: tuple[Any, ...], raw: Any, arrays: _Arrays) -> Any:
    if raw is None and type(None) in parts:
        return None
    for part in parts:
        if part is not type(None):
            try:
                return _read(part, raw, arrays)
            except (TypeError, ValueError):
                continue
    raise ValueError(raw)


def _read_tuple(parts: tuple[Any, ...], raw: Any, arrays: _Arrays) -> Any:
    _exactly(list, raw)
    if parts == (str, Ellipsis) and set(map(type, raw)) <= {str}:
        return tuple(raw)
    kinds = parts[:1] * len(raw) if parts[1:] == (Ellipsis,) else parts
    return tuple(_read(kind, one, arrays) for kind, one in zip(kinds, raw, strict=True))


def _exactly(kind: Any, value: Any) -> Any:
    """A value that is of a type and no other: `True` is no number here."""
    if kind is float and type(value) is int:
        return float(value)
    if type(value) is not kind:
        raise ValueError(value)
    return value
