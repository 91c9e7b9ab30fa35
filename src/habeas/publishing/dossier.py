"""Writes a dossier: pages, twins, proofs, in one folder that verifies itself.

Everything in it is a function of the log, the clearance, the entity and the arguments: two runs
write the same bytes. Nothing is fetched, and no file of evidence is put in.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec

from habeas.claims.claim import Sensitivity
from habeas.ledger.keys import SigningKey
from habeas.publishing.catalogue import Language
from habeas.publishing.contents import Contents
from habeas.publishing.gathering import gather
from habeas.publishing.harm import check_harm
from habeas.publishing.html import html_files
from habeas.publishing.pack_folder import write_pack
from habeas.publishing.pdf import pdf_bytes
from habeas.publishing.proofs import proof_pack
from habeas.publishing.sealing import seal_pack
from habeas.publishing.twins import twin_files
from habeas.registry.registry import Registry
from habeas.registry.view import View

PDF_NAME: Final = "dossier.pdf"


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """A dossier that was written."""

    folder: Path
    page: Path
    """The page to open."""
    files: int
    claims: int
    """How many claims it shows."""
    language: Language
    clearance: Sensitivity


def write_dossier(
    registry: Registry,
    entity: str,
    out: Path,
    *,
    clearance: Sensitivity = "public",
    lang: Language = "en",
    seal: bool = True,
    pdf: bool = True,
    authorities: bytes = b"",
) -> Written:
    """Write the dossier of an entity into a new or empty folder.

    Args:
        registry: where it is known.
        entity: `site:…`, `person:…`, `event:…`, `case:…`, or `all` for the whole registry.
        out: the folder.
        clearance: what its readers may see.
        lang: of our own words; what sources say stays as it is.
        seal: sign the list of files with the registry's key, so that the pages are proven too;
            without it the claims still prove themselves.
        pdf: write `dossier.pdf` too.
        authorities: root certificates of timestamp authorities, PEM.

    Raises:
        NotFoundError: nothing that may be seen is said of the entity.
        HarmError: it would publish what is never published; nothing was written.
        InputError: the folder holds something.
        KeyFileError: the key that seals cannot be opened.
        IntegrityError: a claim is not covered by a signed checkpoint, or a vendored file changed.
        StorageError: the disk refused.
    """
    view = registry.view(clearance)
    contents = gather(view, entity)
    check_harm(contents)
    key = registry.key() if seal else None
    files = dossier_files(view, contents, lang=lang, key=key, pdf=pdf, authorities=authorities)
    write_pack(out, files)
    return Written(
        folder=out,
        page=out / "index.html",
        files=len(files),
        claims=len(contents.claims),
        language=lang,
        clearance=clearance,
    )


def dossier_files(
    view: View,
    contents: Contents,
    *,
    lang: Language = "en",
    key: SigningKey | None = None,
    pdf: bool = True,
    authorities: bytes = b"",
) -> dict[str, bytes]:
    """The files of a dossier, by path. The only way out: every output passes the second look.

    Args:
        view: through which the contents were gathered.
        contents: what the dossier shows.
        lang: of our own words.
        key: seals the list of files.
        pdf: whether `dossier.pdf` is among them, with the twins inside.
        authorities: root certificates of timestamp authorities, PEM.

    Raises:
        HarmError: it would publish what is never published.
        IntegrityError: as `write_dossier`.
    """
    check_harm(contents)
    shown = [view.claim(statement.digest) for statement in contents.claims]
    pack = proof_pack(view, shown, language=lang, authorities=authorities)
    twins = twin_files(contents)
    pages = {**html_files(contents, lang), **twins}
    if pdf:
        pages[PDF_NAME] = pdf_bytes(contents, lang=lang, attachments=twins)
    return seal_pack({**pages, **pack}, key)
