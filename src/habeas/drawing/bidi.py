"""Text of two directions side by side: one `isolate()` for every output.

An ISO date that stands bare in Persian text is *shown reversed* (`1988-07-28` reads `28-07-1988`),
a coordinate or a reference may be, and a Latin name drags the punctuation beside it. So every date,
coordinate, reference and name of the other direction is isolated: `<bdi>` in HTML, a box with its
own direction in Typst, the isolate characters of UAX #9 in plain text and SVG.

Characters in *data* that could reorder their neighbours are shown as `[U+202E]` instead of being
obeyed. The record keeps them as found; only what is shown changes. The marks U+200E, U+200F and
U+061C are common in honest Persian text, act like one letter and cannot leave an isolate: they
are kept. So are ZWNJ and ZWJ, which Persian needs.
"""

from __future__ import annotations

import html
import re
import unicodedata
from enum import StrEnum
from typing import Final, Literal

import msgspec

Direction = Literal["ltr", "rtl"]

LRI: Final = "\u2066"
RLI: Final = "\u2067"
PDI: Final = "\u2069"

TYPST_PRELUDE: Final = """\
#let isolated(dir, body) = box(text(dir: dir, body))
#let isolated-flow(dir, body) = if dir == ltr [\u2066#text(dir: dir, body)\u2069] else [\u2067#text(dir: dir, body)\u2069]
"""  # noqa: E501
"""The two Typst functions that `isolate` calls: an unbreakable box, and text that may wrap."""


class Output(StrEnum):
    """What a text is written for. `PLAIN` serves SVG too, before its own escaping."""

    HTML = "html"
    TYPST = "typst"
    PLAIN = "plain"


class Oddity(msgspec.Struct, frozen=True, kw_only=True):
    """Something in a text that a reader cannot see.

    Attributes:
        kind: `control` (a character that is shown as its code), `mark` (a kept direction mark),
            `mixed` (one word with letters of scripts that imitate each other).
        text: the character's code, or the word with its code points.
    """

    kind: Literal["control", "mark", "mixed"]
    text: str


_CONTROL = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u180e\u200b\u2028\u2029\u202a-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
_MARK = re.compile("[\u061c\u200e\u200f]")
_WORD = re.compile(r"\w+")
_LOOKALIKE: Final = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE")
_BRACKETS: Final = ("()", "[]", "{}", "«»", "“”")
_BEFORE: Final = frozenset("+-−#@~<>≤≥±≈")
_AFTER: Final = frozenset("+°%′″/")


def code_of(character: str) -> str:
    """The visible stand-in of one character, `[U+202E]`."""
    return f"[U+{ord(character):04X}]"


def show_controls(text: str) -> str:
    """The text with every character that could reorder or hide its neighbours shown as its code.

    Tabs and line feeds stay. Applied by everything in this module; applying it twice is harmless.
    """
    return _CONTROL.sub(lambda found: code_of(found.group()), text)


def oddities(text: str) -> tuple[Oddity, ...]:
    """What a reader of this text should be told because it cannot be seen.

    Words that mix scripts with letters of the same shapes (Latin, Cyrillic, Greek, Armenian,
    Cherokee) are reported; a whole word in another script is not: no table of lookalikes can
    tell a spoof from a name.
    """
    found = [Oddity(kind="control", text=code_of(c)) for c in _CONTROL.findall(text)]
    found += [Oddity(kind="mark", text=code_of(c)) for c in _MARK.findall(text)]
    for word in _WORD.findall(text):
        scripts = {unicodedata.name(c, "").split(" ")[0] for c in word}
        if len(scripts.intersection(_LOOKALIKE)) > 1:
            codes = " ".join(f"U+{ord(c):04X}" for c in word)
            found.append(Oddity(kind="mixed", text=f"{word} ({codes})"))
    return tuple(found)


def _strength(character: str) -> Literal["ltr", "rtl", "digit", ""]:
    match unicodedata.bidirectional(character):
        case "L":
            return "ltr"
        case "R" | "AL":
            return "rtl"
        case "EN" | "AN":
            return "digit"
        case _:
            return ""


def direction_of(text: str, *, default: Direction = "ltr") -> Direction:
    """The direction of the first strong character (UAX #9, P2 and P3).

    Args:
        text: any text.
        default: for text without a strong character: a date, a coordinate, a bare number.
    """
    for character in text:
        strength = _strength(character)
        if strength in ("ltr", "rtl"):
            return strength
    return default


