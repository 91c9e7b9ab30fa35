"""Opening the registry that a command works on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from habeas.cli import passphrase

if TYPE_CHECKING:
    from habeas.cli.options import Level
    from habeas.registry.registry import Registry
    from habeas.registry.view import View


@contextmanager
def opened(folder: Path | None, passphrase_file: Path | None = None) -> Iterator[Registry]:
    """A registry, closed at the end; its passphrase is asked for when a signature needs it.

    Args:
        folder: of the registry; the working folder when None.
        passphrase_file: see `passphrase.known`.
    """
    from habeas.ledger.keys import is_protected
    from habeas.registry.registry import open_registry

    def asked() -> str:
        key_file = registry.key_file(registry.log.origin)
        if key_file.is_file() and not is_protected(key_file.read_bytes()):
            return ""
        return passphrase.known(passphrase_file)

    registry = open_registry(folder or Path(), passphrase=asked)
    with registry:
        yield registry


@contextmanager
def viewed(folder: Path | None, clearance: Level) -> Iterator[View]:
    """What may be seen of a registry."""
    with opened(folder) as registry:
        yield registry.view(clearance)
