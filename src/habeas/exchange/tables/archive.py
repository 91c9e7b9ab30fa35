"""Opening a zip package that strangers have made: nothing is unpacked to disk.

Before anything of it is read, the list of its entries is checked: how many and how large they are,
whether they lie over one another, whether a name leads out of the package. What the list says
about sizes is held to when reading: an entry never yields more than was said. The checks follow
the cases of Fifield, "A better zip bomb" (WOOT 2019), and APPNOTE.TXT 6.3.10.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from habeas.errors import InputError

MAX_ENTRIES: Final = 10_000
"""Files in one package; a workbook has some ten, and one more for each sheet and picture."""

MAX_DIRECTORY: Final = 4 * 1024 * 1024
"""Bytes of the list of entries, which is read whole."""

MAX_TOTAL: Final = 2 * 1024**3
"""Bytes of all entries together when unpacked; a sheet of a million rows and twelve columns has
about two thirds of a GiB."""

MAX_RATIO: Final = 250
"""How many times larger an entry may become when unpacked; the XML of sheets becomes 5 to 50 times
as large. Deflate reaches 1,032."""

RATIO_FROM: Final = 32 * 1024 * 1024
"""Unpacked bytes below which the ratio does not matter."""

_CHUNK: Final = 64 * 1024
_END: Final = b"PK\x05\x06"
_END_64: Final = b"PK\x06\x07"
_LOCAL: Final = struct.Struct("<4s22xHH")
_MEND: Final = "Ask for the file again, or open it in the program that made it and save it anew"


class Archive:
    """The entries of a checked zip package, by name. A context manager.

    Args:
        path: the file.

    Raises:
        InputError: it is no zip package, is damaged, encrypted, or made to do harm.
    """

    def __init__(self, path: Path) -> None:
        self._place = path.name
        self._file: IO[bytes] = path.open("rb")
        try:
            self._entries = self._checked()
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the file."""
        self._file.close()

    @property
    def names(self) -> frozenset[str]:
        """The names of all files in the package, parted by `/`."""
        return frozenset(self._entries)

    def actual(self, name: str) -> str | None:
        """The name as it stands in the package, whatever its case; None when it is not there."""
        if name in self._entries:
            return name
        return next((each for each in self._entries if each.casefold() == name.casefold()), None)

    def chunks(self, name: str) -> Iterator[bytes]:
        """The unpacked bytes of one entry, in pieces of at most 64 KiB.

        Raises:
            InputError: there is no such entry, or it is damaged.
        """
        try:
            with self._zip.open(self._entries[name]) as stream:
                while chunk := stream.read(_CHUNK):
                    yield chunk
        except KeyError:
            raise self._refusal(f"the part {name} is missing") from None
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
            raise self._refusal(f"the part {name} is damaged ({error})") from None

    def read(self, name: str, *, most: int) -> bytes:
        """All unpacked bytes of one entry.

        Raises:
            InputError: there is no such entry, it is damaged, or longer than `most` bytes.
        """
        info = self._entries.get(name)
        if info is not None and info.file_size > most:
            raise self._refusal(f"the part {name} has {info.file_size:,} bytes, over {most:,}")
        return b"".join(self.chunks(name))

    def size(self, name: str) -> int:
        """The number of bytes of an entry when unpacked."""
        return self._entries[name].file_size

    def _refusal(self, reason: str) -> InputError:
        return InputError(reason, place=self._place, mend=_MEND)

    def _checked(self) -> dict[str, zipfile.ZipInfo]:
        length = self._directory_length()
        if length > MAX_DIRECTORY:
            raise self._refusal(f"the list of files in the package has {length:,} bytes")
        try:
            self._zip = zipfile.ZipFile(self._file)
        except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error) as error:
            raise self._refusal(
                f"it is a zip package that is damaged or cut short ({error})"
            ) from None
        infos = self._zip.infolist()
        if len(infos) > MAX_ENTRIES:
            raise self._refusal(f"the package holds {len(infos):,} files, over {MAX_ENTRIES:,}")
        for info in infos:
            self._check_entry(info)
        self._check_sizes(infos)
        self._check_overlap(infos)
        return self._by_name(infos)

    def _directory_length(self) -> int:
        """The bytes of the list of entries, told before it is read."""
        end = self._file.seek(0, 2)
        self._file.seek(max(0, end - 22 - 0xFFFF))
        tail = self._file.read()
        found = tail.rfind(_END)
        if found < 0 or len(tail) < found + 22:
            raise self._refusal("it is a zip package that is damaged or cut short (it has no end)")
        if tail.rfind(_END_64, 0, found) == found - 20 >= 0:
            raise self._refusal("it is a zip package of the large kind (Zip64), no list needs it")
        length: int = struct.unpack_from("<L", tail, found + 12)[0]
        return length

    def _check_entry(self, info: zipfile.ZipInfo) -> None:
        name = info.filename
        if info.flag_bits & 0x1:
            raise InputError(
                f"the part {name} is encrypted with a password",
                place=self._place,
                mend="Open the file with its password and save it without one",
            )
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise self._refusal(f"the part {name} is packed by a method that workbooks do not use")
        if _leads_out(name):
            raise self._refusal(f"a name leads out of the package: {name!r}; nothing was unpacked")
        if info.external_attr >> 16 & 0o170000 == 0o120000:
            raise self._refusal(f"the part {name} is a link to another file")

    def _check_sizes(self, infos: list[zipfile.ZipInfo]) -> None:
        total = sum(info.file_size for info in infos)
        if total > MAX_TOTAL:
            raise self._refusal(f"it would become {total:,} bytes when unpacked: a zip bomb")
        for info in infos:
            large = info.file_size > RATIO_FROM
            if large and info.file_size > MAX_RATIO * max(1, info.compress_size):
                raise self._refusal(
                    f"the part {info.filename} would become {info.file_size:,} bytes from "
                    f"{info.compress_size:,}: a zip bomb"
                )

    def _check_overlap(self, infos: list[zipfile.ZipInfo]) -> None:
        """No two entries share bytes, and none reaches into the list of entries."""
        until = 0
        for info in sorted(infos, key=lambda each: each.header_offset):
            if info.header_offset < until:
                raise self._refusal("parts of the package lie over one another: a zip bomb")
            self._file.seek(info.header_offset)
            head = self._file.read(_LOCAL.size)
            if len(head) < _LOCAL.size or head[:4] != b"PK\x03\x04":
                raise self._refusal(f"the part {info.filename} is damaged or cut short")
            _, name_length, extra_length = _LOCAL.unpack(head)
            until = info.header_offset + _LOCAL.size + name_length + extra_length
            until += info.compress_size
        if until > self._zip.start_dir:
            raise self._refusal("parts of the package lie over one another: a zip bomb")

    def _by_name(self, infos: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
        entries: dict[str, zipfile.ZipInfo] = {}
        folded: set[str] = set()
        for info in infos:
            if info.is_dir():
                continue
            name = info.filename.replace("\\", "/")
            if name.casefold() in folded:
                raise self._refusal(f"two parts of the package have one name: {name!r}")
            folded.add(name.casefold())
            entries[name] = info
        return entries


def _leads_out(name: str) -> bool:
    """Whether a name is absolute, climbs, or names a drive."""
    parts = name.replace("\\", "/").split("/")
    return parts[0] == "" or ".." in parts or ":" in parts[0] or "\0" in name
