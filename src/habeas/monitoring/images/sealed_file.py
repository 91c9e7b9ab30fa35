"""Files of the cache whose damage is noticed: a line with the hash of what follows it.

Damage is told from what was written; somebody who may write in the cache can write another hash.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from habeas.monitoring.images.whole_file import write_whole


def write_sealed(path: Path, content: bytes) -> None:
    """Write a file whole, with its hash.

    Raises:
        StorageError: the disk refused.
    """
    write_whole(path, hashlib.sha256(content).hexdigest().encode() + b"\n" + content)


def read_sealed(path: Path) -> bytes | None:
    """What a file holds; none if there is none, or if it is damaged.

    Raises:
        OSError: it cannot be read.
    """
    try:
        line, _, content = path.read_bytes().partition(b"\n")
    except FileNotFoundError:
        return None
    return content if hashlib.sha256(content).hexdigest().encode() == line else None
