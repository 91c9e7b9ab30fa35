"""Metadata of images and PDFs: what is read, what is kept as words, what malformed files do."""

from __future__ import annotations

import io
import struct
import zlib
from fractions import Fraction
from pathlib import Path

import msgspec
import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image
from PIL.TiffImagePlugin import IFDRational

from habeas.claims.checking import check_claim
from habeas.claims.claim import Claim, read_opening, seal
from habeas.claims.values import Decimal, Point, Quantity, Text, When, Where
from habeas.claims.vocabulary import vocabulary
from habeas.evidence import image_metadata as image_module
from habeas.evidence.detail import WORDS_LIMIT, Detail, decimal_digits, words_of
from habeas.evidence.item import item_details, keep_item
from habeas.evidence.metadata import metadata
from habeas.evidence.store import EvidenceStore


def read(content: bytes, media_type: str) -> dict[str, list[Detail]]:
    found: dict[str, list[Detail]] = {}
    for detail in metadata(io.BufferedReader(io.BytesIO(content)), media_type):
        found.setdefault(detail.predicate, []).append(detail)
    return found


def photo(*, gps: dict | None = None, camera: dict | None = None, main: dict | None = None,
          kind: str = "JPEG") -> bytes:  # fmt: skip
    exif = Image.Exif()
    exif.update(main or {})
    exif.get_ifd(ExifTags.IFD.Exif).update(camera or {})
    if gps:
        exif.get_ifd(ExifTags.IFD.GPSInfo).update(gps)
    if kind == "TIFF":  # Pillow writes the inner tables of a TIFF only when they stand as tags
        exif[ExifTags.IFD.Exif], exif[ExifTags.IFD.GPSInfo] = camera or {}, gps or {}
    out = io.BytesIO()
    Image.new("RGB", (40, 30)).save(out, kind, exif=exif)
    return out.getvalue()


LATITUDE = (35, 30, IFDRational(1234, 100))


def gps(latitude=LATITUDE, longitude=(51, 30, 0), south="N", west="E", **more) -> dict:
    extra = {int(key.removeprefix("t")): value for key, value in more.items()}
    return {1: south, 2: latitude, 3: west, 4: longitude, **extra}


INVENTED = photo(
    gps=gps(t29="2017:06:03", t7=(9, 0, 11)),
    camera={36867: "2017:06:03 12:30:11", 36881: "+04:30"},
    main={271: "Invented Optics", 272: "Model ۷".encode(), 274: 6, 305: "firmware 1.0"},
)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP", "AVIF"])
def test_an_image_says_what_made_it(kind: str) -> None:
    content = photo(
        gps=gps(), camera={36867: "2017:06:03 12:30:11"}, main={271: "Invented"}, kind=kind
    )
    found = read(content, f"image/{kind.lower()}")
    assert found["camera_make"][0].value == Text(text="Invented")
    assert found["image_width"][0].value == Quantity(text="40", low="40", high="40", unit="pixel")
    assert found["exif_datetime_original"][0].value.earliest == "2017-06-03"
    assert found["gps_position"][0].value.geometry


def test_exif_in_full() -> None:
    found = read(INVENTED, "image/jpeg")
    assert found["camera_model"][0].value == Text(text="Model ۷")
    assert found["image_orientation"][0].value.low == "6"
    assert found["software"][0].value == Text(text="firmware 1.0")
    taken = found["exif_datetime_original"][0]
    assert taken.value == When(
        text="2017:06:03 12:30:11+04:30", calendar="gregorian", earliest="2017-06-03",
        latest="2017-06-03", precision="second",
    )  # fmt: skip
    assert "the zone that the file names" in taken.note
    position = found["gps_position"][0]
    assert position.value == Where(
        text="35.0 30.0 12.34 N, 51.0 30.0 0.0 E", kind="exact", method="EXIF",
        geometry=Point(coordinates=("51.5", "35.5034278")),
    )  # fmt: skip
    assert position.value.uncertainty is None
    assert "uncertainty not known" in position.note
    assert found["gps_datetime"][0].value.text == "2017:06:03 9.0:0.0:11.0 UTC"
    assert "metadata_unreadable" not in found


def test_a_date_without_zone_says_so() -> None:
    found = read(photo(camera={36867: "2017:06:03 12:30:11"}), "image/jpeg")
    assert "no time zone" in found["exif_datetime_original"][0].note


