"""Words that were broken before a file was written: told, never mended.

A file may be sound UTF-8 and yet hold what an earlier program made of its words: the sign for a
letter that was lost, or UTF-8 that was once read as Windows-1252 or Windows-1256 (`Ø¹Ù„ÛŒ`).
"""

from __future__ import annotations

import re
from typing import Final

_SIGNS_1252: Final = "".join(
    bytes([byte]).decode("cp1252", errors="ignore") for byte in range(0x80, 0xC0)
)
_SIGNS_1256: Final = bytes(range(0x80, 0xC0)).decode("cp1256")

_OF_1252: Final = f"[\u0080-\u009f{re.escape(_SIGNS_1252)}]"
_OF_1256: Final = f"[{re.escape(_SIGNS_1256)}]"

DAMAGE: Final = re.compile(
    "[\ufffdÃÅÄØÙÚÛطظعغ](?:"  # one set of letters first: so it is looked for quickly
    "(?<=\ufffd)"
    "|(?<=[ÃÅÄ])[\u0080-\u009f\u00a1-\u00bf]"
    f"|(?<=[ØÙÚÛ]){_OF_1252}(?:[ØÙÚÛ]{_OF_1252}){{2}}"
    f"|(?<=[طظعغ]){_OF_1256}(?:[طظعغ]{_OF_1256}){{2}})"
)
"""What no writing has: three Arabic letters of UTF-8, or an accented Latin one, read wrongly."""


def damage(cell: str) -> str | None:
    """What was broken in a cell before, as the reason of a fault; None when nothing shows."""
    found = DAMAGE.search(cell)
    if found is None:
        return None
    if found[0] == "\ufffd":
        return "� stands where a letter was lost before this file was written"
    return f"“{found[0]}” was read in the wrong encoding before this file was written"
