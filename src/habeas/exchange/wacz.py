"""WACZ, a web archive in one file: checked to the last record, and kept whole.

WACZ 1.1.1 (Webrecorder). Every file in it is hashed again and compared with `datapackage.json`,
that with `datapackage-digest.json`, the signature is judged as far as that goes without a network,
and the digests of the WARC records are computed again. Nothing is rendered, unpacked to disk or
fetched. A package that is not what it says of itself is held back.
"""

from __future__ import annotations

import hashlib
from pathlib import Path, PurePosixPath
from typing import Final

import msgspec

from habeas.claims.locator import Place
from habeas.claims.values import When
from habeas.errors import InputError
from habeas.exchange.capture import Capture, CapturedFile, Said, found, moment, said_words
from habeas.exchange.tables.archive import Archive
from habeas.exchange.wacz_records import check_records
from habeas.exchange.wacz_signature import judge_seal

PACKAGE: Final = "datapackage.json"
DIGEST: Final = "datapackage-digest.json"

MAX_PAGES: Final = 20_000
"""Pages of one package that become claims; more are told of and stay in the kept file."""

_JSON_MOST: Final = 64 * 1024 * 1024
_HASHES: Final = ("sha256", "sha384", "sha512")
_TOLD: Final = 5


class Resource(msgspec.Struct, frozen=True, kw_only=True):
    """A file of the package, as `datapackage.json` lists it."""

    path: str
    hash: str = ""
    bytes: int | None = None


class Package(msgspec.Struct, frozen=True, kw_only=True):
    """`datapackage.json`."""

    resources: tuple[Resource, ...]
    wacz_version: str = ""
    title: object = None
    software: object = None


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """A line of `pages.jsonl`."""

    url: str
    ts: object = None
    title: object = None


class Findings(msgspec.Struct, kw_only=True):
    """What came of checking a package, gathered while it is read."""

    said: list[Said] = msgspec.field(default_factory=list)
    faults: list[str] = msgspec.field(default_factory=list)
    """Why it is held back."""
    remarks: list[str] = msgspec.field(default_factory=list)
    checks: list[str] = msgspec.field(default_factory=list)
    """What was checked and found right."""


def is_wacz(path: Path) -> bool:
    """Whether a file is a WACZ by its name."""
    return path.suffix.lower() == ".wacz"


def read_wacz(path: Path, *, roots: bytes = b"") -> Capture:
    """Read and check a WACZ file. Nothing is recorded.

    Args:
        path: the file; it is only read.
        roots: certificates that the user trusts, PEM: of timestamp authorities and of those who
            certify web domains. Without them, signatures are judged and their certificates not.

    Raises:
        InputError: no zip package, damaged or made to do harm, or not a WACZ.
    """
    sha256 = sha256_of(path)
    examined = examine_wacz(path, roots=roots)
    reason = fault_line(examined.faults)
    file = CapturedFile(
        path=path,
        name=path.name,
        fate="held" if reason else "kept",
        reason=reason,
        sha256=sha256,
        said=tuple(examined.said),
    )
    many = examined.faults if len(examined.faults) > _TOLD else ()
    return Capture(name=path.name, reader="wacz", files=(file,), remarks=(*examined.remarks, *many))


def examine_wacz(path: Path, *, roots: bytes = b"") -> Findings:
    """Check a WACZ file, and gather what it says of itself.

    Raises:
        InputError: as `read_wacz`.
    """
    try:
        archive = Archive(path)
    except OSError as error:
        raise InputError(
            f"the file cannot be read ({error.strerror})", place=str(path), mend="Check its name"
        ) from error
    with archive:
        package, raw = _package(archive, path)
        findings = Findings()
        _check_resources(archive, package, findings)
        _check_seal(archive, raw, roots, findings)
        _check_parts(archive, findings)
        if not findings.faults:
            _describe(archive, package, findings)
            findings.said += [found(words) for words in findings.checks]
    return findings