@pytest.mark.parametrize(
    "words", ["1396:03:13 12:30:11", "0000:00:00 00:00:00", "2017:13:45 00:00:00", "yesterday"]
)
def test_a_date_that_no_gregorian_camera_wrote_is_kept_as_words(words: str) -> None:
    detail = read(photo(camera={36867: words}), "image/jpeg")["exif_datetime_original"][0]
    assert detail.value.text == words
    assert detail.value.earliest is None
    assert detail.value.precision == "unknown"
    as_claim(detail)
    assert "not read as a date" in detail.note


@pytest.mark.parametrize(
    ("tags", "says"),
    [
        (gps(latitude=(0, 0, 0), longitude=(0, 0, 0)), "without a fix"),
        (gps(latitude=(91, 0, 0)), "do not make a position"),
        (gps(longitude=(180, 0, 1)), "do not make a position"),
        (gps(south="X"), "do not make a position"),
        (gps(t18="TOKYO"), "TOKYO"),
    ],
)
def test_a_position_that_is_none_is_kept_as_words(tags: dict, says: str) -> None:
    position = read(photo(gps=tags), "image/jpeg")["gps_position"][0]
    assert position.value.geometry is None
    assert position.value.text
    as_claim(position)
    assert says in position.note


def test_south_and_west_are_negative_and_wgs84_is_known() -> None:
    tags = gps(south="S", west="W", t18="WGS-84", t31=IFDRational(12, 1))
    position = read(photo(gps=tags), "image/jpeg")["gps_position"][0]
    assert position.value.geometry == Point(coordinates=("-51.5", "-35.5034278"))
    assert "horizontal error of 12.0 m" in position.note


@given(st.fractions(min_value=-180, max_value=180), st.integers(1, 9))
def test_decimal_digits_are_near_and_well_formed(number: Fraction, places: int) -> None:
    digits = decimal_digits(number, places)
    assert abs(Fraction(digits) - number) <= Fraction(1, 2 * 10**places)
    assert msgspec.convert(digits, Decimal) == digits
    assert not digits.startswith("-0") or digits.startswith("-0.")


def test_an_embedded_thumbnail_is_told() -> None:
    thumbnail = io.BytesIO()
    Image.new("RGB", (8, 6)).save(thumbnail, "JPEG")
    inner = thumbnail.getvalue()
    # Little-endian TIFF: IFD0 empty at 8, IFD1 at 14 with the thumbnail's offset and length.
    tiff = b"II*\0" + struct.pack("<I", 8) + struct.pack("<HI", 0, 14)
    tiff += struct.pack("<H", 2) + struct.pack("<HHII", 513, 4, 1, 44)
    tiff += struct.pack("<HHII", 514, 4, 1, len(inner)) + struct.pack("<I", 0) + inner
    out = io.BytesIO()
    Image.new("RGB", (40, 30)).save(out, "JPEG", exif=b"Exif\0\0" + tiff)
    value = read(out.getvalue(), "image/jpeg")["embedded_thumbnail"][0].value
    assert value == Quantity(
        text=str(len(inner)), low=str(len(inner)), high=str(len(inner)), unit="byte"
    )


def test_what_can_betray_a_person_is_team_at_least() -> None:
    """Position, device, clock, author, file name: whatever sensitivity the claim was given."""
    inside = metadata(io.BufferedReader(io.BytesIO(INVENTED)), "image/jpeg")
    harmless = {"image_width", "image_height", "image_orientation"}
    betraying = {detail.predicate for detail in inside} - harmless
    assert "gps_position" in betraying
    for predicate in betraying | {"file_name", "pdf_author", "embedded_thumbnail"}:
        assert vocabulary().predicate(predicate).least in ("team", "sealed"), predicate
    assert vocabulary().predicate("file").least == "public"


# PDF


def pdf(*, xmp: dict | None = None, raw_xmp: bytes | None = None, pages: int = 2,
        encryption: pikepdf.Encryption | None = None, **info: str) -> bytes:  # fmt: skip
    document = pikepdf.new()
    for _ in range(pages):
        document.add_blank_page()
    if xmp:
        with document.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as meta:
            meta.update(xmp)
    if raw_xmp is not None:
        document.Root.Metadata = document.make_stream(raw_xmp, Type=pikepdf.Name.Metadata)
    for key, value in info.items():
        document.docinfo[f"/{key}"] = value
    out = io.BytesIO()
    document.save(out, encryption=encryption or False)
    return out.getvalue()


