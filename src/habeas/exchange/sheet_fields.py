"""The single fields of a coding sheet: ids, labels, levels, attributions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from habeas.claims.claim import SENSITIVITIES, By, Sensitivity
from habeas.claims.values import PREFIXES
from habeas.exchange.sheet_complaints import Complaints
from habeas.exchange.yaml_marks import Block, Marked, Series, Words

_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_ENTITY = re.compile(rf"(?:{'|'.join(PREFIXES)}):[a-z0-9][a-z0-9._-]{{0,99}}")
_DIGEST = re.compile(r"claim:([0-9a-f]{8,64})(?:…|\.\.\.)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """Another claim, by its label in these sheets or by (the beginning of) its digest."""

    name: str
    line: int
    is_label: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldReader:
    """Reads the fields of one sheet; what is wrong goes to the complaints.

    Args:
        complaints: where to note what is wrong.
        parties: the ids of those to whom a source attributes something, by its words.
    """

    complaints: Complaints
    parties: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def refuse_unknown(self, block: Block, known: Sequence[str], what: str) -> None:
        """Complain of each key of a block that is none of the known ones."""
        for key in block.pairs:
            if key not in known:
                mend = self.complaints.did_you_mean(key, known, f"It may hold {', '.join(known)}")
                self.complaints.add(block.line_of(key), f"{what} has no “{key}”", mend)

    def words(self, marked: Marked, key: str) -> str | None:
        """The words under a key; None, and a complaint, when there are none."""
        if isinstance(marked, Words) and marked.text.strip():
            return marked.text
        self.complaints.add(
            marked.line, f"“{key}” needs words", "Write them on the same line, or take the key away"
        )
        return None

    def text(self, block: Block, key: str) -> str | None:
        """The words under a key of a block, if it has that key."""
        return self.words(block.pairs[key], key) if key in block.pairs else None

    def choice(self, marked: Marked, key: str, known: Sequence[str]) -> str | None:
        """One of a few words; None, and a complaint, when it is none of them."""
        text = self.words(marked, key)
        if text is None or text in known:
            return text
        mend = self.complaints.did_you_mean(text, known, f"It is one of {', '.join(known)}")
        self.complaints.add(marked.line, f"there is no {key} “{text}”", mend)
        return None

    def sensitivity(self, marked: Marked) -> Sensitivity | None:
        """A level of `sensitivity:`."""
        text = self.choice(marked, "sensitivity", SENSITIVITIES)
        return next((level for level in SENSITIVITIES if level == text), None)

    def credibility(self, marked: Marked) -> int | None:
        """A number of the Admiralty scale: 1 (confirmed) to 6 (cannot be judged)."""
        text = self.choice(marked, "credibility", ("1", "2", "3", "4", "5", "6"))
        return None if text is None else int(text)

    def label(self, block: Block) -> str | None:
        """The label of a claim, under `id:`."""
        text = self.text(block, "id")
        if text is None or _LABEL.fullmatch(text):
            return text
        self.complaints.add(
            block.line_of("id"),
            f"“{text}” is no label",
            "Use letters a-z, digits, “.”, “_”, “-”, without spaces",
        )
        return None

    def entity(self, words: Words) -> str | None:
        """An entity id; None, and a complaint, when the words are none."""
        if _ENTITY.fullmatch(words.text):
            return words.text
        prefix, colon, name = words.text.partition(":")
        if colon and prefix not in PREFIXES:
            mend = self.complaints.did_you_mean(prefix, PREFIXES, f"One of {', '.join(PREFIXES)}")
            self.complaints.add(words.line, f"“{prefix}:” is no kind of entity", mend)
        elif colon:
            self.complaints.add(
                words.line,
                f"“{name}” is no name of an entity",
                "Use small letters a-z, digits, “.”, “_”, “-”, at most 100, "
                "a letter or digit first",
            )
        else:
            self.complaints.add(
                words.line,
                f"“{words.text}” is no entity",
                f"Write its kind before it: one of {', '.join(PREFIXES)}, and a colon",
            )
        return None

    def entities(self, marked: Marked) -> tuple[str, ...]:
        """One entity id, or a list of them."""
        items = marked.items if isinstance(marked, Series) else (marked,)
        found = [self.entity(item) for item in items if isinstance(item, Words)]
        if len(found) < len(items):
            self.complaints.add(marked.line, "an entity id belongs here, or a list of them")
        return tuple(entity for entity in found if entity is not None)

    def subject(self, marked: Marked) -> tuple[str, Mention | None]:
        """What a claim is about: an entity, or another claim."""
        if not isinstance(marked, Words):
            self.complaints.add(marked.line, "“subject” needs one entity")
            return "", None
        if marked.text.startswith(("claim ", "claim:")):
            return "", self.mention(marked)
        return self.entity(marked) or "", None

    def mention(self, words: Words) -> Mention | None:
        """Another claim, by label (`n08` or `claim n08`) or digest (`claim:9f3a...`)."""
        digest = _DIGEST.fullmatch(words.text)
        if digest:
            return Mention(name=digest[1], line=words.line, is_label=False)
        label = words.text.removeprefix("claim ").strip()
        if _LABEL.fullmatch(label):
            return Mention(name=label, line=words.line, is_label=True)
        self.complaints.add(
            words.line,
            f"“{words.text}” names no claim",
            "Write a label of these sheets, or claim: and the first 8 or more digits of a digest",
        )
        return None

    def mentions(self, marked: Marked | None) -> tuple[Mention, ...]:
        """The claims of `rests_on:`."""
        items = marked.items if isinstance(marked, Series) else (marked,)
        found = [self.mention(item) for item in items if isinstance(item, Words)]
        return tuple(mention for mention in found if mention is not None)

    def by(self, marked: Marked) -> By | None:
        """To whom the source attributes something, in its words, with the ids of those known."""
        if not isinstance(marked, Block):
            text = self.words(marked, "by")
            return None if text is None else By(text=text, parties=self.parties.get(text, ()))
        self.refuse_unknown(marked, ("text", "parties"), "“by”")
        text = self.text(marked, "text")
        parties = self.entities(marked.pairs["parties"]) if "parties" in marked.pairs else ()
        if text is None:
            self.complaints.add(marked.line, "“by” needs the source's words", "Give them as `text`")
            return None
        return By(text=text, parties=parties)
