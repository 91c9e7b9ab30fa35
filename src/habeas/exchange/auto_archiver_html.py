"""The HTML page that auto-archiver writes for each capture, read for what it states.

`html_formatter` of bellingcat/auto-archiver 1.x: a list of labels for each file (`key`, `type`,
`hash`, `tsa`), lists of files inside it, then a table of the capture's metadata. Nothing of the
page is rendered or fetched. Its markup is regular (every `<` of a value is escaped), so it is cut
into tags and words by one expression in linear time; the standard library's parser takes minutes
for a hostile page of 100 kB (CVE-2025-6069 and its like).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Final

from habeas.exchange.auto_archiver_reports import ArchivedMedia, ArchivedPage

_MARK: Final = b"bellingcat/auto-archiver"
_VERSION: Final = re.compile(r"bellingcat/auto-archiver</a>\s*v(\d+(?:\.\d+){1,3})")
_TOKEN: Final = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*+)([^<>]*+)>|([^<]++)|<")
_CLASS: Final = re.compile(r'class="([^"]*+)"')
_DEPTH: Final = 50
"""Lists in lists; deeper ones are no report."""


@dataclass
class _List:
    """A list of labels that is being read."""

    labels: dict[str, str] = field(default_factory=dict)
    inner: list[ArchivedMedia] = field(default_factory=list)

    def media(self) -> ArchivedMedia | None:
        """The file that the labels describe; None when they describe none."""
        if "key" not in self.labels:
            return None
        return ArchivedMedia(
            keys=(self.labels["key"],),
            hash=self.labels.get("hash", ""),
            tsa=self.labels.get("tsa", ""),
            id=self.labels.get("id", ""),
            inner=tuple(self.inner),
        )


def read_html(path: Path, name: str) -> list[ArchivedPage]:
    """The capture that a page of auto-archiver tells of; none when it is another page."""
    raw = path.read_bytes()
    if _MARK not in raw:
        return []
    reader = _Report()
    text = raw.decode("utf-8", "replace")
    reader.read(text)
    if not reader.media and "url" not in reader.metadata:
        return []
    version = _VERSION.search(text)
    return [
        ArchivedPage(
            place=name,
            url=reader.metadata.get("url", ""),
            title=reader.metadata.get("title", ""),
            processed=reader.metadata.get("_processed_at"),
            tool=f"bellingcat/auto-archiver{' ' + version[1] if version else ''}",
            media=tuple(reader.media),
        )
    ]


class _Report:
    """Gathers labels list by list, and the rows of the table of metadata."""

    def __init__(self) -> None:
        self.media: list[ArchivedMedia] = []
        self.metadata: dict[str, str] = {}
        self._lists: list[_List] = []
        self._label: str | None = None
        self._words: list[str] | None = None
        self._in_metadata = False
        self._cells: list[str] = []

    def read(self, text: str) -> None:
        """Read a page."""
        skipped = ""
        for token in _TOKEN.finditer(text):
            end, name, attributes, words = token.groups()
            tag = (name or "").lower()
            if skipped:
                skipped = "" if end and tag == skipped else skipped
            elif words is not None:
                self._hear(unescape(words))
            elif tag in ("script", "style") and not end:
                skipped = tag
            elif tag and not end:
                self._open(tag, attributes)
            elif tag:
                self._close(tag)

    def _open(self, tag: str, attributes: str) -> None:
        """Lists open, labels begin."""
        if tag == "table":
            classes = _CLASS.search(attributes)
            self._in_metadata = classes is not None and "metadata" in classes[1].split()
        elif tag == "tr":
            self._cells = []
        elif tag == "td" and self._in_metadata:
            self._words = []
        elif tag == "ul" and not self._in_metadata and len(self._lists) < _DEPTH:
            self._settle()
            self._lists.append(_List())
        elif tag == "b" and self._lists:
            self._settle()
            self._words = []

    def _close(self, tag: str) -> None:
        """Labels end, lists close: what a list described hangs on the list around it."""
        if tag == "b" and self._lists and self._words is not None and self._label is None:
            self._label = "".join(self._words).strip().rstrip(":")
            self._words = []
        elif tag == "li" and self._lists:
            self._settle()
        elif tag == "ul" and self._lists and not self._in_metadata:
            self._settle()
            made = self._lists.pop().media()
            if made is not None:
                (self._lists[-1].inner if self._lists else self.media).append(made)
        elif tag == "td" and self._in_metadata and self._words is not None:
            self._cells.append("".join(self._words).strip())
            self._words = None
        elif tag == "tr" and self._in_metadata and len(self._cells) == 2:
            self.metadata.setdefault(self._cells[0], self._cells[1])
        elif tag == "table":
            self._in_metadata = False

    def _hear(self, data: str) -> None:
        """Words of a label, of its value, or of a cell."""
        if self._words is not None:
            self._words.append(data)

    def _settle(self) -> None:
        """A value is complete: it belongs to the list in which its label stands."""
        if self._label and self._lists and self._words is not None:
            words = "".join(self._words).strip()
            self._lists[-1].labels.setdefault(self._label, words)
        self._label = None
        self._words = None