def test_a_pdf_says_what_made_it() -> None:
    content = pdf(Title="گزارش ساختگی", CreationDate="D:20170603123011+04'30'", ModDate="D:2018",
                  Author="An Invented Person")  # fmt: skip
    found = read(content, "application/pdf")
    assert found["page_count"][0].value.low == "2"
    assert found["pdf_title"][0].value == Text(text="گزارش ساختگی")
    assert found["pdf_author"][0].value == Text(text="An Invented Person")
    created = found["pdf_created"][0].value
    assert (created.text, created.earliest) == ("D:20170603123011+04'30'", "2017-06-03")
    modified = found["pdf_modified"][0].value
    assert (modified.earliest, modified.latest, modified.precision) == (
        "2018-01-01", "2018-12-31", "year",
    )  # fmt: skip
    assert "metadata_unreadable" not in found


def test_info_and_xmp_that_contradict_each_other_both_stand() -> None:
    content = pdf(Title="one", CreationDate="D:20170603", xmp={
        "dc:title": "two", "xmp:CreateDate": "2019-02-28T10:00:00+03:30"})  # fmt: skip
    found = read(content, "application/pdf")
    assert [d.value.text for d in found["pdf_title"]] == ["one", "two"]
    assert [d.value.earliest for d in found["pdf_created"]] == ["2017-06-03", "2019-02-28"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("D:201712", ("2017-12-01", "2017-12-31", "month")),
        ("D:201702", ("2017-02-01", "2017-02-28", "month")),
        ("2017-02-30", (None, None, "unknown")),
        ("spring", (None, None, "unknown")),
        ("D:0000", (None, None, "unknown")),
    ],
)
def test_pdf_dates(words: str, expected: tuple) -> None:
    (detail,) = read(pdf(CreationDate=words), "application/pdf")["pdf_created"]
    as_claim(detail)
    value = detail.value
    assert (value.earliest, value.latest, value.precision) == expected
    assert value.text == words


def test_encryption_is_told() -> None:
    locked = pdf(encryption=pikepdf.Encryption(owner="a", user="b"))
    assert "only with a password" in read(locked, "application/pdf")["pdf_encryption"][0].value.text
    half = pdf(encryption=pikepdf.Encryption(owner="a", user=""))
    found = read(half, "application/pdf")
    assert "without a password" in found["pdf_encryption"][0].value.text
    assert found["page_count"]


# Fault 40: malformed files, bombs


def unreadable(content: bytes, media_type: str) -> str:
    return read(content, media_type)["metadata_unreadable"][0].value.text


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"", "image/jpeg"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (INVENTED[:40], "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"II*\0\xff\xff\xff\xff", "image/tiff"),
        (b"%PDF-1.7 junk", "application/pdf"),
        (pdf()[:200], "application/pdf"),
        (b"\0\0\0\x18ftypheic", "image/heic"),
    ],
)
def test_t40_malformed_files_say_why(content: bytes, media_type: str) -> None:
    text = unreadable(content, media_type)
    assert text.startswith("metadata could not be read: ")
    assert " object at 0x" not in text


def test_t40_damaged_exif_leaves_the_rest_readable() -> None:
    exif = INVENTED.index(b"Exif\0\0") + 6
    damaged = INVENTED[: exif + 8] + b"\xff" * 24 + INVENTED[exif + 32 :]
    found = read(damaged, "image/jpeg")
    assert found["image_width"][0].value.low == "40"
    assert "in part" in found["metadata_unreadable"][0].value.text


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def test_t33_an_image_bomb_is_not_unpacked() -> None:
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + png_chunk(b"IEND", b"")
    assert "decompression bomb" in unreadable(bomb, "image/png")


def test_t33_a_pdf_stream_bomb_is_capped() -> None:
    packed = zlib.compress(b" " * 100_000_000, 9)
    # Without a table of offsets: pikepdf will not write this file, its repair reads it.
    bomb = b"<< /Type /Metadata /Subtype /XML /Filter /FlateDecode /Length %d >> stream\n" % len(
        packed
    )
    content = (
        b"%PDF-1.4\n1 0 obj << /Type /Catalog /Pages 2 0 R /Metadata 3 0 R >> endobj\n"
        b"2 0 obj << /Type /Pages /Kids [4 0 R] /Count 1 >> endobj\n"
        b"4 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >> endobj\n"
        b"3 0 obj " + bomb + packed + b"\nendstream endobj\ntrailer << /Root 1 0 R >>\n"
    )
    assert len(content) < 1_000_000
    assert "memory limit" in unreadable(content, "application/pdf")
    assert pikepdf.settings.get_qpdf_limits()["flate_max_memory"] == 0


