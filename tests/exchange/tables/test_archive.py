"""Zip packages of strangers: bombs, names that lead out, damage; with mutants of each check."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path

import pytest

from habeas.errors import InputError
from habeas.exchange.tables import archive
from habeas.exchange.tables.archive import Archive


def _zip(path: Path, parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return path


def _overlapping(path: Path, count: int) -> Path:
    """Entries that share one compressed kernel (Fifield 2019)."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    content = bytes(1_000_000)
    kernel = deflate.compress(content) + deflate.flush()
    crc = zlib.crc32(content)
    common = struct.pack("<HHHHHLLLHH", 20, 0, 8, 0, 0x21, crc, len(kernel), len(content), 1, 0)
    body = b"PK\x03\x04" + common + b"a" + kernel
    directory = b""
    for number in range(count):
        directory += (
            b"PK\x01\x02" + struct.pack("<H", 20) + common[:-4]
            + struct.pack("<HHHHHLL", 1, 0, 0, 0, 0, 0, 0) + bytes([97 + number])
        )  # fmt: skip
    end = struct.pack("<HHHHLLH", 0, 0, count, count, len(directory), len(body), 0)
    path.write_bytes(body + directory + b"PK\x05\x06" + end)
    return path


def test_parts_are_read(tmp_path: Path) -> None:
    path = _zip(tmp_path / "x.zip", {"a/b.xml": b"one" * 100_000, "c": b""})
    with Archive(path) as found:
        assert found.names == {"a/b.xml", "c"}
        assert b"".join(found.chunks("a/b.xml")) == b"one" * 100_000
        assert max(map(len, found.chunks("a/b.xml"))) <= 64 * 1024
        assert found.actual("A/B.XML") == "a/b.xml"
        assert found.actual("nothing") is None
        assert found.size("a/b.xml") == 300_000
        with pytest.raises(InputError, match=r"300,000 bytes, over 10"):
            found.read("a/b.xml", most=10)
        with pytest.raises(InputError, match="the part nothing is missing"):
            found.read("nothing", most=10)


@pytest.mark.parametrize(
    "name",
    ["../x", "a/../../x", "/etc/passwd", "..\\x", "C:\\x", "c:x", "\\\\host\\x", "a/.."],
)
def test_names_that_lead_out_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    path = _zip(tmp_path / "x.zip", {"ok": b"", name: b"x"})
    with pytest.raises(InputError, match="leads out of the package"):
        Archive(path)
    monkeypatch.setattr(archive, "_leads_out", lambda _: False)
    Archive(path).close()


def test_links_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as package:
        info = zipfile.ZipInfo("xl/workbook.xml")
        info.create_system = 3
        info.external_attr = 0o120777 << 16
        package.writestr(info, "/etc/passwd")
    with pytest.raises(InputError, match="is a link"):
        Archive(path)


def test_a_ratio_that_no_workbook_has_is_a_bomb(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _zip(tmp_path / "x.zip", {"xl/sheet.xml": bytes(40_000_000)})
    assert path.stat().st_size < 50_000
    with pytest.raises(InputError, match=r"40,000,000 bytes from [0-9,]+: a zip bomb"):
        Archive(path)
    monkeypatch.setattr(archive, "MAX_RATIO", 10_000)
    Archive(path).close()


def test_a_total_that_fills_the_disk_is_a_bomb(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = {str(number): bytes(900_000) for number in range(10)}
    path = _zip(tmp_path / "x.zip", parts)
    monkeypatch.setattr(archive, "MAX_TOTAL", 8_000_000)
    with pytest.raises(InputError, match="9,000,000 bytes when unpacked: a zip bomb"):
        Archive(path)


def test_entries_over_one_another_are_a_bomb(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = _overlapping(tmp_path / "one.zip", 1)
    with Archive(one) as found:
        assert len(found.read("a", most=1_000_000)) == 1_000_000
    many = _overlapping(tmp_path / "many.zip", 20)
    with pytest.raises(InputError, match="lie over one another: a zip bomb"):
        Archive(many)
    monkeypatch.setattr(Archive, "_check_overlap", lambda *_: None)
    Archive(many).close()


def test_a_package_within_a_package_is_not_opened(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("bomb", bytes(1_000_000))
    with Archive(_zip(tmp_path / "x.zip", {"inner.zip": inner.getvalue()})) as found:
        assert found.names == {"inner.zip"}
        assert found.read("inner.zip", most=5_000) == inner.getvalue()


def test_what_the_list_says_of_sizes_is_held_to(tmp_path: Path) -> None:
    """An entry that unpacks to more than was said gives no more than that, and is damaged."""
    path = _zip(tmp_path / "x.zip", {"a": bytes(5_000_000)})
    content = path.read_bytes()
    path.write_bytes(content.replace(struct.pack("<L", 5_000_000), struct.pack("<L", 1000)))
    with Archive(path) as found, pytest.raises(InputError, match="the part a is damaged"):
        found.read("a", most=1000)


def test_two_parts_of_one_name_are_refused(tmp_path: Path) -> None:
    path = _zip(tmp_path / "x.zip", {"xl/Sheet.xml": b"1", "xl/sheet.xml": b"2"})
    with pytest.raises(InputError, match="two parts of the package have one name"):
        Archive(path)


def test_too_many_parts_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _zip(tmp_path / "x.zip", {f"part {number}": b"" for number in range(100)})
    monkeypatch.setattr(archive, "MAX_ENTRIES", 99)
    with pytest.raises(InputError, match="holds 100 files, over 99"):
        Archive(path)
    monkeypatch.setattr(archive, "MAX_DIRECTORY", 1000)
    with pytest.raises(InputError, match="the list of files in the package has"):
        Archive(path)


def test_encryption_and_rare_methods_are_refused(tmp_path: Path) -> None:
    path = _zip(tmp_path / "x.zip", {"a": b"x"}, zipfile.ZIP_BZIP2)
    with pytest.raises(InputError, match="packed by a method that workbooks do not use"):
        Archive(path)
    content = bytearray(_zip(tmp_path / "y.zip", {"a": b"x"}).read_bytes())
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "y.zip").write_bytes(content)
    with pytest.raises(InputError, match="encrypted with a password"):
        Archive(tmp_path / "y.zip")


def test_a_package_cut_short_at_any_byte_is_refused(tmp_path: Path) -> None:
    content = _zip(tmp_path / "x.zip", {"a": b"one", "b": b"two"}).read_bytes()
    for end in range(len(content)):
        (tmp_path / "x.zip").write_bytes(content[:end])
        with pytest.raises(InputError):
            Archive(tmp_path / "x.zip")


def test_a_package_with_any_byte_changed_gives_what_was_packed_or_an_error(tmp_path: Path) -> None:
    parts = {"a": b"one" * 9, "b": b"two"}
    content = _zip(tmp_path / "x.zip", parts).read_bytes()
    for place in range(len(content)):
        for other in (0, 0xFF, content[place] ^ 0x40):
            changed = bytearray(content)
            changed[place] = other
            (tmp_path / "x.zip").write_bytes(changed)
            try:
                with Archive(tmp_path / "x.zip") as found:
                    for name in found.names & parts.keys():
                        assert found.read(name, most=100) == parts[name]
            except InputError:
                pass
