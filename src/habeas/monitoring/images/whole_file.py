"""Writing a file whole or not at all, whatever happens in between."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from habeas.errors import StorageError


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that its name never stands for half of it.

    Raises:
        StorageError: the disk refused.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".half-", suffix=".tmp")
        half = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            half.replace(path)
        except BaseException:
            half.unlink(missing_ok=True)
            raise
    except OSError as problem:
        raise StorageError(
            f"cannot write ({problem.strerror})",
            place=path.name,
            mend="Free some space, or mount the disk writable; nothing was lost",
        ) from problem
