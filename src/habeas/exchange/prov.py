"""W3C PROV of what is handed out, as PROV-JSON (W3C member submission of 24 April 2013).

Entities are claims, sources and items; activities are the entries of the logs and the runs; agents
are organisations and logs. It says how the record came to hold each claim, never whether a claim is
true. Who recorded is left out, even the handle: it stands in the entries that dossiers prove.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from habeas.claims.claim import prefix_of
from habeas.claims.values import File, Ref
from habeas.ledger.entry import log_id, log_name
from habeas.registry.view import Shown, Standing, View

NAMESPACE: Final = "https://habeas.invalid/"
"""Names things and leads nowhere: `.invalid` is reserved (RFC 6761)."""

SECTIONS: Final = ("entity", "activity", "agent", "wasGeneratedBy", "wasDerivedFrom",
                   "wasAttributedTo", "wasAssociatedWith", "wasInformedBy", "used",
                   "wasInvalidatedBy")  # fmt: skip


class ProvWriter:
    """Writes a PROV-JSON document claim by claim; little of it is held in memory.

    Args:
        folder: where the parts lie until `finish`; empty, and removed by it.
        view: through which the claims are seen.
        digests: the claims that will be added: nothing names another one.
    """

    def __init__(self, folder: Path, view: View, digests: frozenset[str]) -> None:
        self._folder = folder
        self._view = view
        self._digests = digests
        self._parts: dict[str, IO[str]] = {
            name: (folder / name).open("w", encoding="utf-8", newline="\n") for name in SECTIONS
        }
        self._known: set[tuple[str, str]] = set()
        self._relations = 0

    def __enter__(self) -> ProvWriter:
        return self

    def __exit__(self, *_: object) -> None:
        for part in self._parts.values():
            part.close()

    def add(self, shown: Shown, standing: Standing) -> None:
        """A claim, the entry in which it stands, and where it was said.

        Args:
            shown: the claim.
            standing: its place in its log.
        """
        claim = f"habeas:claim/{shown.digest}"
        entry = f"habeas:entry/{log_name(standing.origin)}/{standing.position}"
        log = _name(log_id(standing.origin))
        self._declare("entity", claim, {"prov:type": "habeas:Claim"})
        times = {"prov:startTime": standing.recorded, "prov:endTime": standing.recorded}
        self._declare("activity", entry, {"prov:type": "habeas:Entry", **times})
        forked = {"habeas:forked": "true"} if shown.forked else {}
        self._declare("agent", log, {"prov:type": "habeas:Log", **forked})
        self._relate_once("wasAssociatedWith", entry, {"prov:activity": entry, "prov:agent": log})
        self._relate(
            "wasGeneratedBy",
            {"prov:entity": claim, "prov:activity": entry, "prov:time": standing.recorded},
        )
        self._said_by(claim, entry, shown.claim.source)
        for basis in shown.claim.rests_on:
            self._derive(claim, basis)
        self._effects(shown, entry)

    def _said_by(self, claim: str, entry: str, source: str) -> None:
        """Where a claim is said: a source, a run of a method, or an organisation itself."""
        name = _name(source)
        match prefix_of(source):
            case "run":
                self._declare("activity", name, {"prov:type": "habeas:Run"})
                self._relate_once(
                    "wasInformedBy",
                    f"{entry} {name}",
                    {"prov:informed": entry, "prov:informant": name},
                )
            case "org":
                self._declare("agent", name, {"prov:type": "prov:Organization"})
                self._relate("wasAttributedTo", {"prov:entity": claim, "prov:agent": name})
            case _:
                self._declare("entity", name, {"prov:type": "habeas:Source"})
                self._relate(
                    "wasDerivedFrom",
                    {
                        "prov:generatedEntity": claim,
                        "prov:usedEntity": name,
                        "prov:type": "prov:PrimarySource",
                    },
                )

    def _derive(self, claim: str, basis: str) -> None:
        if basis in self._digests:
            self._relate(
                "wasDerivedFrom",
                {"prov:generatedEntity": claim, "prov:usedEntity": f"habeas:claim/{basis}"},
            )

    def _effects(self, shown: Shown, entry: str) -> None:
        """What a claim does: withdraw another one, name what a run read or made, name an item."""
        subject, value = shown.claim.subject, shown.claim.value
        target = subject.removeprefix("claim:")
        if shown.claim.predicate == "withdrawn" and target in self._digests:
            if not shown.withdrawn and self._view.claim(target).withdrawn:
                self._relate(
                    "wasInvalidatedBy",
                    {"prov:entity": f"habeas:claim/{target}", "prov:activity": entry},
                )
            return
        if prefix_of(subject) == "item":
            self._declare("entity", _name(subject), {"prov:type": "habeas:Item"})
            if shown.claim.predicate == "from_source" and isinstance(value, Ref):
                source = _name(value.id)
                self._declare("entity", source, {"prov:type": "habeas:Source"})
                self._relate(
                    "wasDerivedFrom",
                    {"prov:generatedEntity": _name(subject), "prov:usedEntity": source},
                )
        if prefix_of(subject) == "run" and not shown.withdrawn:
            self._run(shown)

    def _run(self, shown: Shown) -> None:
        run, value = _name(shown.claim.subject), shown.claim.value
        self._declare("activity", run, {"prov:type": "habeas:Run"})
        if shown.claim.predicate not in ("input", "output"):
            return
        if isinstance(value, File):
            thing = f"item:{value.sha256}"
        elif isinstance(value, Ref) and prefix_of(value.id) in ("item", "source"):
            thing = value.id
        else:
            return
        self._declare("entity", _name(thing), {"prov:type": f"habeas:{prefix_of(thing).title()}"})
        if shown.claim.predicate == "input":
            self._relate("used", {"prov:activity": run, "prov:entity": _name(thing)})
        else:
            self._relate("wasGeneratedBy", {"prov:entity": _name(thing), "prov:activity": run})

    def label(self, entity: str, text: str) -> None:
        """The name of an organisation, as an agent.

        Args:
            entity: `org:` id.
            text: its name.
        """
        self._declare("agent", _name(entity), {"prov:type": "prov:Organization",
                                               "prov:label": text})  # fmt: skip

    def finish(self, path: Path) -> None:
        """Write the whole document and remove the parts.

        Args:
            path: the file.

        Raises:
            OSError: the disk refused.
        """
        self.__exit__()
        prefixes = {"habeas": NAMESPACE}
        with path.open("w", encoding="utf-8", newline="\n") as out:
            out.write(f'{{"prefix":{json.dumps(prefixes)}')
            for name in SECTIONS:
                out.writelines(self._section(name))
            out.write("}\n")

    def _section(self, name: str) -> Iterator[str]:
        part = self._folder / name
        between = f',\n"{name}":{{\n'
        with part.open(encoding="utf-8") as lines:
            for line in lines:
                yield between + line.rstrip("\n")
                between = ",\n"
        if between == ",\n":
            yield "\n}"
        part.unlink()

    def _declare(self, section: str, name: str, fields: dict[str, str]) -> bool:
        if (section, name) in self._known:
            return False
        self._known.add((section, name))
        self._line(section, name, fields)
        return True

    def _relate(self, section: str, fields: dict[str, str]) -> None:
        self._relations += 1
        self._line(section, f"_:r{self._relations}", fields)

    def _relate_once(self, section: str, key: str, fields: dict[str, str]) -> None:
        if (section, key) not in self._known:
            self._known.add((section, key))
            self._relate(section, fields)

    def _line(self, section: str, name: str, fields: dict[str, str]) -> None:
        typed = {
            key: {"$": value, "type": "prov:QUALIFIED_NAME"} if key == "prov:type" else value
            for key, value in fields.items()
        }
        said = json.dumps(typed, ensure_ascii=False)
        self._parts[section].write(f"{json.dumps(name)}:{said}\n")


def _name(entity: str) -> str:
    """The name of an entity of the record: `habeas:source/report` of `source:report`."""
    return "habeas:" + entity.replace(":", "/", 1)
