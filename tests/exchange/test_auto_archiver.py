"""auto-archiver folders in: hashes and timestamps checked again, every file accounted for."""

from __future__ import annotations

import csv
import hashlib
import html
import json
import os
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import example, given, settings
from hypothesis import strategies as st

from habeas.claims.claim import Claim
from habeas.claims.values import Ref, Text
from habeas.errors import InputError
from habeas.evidence.timestamp import make_request
from habeas.exchange import auto_archiver as reading
from habeas.exchange import capture_recording
from habeas.exchange.auto_archiver import read_auto_archiver
from habeas.exchange.auto_archiver_html import read_html
from habeas.exchange.auto_archiver_reports import notation, read_csv
from habeas.exchange.capture import CaptureAccount
from habeas.exchange.capture_recording import plan_capture, record_capture
from habeas.registry.registry import create_registry
from habeas.registry.verification import verify

sys.path.append(str(Path(__file__).parent))
import web_captures as web

SOURCE = "source:invented-capture"
URL = "https://invented.example/post/1"
FOLDER = "local_archive/https-invented-example-post-1"


@pytest.fixture
def registry(tmp_path):
    with create_registry(tmp_path / "registry", organisation="Invented archive") as made:
        with made.recording() as recording:
            title = Claim(
                subject=SOURCE,
                predicate="title",
                value=Text(text="An invented capture"),
                source="org:invented-archive",
                sensitivity="team",
            )
            recording.entry([title])
        yield made


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def media(name: str, **properties: object) -> dict[str, object]:
    """A `Media` as `dataclasses.asdict` gives it."""
    key = f"./{FOLDER}/{name}"
    return {
        "filename": f"/tmp/invented/{name}",
        "_key": key,
        "urls": [key],
        "properties": properties,
        "_mimetype": None,
    }


def shown(found: object) -> str:
    """A value as the page shows it: lists in lists, files with their labels."""
    if isinstance(found, list):
        return "".join(f"<li>{shown(one)}</li>" for one in found)
    if isinstance(found, dict):
        rows = "".join(
            f'<p></p><div><b class="collapsible" title="expand">{name} ({len(value)}):</b><p></p>'
            f'<div class="collapsible-content">{shown(value)}</div></div>'
            if isinstance(value, list)
            else f'<li><b>{name}:</b> <span class="copy">{html.escape(str(value))}</span></li>'
            for name, value in found["properties"].items()
        )
        return (
            f'<a href="{found["_key"]}">open</a><ul>'
            f'<li><b>key:</b> <span class="copy">{found["_key"]}</span></li>'
            f'<li><b>type:</b> <span class="copy">text/plain</span></li>{rows}</ul>'
        )
    return str(found)


def page(metadata: dict[str, object], files: list[dict[str, object]]) -> str:
    """The HTML page of a capture."""
    rows = "".join(f"<tr><td>{shown(one)}</td><td></td></tr>" for one in files)
    table = "".join(
        f'<tr><td>{name}</td><td><span class="copy">{html.escape(str(value))}</span></td></tr>'
        for name, value in metadata.items()
    )
    return (
        f"<!DOCTYPE html><html><head><title>{URL}</title></head><body><h2>Archived media for {URL}"
        f'</h2><table class="content"><tr><th>about</th></tr><tbody>{rows}</tbody></table>'
        f'<table class="metadata"><tr><th>key</th><th>value</th></tr>{table}</table>'
        '<p>Made with <a href="https://github.com/bellingcat/auto-archiver">'
        "bellingcat/auto-archiver</a>\n v1.2.7</p></body>"
        f"<script>{'invented;' * 200}</script></html>"
    )


