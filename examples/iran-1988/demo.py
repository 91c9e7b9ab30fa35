"""The main job on the case of 1988: `make demo`.

Records the coding sheets, shows where sources contradict each other, verifies every byte, writes
the dossier of the case and of each site in English and Persian, checks one of them as a stranger
would, and changes one byte in a copy to show that it is noticed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from habeas import open_registry
from habeas.publishing.dossier import write_dossier

HERE = Path(__file__).parent
SITES = ("khavaran", "ahvaz", "tabriz", "mashhad", "rasht", "sanandaj", "qorveh", "bz41")
CASE = "case:iran-1988"
PROGRAM = Path(sys.executable).with_name("habeas")


def run(*arguments: object, lines: int | None = None) -> None:
    """Run one command as a user would, and show it; `lines`: of its output, how many."""
    print(f"\n$ habeas {' '.join(map(str, arguments))}", flush=True)
    found = subprocess.run(
        [PROGRAM, *map(str, arguments)],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    shown = found.stdout.rstrip().splitlines()
    print("\n".join(shown[:lines]))
    if lines is not None and len(shown) > lines:
        print(f"  … and {len(shown) - lines} lines more")


def dossiers(folder: Path, lang: str) -> list[Path]:
    """Write the dossier of the case and of each site in one language."""
    written = []
    with open_registry(folder / "registry") as registry:
        for entity in (CASE, *(f"site:{site}" for site in SITES)):
            out = folder / "dossiers" / lang / entity.replace(":", "-")
            written.append(write_dossier(registry, entity, out, clearance="public", lang=lang).page)
    return written


def check(dossier: Path) -> bool:
    """Run a dossier's own script, as a stranger would; show its last line."""
    print(f"\n$ sh {dossier / 'verify.sh'}", flush=True)
    found = subprocess.run(
        ["sh", dossier / "verify.sh"],
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    print("\n".join(found.stdout.rstrip().splitlines()[-12:]))
    return found.returncode == 0


def tamper(dossier: Path, folder: Path) -> Path:
    """A copy of a dossier in which one letter of one claim is another."""
    copy = folder / "tampered"
    shutil.copytree(dossier, copy)
    victim = sorted((copy / "claims").iterdir())[0]
    words = bytearray(victim.read_bytes())
    words[-4] ^= 1
    victim.chmod(0o644)
    victim.write_bytes(words)
    print(f"\nOne letter changed in a copy: {victim}")
    return copy


def main(folder: Path) -> int:
    """Run everything; 0 when all went as it should."""
    start = time.monotonic()
    shutil.rmtree(folder, ignore_errors=True)
    os.environ["HABEAS_REGISTRY"] = str(folder / "registry")
    print("Habeas, on the case of 1988. The key of this registry has no passphrase: it is a demo.")
    run("init", folder / "registry", "--organisation", "Habeas demonstration", "--no-passphrase")
    run("record", *sorted(HERE.glob("*.yaml")))
    run("contradictions", lines=48)
    run("show", "site:khavaran", lines=40)
    run("find", "خاوران", lines=12)
    run("verify")
    print("\nDossiers of the case and of each site, in English and Persian …", flush=True)
    with ProcessPoolExecutor(2) as pool:
        pages = [*pool.map(dossiers, (folder, folder), ("en", "fa"))]
    whole = check(pages[0][1].parent)
    caught = not check(tamper(pages[0][1].parent, folder))
    print(f"\nDone in {time.monotonic() - start:.0f} s. Where to look:")
    for page in (page for written in pages for page in written):
        print(f"  {page}")
    print(f"  beside each: dossier.pdf, dossier.json, verify.sh\n  the registry: {folder}/registry")
    return 0 if whole and caught else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "build/demo")))
