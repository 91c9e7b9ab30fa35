"""A small dossier to check and to spoil. Everything in it is invented."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from habeas.claims.claim import Claim
from habeas.claims.values import File, Quantity, Text
from habeas.ledger.checkpoint import open_checkpoint
from habeas.ledger.cosignature import cosign
from habeas.ledger.keys import generate_key
from habeas.publishing.pack_folder import write_pack
from habeas.publishing.proofs import SCRIPT, proof_pack
from habeas.publishing.sealing import seal_pack
from habeas.registry.appending import note_of
from habeas.registry.registry import create_registry
from habeas.registry.stamping import queue, stamp
from habeas.registry.witnessing import take_in_lines

ORG, SITE = "org:invented-archive", "site:invented-field"
CANARY = "nightingale, a word nobody may see"
ITEM = b"an invented photograph"
ITEM_SHA256 = sha256(ITEM).hexdigest()
WITNESS = generate_key("habeas.invalid/log/000000000000000000000000000000ff")
WITNESSED = 1_790_000_000
TOOLS = ("sha256sum", "openssl", "base64", "xxd")


def claim(predicate, value, *, subject=SITE, source="source:invented-report", **more) -> Claim:
    more.setdefault("sensitivity", "public")
    return Claim(subject=subject, predicate=predicate, value=value, source=source, **more)


def about_200() -> Claim:
    return claim("remains_believed", Quantity(text="about 200", low="200", unit="person"))


def new_registry(folder: Path, **more):
    return create_registry(folder, organisation="Invented archive", organisation_id=ORG, **more)


def record(registry, authority=None) -> dict[str, str]:
    """An invented case: claims by a name. All but `late` are stamped, if there is an authority."""
    found = {}
    with registry.recording() as recording:
        found["low"], found["secret"] = recording.entry(
            [about_200(), claim("description", Text(text=CANARY), sensitivity="sealed")]
        )
        (found["high"],) = recording.entry(
            [claim("remains_believed", Quantity(text="بیش از ۴۰۰ نفر", low="400", unit="person"))]
        )
        (found["photo"],) = recording.entry(
            [claim("file", File(sha256=ITEM_SHA256, size=len(ITEM), media_type="image/png"),
                   subject=f"item:{ITEM_SHA256}", source=ORG)]
        )  # fmt: skip
        for number in range(6):
            recording.entry([claim("description", Text(text=f"invented neighbour {number}"))])
    witness(registry)
    if authority is not None:
        queue(registry)
        assert all(one.token for one in stamp(registry, authority.url))
    with registry.recording() as recording:
        (found["late"],) = recording.entry([claim("description", Text(text="recorded later"))])
    return found


def witness(registry) -> None:
    """A partner, whose keys are known, countersigns the newest checkpoint."""
    log = registry.log
    if WITNESS.origin not in {known.origin for known in registry.store.logs()}:
        registry.store.begin()
        vkeys = "\n".join(verifier.key.encode() for verifier in WITNESS.log_verifiers())
        registry.store.add_log(WITNESS.origin, 0, vkeys, own=False)
        registry.store.commit()
    row = registry.store.checkpoint(log.id, registry.store.size(log.id))
    signed = open_checkpoint(note_of(row), registry.key().log_verifiers())
    cosigned = cosign(signed, WITNESS.cosigners(WITNESSED)).to_bytes()
    assert take_in_lines(registry, cosigned) == (WITNESS.origin,)


def pages(digests) -> dict[str, bytes]:
    """What stands for the pages of a dossier."""
    rows = ",".join(
        f'{{"number":{number},"digest":"{digest}","words":"a \\"digest\\":\\"trap\\""}}'
        for number, digest in enumerate(digests, 1)
    )
    return {
        "index.html": "<p>Invented words of a page. واژه‌های ساختگی</p>\n".encode(),
        "dossier.json": f'{{"claims":[{rows}]}}'.encode(),
        "pictures/map.svg": b"<svg></svg>\n",
    }


def pack(registry, digests, *, clearance="public", key=None, evidence=True, **more):
    """The files of a dossier that shows these claims, evidence among them."""
    view = registry.view(clearance)
    items = (ITEM_SHA256,) if evidence else ()
    proofs = proof_pack(view, [view.claim(one) for one in digests], evidence=items, **more)
    files = seal_pack({**pages(digests), **proofs}, key, evidence=items)
    return files | ({f"evidence/{ITEM_SHA256}": ITEM} if evidence else {})


def forged(files: Mapping[str, bytes], **changed: bytes) -> dict[str, bytes]:
    """What a forger makes of a dossier: changed files, no seal, and the list written anew."""
    rest = {
        path: data
        for path, data in {**files, **changed}.items()
        if path != "SHA256SUMS" and not path.startswith("seal/")
    }
    return seal_pack(rest, None)


@dataclass
class Checked:
    """How verify.sh ended."""

    code: int
    said: str

    def step(self, number: int) -> str:
        """What was said under a step."""
        return re.split(r"^\d\. .*$", self.said.partition("\nRESULT:")[0], flags=re.M)[number]

    @property
    def failed_steps(self) -> list[int]:
        return [number for number in range(1, 8) if "FAILED: " in self.step(number)]


class Bench:
    """A PATH that holds only a shell and the four tools, and folders to run in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bin = folder / "bin"
        self.bin.mkdir(parents=True)
        for tool in TOOLS:
            (self.bin / tool).symlink_to(shutil.which(tool))
        self.count = 0

    def lay(self, files: Mapping[str, bytes]) -> Path:
        """Write the files into a fresh folder, with spaces and Persian letters in its name."""
        self.count += 1
        folder = self.folder / f"a dossier پرونده {self.count}"
        write_pack(folder, files)
        return folder

    def run(self, folder: Path, *arguments: str, shell=("sh",), script: bytes | None = None,
            own: bool = False, **env: str) -> Checked:  # fmt: skip
        """Run a script on a folder: the pristine one, another one, or the folder's own."""
        path = folder / "verify.sh" if own else SCRIPT
        if script is not None:
            path = self.folder / f"script {sha256(script).hexdigest()}.sh"
            path.write_bytes(script)
        done = subprocess.run(
            [shutil.which(shell[0]), *shell[1:], str(path), *arguments, *([] if own else [folder])],
            check=False, capture_output=True, timeout=300, cwd=self.folder,
            env={"PATH": str(self.bin), **env},
        )  # fmt: skip
        assert b": line" not in done.stderr, done.stderr
        return Checked(done.returncode, (done.stdout + done.stderr).decode())

    def check(self, files: Mapping[str, bytes], *arguments: str, **more) -> Checked:
        """Lay the files down and run the script on them."""
        folder = self.lay(files)
        try:
            return self.run(folder, *arguments, **more)
        finally:
            shutil.rmtree(folder)

    def check_all(self, packs: Mapping[str, Mapping[str, bytes]]) -> dict[str, Checked]:
        """Check many, two at a time; results by name."""
        folders = {name: self.lay(files) for name, files in packs.items()}
        with ThreadPoolExecutor(2) as pool:
            results = list(pool.map(self.run, folders.values()))
        for folder in folders.values():
            shutil.rmtree(folder)
        return dict(zip(folders, results, strict=True))


def mutant(old: str, new: str) -> bytes:
    """The script with one of its checks changed."""
    text = SCRIPT.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{text.count(old)} times: {old}"
    return text.replace(old, new).encode()


def flipped(data: bytes, at: int) -> bytes:
    """The bytes with one bit of one of them changed."""
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
