"""Whole image files fetched from a server once, so that windows are read from the disk."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import requests

from habeas.errors import InputError, StorageError
from habeas.monitoring.images.acquisition import Acquisition, Layer
from habeas.monitoring.images.day import name_of
from habeas.monitoring.images.raster_file import SECONDS, host_of, is_remote

_PIECE = 1 << 20
_GIVEN_UP_AFTER = 3


@dataclass
class AssetStore:
    """Fetches whole files into a folder.

    Attributes:
        folder: of the cache.
        seconds: after which a server that says nothing is given up.
        hosts: of the files, fetched now or before; grows.
    """

    folder: Path
    seconds: float = SECONDS
    hosts: set[str] = field(default_factory=set)
    _silent: int = field(default=0, init=False)

    def localised(self, image: Acquisition, bands: Sequence[str]) -> Acquisition:
        """An image whose files, those of some bands and its masks, are on the disk.

        Raises:
            InputError: a file cannot be fetched.
            StorageError: the disk refused.
        """
        layers = {name: self._local(image.layers[name]) for name in bands}
        masks = tuple(replace(mask, layer=self._local(mask.layer)) for mask in image.masks)
        return replace(image, layers=layers, masks=masks)

    def _local(self, layer: Layer) -> Layer:
        return replace(layer, href=str(self.fetch(layer.href)))

    def fetch(self, href: str) -> Path:
        """The path of a file; it is fetched if it is not there yet.

        Raises:
            InputError: it cannot be fetched.
            StorageError: the disk refused.
        """
        if not is_remote(href):
            return Path(href)
        self.hosts.add(host_of(href))
        key = hashlib.sha256(href.split("?", maxsplit=1)[0].encode()).hexdigest()[:32]
        path = self.folder / "files" / key / name_of(href)
        if path.exists():
            return path
        if self._silent >= _GIVEN_UP_AFTER:
            raise InputError("not fetched: the server had stopped answering")
        try:
            self._place(href, path)
        except requests.RequestException as problem:
            self._silent += 1
            reason = type(problem).__name__
            if problem.response is not None:
                reason = f"status {problem.response.status_code}"
            raise InputError(f"cannot be fetched ({reason})", place=path.name) from problem
        except OSError as problem:
            raise StorageError(
                f"cannot write ({problem.strerror})",
                place=path.name,
                mend="Free some space, or mount the disk writable; nothing was lost",
            ) from problem
        self._silent = 0
        return path

    def _place(self, href: str, path: Path) -> None:
        """Fetch a file beside its place, then move it there.

        Sites of one square share files: another process may be fetching the same one. Each has a
        draft of its own; the last to end replaces equal bytes by equal bytes.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".half-", suffix=".tmp")
        os.close(descriptor)
        half = Path(name)
        try:
            self._download(href, half)
            half.replace(path)
        finally:
            half.unlink(missing_ok=True)

    def _download(self, href: str, half: Path) -> None:
        with requests.get(href, stream=True, timeout=self.seconds) as answer:
            self.hosts.update(host_of(each.url) for each in (*answer.history, answer))
            answer.raise_for_status()
            promised = answer.headers.get("Content-Length")
            with half.open("wb") as file:
                for piece in answer.iter_content(_PIECE):
                    file.write(piece)
                got = file.tell()
            # requests does not mind if the connection ends too early.
            if promised and "Content-Encoding" not in answer.headers and got != int(promised):
                raise requests.ConnectionError("the file was cut off")
