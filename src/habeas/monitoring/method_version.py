"""What a kept result depends on besides its images: the version of Habeas and the code itself."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources

from habeas import __version__


@cache
def method_version(*packages: str) -> str:
    """A hash of the version of Habeas and of all files of some packages.

    The code by its hash, because what another code goes on from would be silently wrong, and nobody
    can forget to change a hash.

    Args:
        packages: their names.
    """
    digest = hashlib.sha256(__version__.encode())
    for package in packages:
        for file in sorted(resources.files(package).iterdir(), key=lambda one: one.name):
            if file.is_file():
                digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()
