"""What a PDF is made of, as data for the template: headings, paragraphs, claims, tables, pictures.

Every struct becomes a JSON object whose `block` tells the template how to set it. Text is in
`typst_text.Run`s. Nothing here knows what a claim is about.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from habeas.publishing.typst_text import Runs

Style = Literal["body", "lead", "said", "small", "from", "kicker", "question", "label", "indent"]


class Heading(msgspec.Struct, frozen=True, kw_only=True, tag_field="block", tag="heading"):
    """A heading; level 1 a part, 2 an entity, 3 what is said of it."""

    level: int
    runs: Runs
    label: str = ""
    tag: Runs = ()
    """Words behind the heading: where it is contradicted."""
    listed: bool = False
    """Stands in the table of contents."""


class Paragraph(msgspec.Struct, frozen=True, kw_only=True, tag_field="block", tag="paragraph"):
    """A paragraph in one of a few styles."""

    runs: Runs
    style: Style = "body"
    follows: bool = False
    """Stands on the page of what follows it."""


class Claim(msgspec.Struct, frozen=True, kw_only=True, tag_field="block", tag="claim"):
    """A numbered claim, or a numbered source."""

    number: int
    lines: tuple[Paragraph, ...]
    label: str = ""
    """Where links to it lead; empty when it stands in full elsewhere."""
    whole: bool = True
    """Short enough to be kept on one page."""
    about: tuple[Claim | Paragraph, ...] = ()
    """Claims that speak of it, each behind the word for what they say."""


class Row(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A row of a table; the only cell of a `group` row heads the rows that follow.

    The head of a table is repeated, as an artifact of the page: it may hold no links.
    """

    cells: tuple[Runs, ...]
    group: bool = False
    whole: bool = True
    label: str = ""


class Table(msgspec.Struct, frozen=True, kw_only=True, tag_field="block", tag="table"):
    """A table whose head is repeated on every page."""

    caption: Runs
    widths: tuple[float, ...]
    """A share of the width for each column; 0: as wide as its words."""
    head: tuple[Runs, ...]
    rows: tuple[Row, ...]


class Picture(msgspec.Struct, frozen=True, kw_only=True, tag_field="block", tag="picture"):
    """An SVG picture with its caption, and words for who cannot see it."""

    svg: str
    caption: Runs
    alt: str


class Facts(msgspec.Struct, frozen=True, kw_only=True, tag_field="block", tag="facts"):
    """Terms and what they are, in two columns."""

    rows: tuple[tuple[Runs, Runs], ...]
    whole: bool = True
    """Short enough to be kept on one page."""


class Tiles(msgspec.Struct, frozen=True, kw_only=True, tag_field="block", tag="tiles"):
    """Figures with a word below each."""

    tiles: tuple[tuple[str, str], ...]


class Command(msgspec.Struct, frozen=True, kw_only=True, tag_field="block", tag="command"):
    """A line to type."""

    text: str


Block = Heading | Paragraph | Claim | Table | Picture | Facts | Tiles | Command


class Attachment(msgspec.Struct, frozen=True, kw_only=True):
    """A file inside the PDF. Its bytes reach the template apart, under `key`."""

    name: str
    key: str
    media_type: str
    relationship: Literal["source", "data"]
    description: str


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """A whole PDF."""

    title: str
    shown_title: Runs
    author: str
    description: str
    lang: str
    dir: str
    digits: str
    """The ten digits of the language."""
    kicker: Runs
    facts: tuple[Runs, ...]
    stance: Runs
    contents: str
    """Heading of the table of contents; empty for none."""
    running: Runs
    """In the head of each page: what the dossier is of."""
    clearance: Runs
    root: Runs
    """In the foot of each page: the roots of the logs."""
    page: str
    """Words with `{page}` and `{pages}`."""
    blocks: tuple[Block, ...]
    attachments: tuple[Attachment, ...]
