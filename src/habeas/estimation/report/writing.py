"""A report card as a folder: whole, or not there at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

import msgspec

from habeas.errors import InputError, StorageError
from habeas.estimation.figures.picture import Picture, to_picture
from habeas.estimation.report.again import TABLE, command_of, reproduce_text, table_file
from habeas.estimation.report.card import Card
from habeas.estimation.report.charts import charts_of
from habeas.estimation.report.document import document_of
from habeas.estimation.report.page import write_page
from habeas.estimation.wording import Language

PICTURES = "figures"


def report_files(card: Card, language: Language = "en") -> dict[str, bytes]:
    """The files of a report card by their path; the same card gives the same bytes.

    Args:
        card: what was computed.
        language: of the page and the pictures.
    """
    pictures = draw(card, language)
    page = write_page(card, pictures, (command_of(card, language),), language)
    document = msgspec.json.format(msgspec.json.encode(document_of(card)), indent=2) + b"\n"
    files = {
        "report.html": page.encode(),
        "report.json": document,
        "reproduce.txt": reproduce_text(card, language).encode(),
        TABLE: table_file(card.overlap).encode(),
    }
    for name, picture in pictures.items():
        files[f"{PICTURES}/{name}.svg"] = picture.svg
        files[f"{PICTURES}/{name}.png"] = picture.png
    return files


def draw(card: Card, language: Language) -> dict[str, Picture]:
    """The pictures of a card, by name."""
    return {chart.name: to_picture(chart, language) for chart in charts_of(card)}


def write_report(card: Card, folder: Path, language: Language = "en") -> tuple[str, ...]:
    """Write a report card into a new or empty folder, whole or not at all.

    Args:
        card: what was computed.
        folder: where; its parent must exist.
        language: of the page and the pictures.

    Returns:
        The paths inside it.

    Raises:
        InputError: something stands there already, or its parent does not exist.
        StorageError: the disk refused; nothing was left behind.
    """
    refuse_existing(folder)
    files = report_files(card, language)
    write_folder(folder, files)
    return tuple(sorted(files))


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files into a folder beside, and give it its name when all are on the disk.

    Raises:
        StorageError: the disk refused; nothing was left behind.
    """
    draft = None
    try:
        draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        for path, content in files.items():
            _write(draft / path, content)
        draft.chmod(0o777 & ~_mask())
        if folder.is_dir():
            folder.rmdir()
        draft.rename(folder)
    except OSError as error:
        raise StorageError(
            f"the disk refused ({error.strerror or error})",
            place=str(folder),
            mend="Free some space, or choose a folder that can be written to",
        ) from error
    finally:
        if draft is not None and draft.exists():
            shutil.rmtree(draft, ignore_errors=True)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())


def _mask() -> int:
    before = os.umask(0o077)
    os.umask(before)
    return before


def refuse_existing(folder: Path) -> None:
    """Refuse to write where something stands, or where there is no folder to write into.

    Args:
        folder: where; an empty folder is taken.

    Raises:
        InputError: something stands there, or its parent does not exist.
    """
    if not folder.parent.is_dir():
        raise InputError("there is no such folder", place=str(folder.parent), mend="Make it first")
    if folder.is_dir() and not list(folder.iterdir()):
        return
    if os.path.lexists(folder):
        raise InputError(
            "something stands here already, and is not overwritten",
            place=str(folder),
            mend="Choose another name, or move it away",
        )
