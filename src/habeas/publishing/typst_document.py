"""The whole PDF as data: title, parts in their order, running head and foot, what is attached."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from itertools import groupby
from typing import Final, Literal

from msgspec.structs import replace

from habeas.publishing.catalogue import Language
from habeas.publishing.contents import Contents, LogState, Statement
from habeas.publishing.run_pictures import Pictures, picture_files
from habeas.publishing.typst_blocks import (
    Attachment,
    Block,
    Command,
    Document,
    Facts,
    Heading,
    Paragraph,
    Row,
    Table,
    Tiles,
)
from habeas.publishing.typst_claims import BETWEEN, PREFIX, ClaimSetter
from habeas.publishing.typst_parts import (
    contradictions_part,
    custody_part,
    findings_part,
    questions_part,
    row,
    sources_part,
    withdrawn_part,
)
from habeas.publishing.typst_pictures import map_part, run_pictures_part, timeline_part
from habeas.publishing.typst_text import (
    BREAK,
    Runs,
    code,
    figure,
    joined,
    plain,
    quiet,
    visible,
)
from habeas.publishing.wording import Teller

COMMAND: Final = "sh verify.sh"
SOURCE: Final = "dossier.json"
"""The attachment that everything on the pages stands in."""

_LONG: Final = 40
"""Claims from which a dossier has a table of contents."""
_RUNNING: Final = 72
_KEYS: Final = 4000
"""Characters of keys above which the state of a log may be parted by the end of a page."""
_ROOT: Final = 16
_MEDIA: Final = {
    "json": "application/json",
    "geojson": "application/geo+json",
    "txt": "text/plain",
    "csv": "text/csv",
}

Part = Callable[[ClaimSetter], list[Block]]

_PARTS: Final[tuple[tuple[str, Part], ...]] = (
    ("contradictions", contradictions_part),
    ("timeline", timeline_part),
    ("map", map_part),
    ("findings", findings_part),
    ("questions", questions_part),
)
_AFTER_MAP: Final = 3
"""Where the pictures of runs come, if there are any."""


def write_document(
    contents: Contents,
    lang: Language,
    files: Mapping[str, bytes],
    pictures: Pictures | None = None,
) -> Document:
    """Everything that the template sets.

    Args:
        contents: of the dossier.
        lang: of our own words.
        files: the attachments, file name to bytes.
        pictures: made by runs, that may be shown.
    """
    setter = ClaimSetter(Teller(contents, lang))
    teller, words = setter.teller, setter.words
    parts = _parts(setter, files, pictures or {})
    level = teller.term("sensitivity", contents.clearance)
    newest = max((log.newest for log in contents.logs), default="")
    organisation = teller.label(contents.organisation)
    title = visible(teller.title()).replace("\n", " ")
    return Document(
        title=f"{title} · {words('dossier.kicker')}",
        shown_title=setter.foreign(title),
        author=visible(organisation),
        description=words("dossier.stance"),
        lang=lang,
        dir=words.direction,
        digits=teller.number("0123456789"),
        kicker=joined([setter.say("dossier.kicker"), setter.text(teller.kind())], BETWEEN),
        facts=(
            setter.say("dossier.by", organisation=organisation),
            setter.say("dossier.clearance", level=level),
            setter.say("dossier.as_of", time=teller.time(newest)),
            *(setter.text(caution) for caution in teller.cautions()),
        ),
        stance=setter.say("dossier.stance"),
        contents=words("dossier.contents") if len(contents.claims) >= _LONG else "",
        running=setter.foreign(_shortened(title)),
        clearance=setter.say("dossier.clearance", level=level),
        root=_root(setter),
        page=words("pdf.page"),
        blocks=tuple(parts),
        attachments=tuple(_attachment(setter, name, n) for n, name in enumerate(files)),
    )


def _shortened(title: str) -> str:
    return title if len(title) <= _RUNNING else f"{title[:_RUNNING].rstrip()}…"


def _root(setter: ClaimSetter) -> Runs:
    """The beginning of the root of each log, the one with the most claims first; three at most."""
    logs = sorted(setter.contents.logs, key=lambda log: (-log.claims, log.origin))
    roots = [figure(f"{log.root[:_ROOT]}…", "ltr") for log in logs[:3]]
    return (*setter.say("pdf.root"), *plain(" "), *joined(roots, setter.comma)) if roots else ()


def _attachment(setter: ClaimSetter, name: str, number: int) -> Attachment:
    relationship: Literal["source", "data"] = "source" if name == SOURCE else "data"
    return Attachment(
        name=name,
        key=f"attachment-{number}",
        media_type=_MEDIA.get(name.rpartition(".")[2], "application/octet-stream"),
        relationship=relationship,
        description=setter.words(f"pdf.{relationship}", name=name),
    )


def _parts(setter: ClaimSetter, files: Mapping[str, bytes], held: Pictures) -> list[Block]:
    """Every part under its heading. Claims have their place where they stand in full."""
    known = _known(setter)
    shown = picture_files(setter.contents.pictures, setter.teller.language, held)
    writers: list[tuple[str, Part]] = [
        ("glance", _glance),
        *_PARTS[:_AFTER_MAP],
        *([("pictures", lambda setter: run_pictures_part(setter, held))] if shown else []),
        *_PARTS[_AFTER_MAP:],
        ("known", lambda _: known),
        ("custody", custody_part),
        ("withdrawn", withdrawn_part),
        ("sources", sources_part),
        ("register", _register),
        ("about", lambda setter: _about(setter, files)),
    ]
    made: list[Block] = []
    for key, write in writers:
        heading = setter.say(f"dossier.{key}")
        made.append(Heading(level=1, runs=heading, label=f"part-{key}", listed=True))
        made += write(setter)
    return made


def _known(setter: ClaimSetter) -> list[Block]:
    made: list[Block] = [Paragraph(runs=setter.say("dossier.known_lead"), style="lead")]
    for section in setter.contents.sections:
        made += setter.section(section)
    return made


def _glance(setter: ClaimSetter) -> list[Block]:
    glance, teller = setter.contents.glance, setter.teller
    tiles = []
    for key in ("claims", "sources", "independent", "contradictions", "questions", "findings"):
        count = int(getattr(glance, key))
        shown = teller.figure(str(count))
        tiles.append((shown, teller.count(key, count).replace(shown, "").strip()))
    rows = [
        _glance_row(setter, topic.predicate, number)
        for topic in glance.topics
        for said in topic.said
        for number in said.claims[:1]
    ]
    made: list[Block] = [Tiles(tiles=tuple(tiles))]
    if rows:
        keys = ("statement", "value", "who", "number")
        head = tuple(setter.say(f"dossier.{key}") for key in keys)
        made.append(Table(caption=(), widths=(3, 5, 4, 0), head=head, rows=tuple(rows)))
    return made


def _glance_row(setter: ClaimSetter, predicate: str, number: int) -> Row:
    statement, teller = setter.contents.claim(number), setter.teller
    said = setter.said(statement)
    for line in setter.reading(statement):
        said = (*said, *BREAK, *quiet(line))
    by = statement.by.text if statement.by else teller.source_title(statement.source)
    cells = (
        setter.text(teller.predicate(predicate)),
        said,
        setter.foreign(by),
        setter.link(number),
    )
    return row(cells, len(teller.said(statement)))


def _register(setter: ClaimSetter) -> list[Block]:
    """Claims that stand nowhere else in full: names and descriptions of sources."""
    made: list[Block] = [Paragraph(runs=setter.say("dossier.register_lead"), style="lead")]
    rows: list[Row] = []
    for subject, claims in groupby(setter.unplaced, key=lambda claim: claim.subject):
        rows.append(Row(cells=(_subject(setter, subject),), group=True))
        rows += [_register_row(setter, claim) for claim in claims]
    if rows:
        keys = ("number", "statement", "value", "who", "digest")
        head = tuple(setter.say(f"dossier.{key}") for key in keys)
        made.append(Table(caption=(), widths=(0, 3, 7, 3, 0), head=head, rows=tuple(rows)))
    return made


def _subject(setter: ClaimSetter, subject: str) -> Runs:
    """The name of an entity; of a claim its number here."""
    if not subject.startswith("claim:"):
        return setter.foreign(setter.teller.source_title(subject))
    digest = subject.partition(":")[2]
    for claim in setter.contents.claims:
        if claim.digest == digest:
            number = setter.teller.number(str(claim.number))
            return setter.say("claim.number", number=number)
    return figure(f"{digest[:PREFIX]}…", "ltr")


def _register_row(setter: ClaimSetter, claim: Statement) -> Row:
    teller = setter.teller
    cells = (
        plain(teller.reference(claim.number)),
        setter.text(teller.predicate(claim.predicate)),
        setter.words_of(claim),
        setter.source(claim.source),
        setter.digest(claim),
    )
    return row(cells, len(teller.said(claim)), label=setter.placed(claim.number))


def _about(setter: ClaimSetter, files: Mapping[str, bytes]) -> list[Block]:
    contents, teller = setter.contents, setter.teller
    level = teller.term("sensitivity", contents.clearance)
    entity = joined([setter.foreign(teller.title()), code(contents.entity)], BETWEEN)
    made: list[Block] = [
        _facts(
            setter,
            ("organisation", setter.foreign(teller.label(contents.organisation))),
            ("entity", entity),
            ("clearance", setter.text(level)),
            ("format", figure(contents.format)),
        ),
        *(_log(setter, log) for log in contents.logs),
        Heading(level=2, runs=setter.say("about.verify")),
        Paragraph(runs=setter.say("about.verify_text"), follows=True),
        Command(text=COMMAND),
        *(Paragraph(runs=setter.say(f"about.{key}")) for key in ("verify_after", "key")),
        *_attached(setter, files),
    ]
    for key in ("redaction", "side", "licences"):
        made.append(Heading(level=2, runs=setter.say(f"about.{key}")))
        made.append(Paragraph(runs=setter.say(f"about.{key}_text")))
    return made


def _attached(setter: ClaimSetter, files: Mapping[str, bytes]) -> list[Block]:
    """The files inside the PDF, with their SHA-256."""
    if not files:
        return []
    rows = []
    for name, data in files.items():
        size = setter.say("dossier.size", size=setter.teller.figure(str(len(data))))
        first = joined([size, figure("SHA-256")], BETWEEN)
        rows.append((code(name), (*first, *BREAK, *code(hashlib.sha256(data).hexdigest()))))
    return [
        Heading(level=2, runs=setter.say("pdf.attached")),
        Paragraph(runs=setter.say("pdf.attached_text"), follows=True),
        Facts(rows=tuple(rows)),
    ]


def _facts(setter: ClaimSetter, *rows: tuple[str, Runs]) -> Facts:
    return Facts(rows=tuple((setter.say(f"about.{key}"), runs) for key, runs in rows))


def _log(setter: ClaimSetter, log: LogState) -> Facts:
    teller = setter.teller
    counts = [teller.count("entries", log.size), teller.count("claims", log.claims)]
    stamped = setter.say("about.unstamped")
    if log.stamped:
        stamped = joined(
            [setter.text(teller.time(log.stamped)), setter.foreign(log.authority)], setter.comma
        )
    rows = [
        ("log", code(log.origin)),
        *([("forked", setter.say("about.forked_text"))] if log.forked else []),
        ("keys", tuple(run for vkey in log.vkeys for run in (*BREAK, *code(vkey)))[1:]),
        ("checkpoint", setter.text(teller.listed(counts))),
        ("root", code(log.root)),
        ("newest", setter.text(teller.time(log.newest))),
        ("stamped", stamped),
    ]
    if log.organisation:
        rows.insert(1, ("owner", setter.foreign(teller.label(log.organisation))))
    whole = sum(len(vkey) for vkey in log.vkeys) < _KEYS
    return replace(_facts(setter, *rows), whole=whole)
