"""The dossier as PDF/A-3: one file to print and to file, with its machine-readable twins inside.

Typst sets a fixed template (`templates/dossier.typ`) in this process. Everything that the dossier
says reaches it as JSON, never as markup; it may read no file, reach no network and use no typeface
but the vendored ones. Nothing is written to the disk. The time in the PDF is that of the newest
claim shown, so the same contents give the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from habeas.drawing.assets import font_folder
from habeas.drawing.bidi import TYPST_PRELUDE
from habeas.errors import HabeasError, InputError
from habeas.publishing.catalogue import Language
from habeas.publishing.contents import Contents
from habeas.publishing.typst_blocks import Document
from habeas.publishing.typst_document import write_document

if TYPE_CHECKING:
    import typst

TEMPLATE: Final = Path(__file__).parent / "templates" / "dossier.typ"

STANDARDS: Final[tuple[Literal["a-3a"], Literal["ua-1"]]] = ("a-3a", "ua-1")
"""PDF/A-3 level A (ISO 19005-3: archival, tagged, with attachments) and PDF/UA-1 (ISO 14289-1)."""


def pdf_bytes(
    contents: Contents,
    *,
    lang: Language,
    attachments: Mapping[str, bytes] | None = None,
    pictures: Mapping[str, bytes] | None = None,
) -> bytes:
    """The PDF of a dossier.

    Args:
        contents: of the dossier.
        lang: of our own words; what sources say stays as it is.
        attachments: file name to bytes; each is put inside the PDF as it is. `dossier.json` is
            marked as the source of what the pages show, any other as data.
        pictures: made by runs, that may be shown; SHA-256 to SVG.

    Returns:
        PDF/A-3a and PDF/UA-1, the same bytes for the same arguments.

    Raises:
        InputError: an attachment without a plain file name.
        IntegrityError: a vendored typeface was changed.
    """
    files = dict(sorted((attachments or {}).items()))
    for name in files:
        if not name or "/" in name or "\\" in name or not name.isprintable():
            mend = "Name it without folders, such as dossier.json."
            raise InputError("a file inside a PDF needs a plain name", place=repr(name), mend=mend)
    document = write_document(contents, lang, files, pictures)
    return _compile(document, files, _moment(contents))


def _moment(contents: Contents) -> datetime:
    """When the newest claim shown was recorded."""
    newest = max((log.newest for log in contents.logs), default="1970-01-01T00:00:00Z")
    return datetime.fromisoformat(newest.replace("Z", "+00:00")).astimezone(UTC)


def _compile(document: Document, files: Mapping[str, bytes], moment: datetime) -> bytes:
    import typst

    inputs = {"dossier": msgspec.json.encode(document).decode()}
    for attachment in document.attachments:
        inputs[attachment.key] = _as_input(files[attachment.name])
    source = (TYPST_PRELUDE + TEMPLATE.read_text(encoding="utf-8")).encode()
    with TemporaryDirectory(prefix="habeas-") as nothing:  # the template may read nothing
        try:
            compiler = typst.Compiler(
                source,
                root=nothing,
                font_paths=_fonts(),
                ignore_system_fonts=True,
                sys_inputs=inputs,
                package_path=nothing,
                package_cache_path=nothing,
            )
            made = compiler.compile(format="pdf", pdf_standards=list(STANDARDS), timestamp=moment)
        except typst.TypstError as error:
            raise HabeasError(
                f"the PDF could not be set: {error}",
                place=document.title,
                mend="The HTML dossier holds the same; please report this",
            ) from error
    if not isinstance(made, bytes):  # a list stands for pages of pictures
        raise HabeasError("the PDF could not be set", place=document.title)
    return made


def _as_input(data: bytes) -> str:
    """Bytes for Typst, whose inputs are text: as text after a `t`, else as numbers after an `n`."""
    try:
        return "t" + data.decode("utf-8")
    except UnicodeDecodeError:
        return "n" + msgspec.json.encode(list(data)).decode()


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    import typst

    folder = str(font_folder())
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder]
    )