def fault_line(faults: list[str]) -> str:
    """Faults as one reason; empty when there are none."""
    rest = f"; and {len(faults) - _TOLD} more" if len(faults) > _TOLD else ""
    return "; ".join(faults[:_TOLD]) + rest


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal.

    Raises:
        InputError: it cannot be read.
    """
    try:
        with path.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as error:
        raise InputError(
            f"the file cannot be read ({error.strerror})", place=str(path), mend="Check its name"
        ) from error


def _package(archive: Archive, path: Path) -> tuple[Package, bytes]:
    """The list of files in the package, and its bytes."""
    if PACKAGE not in archive.names:
        raise InputError(
            f"this is no WACZ: it has no {PACKAGE}",
            place=path.name,
            mend="Ask for the file again; a bare WARC can be kept with `habeas keep`",
        )
    raw = archive.read(PACKAGE, most=_JSON_MOST)
    try:
        return msgspec.json.decode(raw, type=Package), raw
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(
            f"{PACKAGE} cannot be read ({error})", place=path.name, mend="Ask for the file again"
        ) from error


def _check_resources(archive: Archive, package: Package, findings: Findings) -> None:
    """Hash every file again, and compare the files with their list."""
    listed: set[str] = set()
    for resource in package.resources:
        if resource.path in listed:
            findings.faults.append(f"{resource.path} is listed twice")
            continue
        listed.add(resource.path)
        if resource.path not in archive.names:
            findings.faults.append(f"{resource.path} is listed and missing")
        elif fault := _resource_fault(archive, resource):
            findings.faults.append(fault)
    strangers = sorted(archive.names - listed - {PACKAGE, DIGEST})
    findings.faults += [f"{name} is in the package, and no list names it" for name in strangers]
    version = package.wacz_version or "of no stated version"
    findings.checks.append(
        f"WACZ {version}: {len(listed)} files hashed again, each as {PACKAGE} states it"
    )


def _resource_fault(archive: Archive, resource: Resource) -> str:
    """What is wrong with one file; empty when nothing is."""
    algorithm, _, stated = resource.hash.partition(":")
    if algorithm not in _HASHES:
        return f"{resource.path} has no hash by an algorithm that is accepted (SHA-256)"
    hasher = hashlib.new(algorithm)
    size = 0
    try:
        for chunk in archive.chunks(resource.path):
            hasher.update(chunk)
            size += len(chunk)
    except InputError as error:
        return error.reason
    if hasher.hexdigest() != stated.lower():
        return f"{resource.path} is not what {PACKAGE} states: its {algorithm} is another one"
    if resource.bytes is not None and resource.bytes != size:
        return f"{resource.path} has {size} bytes, and {PACKAGE} states {resource.bytes}"
    return ""


def _check_seal(archive: Archive, package: bytes, roots: bytes, findings: Findings) -> None:
    if DIGEST not in archive.names:
        findings.remarks.append(f"it has no {DIGEST}: nothing seals its list of files")
        return
    seal = judge_seal(archive.read(DIGEST, most=_JSON_MOST), package, roots=roots)
    findings.faults += seal.faults
    findings.checks += seal.words
    findings.remarks += seal.words


def _check_parts(archive: Archive, findings: Findings) -> None:
    """The WARC files record by record; whether there is an index and a list of pages."""
    warcs = [name for name in sorted(archive.names) if _is_warc(name)]
    if not warcs:
        findings.faults.append("it holds no WARC file in archive/")
    if not any(name.startswith("indexes/") for name in archive.names):
        findings.remarks.append("it has no index: a replay program will not find the pages")
    count = verified = bare = 0
    for name in warcs:
        try:
            records = check_records(archive.chunks(name), name, packed=archive.size(name))
        except InputError as error:
            findings.faults.append(error.reason)
            continue
        findings.faults += records.faults
        count, verified = count + records.count, verified + records.verified
        bare += records.bare
    findings.checks.append(
        f"{count} WARC records read whole: the digests of {verified} computed again and right, "
        f"{bare} without a digest that can be computed"
    )


def _is_warc(name: str) -> bool:
    return name.startswith("archive/") and name.lower().endswith((".warc", ".warc.gz"))


def _describe(archive: Archive, package: Package, findings: Findings) -> None:
    """What the package says of itself and of its pages, as claims about the item."""
    place = (Place(text=PACKAGE),)
    findings.said += said_words("title", package.title, locator=place)
    findings.said += said_words("capture_tool", package.software, locator=place)
    times: list[When] = []
    told = 0
    for name in sorted(archive.names):
        if PurePosixPath(name).parent.name == "pages" and name.endswith(".jsonl"):
            told += _describe_pages(archive, name, findings, times, MAX_PAGES - told)
    if not told:
        findings.remarks.append("it has no list of pages")
    if when := _span(times):
        findings.said.append(Said(predicate="captured", value=when, locator=place))


def _describe_pages(
    archive: Archive, name: str, findings: Findings, times: list[When], most: int
) -> int:
    """The pages of one list; how many there are."""
    count = 0
    for number, line in enumerate(archive.read(name, most=_JSON_MOST).split(b"\n"), 1):
        if not line.strip() or (number == 1 and b'"format"' in line):
            continue
        try:
            page = msgspec.json.decode(line, type=Page)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            findings.remarks.append(f"{name}, line {number} is no page")
            continue
        count += 1
        if count > most:
            continue
        place = (Place(text=f"{name}, line {number}"),)
        when = moment(page.ts)
        times += [when] if when else []
        findings.said += said_words("url", page.url, locator=place, holds=when)
        findings.said += said_words("title", page.title, locator=place, holds=when)
    if count > most:
        findings.remarks.append(f"{name}: {count - most} pages are not told one by one, but kept")
    return count


def _span(times: list[When]) -> When | None:
    """From the first capture to the last."""
    if not times:
        return None
    ordered = sorted(times, key=lambda when: (when.earliest or "", when.text))
    first, last = ordered[0], ordered[-1]
    if first.text == last.text:
        return first
    return When(
        text=f"{first.text}/{last.text}",
        calendar="gregorian",
        earliest=first.earliest,
        latest=last.latest,
        precision="range",
    )