def test_t35_entities_in_xmp_are_not_expanded() -> None:
    entities = '<!DOCTYPE x [<!ENTITY a0 "ha">' + "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12)
    )
    xmp = (
        entities + '<!ENTITY f SYSTEM "file:///etc/hostname">]><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">'
        "<pdf:Producer>&f;&a11;</pdf:Producer></rdf:Description></rdf:RDF></x:xmpmeta>"
    )
    found = read(pdf(raw_xmp=xmp.encode()), "application/pdf")
    hostname = Path("/etc/hostname").read_text().strip() or "no name"
    for details in found.values():
        assert all(hostname not in d.value.text and "haha" not in d.value.text for d in details)


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_t40_mutated_files_never_crash(data: st.DataObject) -> None:
    seed, media_type = data.draw(st.sampled_from(SEEDS))
    content = bytearray(seed)
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    del content[data.draw(st.integers(len(content) // 2, len(content))) :]
    for details in read(bytes(content), media_type).values():
        for detail in details:
            as_claim(detail)


SEEDS = [
    (INVENTED, "image/jpeg"),
    (photo(gps=gps(), kind="PNG"), "image/png"),
    (photo(gps=gps(), kind="TIFF"), "image/tiff"),
    (photo(gps=gps(), kind="WEBP"), "image/webp"),
    (pdf(Title="t", xmp={"dc:title": "u"}), "application/pdf"),
]


def as_claim(detail: Detail) -> None:
    """Every detail can be written down and read again."""
    predicate, value = detail
    claim = Claim(subject=f"item:{'a' * 64}", predicate=predicate, value=value, source="source:x",
                  note=detail.note, sensitivity="team")  # fmt: skip
    check_claim(claim)
    opening = seal([claim], "0" * 32)[0]
    assert read_opening(opening)[1] == claim


def test_t40_mutant_without_the_net_a_malformed_image_crashes(monkeypatch) -> None:
    monkeypatch.setattr(image_module, "_FAULTS", ())
    with pytest.raises(OSError, match="cannot identify"):
        read(b"\xff\xd8\xff", "image/jpeg")


# Words


def test_words_that_cannot_stand() -> None:
    assert words_of("\0 نام \0") == "نام"
    for nothing in ("", "\0\0", "x" * (WORDS_LIMIT + 1), "\ud800"):
        assert words_of(nothing) is None


# The item


def test_an_item_and_its_details(tmp_path: Path) -> None:
    store = EvidenceStore(tmp_path / "evidence")
    (tmp_path / "witness-name.pdf").write_bytes(INVENTED)
    item = keep_item(store, tmp_path / "witness-name.pdf")
    assert item.id == f"item:{item.sha256}"
    assert (item.media_type, item.new) == ("image/jpeg", True)
    details = {detail.predicate: detail.value for detail in item_details(item)}
    assert details["file"].sha256 == item.sha256
    assert details["file"].text is None
    assert details["file_name"] == Text(text="witness-name.pdf")
    assert details["copy_kind"].term == "evidentiary"
    assert (
        ".pdf (application/pdf), the content is image/jpeg" in details["media_type_disagrees"].text
    )
    assert "gps_position" in details
    assert not keep_item(store, tmp_path / "witness-name.pdf").new
    for detail in item_details(item):
        as_claim(detail)


def test_a_working_copy_names_its_original(tmp_path: Path) -> None:
    store = EvidenceStore(tmp_path / "evidence")
    (tmp_path / "a.txt").write_bytes(b"original")
    (tmp_path / "b.txt").write_bytes(b"derived")
    original = keep_item(store, tmp_path / "a.txt")
    copy = keep_item(store, tmp_path / "b.txt", working_copy_of=original.sha256)
    details = {detail.predicate: detail.value for detail in item_details(copy)}
    assert details["working_copy_of"].id == original.id
    assert details["copy_kind"].term == "working"
