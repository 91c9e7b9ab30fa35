"""The output folder of auto-archiver: every file hashed again, every timestamp judged again.

bellingcat/auto-archiver 1.x with local storage. It states a hash for each file, and stamps the list
of those hashes (`timestamping_enricher`). A file is kept when it is what every report states of it;
one that differs, or that no report names, is held back. Nothing is rendered or fetched.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import unquote, urlsplit

import msgspec

from habeas.claims.locator import Place
from habeas.claims.values import Ref, Text
from habeas.errors import HabeasError, InputError
from habeas.exchange.auto_archiver_html import read_html
from habeas.exchange.auto_archiver_reports import (
    MAX_REPORT,
    ArchivedMedia,
    ArchivedPage,
    read_csv,
    read_json,
)
from habeas.exchange.capture import Capture, CapturedFile, Fate, Said, found, moment, said_words
from habeas.exchange.capture_timestamps import judge_stamp
from habeas.exchange.wacz import examine_wacz, fault_line, is_wacz

MAX_FILES: Final = 100_000
"""Files of one folder."""

_STAMPED: Final = "timestamped_hashes"
_TOKEN_MOST: Final = 256 * 1024
_LIST_MOST: Final = 16 * 1024 * 1024
_ALGORITHMS: Final = {"SHA-256": "sha256", "SHA3-512": "sha3_512"}
_READERS: Final[dict[str, Callable[[Path, str], list[ArchivedPage]]]] = {
    ".csv": read_csv,
    ".json": read_json,
    ".html": read_html,
    ".htm": read_html,
}


class _File(msgspec.Struct, kw_only=True):
    """A file of the folder while it is judged."""

    path: Path
    name: str
    fate: Fate = "kept"
    reason: str = ""
    hashes: dict[str, str] = msgspec.field(default_factory=dict)
    said: list[Said] = msgspec.field(default_factory=list)
    named: bool = False
    """Whether a report names it, or it is a report."""

    def turn(self, fate: Fate, reason: str) -> None:
        """It is not kept; the first reason counts."""
        if self.fate == "kept":
            self.fate, self.reason = fate, reason


def read_auto_archiver(folder: Path, *, roots: bytes = b"") -> Capture:
    """Read and check a folder that auto-archiver wrote. Nothing is recorded.

    Args:
        folder: what it stored and its reports (HTML, CSV or JSON); only read.
        roots: certificates of timestamp authorities that the user trusts, PEM. Without them the
            stamped hashes are compared and the signatures are not judged.

    Raises:
        InputError: no folder, too many files, or no report of auto-archiver in it.
    """
    files = {file.name: file for file in _files(folder)}
    remarks: list[str] = []
    pages: list[tuple[_File, ArchivedPage]] = []
    for file in files.values():
        if file.fate == "kept":
            pages += [(file, page) for page in _reports(file)]
    if not pages:
        raise InputError(
            "there is no report of auto-archiver (HTML, CSV or JSON) in this folder",
            place=str(folder),
            mend="Give the folder that it stored into, with the pages that it wrote; of a list, "
            "give the file",
        )
    finder = _Finder(files)
    for report, page in pages:
        report.named = True
        _judge_page(page, finder, remarks)
    for file in files.values():
        _judge_alone(file, roots)
    _judge_stamps([page for _, page in pages], finder, roots, remarks)
    for report, page in pages:
        _describe_report(report, page, finder)
    return Capture(
        name=folder.name,
        reader="auto-archiver",
        files=tuple(_settled(files[name]) for name in sorted(files)),
        remarks=tuple(dict.fromkeys(remarks)),
    )


# The files


def _files(folder: Path) -> Iterator[_File]:
    """Every file below a folder; what cannot be kept is rejected."""
    count = 0
    for at, folders, names in os.walk(folder):
        folders.sort()
        links = [name for name in folders if (Path(at) / name).is_symlink()]
        for name in sorted([*names, *links]):
            count += 1
            if count > MAX_FILES:
                raise InputError(
                    f"the folder holds over {MAX_FILES:,} files",
                    place=str(folder),
                    mend="Import it in parts",
                )
            yield _looked_at(Path(at) / name, folder)


def _looked_at(path: Path, folder: Path) -> _File:
    file = _File(path=path, name=path.relative_to(folder).as_posix())
    try:
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode):
            file.turn("rejected", "it is a link or a device, not a file")
        elif not status.st_size:
            file.turn("rejected", "it is empty")
        else:
            with path.open("rb") as opened:
                file.hashes["sha256"] = hashlib.file_digest(opened, "sha256").hexdigest()
        file.name.encode()
    except OSError as error:
        file.turn("rejected", f"it cannot be read ({error.strerror})")
    except UnicodeEncodeError:
        file.name = file.name.encode("utf-8", "replace").decode()
        file.turn("rejected", "its name is no text")
    return file


def _reports(file: _File) -> list[ArchivedPage]:
    """What a file tells of captures, when it is a report."""
    reader = _READERS.get(file.path.suffix.lower())
    if reader is None or file.path.stat().st_size > MAX_REPORT:
        return []
    return reader(file.path, file.name)


def _settled(file: _File) -> CapturedFile:
    if not file.named:
        file.turn("held", "no report of auto-archiver names it")
    return CapturedFile(
        path=file.path,
        name=file.name,
        fate=file.fate,
        reason=file.reason,
        sha256=file.hashes.get("sha256"),
        said=tuple(file.said),
    )


class _Finder:
    """Files by the end of their path: what a report calls `a/x/y.jpg` may lie in `x/y.jpg`."""

    def __init__(self, files: dict[str, _File]) -> None:
        self._by_end: dict[tuple[str, ...], list[_File]] = defaultdict(list)
        for name, file in files.items():
            parts = PurePosixPath(name).parts
            for start in range(len(parts)):
                self._by_end[parts[start:]].append(file)

    def __call__(self, media: ArchivedMedia) -> _File | None:
        """The file that a report means; None when there is none, or more than one could be."""
        for key in media.keys:
            for words in (key, unquote(urlsplit(key).path) if "://" in key else key):
                parts = PurePosixPath(words.replace("\\", "/")).parts
                for start in range(len(parts)):
                    if hits := self._by_end.get(parts[start:]):
                        if len(hits) == 1:
                            return hits[0]
                        break
        return None


# What is stated of them


def _judge_page(page: ArchivedPage, finder: _Finder, remarks: list[str]) -> None:
    """Compare the files of a capture with what its report states."""
    for media in (inner for one in page.media for inner in one.flat()):
        file = finder(media)
        if file is None:
            named = media.keys[0] if media.keys else "a file without a name"
            remarks.append(f"{page.place} names {named}, which is not in the folder")
            continue
        file.named = True
        if file.fate == "rejected":
            continue
        _judge_hash(file, media, page)
        _describe(file, page)


def _judge_hash(file: _File, media: ArchivedMedia, page: ArchivedPage) -> None:
    """Compute a stated hash again."""
    place = (Place(text=page.place),)
    if not media.hash:
        return
    label, _, stated = media.hash.partition(":")
    algorithm = _ALGORITHMS.get(label)
    if algorithm is None:
        file.turn("held", f"{page.place} states a hash of an unknown kind: {media.hash[:80]!r}")
        return
    if algorithm not in file.hashes:
        with file.path.open("rb") as opened:
            file.hashes[algorithm] = hashlib.file_digest(opened, algorithm).hexdigest()
    if file.hashes[algorithm] != stated.strip().lower():
        file.turn("held", f"its {label} is not the one that {page.place} states")
        return
    file.said.append(found(f"{label} computed again: as {page.place} states it"))
    if algorithm != "sha256":
        value = Text(text=f"{algorithm.replace('_', '-')}:{file.hashes[algorithm]}")
        file.said.append(Said(predicate="second_hash", value=value, locator=place))


def _describe(file: _File, page: ArchivedPage) -> None:
    """What a report says of a file: where from, when, with what."""
    place = (Place(text=page.place),)
    new = [
        *said_words("url", page.url, locator=place),
        *said_words("title", page.title, locator=place),
        *said_words("capture_tool", page.tool, locator=place),
    ]
    if when := moment(page.processed):
        new.append(Said(predicate="captured", value=when, locator=place))
    file.said += [said for said in new if said not in file.said]


def _judge_alone(file: _File, roots: bytes) -> None:
    """What a file can be asked without the others."""
    if file.fate != "kept" or not file.named:
        return
    if is_wacz(file.path):
        try:
            findings = examine_wacz(file.path, roots=roots)
        except InputError as error:
            file.turn("held", error.reason)
            return
        if findings.faults:
            file.turn("held", fault_line(findings.faults))
        file.said += findings.said
    if not any(said.checked for said in file.said):
        file.said.append(found("the capture states no hash of this file"))


def _describe_report(report: _File, page: ArchivedPage, finder: _Finder) -> None:
    """A report belongs to its capture, and the kept files of the capture to the report."""
    _describe(report, page)
    place = (Place(text=page.place),)
    for media in (inner for one in page.media for inner in one.flat()):
        file = finder(media)
        if file is None or file is report or file.fate != "kept":
            continue
        part = Ref(id=f"item:{file.hashes['sha256']}")
        said = Said(predicate="capture_part", value=part, locator=place)
        if said not in report.said:
            report.said.append(said)


# Timestamps


def _judge_stamps(
    pages: list[ArchivedPage], finder: _Finder, roots: bytes, remarks: list[str]
) -> None:
    """Every token over every list of hashes, once, however many reports tell of it."""
    done: set[tuple[str, str]] = set()
    for page in pages:
        for media in (one for one in page.media if one.id == _STAMPED or _tokens(one)):
            listed = finder(media)
            if listed is None:
                continue
            for token in _tokens(media):
                file = finder(token)
                if file is None or (listed.name, file.name) in done:
                    continue
                done.add((listed.name, file.name))
                words = _judge_token(listed, file, roots, _chain(token, finder))
                if words:
                    _tell_covered(listed, words, page, finder)
            if listed.fate == "kept":
                _tell_unknown(listed, page, finder, remarks)


def _tokens(media: ArchivedMedia) -> list[ArchivedMedia]:
    return [one for one in media.inner if one.tsa]


def _judge_token(listed: _File, token: _File, roots: bytes, chain: bytes) -> str:
    """Judge one token over one list; what came of it in words, or nothing when it is held back."""
    if token.fate != "kept":
        return ""
    if listed.fate != "kept":
        token.turn("held", f"the list that it stamps, {listed.name}, is not as it should be")
        return ""
    if token.path.stat().st_size > _TOKEN_MOST:
        token.turn("held", "it is too large for a timestamp")
        return ""
    raw = token.path.read_bytes()
    try:
        stamp = judge_stamp(raw, listed.path.read_bytes(), roots=roots, chain=chain)
    except HabeasError as error:
        token.turn("held", f"{error.reason} ({listed.name})")
        return ""
    part = Ref(id=f"item:{token.hashes['sha256']}")
    listed.said.append(Said(predicate="capture_part", value=part, checked=True))
    listed.said.append(found(stamp.words))
    token.said.append(found(f"over the list of hashes {listed.name}: {stamp.words}"))
    return stamp.words


def _tell_covered(listed: _File, words: str, page: ArchivedPage, finder: _Finder) -> None:
    """Of each file whose hash stands in a stamped list."""
    lines = _lines(listed)
    for media in page.media:
        file = finder(media)
        if file is not None and file.fate == "kept" and lines & set(file.hashes.values()):
            file.said.append(found(f"its hash stands in the list {listed.name}, with an {words}"))


def _tell_unknown(listed: _File, page: ArchivedPage, finder: _Finder, remarks: list[str]) -> None:
    """Stamped hashes to which no file of the capture answers."""
    files = [finder(media) for one in page.media for media in one.flat()]
    known = {value for file in files if file is not None for value in file.hashes.values()}
    if lost := len(_lines(listed) - known):
        remarks.append(f"{listed.name}: {lost} of the stamped hashes are of no file in the folder")


def _lines(listed: _File) -> set[str]:
    if listed.path.stat().st_size > _LIST_MOST:
        return set()
    text = listed.path.read_bytes().decode("ascii", "replace")
    return {line.strip().lower() for line in text.splitlines() if line.strip()}


def _chain(token: ArchivedMedia, finder: _Finder) -> bytes:
    """The certificates stored beside a token, PEM; they complete a chain and are never trusted."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    chain: list[bytes] = []
    for media in token.inner:
        file = finder(media)
        if file is None or file.fate != "kept" or file.path.stat().st_size > _TOKEN_MOST:
            continue
        raw = file.path.read_bytes()
        try:
            pem = raw.startswith(b"-----BEGIN")
            load = x509.load_pem_x509_certificate if pem else x509.load_der_x509_certificate
            chain.append(load(raw).public_bytes(Encoding.PEM))
        except ValueError:
            file.turn("held", "it is no certificate that can be read")
    return b"".join(chain)
