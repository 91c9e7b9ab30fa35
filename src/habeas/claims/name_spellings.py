"""Which spellings of a name are taken for the same: examples, found by key."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from habeas.claims.name_keys import FOLDER, name_keys


def spellings_of(text: str) -> tuple[str, ...]:
    """Known spellings, in any script, that share a key with a name.

    Args:
        text: one word of a name, or several that make one.

    Returns:
        Each once, without the text itself. They show what a search finds; which original stands
        behind a Latin spelling, they do not say.
    """
    found: dict[str, None] = {}
    for key in name_keys(text)[:_KEYS_SHOWN]:
        found |= dict.fromkeys(_by_key().get(key, ()))
    small = text.casefold()
    return tuple(spelling for spelling in found if spelling.casefold() != small)


_KEYS_SHOWN = 3
"""The likeliest keys; the others would show names that few would expect."""


@lru_cache(maxsize=1)
def _by_key() -> Mapping[str, tuple[str, ...]]:
    import yaml

    content = yaml.load((FOLDER / "spellings.yaml").read_bytes(), Loader=yaml.CSafeLoader)
    found: dict[str, dict[str, None]] = {}
    for original, listed in content["names"].items():
        key = name_keys(original)[0]
        found.setdefault(key, {})[original] = None
        for spelling in listed.split():
            if key in name_keys(spelling):
                found[key][spelling] = None
    return {key: tuple(spellings) for key, spellings in found.items()}
