"""The state of a watch as bytes, so that the next run of the command may go on from it.

A line of JSON, then a NumPy archive. The line says what the file is, of which format and method,
and the hash of all of it, so that a damaged file is noticed. Nothing in it is ever run: arrays
are read without pickles, everything else is JSON, and each value must be of the type that the
state's own classes declare.
"""

from __future__ import annotations

import hashlib
import io
import json
import types
import typing
import zipfile
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any, Final

import msgspec
import numpy as np
import shapely
from shapely.errors import ShapelyError
from shapely.geometry import MultiPolygon, Polygon

from habeas import __version__
from habeas.errors import InputError
from habeas.monitoring.detection.watch_state import WatchState

FORMAT: Final = 1
_NAME: Final = "habeas watch state"
_VALUES: Final = "values.json"

_Hints = Mapping[str, Any]


class _Header(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    format: int
    method: str
    inputs: str
    sha256: str


@cache
def method_version() -> str:
    """What a state depends on besides its images: the version of Habeas and the code itself.

    The code by its hash, because a state that another code goes on from would be silently wrong,
    and nobody can forget to change a hash.
    """
    digest = hashlib.sha256(__version__.encode())
    for package in ("habeas.monitoring", "habeas.monitoring.detection"):
        for file in sorted(resources.files(package).iterdir(), key=lambda one: one.name):
            if file.is_file():
                digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def encode_state(state: WatchState, inputs: str) -> bytes:
    """A state as bytes.

    Args:
        state: which.
        inputs: hash of the images that it rests on.
    """
    arrays: dict[str, np.ndarray[Any, Any]] = {}
    values = _told(state, "state", arrays)
    archive = _archive(arrays, json.dumps(values, sort_keys=True).encode())
    header = _Header(name=_NAME, format=FORMAT, method=method_version(), inputs=inputs, sha256="")
    sealed = msgspec.structs.replace(header, sha256=_digest(header, archive))
    return msgspec.json.encode(sealed) + b"\n" + archive


def _digest(header: _Header, archive: bytes) -> str:
    """The hash of all of a file but the hash itself."""
    said = msgspec.json.encode(msgspec.structs.replace(header, sha256=""))
    return hashlib.sha256(said + b"\n" + archive).hexdigest()


def decode_state(content: bytes) -> tuple[WatchState, str]:
    """A state, and the hash of the images that it rests on.

    Raises:
        InputError: the file is none, is damaged, or is another version's.
    """
    line, _, archive = content.partition(b"\n")
    try:
        header = msgspec.json.decode(line, type=_Header)
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise _unusable("it is no state of a watch, or its beginning is damaged") from problem
    if header.name != _NAME:
        raise _unusable("it is no state of a watch")
    if (header.format, header.method) != (FORMAT, method_version()):
        raise _unusable("another version of the method left it")
    if msgspec.json.encode(header) != line or _digest(header, archive) != header.sha256:
        raise _unusable("it is damaged")
    try:
        return _state(archive), header.inputs
    except (
        zipfile.BadZipFile, ValueError, KeyError, TypeError, EOFError, OverflowError, ShapelyError,
    ) as problem:  # fmt: skip
        raise _unusable("what it holds is no state of this method") from problem


def _unusable(reason: str) -> InputError:
    return InputError(reason, mend="The next run makes a new one")


def _archive(arrays: Mapping[str, np.ndarray[Any, Any]], values: bytes) -> bytes:
    """Arrays that are mostly nothing are compressed; others would gain little.

    Members carry no time: equal states are equal bytes.
    """
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr(zipfile.ZipInfo(_VALUES), values, zipfile.ZIP_DEFLATED, 1)
        for name, array in arrays.items():
            sparse = 2 * np.count_nonzero(array) < array.size
            made = io.BytesIO()
            np.lib.format.write_array(made, array, allow_pickle=False)
            kind = zipfile.ZIP_DEFLATED if sparse else zipfile.ZIP_STORED
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), made.getvalue(), kind, 1)
    return held.getvalue()


