"""Encryption that ends when a salt is destroyed: what a backup does with openings and files.

The key of an opening is HKDF-SHA256 (RFC 5869) of the opening's own salt; that of a file is the
same of the salt of a claim that names it. The salts lie in a file of their own, sorted, one of
fixed length a line:

    habeas-salts/1
    <digest, 64 hexadecimal digits> <salt, 64 hexadecimal digits>

ChaCha20-Poly1305 (RFC 8439) in pieces of 64 KiB, each under a nonce that counts them and marks the
last (the STREAM construction, as age has it). A key is only ever used for the one text that its
salt belongs to, so that a fixed nonce is safe and the same backup has the same bytes.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from habeas.errors import IntegrityError

HEAD = b"habeas-salts/1\n"
LINE = 130
PIECE = 1 << 16
PADDING = 256
"""Openings are filled up to a multiple of this, so that a silent archive tells no lengths."""

_TAG = 16


def shred_key(salt: bytes, purpose: bytes) -> bytes:
    """The 32-byte key that lives and dies with a salt.

    Args:
        salt: 32 bytes.
        purpose: what it encrypts, so that no two things share a key.
    """
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    kdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"habeas-backup/1 " + purpose)
    return kdf.derive(salt)


def shred_opening(opening: bytes, salt: bytes, digest: bytes) -> bytes:
    """An opening, encrypted under its own salt."""
    padded = opening + b"\n" * (-len(opening) % PADDING)
    return b"".join(_encrypted(shred_key(salt, digest), iter([padded, b""])))


def restore_opening(data: bytes, salt: bytes, digest: bytes, *, place: str = "") -> bytes:
    """The opening that `shred_opening` encrypted.

    Raises:
        IntegrityError: the bytes were changed, or the salt is another's.
    """
    key = shred_key(salt, digest)
    size = PIECE + _TAG
    pieces = (data[at : at + size] for at in range(0, len(data) + size, size))
    return b"".join(_decrypted(key, pieces, place)).rstrip(b"\n")


def shred_file(source: Path, target: Path, salt: bytes, sha256: str) -> None:
    """Write a file encrypted under the salt of a claim that names it."""
    with source.open("rb") as clear, target.open("xb") as file:
        pieces = iter(lambda: clear.read(PIECE), None)
        file.writelines(_encrypted(shred_key(salt, b"file " + sha256.encode()), pieces))


def restore_file(source: Path, target: Path, salt: bytes, sha256: str) -> None:
    """Write the file that `shred_file` encrypted.

    Raises:
        IntegrityError: the bytes were changed, or the salt is another's.
    """
    key = shred_key(salt, b"file " + sha256.encode())
    with source.open("rb") as closed, target.open("xb") as file:
        pieces = iter(lambda: closed.read(PIECE + _TAG), None)
        file.writelines(_decrypted(key, pieces, str(source)))


def write_salts(file: IO[bytes], salts: Iterable[bytes]) -> None:
    """Write a salts file.

    Args:
        file: the file.
        salts: of each the 32-byte digest and the 32-byte salt, joined, in any order.
    """
    file.write(HEAD)
    for one in sorted(salts):
        file.write(b"%s %s\n" % (one[:32].hex().encode(), one[32:].hex().encode()))


class Salts:
    """A salts file, read where it is asked: nothing of it is held in memory.

    Raises:
        IntegrityError: it is none, is cut off, or is not sorted where it is looked at.
    """

    def __init__(self, path: Path) -> None:
        self._place = str(path)
        size = path.stat().st_size
        with path.open("rb") as file:
            if file.read(len(HEAD)) != HEAD or (size - len(HEAD)) % LINE:
                raise self._damaged("it is cut off, or none")
            self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._count = (size - len(HEAD)) // LINE

    def get(self, digest: bytes) -> bytes | None:
        """The salt of a digest (32 bytes each), or None when it was destroyed or never was."""
        wanted = digest.hex().encode()
        low, high = 0, self._count
        while low < high:
            middle = (low + high) // 2
            if self._line(middle)[:64] < wanted:
                low = middle + 1
            else:
                high = middle
        if low == self._count or self._line(low)[:64] != wanted:
            return None
        try:
            return bytes.fromhex(self._line(low)[65:129].decode("ascii"))
        except ValueError:
            raise self._damaged(f"line {low + 2} cannot be read") from None

    def close(self) -> None:
        """Let go of the file."""
        self._data.close()

    def _line(self, number: int) -> bytes:
        start = len(HEAD) + LINE * number
        return self._data[start : start + LINE]

    def _damaged(self, why: str) -> IntegrityError:
        return IntegrityError(
            f"this is no salts file: {why}",
            place=self._place,
            mend="Take the copy of the salts file; nothing was restored",
        )


def _encrypted(key: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    cipher = ChaCha20Poly1305(key)
    for nonce, piece in _numbered(pieces):
        yield cipher.encrypt(nonce, piece, None)


def _decrypted(key: bytes, pieces: Iterator[bytes], place: str) -> Iterator[bytes]:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    cipher = ChaCha20Poly1305(key)
    try:
        for nonce, piece in _numbered(pieces):
            yield cipher.decrypt(nonce, piece, None)
    except InvalidTag:
        raise IntegrityError(
            "the bytes were changed, or the salt belongs to something else",
            place=place,
            mend="Use another copy of the backup; nothing was restored",
        ) from None


def _numbered(pieces: Iterator[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Each piece with its nonce: 11 bytes that count, one that marks the last piece."""
    number, held = 0, next(pieces)
    for piece in pieces:
        if not piece:
            break
        yield number.to_bytes(11, "big") + b"\0", held
        number, held = number + 1, piece
    yield number.to_bytes(11, "big") + b"\1", held
