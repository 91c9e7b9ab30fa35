"""Web captures for tests: WARC by warcio, WACZ around it. All of it is invented."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import zipfile
from functools import cache
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

URL = "https://invented.example/page"
PAGES = (
    '{"format": "json-pages-1.0", "id": "pages", "title": "All Pages"}\n'
    '{"id": "1", "url": "https://invented.example/page", "ts": "2024-05-01T10:00:00Z",'
    ' "title": "An invented page / صفحهٔ ساختگی"}\n'
    '{"id": "2", "url": "https://invented.example/other", "ts": "2024-05-02T11:30:00Z"}\n'
)


class Writer(WARCWriter):
    """Leaves no temporary file open."""

    @staticmethod
    def _create_temp_file():
        return io.BytesIO()


@cache
def warc(count: int = 3, *, packed: bool = True) -> bytes:
    """A WARC file with some responses, each with block and payload digests."""
    out = io.BytesIO()
    writer = Writer(out, gzip=packed)
    for number in range(count):
        headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
        body = io.BytesIO(f"<p>invented page {number}</p>".encode() * 20)
        record = writer.create_warc_record(
            f"{URL}/{number}", "response", payload=body, http_headers=headers
        )
        writer.write_record(record)
    return out.getvalue()


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def files(archive: bytes | None = None) -> dict[str, bytes]:
    """The files of a package, apart from its lists."""
    return {
        "archive/data.warc.gz": warc() if archive is None else archive,
        "indexes/index.cdx": b"invented index\n",
        "pages/pages.jsonl": PAGES.encode(),
    }


def package(parts: dict[str, bytes]) -> bytes:
    """`datapackage.json` for some files."""
    resources = [
        {"name": name, "path": name, "hash": f"sha256:{sha256(data)}", "bytes": len(data)}
        for name, data in parts.items()
    ]
    return json.dumps(
        {
            "profile": "data-package",
            "wacz_version": "1.1.1",
            "title": "An invented collection",
            "software": "invented-crawler 1.0",
            "created": "2024-05-03T00:00:00Z",
            "resources": resources,
        }
    ).encode()


def digest(listed: bytes, **signed: str) -> bytes:
    """`datapackage-digest.json`, with `signedData` when something is signed."""
    made = {"path": "datapackage.json", "hash": f"sha256:{sha256(listed)}"}
    if signed:
        made["signedData"] = {"hash": made["hash"], "version": "0.1.0", **signed}
    return json.dumps(made).encode()


def write_wacz(
    path: Path,
    parts: dict[str, bytes] | None = None,
    *,
    listed: bytes | None = None,
    seal: bytes | None = None,
) -> Path:
    """A WACZ file."""
    parts = files() if parts is None else parts
    listed = package(parts) if listed is None else listed
    with zipfile.ZipFile(path, "w") as made:
        for name, data in parts.items():
            made.writestr(name, data)
        made.writestr("datapackage.json", listed)
        made.writestr("datapackage-digest.json", digest(listed) if seal is None else seal)
    return path


def text64(data: bytes) -> str:
    return base64.b64encode(data).decode()
