"""`habeas import` of a web capture: a WACZ file, or the folder that auto-archiver wrote."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from habeas.exchange.capture import Capture, CaptureAccount
    from habeas.registry.registry import Registry

SHOWN = 50
"""How many files that are not kept are shown."""


def is_capture(path: Path | None) -> bool:
    """Whether a path is a capture and not a list: a folder, or a WACZ by its name."""
    return path is not None and (path.is_dir() or path.suffix.lower() == ".wacz")


def take_in_capture(
    registry: Registry,
    path: Path,
    *,
    source: str | None,
    yes: bool,
    recorder: str | None,
    as_json: bool,
) -> None:
    """Check a capture; keep and record it, or say what would be.

    Args:
        registry: where to; its `authorities.pem`, when there is one, judges timestamps.
        path: a folder or a WACZ file.
        source: the `source:` that the capture is.
        yes: record.
        recorder: who records.
        as_json: one JSON document instead of words.

    Raises:
        InputError: no source was named, or the capture cannot be read. Nothing was recorded.
    """
    from habeas.cli.terminal import progress
    from habeas.errors import InputError
    from habeas.exchange.capture_recording import plan_capture, record_capture

    if source is None:
        raise InputError(
            "it is not told which source this capture is",
            place=str(path),
            mend="Name it: --source source:a-short-name",
        )
    with progress("checking files", None, silent=as_json):
        capture = _read(registry, path)
        account = (
            record_capture(registry, capture, source, recorder=recorder)
            if yes
            else plan_capture(registry, capture, source)
        )
    _tell(account, yes=yes, as_json=as_json)


def _read(registry: Registry, path: Path) -> Capture:
    from habeas.cli.writing import read_small
    from habeas.registry.verifying_files import AUTHORITIES

    pem = registry.path / AUTHORITIES
    roots = read_small(pem) if pem.is_file() else b""
    if path.is_dir():
        from habeas.exchange.auto_archiver import read_auto_archiver

        return read_auto_archiver(path, roots=roots)
    from habeas.exchange.wacz import read_wacz

    return read_wacz(path, roots=roots)


def _tell(account: CaptureAccount, *, yes: bool, as_json: bool) -> None:
    import msgspec

    from habeas.cli.terminal import Words, emit, isolated, say, screen, table, warn

    if as_json:
        emit({**msgspec.to_builtins(account), "recorded": account.run is not None})
        return
    for remark in account.remarks:
        warn(isolated(remark))
    if account.unkept:
        shown = table("file", "fate", "why it is not kept")
        for name, fate, reason in account.unkept[:SHOWN]:
            shown.add_row(Words(name), fate, Words(reason))
        screen().print(shown)
        if len(account.unkept) > SHOWN:
            say(f"  and {len(account.unkept) - SHOWN} more: --json tells of all")
        say("A file that is held back can be kept as it is, on your word: habeas keep FILE")
    say(account.line())
    if account.run is not None:
        say(f"run {account.run}: habeas import --undo {account.run} --why TEXT withdraws it")
    elif yes:
        say("Nothing new: the record says all of this already, or nothing could be kept.")
    else:
        say("Nothing is recorded yet: --yes records it.")
