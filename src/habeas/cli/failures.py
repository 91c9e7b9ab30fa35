"""How an error is shown: three lines for people, an object for machines. Never a traceback."""

from __future__ import annotations

import sys

from habeas.errors import HabeasError, InputError, StorageError

INTERRUPTED = 130


def report(error: HabeasError, *, as_json: bool) -> None:
    """Say what went wrong.

    Args:
        error: what was raised.
        as_json: as the one JSON document on standard output; else on standard error in words.
    """
    if as_json:
        sys.stdout.write(_as_json(error))
    else:
        sys.stderr.write(_as_text(error))


def _as_text(error: HabeasError) -> str:
    """Place, reason and mend, one under the other; what is not known is left out."""
    parts = (("place", error.place), ("reason", error.reason), ("mend", error.mend.strip()))
    lines = [f"{name + ':':<8}{_plain(text)}" for name, text in parts if text]
    return "\n".join(lines) + "\n"


def _as_json(error: HabeasError) -> str:
    import json

    said = {
        "kind": type(error).__name__,
        "place": error.place,
        "reason": error.reason,
        "mend": error.mend.strip(),
        "exit_code": error.exit_code,
    }
    return json.dumps({"error": said}, ensure_ascii=False, indent=2) + "\n"


def _plain(text: str) -> str:
    """Words of others shown on a terminal: nothing in them moves the cursor or the letters."""
    from habeas.drawing.bidi import show_controls

    return "\n        ".join(show_controls(line) for line in text.splitlines())


def from_system(error: OSError) -> HabeasError:
    """A refusal of the operating system that no floor below has put into words."""
    place = str(error.filename or "")
    if isinstance(error, FileNotFoundError | IsADirectoryError | NotADirectoryError):
        return InputError(f"there is no such file ({error.strerror})", place=place, mend=_NAME)
    return StorageError(
        f"the disk refused ({error.strerror})",
        place=place,
        mend="Free some space, or choose a folder that can be written to",
    )


_NAME = "Look at the name and the folder"