def _state(content: bytes) -> WatchState:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        values = json.loads(archive.read(_VALUES))
        arrays = {
            name.removesuffix(".npy"): np.lib.format.read_array(
                io.BytesIO(archive.read(name)), allow_pickle=False
            )
            for name in archive.namelist()
            if name.endswith(".npy")
        }
    state = _read(WatchState, values, "state", arrays)
    assert isinstance(state, WatchState)  # noqa: S101  (for mypy)
    return state


def _told(value: Any, place: str, arrays: dict[str, np.ndarray[Any, Any]]) -> Any:
    """A value as JSON; arrays are put aside under their place."""
    if is_dataclass(value) and not isinstance(value, type):
        return {
            one.name: _told(getattr(value, one.name), f"{place}.{one.name}", arrays)
            for one in fields(value)
        }
    if isinstance(value, np.ndarray):
        arrays[place] = value
        return {"dtype": value.dtype.str, "shape": list(value.shape)}
    if isinstance(value, tuple):
        return [_told(one, f"{place}.{at}", arrays) for at, one in enumerate(value)]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Polygon | MultiPolygon):
        return shapely.to_wkb(value, hex=True)
    if isinstance(value, Mapping):
        return {str(key): float(share) for key, share in value.items()}
    if isinstance(value, np.generic):
        return value.item()
    return value


@cache
def _hints(kind: type) -> _Hints:
    return typing.get_type_hints(kind)


def _read(kind: Any, raw: Any, place: str, arrays: Mapping[str, Any]) -> Any:
    """A value of a declared type.

    Raises:
        ValueError, KeyError, TypeError: it is none of that type.
    """
    if is_dataclass(kind):
        return _read_dataclass(kind, raw, place, arrays)
    origin = typing.get_origin(kind)
    parts = typing.get_args(kind)
    if origin is np.ndarray:
        return _read_array(typing.get_args(parts[1])[0], raw, arrays[place])
    if origin in (typing.Union, types.UnionType):
        return _read_union(parts, raw, place, arrays)
    if origin is tuple:
        return _read_tuple(parts, raw, place, arrays)
    if kind in (Polygon, MultiPolygon):
        return _exactly(kind, shapely.from_wkb(raw))
    if kind is date:
        return date.fromisoformat(raw)
    if origin is not None:  # shares by name
        _exactly(dict, raw)
        return {_exactly(str, key): _exactly(float, share) for key, share in raw.items()}
    return _exactly(kind, raw)


def _read_dataclass(kind: Any, raw: Any, place: str, arrays: Mapping[str, Any]) -> Any:
    hints = _hints(kind)
    _exactly(dict, raw)
    if set(raw) != set(hints):
        raise ValueError(place)
    return kind(
        **{name: _read(hint, raw[name], f"{place}.{name}", arrays) for name, hint in hints.items()}
    )


def _read_array(kind: Any, raw: Any, array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    if array.dtype != np.dtype(kind) or raw != {
        "dtype": array.dtype.str, "shape": list(array.shape),
    }:  # fmt: skip
        raise ValueError(raw)
    return array


def _read_union(parts: tuple[Any, ...], raw: Any, place: str, arrays: Mapping[str, Any]) -> Any:
    if raw is None and type(None) in parts:
        return None
    for part in parts:
        if part is not type(None):
            try:
                return _read(part, raw, place, arrays)
            except (TypeError, ValueError):
                continue
    raise ValueError(place)


def _read_tuple(parts: tuple[Any, ...], raw: Any, place: str, arrays: Mapping[str, Any]) -> Any:
    _exactly(list, raw)
    kinds = parts[:1] * len(raw) if parts[1:] == (Ellipsis,) else parts
    return tuple(
        _read(kind, one, f"{place}.{at}", arrays)
        for at, (kind, one) in enumerate(zip(kinds, raw, strict=True))
    )


def _exactly(kind: Any, value: Any) -> Any:
    """A value that is of a type and no other: `True` is no number here."""
    if kind is float and type(value) is int:
        return float(value)
    if type(value) is not kind:
        raise ValueError(value)
    return value
