"""Writes a dossier: pages, twins, proofs, in one folder that verifies itself.

Everything in it is a function of the log, the clearance, the entity and the arguments: two runs
write the same bytes. Nothing is fetched. Files of evidence are put in only when that is asked for,
and only those of which nothing lies above the clearance: a photograph tells where it was taken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from habeas.claims.claim import Sensitivity
from habeas.claims.values import File
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
    evidence: tuple[str, ...]
    """SHA-256 of the files of evidence that were put in."""
    left_out: tuple[str, ...]
    """SHA-256 of those that were not: something about them lies above the clearance."""


def write_dossier(
    registry: Registry,
    entity: str,
    out: Path,
    *,
    clearance: Sensitivity = "public",
    lang: Language = "en",
    seal: bool = True,
    pdf: bool = True,
    evidence: bool = False,
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
        evidence: put in the files of evidence that it shows, save those of which anything lies
            above the clearance.
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
    inside, left_out = _evidence(registry, view, contents) if evidence else ((), ())
    files = dossier_files(
        view,
        contents,
        lang=lang,
        key=key,
        pdf=pdf,
        evidence=inside,
        authorities=authorities,
        pictures=_pictures(registry, view, contents),
    )
    kept = {sha256: registry.evidence.path(sha256) for sha256 in inside}
    write_pack(out, files, evidence=kept)
    return Written(
        folder=out,
        page=out / "index.html",
        files=len(files) + len(inside),
        claims=len(contents.claims),
        language=lang,
        clearance=clearance,
        evidence=inside,
        left_out=left_out,
    )


def _evidence(
    registry: Registry, view: View, contents: Contents
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The files that a dossier may hold, and those that it may not.

    Raises:
        IntegrityError: a file is missing, or not the one that was kept.
    """
    values = [view.claim(statement.digest).claim.value for statement in contents.claims]
    named = sorted({value.sha256 for value in values if isinstance(value, File)})
    held = [sha256 for sha256 in named if registry.evidence.path(sha256).is_file()]
    for sha256 in held:
        registry.evidence.check(sha256)
    inside = tuple(sha256 for sha256 in held if registry.shows_whole(view, sha256))
    return inside, tuple(sha256 for sha256 in held if sha256 not in inside)


def _pictures(registry: Registry, view: View, contents: Contents) -> dict[str, bytes]:
    """The pictures of runs that are held whole, and of which nothing is hidden.

    Raises:
        IntegrityError: a file is not the one that was kept.
    """
    found = {}
    for picture in contents.pictures:
        sha256 = picture.sha256
        if registry.evidence.path(sha256).is_file() and registry.shows_whole(view, sha256):
            registry.evidence.check(sha256)
            with registry.evidence.open(sha256) as opened:
                found[sha256] = opened.read()
    return found


def dossier_files(
    view: View,
    contents: Contents,
    *,
    lang: Language = "en",
    key: SigningKey | None = None,
    pdf: bool = True,
    evidence: Sequence[str] = (),
    authorities: bytes = b"",
    pictures: Mapping[str, bytes] | None = None,
) -> dict[str, bytes]:
    """The files of a dossier, by path. The only way out: every output passes the second look.

    Args:
        view: through which the contents were gathered.
        contents: what the dossier shows.
        lang: of our own words.
        key: seals the list of files.
        pdf: whether `dossier.pdf` is among them, with the twins inside.
        evidence: SHA-256 of the files of evidence that the caller puts beside them.
        authorities: root certificates of timestamp authorities, PEM.
        pictures: made by runs, that may be shown; SHA-256 to SVG.

    Raises:
        HarmError: it would publish what is never published.
        IntegrityError: as `write_dossier`.
    """
    check_harm(contents)
    shown = [view.claim(statement.digest) for statement in contents.claims]
    pack = proof_pack(view, shown, language=lang, authorities=authorities, evidence=evidence)
    twins = twin_files(contents)
    pages = {**html_files(contents, lang, pictures), **twins}
    if pdf:
        pages[PDF_NAME] = pdf_bytes(contents, lang=lang, attachments=twins, pictures=pictures)
    return seal_pack({**pages, **pack}, key, evidence=evidence)
