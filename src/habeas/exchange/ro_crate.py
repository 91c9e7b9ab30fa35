"""A research package: an RO-Crate in a BagIt bag, with claims, sources, files and provenance.

    bagit.txt bag-info.txt manifest-sha256.txt tagmanifest-sha256.txt     RFC 8493
    data/ro-crate-metadata.json     RO-Crate 1.1: what is in here, for programs and people
    data/claims.jsonl               every claim that may be seen, one a line (`jsonl`)
    data/provenance.json            W3C PROV: entries, runs, logs, organisations
    data/evidence/<sha256>          kept files, those alone of which nothing is hidden

Everything is a function of what may be seen: the same view gives the same bytes. It is written
whole or not at all, and never over anything. It proves nothing by itself; dossiers and bundles do.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from habeas import __version__
from habeas.claims.claim import Sensitivity, prefix_of
from habeas.claims.values import File, words
from habeas.errors import InputError, NotFoundError, StorageError
from habeas.exchange.bagit import PAYLOAD, write_tags
from habeas.exchange.jsonl import claim_line
from habeas.exchange.prov import ProvWriter
from habeas.registry.registry import Registry
from habeas.registry.view import Shown, Standing, View, order

CONTEXT: Final = "https://w3id.org/ro/crate/1.1/context"
PROFILE: Final = "https://w3id.org/ro/crate/1.1"

_WORDS: Final = {
    "en": {
        "name": "Claims of {org} (clearance: {clearance})",
        "description": (
            "What sources say, each statement with its source; contradictory statements stand side "
            "by side. Nothing here is stated by this package itself. It holds only what may be "
            "seen at the clearance “{clearance}”."
        ),
        "terms": "No licence is granted by this package. Ask {org} before passing it on.",
        "claims": "The claims, one a line (JSON Lines)",
        "provenance": "How the record came to hold them (W3C PROV, PROV-JSON)",
        "evidence": "Kept file",
    },
    "fa": {
        "name": "گزاره‌های {org} (سطح دسترسی: {clearance})",
        "description": (
            "آنچه منابع می‌گویند، هر گزاره همراه با منبع آن؛ گزاره‌های متناقض در کنار هم می‌مانند. "
            "این بسته از خود چیزی نمی‌گوید و تنها آنچه را در سطح دسترسی «{clearance}» دیدنی است "
            "در بر دارد."
        ),
        "terms": "این بسته پروانه‌ای نمی‌دهد. پیش از انتشار از {org} بپرسید.",
        "claims": "گزاره‌ها، هر یک در یک سطر (JSON Lines)",
        "provenance": "چگونگی ثبت آن‌ها (W3C PROV, PROV-JSON)",
        "evidence": "پروندهٔ نگهداری‌شده",
    },
}


class WrittenCrate(msgspec.Struct, frozen=True, kw_only=True):
    """A package that was written."""

    folder: Path
    claims: int
    files: int
    """Files of its payload."""
    bytes: int
    """Of its payload."""
    evidence: tuple[str, ...]
    """SHA-256 of the kept files that were put in."""
    left_out: tuple[str, ...]
    """SHA-256 of those that were not: something about them may not be seen, or it is not held."""

    def dropped(self) -> list[str]:
        """What could not be carried, in words."""
        why = "left out: something about it may not be seen at this clearance, or it is not held"
        return [f"the file {sha256} was {why}" for sha256 in self.left_out]


def write_ro_crate(
    registry: Registry,
    out: Path,
    *,
    subject: str | None = None,
    clearance: Sensitivity = "public",
    lang: Literal["en", "fa"] = "en",
) -> WrittenCrate:
    """Write what may be seen as an RO-Crate in a BagIt bag.

    Args:
        registry: from where.
        out: a new folder.
        subject: only the claims about this entity, about the sources that say them, and about the
            kept files of those sources; everything if left out.
        clearance: what its readers may see.
        lang: of our own words; what sources say stays as it is.

    Raises:
        NotFoundError: nothing may be seen.
        InputError: there is something at `out`; no such clearance.
        IntegrityError: a kept file is not the one that was kept.
        StorageError: the disk refused; nothing was left behind.
    """
    view = registry.view(clearance)
    digests = _selected(view, subject)
    if not digests:
        raise NotFoundError(
            f"nothing is said of {subject or 'anything'} that may be seen at {clearance}",
            mend="Give another clearance, or look with `habeas find`",
        )
    _refuse_existing(out)
    draft = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        draft.mkdir(mode=0o700)
        made = _Crate(registry, view, draft / PAYLOAD, lang).write(digests)
        size, count = write_tags(draft, made.info)
        _sync(draft, public=clearance == "public")
        _refuse_existing(out)
        draft.rename(out)
    except OSError as error:
        raise StorageError(
            f"the disk refused ({error.strerror or error})",
            place=str(out),
            mend="Free some space, or choose a folder that can be written to",
        ) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return WrittenCrate(
        folder=out,
        claims=len(digests),
        files=count,
        bytes=size,
        evidence=made.evidence,
        left_out=made.left_out,
    )


class _Made(msgspec.Struct, frozen=True, kw_only=True):
    """What was put into the payload."""

    info: dict[str, str]
    evidence: tuple[str, ...]
    left_out: tuple[str, ...]


class _Crate:
    """One package while it is written."""

    def __init__(self, registry: Registry, view: View, folder: Path, lang: str) -> None:
        self._registry = registry
        self._view = view
        self._folder = folder
        self._organisation = registry.settings.organisation
        self._said = {
            name: text.format(org=self._organisation, clearance=view.clearance)
            for name, text in _WORDS[lang].items()
        }
        self._lang = lang
        self._newest = ""
        self._sources: dict[str, str] = {}
        self._files: dict[str, File] = {}

    def write(self, digests: Sequence[str]) -> _Made:
        """The payload."""
        parts = self._folder / "evidence"
        parts.mkdir(parents=True)
        with ProvWriter(parts, self._view, frozenset(digests)) as prov:
            prov.label(self._registry.organisation, self._organisation)
            with (self._folder / "claims.jsonl").open("wb") as lines:
                for digest in digests:
                    shown = self._view.claim(digest)
                    standing = self._view.standing(shown)
                    lines.write(msgspec.json.encode(claim_line(shown, standing)) + b"\n")
                    prov.add(shown, standing)
                    self._note(shown, standing)
            prov.finish(self._folder / "provenance.json")
        evidence, left_out = self._put_evidence(parts)
        (self._folder / "ro-crate-metadata.json").write_text(
            json.dumps(
                {"@context": CONTEXT, "@graph": list(self._graph(evidence))},
                ensure_ascii=False,
                indent=1,
            )
            + "\n",
            encoding="utf-8",
        )
        info = {
            "Source-Organization": self._organisation,
            "External-Description": self._said["description"],
            "Bagging-Date": self._newest[:10],
            "Bag-Software-Agent": f"habeas {__version__}",
            "Habeas-Clearance": self._view.clearance,
        }
        return _Made(info=info, evidence=evidence, left_out=left_out)

    def _note(self, shown: Shown, standing: Standing) -> None:
        """What the description of the package needs of a claim."""
        claim = shown.claim
        self._newest = max(self._newest, standing.recorded)
        if prefix_of(claim.source) == "source":
            self._sources.setdefault(claim.source, "")
        if shown.withdrawn:
            return
        if prefix_of(claim.subject) == "source":
            named = claim.predicate == "title" and not self._sources.get(claim.subject)
            self._sources[claim.subject] = (
                words(claim.value) if named else self._sources.get(claim.subject, "")
            )
        if claim.predicate == "file" and isinstance(claim.value, File):
            self._files.setdefault(claim.value.sha256, claim.value)

    def _put_evidence(self, folder: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Copy the files that may be seen; the same rule as in dossiers."""
        inside, left_out = [], []
        for sha256 in sorted(self._files):
            path = self._registry.evidence.path(sha256)
            if not path.is_file() or not self._registry.shows_whole(self._view, sha256):
                left_out.append(sha256)
                continue
            self._registry.evidence.check(sha256)
            shutil.copyfile(path, folder / sha256)
            inside.append(sha256)
        if not inside:
            folder.rmdir()
        return tuple(inside), tuple(left_out)

    def _graph(self, evidence: Sequence[str]) -> Iterator[dict[str, Any]]:
        """The entities of the crate: RO-Crate 1.1, flat JSON-LD."""
        parts = ["claims.jsonl", "provenance.json", *(f"evidence/{one}" for one in evidence)]
        org, terms = f"#{self._registry.organisation}", "#terms"
        yield {
            "@id": "ro-crate-metadata.json",
            "@type": "CreativeWork",
            "conformsTo": {"@id": PROFILE},
            "about": {"@id": "./"},
        }
        yield {
            "@id": "./",
            "@type": "Dataset",
            "name": self._said["name"],
            "description": self._said["description"],
            "datePublished": self._newest,
            "inLanguage": self._lang,
            "publisher": {"@id": org},
            "license": {"@id": terms},
            "hasPart": [{"@id": part} for part in parts],
            "mentions": [{"@id": f"#{source}"} for source in sorted(self._sources)],
        }
        yield {"@id": org, "@type": "Organization", "name": self._organisation}
        yield {"@id": terms, "@type": "CreativeWork", "name": self._said["terms"]}
        yield self._file("claims.jsonl", "application/jsonl", self._said["claims"])
        yield self._file("provenance.json", "application/json", self._said["provenance"])
        for sha256 in evidence:
            name = f"{self._said['evidence']} {sha256[:12]}…"
            yield {
                **self._file(f"evidence/{sha256}", self._files[sha256].media_type, name),
                "identifier": f"item:{sha256}",
            }
        for source, title in sorted(self._sources.items()):
            yield {
                "@id": f"#{source}",
                "@type": "CreativeWork",
                "name": title or source,
                "identifier": source,
            }

    def _file(self, path: str, media_type: str, name: str) -> dict[str, Any]:
        return {
            "@id": path,
            "@type": "File",
            "name": name,
            "encodingFormat": media_type,
            "contentSize": str((self._folder / path).stat().st_size),
        }


def _selected(view: View, subject: str | None) -> list[str]:
    """The digests of the claims that go in, in an order that the logs alone decide."""
    if subject is None:
        return [digest for *_, digest in sorted(order(shown) for shown in view.stream())]
    chosen = {shown.digest: order(shown) for shown in view.stream(subject=subject)}
    named = {view.claim(digest).claim.source for digest in chosen}
    items = {
        shown.claim.subject
        for source in named
        for shown in view.stream(predicate="from_source", ref=source)
    }
    for entity in named | items:
        chosen |= {shown.digest: order(shown) for shown in view.stream(subject=entity)}
    return sorted(chosen, key=lambda digest: chosen[digest])


def _refuse_existing(out: Path) -> None:
    if out.exists() or out.is_symlink():
        raise InputError(
            "it exists already, and nothing is overwritten",
            place=str(out),
            mend="Name a new folder",
        )


def _sync(folder: Path, *, public: bool) -> None:
    """Everything is on the disk before the folder gets its name.

    What is not public is for its owner alone.
    """
    kind, others = (0o755, 0o644) if public else (0o700, 0o600)
    folder.chmod(kind)
    for path in sorted(folder.rglob("*")):
        path.chmod(kind if path.is_dir() else others)
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
