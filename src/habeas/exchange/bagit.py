"""BagIt 1.0 (RFC 8493): the files that let anybody check a folder with `sha256sum`.

Only what such a bag needs: SHA-256 manifests over `data/` and over the tag files, in an order that
is always the same. Which files go in, and whether they may, is decided elsewhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

PAYLOAD: Final = "data"

_DECLARATION: Final = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


def write_tags(bag: Path, info: Mapping[str, str]) -> tuple[int, int]:
    """Make a bag of a folder that holds `data/`.

    Args:
        bag: the folder; its payload is complete.
        info: elements of `bag-info.txt`, in order; `Payload-Oxum` is added.

    Returns:
        The bytes and the number of the payload's files.

    Raises:
        OSError: the disk refused.
    """
    payload = sorted(path for path in (bag / PAYLOAD).rglob("*") if path.is_file())
    size, count = sum(path.stat().st_size for path in payload), len(payload)
    lines = [f"{label}: {' '.join(words.split())}" for label, words in info.items()]
    lines.append(f"Payload-Oxum: {size}.{count}")
    _write(bag / "bagit.txt", _DECLARATION)
    _write(bag / "bag-info.txt", "".join(f"{line}\n" for line in lines))
    _write(bag / "manifest-sha256.txt", _manifest(bag, payload))
    tags = [bag / name for name in ("bag-info.txt", "bagit.txt", "manifest-sha256.txt")]
    _write(bag / "tagmanifest-sha256.txt", _manifest(bag, tags))
    return size, count


def _manifest(bag: Path, paths: Iterable[Path]) -> str:
    lines = []
    for path in paths:
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        lines.append(f"{sha256}  {_encoded(path.relative_to(bag).as_posix())}\n")
    return "".join(lines)


def _encoded(name: str) -> str:
    """A path as a manifest writes it: RFC 8493, 2.1.3."""
    return name.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
