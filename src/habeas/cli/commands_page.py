"""`docs/commands.md`, written from the program itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from typer.main import get_command

from habeas import errors
from habeas.cli.main import SETTINGS, TRACEBACK, app
from habeas.cli.passphrase import VARIABLE
from habeas.evidence.authority import AuthorityError
from habeas.publishing.harm import HarmError

WIDTH: Final = 90

_HEAD: Final = """\
# The commands

Written from the program itself; do not edit this page (`make docs`).

Every command works on one registry: the folder named by `--registry DIR`, else by
`HABEAS_REGISTRY`, else the working folder. `--registry`, `--passphrase-file` and `--json` may stand
before or behind the command's name.

- **For people**: tables on standard output, progress and warnings on standard error, colours only
  on a terminal (`NO_COLOR` turns them off). Persian and Latin stand side by side without moving
  each other; the terminal shapes the letters.
- **For machines**: with `--json`, standard output holds exactly one JSON document with stable keys,
  and errors too: `{{"error": {{"kind", "place", "reason", "mend", "exit_code"}}}}`.
- **Clearance**: reading shows what is `team` or less unless told otherwise; whatever writes a file
  for others writes what is `public` unless told otherwise. What lies above the clearance leaves no
  trace: asking for it and asking for nothing give the same answer.
- **The passphrase** of the signing key comes from `--passphrase-file`, else from `{variable}`, else
  from a prompt. It is never an argument: others on the machine can read those.
- **Nothing calls out** to the network but `habeas stamp --authority URL`, and `habeas watch run` of
  a site whose images lie at an address, or with `--scheduler`.
- **A failure** says the place, the reason and the mend, changes nothing, and ends with an exit
  code of the table below. Commands that take several things one by one (sites, logs, stamps) carry
  on with the others, and end with the code of what failed. `{traceback}=1` shows where a
  fault of Habeas itself comes from.

## Exit codes

| Code | When |
|---|---|
| 0 | done |
"""


def page() -> str:
    """The whole page."""
    parts = [_HEAD.format(variable=VARIABLE, traceback=TRACEBACK), *_exit_codes(), "\n"]
    for path, command in commands():
        parts.append(f"## `{path}`\n\n```text\n{help_of(path, command)}```\n\n")
    return "".join(parts).rstrip("\n") + "\n"


def commands() -> Iterator[tuple[str, Any]]:
    """Every command with its whole name, in the order of the help; groups give their members."""
    yield from _members("habeas", get_command(app))


def _members(path: str, group: Any) -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _members(f"{path} {name}", command)
        else:
            yield f"{path} {name}", command


def help_of(path: str, command: Any) -> str:
    """What `--help` prints, at a fixed width."""
    with command.make_context(
        path, ["--help"], resilient_parsing=True, terminal_width=WIDTH, max_content_width=WIDTH,
        **SETTINGS,
    ) as context:  # fmt: skip
        text: str = command.get_help(context)
    return "\n".join(line.rstrip() for line in text.strip().splitlines()) + "\n"


def _exit_codes() -> Iterator[str]:
    kinds = (
        errors.HabeasError, errors.InputError, errors.NotFoundError, errors.IntegrityError,
        errors.KeyFileError, errors.BusyError, errors.StorageError, AuthorityError, HarmError,
    )  # fmt: skip
    for kind in kinds:
        first = " ".join((kind.__doc__ or "").strip().split("\n\n")[0].split())
        said = "something else failed." if kind is errors.HabeasError else first
        yield f"| {kind.exit_code} | `{kind.__name__}`: {said} |\n"
    yield "| 130 | It was stopped by the keyboard; nothing is recorded by halves. |\n"