def isolate(
    text: str, output: Output, *, direction: Direction | None = None, wraps: bool = False
) -> str:
    """One piece of text, escaped for its output, that neither moves nor is moved by its neighbours.

    Args:
        text: a date, coordinate, reference or name, as it stands.
        output: what it is written for.
        direction: of the piece; by its first strong character when not given.
        wraps: may be broken across lines (a title); a date or a coordinate must not.

    Returns:
        HTML: `<bdi dir="ltr" class="nowrap">...</bdi>`; Typst markup that calls a function of
        `TYPST_PRELUDE`; plain text between isolate characters.
    """
    direction = direction or direction_of(text)
    shown = show_controls(text)
    match output:
        case Output.HTML:
            kind = "" if wraps else ' class="nowrap"'
            return f'<bdi dir="{direction}"{kind}>{html.escape(shown)}</bdi>'
        case Output.TYPST:
            call = "isolated-flow" if wraps else "isolated"
            return f"#{call}({direction}, {typst_string(shown)});"
        case Output.PLAIN:
            return (LRI if direction == "ltr" else RLI) + shown + PDI


def typst_string(text: str) -> str:
    """A Typst string literal with this text; nothing in it is read as markup or code."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    escaped = escaped.replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
    return f'"{escaped}"'


def embedded_runs(text: str, base: Direction) -> tuple[tuple[int, int], ...]:
    """Where, in running text of one direction, pieces stand that must be isolated.

    In right-to-left text: Latin words with what lies between them, and digits joined by
    separators (dates, coordinates, references); lone digits need nothing. In left-to-right text:
    right-to-left words with what lies between them.

    Returns:
        Pairs of code point offsets, end exclusive, in order, not overlapping.
    """
    wanted = ("ltr", "digit") if base == "rtl" else ("rtl",)
    barrier = "rtl" if base == "rtl" else "ltr"
    runs: list[tuple[int, int]] = []
    start = end = -1
    for index, character in enumerate(text):
        strength = _strength(character)
        if strength in wanted:
            start, end = (index if start < 0 else start), index + 1
        elif start >= 0 and (strength == barrier or _parts(text, start, index)):
            runs.append((start, end))
            start = -1
    if start >= 0:
        runs.append((start, end))
    if base == "rtl":
        signed = [_with_signs(text, run) for run in runs]
        runs = [(a, b) for a, b in signed if not _native(text[a:b])]
    return tuple(_with_brackets(text, run) for run in runs)


def _native(run: str) -> bool:
    """Whether a run needs nothing in right-to-left text.

    So a lone number, and numbers in Arabic-script digits with a space between (`۱۹۸۸ (۱۳۶۷)`),
    which are read from right to left.
    """
    if run.isdigit():
        return True
    plain = not any((c.isascii() and c.isalnum()) or _strength(c) == "ltr" for c in run)
    return plain and any(c.isspace() for c in run)


def _parts(text: str, start: int, index: int) -> bool:
    """Whether the character at `index` ends a run: a separator, or a bracket that is not its own.

    A closing bracket belongs to the run only when it was opened in it, an opening one only when
    the text closes it before anything of the other direction comes.
    """
    character = text[index]
    if character in "·،|\n":
        return True
    for opening, closing in _BRACKETS:
        if character == closing:
            inside = text[start:index]
            return inside.count(opening) <= inside.count(closing)
        if character == opening:
            inside = text[index + 1 : text.find(closing, index + 1) + 1]
            return not inside or len({_strength(c) for c in inside} & {"ltr", "rtl"}) > 1
    return False


def _with_signs(text: str, run: tuple[int, int]) -> tuple[int, int]:
    """Take in the signs that touch a run: `-35.5°`, `>30000`."""
    start, end = run
    while start > 0 and text[start - 1] in _BEFORE:
        start -= 1
    while end < len(text) and text[end] in _AFTER:
        end += 1
    return start, end


def _with_brackets(text: str, run: tuple[int, int]) -> tuple[int, int]:
    """Take in the bracket that completes a run: the last one of `Fund (AI)`."""
    start, end = run
    for opening, closing in _BRACKETS:
        inside = text[start:end]
        open_now = inside.count(opening) - inside.count(closing)
        if open_now > 0 and text[end : end + 1] == closing:
            end += 1
        elif open_now < 0 and text[max(start - 1, 0) : start] == opening:
            start -= 1
    return start, end


def isolate_within(text: str, output: Output, *, base: Direction | None = None) -> str:
    """Running text, escaped, with every embedded piece of the other direction isolated.

    Args:
        text: a sentence or quotation as it stands.
        output: what it is written for.
        base: direction of the sentence; by its first strong character when not given.
    """
    base = base or direction_of(text)
    inner: Direction = "ltr" if base == "rtl" else "rtl"
    pieces, at = [], 0
    for start, end in embedded_runs(text, base):
        pieces.append(_escaped(text[at:start], output))
        wraps = " " in text[start:end]
        pieces.append(isolate(text[start:end], output, direction=inner, wraps=wraps))
        at = end
    pieces.append(_escaped(text[at:], output))
    return "".join(pieces)


def _escaped(text: str, output: Output) -> str:
    shown = show_controls(text)
    match output:
        case Output.HTML:
            return html.escape(shown)
        case Output.TYPST:
            return f"#{typst_string(shown)};" if shown else ""
        case Output.PLAIN:
            return shown
