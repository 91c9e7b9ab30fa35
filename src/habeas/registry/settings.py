"""`habeas.toml`: what a registry's folder says of itself. Nothing secret stands in it."""

from __future__ import annotations

import json
import os
import secrets
import tomllib
from pathlib import Path

import msgspec

from habeas.claims.values import EntityId
from habeas.errors import InputError, StorageError

NAME = "habeas.toml"


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The settings of a registry."""

    format: int
    """Of the registry's folder: 1."""
    organisation: str
    """The name of the organisation that keeps it."""
    organisation_id: EntityId
    """Its `org:` id in the record."""
    recorder: str
    """The handle that entries bear when no other is given. Who it is stays outside the record."""


def new_recorder() -> str:
    """A random handle."""
    return f"r-{secrets.token_hex(3)}"


def check_settings(settings: Settings) -> None:
    """Refuse settings that could not be read back, or that the record could not bear.

    Raises:
        InputError: the organisation has no name, or one that is no text; or its id is no `org:`.
    """
    name = settings.organisation
    if not name.strip() or name.encode(errors="ignore").decode() != name:
        raise InputError(
            f"an organisation cannot be called {name!r}", mend="Give its name: --organisation NAME"
        )
    id_ = settings.organisation_id
    try:
        msgspec.convert(id_, EntityId)
    except msgspec.ValidationError:
        id_ = ""
    if not id_.startswith("org:"):
        raise InputError(
            f"{settings.organisation_id!r} is no id of an organisation",
            mend="Write it like `org:name`, in a-z, 0-9, dot, dash and underscore",
        )


def write_settings(folder: Path, settings: Settings) -> None:
    """Write `habeas.toml`, whole or not at all."""
    lines = [
        "# A Habeas registry. `habeas verify` checks everything in this folder.",
        f"format = {settings.format}",
        f"organisation = {_quoted(settings.organisation)}",
        f"organisation_id = {json.dumps(settings.organisation_id)}",
        f"recorder = {json.dumps(settings.recorder)}",
    ]
    path = folder / NAME
    draft = path.with_suffix(".new")
    try:
        with draft.open("w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        raise StorageError(
            f"the disk refused ({error.strerror})",
            place=str(path),
            mend="Free some space, or choose a folder that can be written to",
        ) from error


def _quoted(text: str) -> str:
    """A TOML string: JSON's, but TOML wants DEL escaped too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def read_settings(folder: Path) -> Settings:
    """Read `habeas.toml`.

    Raises:
        InputError: the folder is no registry, or the file is not as this version writes it.
    """
    path = folder / NAME
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
        settings = msgspec.convert(found, Settings)
    except FileNotFoundError:
        raise InputError(
            "there is no registry here",
            place=str(folder),
            mend="Make one with `habeas init DIR --organisation NAME`, or name one with --registry",
        ) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise InputError(
            f"the settings cannot be read ({error})",
            place=str(path),
            mend="Put the file back as `habeas init` wrote it",
        ) from error
    if settings.format != 1:
        raise InputError(
            f"this registry has format {settings.format}; this version reads 1",
            place=str(path),
            mend="Open it with the version that wrote it",
        )
    return settings
