"""Writes `tests/vectors/bundle.json` and the bundles beside it: after a change of the format.

Everything in them is invented. Each run makes new keys and salts, so each run changes every file.

    .venv/bin/python scripts/write_bundle_vectors.py
"""

from __future__ import annotations

import gzip
import json
import sys
import tempfile
from pathlib import Path

TESTS = Path(__file__).parent.parent / "tests"
sys.path[:0] = [str(TESTS / "ledger"), str(TESTS / "registry")]

from bundle_vectors import FLAGS, REFUSED, write_valid  # noqa: E402

COMMENT = (
    "Bundles (gzip) in bundle/. Everything in them is invented. "
    "Trust in the keys is not part of these tests."
)


def zipped(path: Path) -> bytes:
    """The bytes of a file under gzip, without a time."""
    return gzip.compress(path.read_bytes(), mtime=0)


def write(folder: Path, scratch: Path) -> None:
    """Write the bundles into a folder, and `bundle.json` beside it.

    Args:
        folder: `tests/vectors/bundle`; what is no longer written is removed.
        scratch: an empty folder.
    """
    for old in folder.glob("*.bundle"):
        old.unlink()
    plain = scratch / "plain"
    origin, entries = write_valid(scratch, plain)
    whole = zipped(plain)
    (folder / "valid.bundle").write_bytes(whole)
    (folder / "truncated.bundle").write_bytes(whole[: len(whole) // 2])
    tests = [
        {
            "file": "valid.bundle",
            "comment": "one log of three entries, one claim above the clearance hidden, one file, "
            "ML-DSA-44 beside Ed25519",
            "flags": [],
            "result": "valid",
            "origins": [origin],
            "entries": entries,
        },
        refused("truncated.bundle", "cut off in the middle", ["Truncated"]),
    ]
    for vector in REFUSED:
        vector.make(plain, scratch / "broken")
        (folder / vector.file).write_bytes(zipped(scratch / "broken"))
        tests.append(refused(vector.file, vector.comment, list(vector.flags)))
    told = {
        "format": "habeas-bundle/1",
        "specification": "docs/spec/bundle.md",
        "comment": COMMENT,
        "flags": FLAGS,
        "tests": [{"id": number, **test} for number, test in enumerate(tests, 1)],
    }
    text = json.dumps(told, indent=1, ensure_ascii=False)
    (folder.parent / "bundle.json").write_text(f"{text}\n", encoding="utf-8")


def refused(file: str, comment: str, flags: list[str]) -> dict[str, object]:
    """The lines of a bundle that every reader refuses."""
    return {"file": file, "comment": comment, "flags": flags, "result": "invalid"}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        write(TESTS / "vectors" / "bundle", Path(scratch))
