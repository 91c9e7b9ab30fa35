"""What a method says of itself, as data: a key of the catalogue and its values, in no language yet.

A reason that is kept as an English sentence stays English on a Persian page. So what is refused,
and why there is no estimate, is kept as a `Saying` and told in the language of whoever reads it.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from habeas.errors import InputError
from habeas.estimation.wording import Words, load_words


class Share(msgspec.Struct, frozen=True):
    """A share of one, told as a percentage."""

    part: float


class Saying(msgspec.Struct, frozen=True):
    """A sentence or a part of one, told by language.

    Attributes:
        key: of the catalogue (`estimation/text`).
        values: what is filled in, by name. A whole number is told as a count, another number with
            the digits that count, a text (a name of a list or a model) as it stands; several with
            the comma of the language between.
    """

    key: str
    values: tuple[tuple[str, Value], ...] = ()

    def tell(self, words: Words) -> str:
        """In the language of the words."""
        return words(self.key, **{name: _told(value, words) for name, value in self.values})

    def __str__(self) -> str:
        """In English, as errors and records of runs have it."""
        return self.tell(load_words("en"))


Value: TypeAlias = "int | float | str | Share | Saying | tuple[Value, ...]"
"""What can be filled into a saying."""


def say(key: str, **values: Value) -> Saying:
    """A saying of the catalogue.

    Args:
        key: of the catalogue.
        values: what is filled in; see `Saying`.
    """
    return Saying(key, tuple(values.items()))


def _told(value: Value, words: Words) -> str:
    match value:
        case Saying():
            return value.tell(words)
        case Share():
            return words.share(value.part)
        case tuple():
            return words.listed([_told(one, words) for one in value])
        case int():
            return words.count(value)
        case float():
            return words.figure(value)
        case _:
            return str(value)


def refused_words(why: Saying | None, words: Words) -> str:
    """That something was refused, and why."""
    return words("refused.because", reason="" if why is None else why.tell(words))


class ToldError(InputError):
    """Something that cannot be taken, told in every language; its own text is English.

    Args:
        saying: what is wrong.
        remedy: what to do about it.
    """

    def __init__(self, saying: Saying, remedy: Saying) -> None:
        self.saying = saying
        self.remedy = remedy
        super().__init__(str(saying), mend=str(remedy))


class NoEstimateError(ToldError):
    """A method has no estimate on a table, or not with what was asked of it.

    Args:
        key: of the catalogue, under `why.`; what to do stands under the same with `.mend`.
        values: what is filled in.
    """

    def __init__(self, key: str, **values: Value) -> None:
        super().__init__(say(f"why.{key}", **values), say(f"why.{key}.mend", **values))


def why(error: InputError, *, whole: bool = True) -> Saying:
    """What an error says, for a reader of any language.

    Args:
        error: of a method.
        whole: with its place and what to do.
    """
    if isinstance(error, ToldError):
        return say("why.whole", why=error.saying, mend=error.remedy) if whole else error.saying
    return say("why.other", said=error.describe() if whole else error.reason)