class Folder:
    """A folder as auto-archiver leaves it. Everything in it is invented."""

    def __init__(self, root: Path, authority, *, data: bytes | None = None) -> None:
        self.root = root
        self.stored = root / FOLDER
        self.stored.mkdir(parents=True)
        video = self.put("clip.mp4", b"invented moving picture")
        page_ = self.put("source.txt", b"invented words")
        self.put("thumb.jpg", b"invented small picture")
        wacz = web.write_wacz(self.stored / "capture.wacz").read_bytes()
        sha3 = hashlib.sha3_512(page_).hexdigest()
        hashes = "\n".join([sha256(video), sha3, sha256(wacz)]).encode()
        stamped = hashes if data is None else data
        self.put("hashes.txt", hashes)
        response = authority.reply(make_request(stamped).der)
        self.put("timestamp_token_invented", bare(response))
        self.put("1 - tsa.crt", authority.tsa.pem)
        self.put("2 - between.crt", authority.intermediate.certificate.public_bytes(Encoding.DER))
        certificates = [media("1 - tsa.crt", subject="a"), media("2 - between.crt", subject="b")]
        self.media = [
            media("clip.mp4", thumbnails=[media("thumb.jpg", id="t")],
                  hash=f"SHA-256:{sha256(video)}"),
            media("source.txt", hash=f"SHA3-512:{sha3}"),
            media("capture.wacz", hash=f"SHA-256:{sha256(wacz)}", id="browsertrix"),
            media("hashes.txt", timestamp_authority_files=[
                media("timestamp_token_invented", tsa="http://invented.example/tsa",
                      cert_chain=certificates)], id="timestamped_hashes"),
        ]  # fmt: skip
        self.metadata = {
            "_processed_at": datetime(2024, 5, 1, 10, 0, 3, tzinfo=UTC),
            "url": URL,
            "title": "An invented post / پست ساختگی",
            "timestamped": True,
        }

    def put(self, name: str, data: bytes) -> bytes:
        (self.stored / name).write_bytes(data)
        return data

    def write(self, *, table: bool = True, html_: bool = True) -> Path:
        """Write the reports."""
        if html_:
            (self.stored / "page.html").write_text(page(self.metadata, self.media), "utf-8")
        if table:
            with (self.root / "db.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, ["status", "metadata", "media"])
                writer.writeheader()
                writer.writerow(
                    {"status": "success", "metadata": self.metadata, "media": self.media}
                )
        return self.root


def bare(response: bytes) -> bytes:
    """The token of a response: what stands after the status."""
    at = 2 + (response[1] & 0x7F if response[1] & 0x80 else 0)
    return response[at + 2 + response[at + 1] :]


@pytest.fixture
def folder(tmp_path, timestamp_authority):
    return Folder(tmp_path / "folder", timestamp_authority)


def fates(capture) -> dict[str, str]:
    return {Path(file.name).name: file.fate for file in capture.files}


def file_of(capture, name: str):
    return next(file for file in capture.files if Path(file.name).name == name)


def checks(capture, name: str) -> str:
    said = file_of(capture, name).said
    return " | ".join(s.value.text for s in said if s.predicate == "authenticity_check")


NAMES = {"clip.mp4", "source.txt", "thumb.jpg", "capture.wacz", "hashes.txt",
         "timestamp_token_invented", "1 - tsa.crt", "2 - between.crt"}  # fmt: skip


@pytest.mark.parametrize(("table", "html_"), [(True, False), (False, True), (True, True)])
def test_a_good_folder_is_kept_whole(folder, timestamp_authority, table, html_):
    root = folder.write(table=table, html_=html_)
    capture = read_auto_archiver(root, roots=timestamp_authority.roots)
    reports = ({"db.csv"} if table else set()) | ({"page.html"} if html_ else set())
    assert fates(capture) == dict.fromkeys(NAMES | reports, "kept")
    assert capture.remarks == ()
    assert "SHA-256 computed again" in checks(capture, "clip.mp4")
    assert "SHA3-512 computed again" in checks(capture, "source.txt")
    assert "states no hash" in checks(capture, "thumb.jpg")
    assert "WARC records read whole" in checks(capture, "capture.wacz")
    for name in ("clip.mp4", "source.txt", "capture.wacz", "hashes.txt"):
        assert "verified by" in checks(capture, name), name
    assert "verified by" not in checks(capture, "thumb.jpg")
    said = {(s.predicate, s.value.text) for s in file_of(capture, "clip.mp4").said if not s.checked}
    assert ("url", URL) in said
    assert ("title", "An invented post / پست ساختگی") in said
    assert ("captured", "2024-05-01 10:00:03+00:00") in said
    tools = {words for predicate, words in said if predicate == "capture_tool"}
    assert tools == {"bellingcat/auto-archiver" + (" 1.2.7" if one == "page.html" else "")
                     for one in reports}  # fmt: skip
    second = [s for s in file_of(capture, "source.txt").said if s.predicate == "second_hash"]
    assert second[0].value.text.startswith("sha3-512:")


def test_without_roots_the_stamp_is_compared_and_not_called_verified(folder):
    capture = read_auto_archiver(folder.write())
    assert fates(capture)["timestamp_token_invented"] == "kept"
    assert "not verified, no root certificate was given" in checks(capture, "hashes.txt")
    assert "verified by" not in checks(capture, "hashes.txt")


def test_it_is_recorded_once_byte_for_byte(registry, folder, timestamp_authority):
    root = folder.write()
    roots = timestamp_authority.roots
    planned = plan_capture(registry, read_auto_archiver(root, roots=roots), SOURCE)
    assert planned.line() == "10 files in = 10 to keep + 0 held back + 0 rejected"
    assert not list(registry.evidence)
    made = record_capture(registry, read_auto_archiver(root, roots=roots), SOURCE)
    assert made.line() == "10 files in = 10 kept + 0 held back + 0 rejected"
    assert set(registry.evidence) == {
        sha256(path.read_bytes()) for path in root.rglob("*") if path.is_file()
    }
    view = registry.view("team")
    html_ = f"item:{sha256((folder.stored / 'page.html').read_bytes())}"
    parts = {c.claim.value.id for c in view.claims(subject=html_, predicate="capture_part")
             if isinstance(c.claim.value, Ref)}  # fmt: skip
    assert parts == {f"item:{sha256((folder.stored / name).read_bytes())}" for name in NAMES}
    listed = f"item:{sha256((folder.stored / 'hashes.txt').read_bytes())}"
    (token,) = view.claims(subject=listed, predicate="capture_part")
    stamp = (folder.stored / "timestamp_token_invented").read_bytes()
    assert token.claim.value == Ref(id=f"item:{sha256(stamp)}")
    assert token.claim.source == "org:invented-archive"
    size = registry.store.size(registry.log.id)
    again = record_capture(registry, read_auto_archiver(root, roots=roots), SOURCE)
    assert (again.run, again.already, again.kept) == (None, 10, 10)
    assert registry.store.size(registry.log.id) == size


def test_the_same_bytes_under_two_names_are_one_item_and_two_files(registry, folder):
    folder.put("again.mp4", (folder.stored / "clip.mp4").read_bytes())
    folder.media.append(media("again.mp4"))
    root = folder.write()
    planned = plan_capture(registry, read_auto_archiver(root), SOURCE)
    made = record_capture(registry, read_auto_archiver(root), SOURCE)
    assert (made.read, made.kept, made.already) == (11, 11, 0)
    assert (planned.kept, planned.already) == (11, 0)
    assert len(list(registry.evidence)) == 10
    again = record_capture(registry, read_auto_archiver(root), SOURCE)
    assert (again.run, again.already) == (None, 11)


# What is not as stated


def test_a_changed_file_is_held_and_the_others_are_kept(registry, folder):
    root = folder.write()
    folder.put("clip.mp4", b"invented moving picturf")
    capture = read_auto_archiver(root)
    assert [name for name, fate in fates(capture).items() if fate != "kept"] == ["clip.mp4"]
    assert "its SHA-256 is not the one that" in file_of(capture, "clip.mp4").reason
    made = record_capture(registry, capture, SOURCE)
    assert made.line() == "10 files in = 9 kept + 1 held back + 0 rejected"
    assert sha256(b"invented moving picturf") not in set(registry.evidence)


def test_the_mutant_that_does_not_compare_keeps_the_changed_file(folder, monkeypatch):
    root = folder.write()
    folder.put("clip.mp4", b"invented moving picturf")
    monkeypatch.setattr(reading, "_judge_hash", lambda *_: None)
    assert fates(read_auto_archiver(root))["clip.mp4"] == "kept"


def test_one_report_that_disagrees_is_enough(folder):
    folder.write()
    folder.media[0]["properties"]["hash"] = "SHA-256:" + "0" * 64
    root = folder.write(table=False)
    assert "page.html states" in file_of(read_auto_archiver(root), "clip.mp4").reason


@pytest.mark.parametrize("stated", ["MD5:" + "0" * 32, "abc", "SHA-256:", "SHA-256"])
def test_a_hash_that_cannot_be_compared_is_no_hash_that_agrees(folder, stated):
    folder.media[0]["properties"]["hash"] = stated
    assert fates(read_auto_archiver(folder.write()))["clip.mp4"] == "held"


def test_a_damaged_web_archive_is_held_though_its_hash_is_right(folder):
    parts = {"archive/data.warc": web.warc(packed=False)[:-60]}
    wacz = web.write_wacz(folder.stored / "capture.wacz", parts).read_bytes()
    folder.media[2]["properties"]["hash"] = f"SHA-256:{sha256(wacz)}"
    file = file_of(read_auto_archiver(folder.write()), "capture.wacz")
    assert file.fate == "held"
    assert "cut short" in file.reason
    folder.media[2]["properties"]["hash"] = f"SHA-256:{sha256(folder.put('capture.wacz', b'no'))}"
    assert fates(read_auto_archiver(folder.write()))["capture.wacz"] == "held"


def test_what_no_report_names_is_held_and_what_is_missing_is_told(folder):
    folder.put("stranger.jpg", b"invented")
    root = folder.write()
    (folder.stored / "thumb.jpg").unlink()
    capture = read_auto_archiver(root)
    assert file_of(capture, "stranger.jpg").reason == "no report of auto-archiver names it"
    assert any("thumb.jpg, which is not in the folder" in words for words in capture.remarks)


def test_links_and_empty_files_are_rejected(folder, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("invented secret")
    (folder.stored / "clip.mp4").unlink()
    (folder.stored / "clip.mp4").symlink_to(secret)
    (folder.stored / "out").symlink_to(tmp_path)
    folder.put("thumb.jpg", b"")
    os.mkfifo(folder.stored / "pipe.csv")
    capture = read_auto_archiver(folder.write())
    rejected = {name for name, fate in fates(capture).items() if fate == "rejected"}
    assert rejected == {"clip.mp4", "out", "thumb.jpg", "pipe.csv"}


def test_a_report_that_points_outside_reaches_nothing(folder, tmp_path):
    (tmp_path / "outside.txt").write_text("invented")
    folder.media.append(media("../../../outside.txt", hash="SHA-256:" + "0" * 64))
    capture = read_auto_archiver(folder.write())
    assert "outside.txt" not in fates(capture)
    assert any("outside.txt" in words for words in capture.remarks)


def test_a_stamp_over_something_else_is_held(tmp_path, timestamp_authority, monkeypatch):
    folder = Folder(tmp_path / "f", timestamp_authority, data=b"something else")
    root = folder.write()
    for roots in (b"", timestamp_authority.roots):
        file = file_of(read_auto_archiver(root, roots=roots), "timestamp_token_invented")
        assert file.fate == "held"
        assert "for other data" in file.reason
    capture = read_auto_archiver(root)
    assert not [s for s in file_of(capture, "hashes.txt").said if s.predicate == "capture_part"]
    monkeypatch.setattr(reading, "_judge_token", lambda *_: "invented words")
    assert fates(read_auto_archiver(root))["timestamp_token_invented"] == "kept"


def test_a_stamp_by_a_stranger_is_held_when_there_are_roots(folder, timestamp_authority):
    root = folder.write()
    capture = read_auto_archiver(root, roots=timestamp_authority.stranger.pem)
    assert "does not verify" in file_of(capture, "timestamp_token_invented").reason
    assert "verified by" not in checks(capture, "clip.mp4")


def test_a_token_that_is_none_is_held(folder):
    folder.put("timestamp_token_invented", b"invented")
    assert fates(read_auto_archiver(folder.write()))["timestamp_token_invented"] == "held"


def test_stamped_hashes_of_no_file_are_told(folder):
    folder.put("hashes.txt", (folder.stored / "hashes.txt").read_bytes() + b"\n" + b"0" * 64)
    capture = read_auto_archiver(folder.write())
    assert any("1 of the stamped hashes are of no file" in words for words in capture.remarks)
    assert fates(capture)["timestamp_token_invented"] == "held"


def test_a_folder_without_a_report_is_refused(tmp_path):
    (tmp_path / "a.html").write_text("<html>another page</html>")
    (tmp_path / "b.csv").write_text("status,metadata\n1,2\n")
    (tmp_path / "c.json").write_text("[" * 50_000)
    with pytest.raises(InputError, match="no report of auto-archiver"):
        read_auto_archiver(tmp_path)


def test_too_many_files_are_refused(folder, monkeypatch):
    monkeypatch.setattr(reading, "MAX_FILES", 3)
    with pytest.raises(InputError, match="over 3 files"):
        read_auto_archiver(folder.write())


def test_json_is_read_as_the_table_is(folder, tmp_path):
    folder.metadata["_processed_at"] = folder.metadata["_processed_at"].timestamp()
    root = folder.write(table=False, html_=False)
    (root / "item.json").write_text(
        json.dumps({"status": "success", "metadata": folder.metadata, "media": folder.media})
    )
    capture = read_auto_archiver(root)
    assert fates(capture) == dict.fromkeys({*NAMES, "item.json"}, "kept")
    captured = [s.value for s in file_of(capture, "clip.mp4").said if s.predicate == "captured"]
    assert (captured[0].text, captured[0].earliest) == ("1714557603.0", "2024-05-01")


def test_a_folder_around_the_archive_or_inside_it_serves(folder, tmp_path):
    folder.write()
    around = tmp_path / "around"
    shutil.copytree(folder.root, around / "a" / "b")
    assert set(fates(read_auto_archiver(around)).values()) == {"kept"}
    inside = read_auto_archiver(folder.stored)
    assert set(fates(inside).values()) == {"kept"}


# The notation


def test_notation_is_read_and_never_run(tmp_path):
    made = notation("{'a': [1, 'x', None], 't': datetime.datetime(2024, 5, 1, 2, 3)}")
    assert made == {"a": [1, "x", None], "t": "2024-05-01 02:03:00"}
    touched = tmp_path / "touched"
    assert notation(f"open({str(touched)!r}, 'w')") is None
    assert notation(f"{{'a': open({str(touched)!r}, 'w')}}") == {"a": None}
    assert not touched.exists()
    assert notation("(" * 100_000) is None
    assert notation("'a'" + ".a" * 90_000) is None
    assert notation("1," * 300_000) is None
    assert notation("'" + "x" * 3_000_000 + "'") == "x" * 3_000_000
    assert notation("[" * 90 + "]" * 90) is not None
    assert notation("datetime.datetime(99999, 1, 1)") is None


@given(text=st.text(max_size=60) | st.text("{}[](),:.'a1+ ", max_size=20))
@example(text="a")
@example(text="[{'a': a.a}, b'a', 1j]")
@settings(max_examples=150)
def test_any_notation_is_taken_as_plain_data_or_left(text):
    assert is_plain(notation(text))


def is_plain(value):
    match value:
        case dict():
            return all(type(key) is str and is_plain(value[key]) for key in value)
        case list():
            return all(map(is_plain, value))
        case _:
            return value is None or type(value) in (str, int, float, bool)


@given(data=st.binary(max_size=200))
@settings(max_examples=100, deadline=None)
def test_whatever_follows_in_a_page_what_stood_before_is_read(data, tmp_path_factory):
    path = tmp_path_factory.mktemp("any") / "a.html"
    sound = b"bellingcat/auto-archiver <ul><li><b>key:</b> a</li></ul><ul><li><b>key:</b> b"
    path.write_bytes(sound + data)
    (found,) = read_html(path, "a.html")
    assert found.media[0].keys == ("a",)


@given(data=st.binary(max_size=200))
@example(data=b"\xff")
@settings(max_examples=100, deadline=None)
def test_a_table_is_taken_when_it_is_text_and_else_left(data, tmp_path_factory):
    path = tmp_path_factory.mktemp("any") / "a.csv"
    path.write_bytes(b"status,metadata,media\nx,{},[]\n" + data)
    found = read_csv(path, "a.csv")
    try:
        data.decode()
    except UnicodeDecodeError:
        assert found == []
    else:
        assert found[0].place == "a.csv, row 2"


@pytest.mark.parametrize(
    "part", ["<!--", "<a ", "<a b='", "<ul>", "<b", "<![a", "</", "<u" * 9, "&#"]
)
def test_a_hostile_report_is_read_for_what_stands_before(tmp_path, part):
    path = tmp_path / "a.html"
    path.write_text("bellingcat/auto-archiver <ul><li><b>key:</b> a</li></ul>" + part * 100_000)
    (found,) = read_html(path, "a.html")
    assert [media.keys for media in found.media] == [("a",)]


# The account


def test_an_account_that_loses_a_file_is_a_fault():
    account = CaptureAccount(name="a", reader="wacz", read=2, kept=1, already=0, held=0,
                             rejected=0, unkept=())  # fmt: skip
    with pytest.raises(Exception, match="the account is wrong"):
        account.check()


def test_nothing_is_recorded_when_one_claim_cannot_be(registry, folder, monkeypatch):
    size = registry.store.size(registry.log.id)
    monkeypatch.setattr(capture_recording, "METHOD", "\ud800")
    with pytest.raises(InputError):
        record_capture(registry, read_auto_archiver(folder.write()), SOURCE)
    assert registry.store.size(registry.log.id) == size


def test_a_registry_with_captures_verifies(registry, folder, timestamp_authority):
    capture = read_auto_archiver(folder.write(), roots=timestamp_authority.roots)
    record_capture(registry, capture, SOURCE)
    assert [check.problems for check in verify(registry).checks if not check.passed] == []
