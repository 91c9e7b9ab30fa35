"""A local server of a static STAC catalogue, its GeoTIFFs with ranges, and `/search`.

It keeps a log of what it was asked, and can fall silent.
"""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from shapely.geometry import box, shape


class Catalogue:
    """What the server has.

    Attributes:
        folder: of GeoTIFFs, served under `/files/`.
        items: JSON of STAC items; hrefs of assets are names of files.
        log: (method, path with query, range or body) of every request.
        silent_after: answer that many requests, then none; none: always answer.
        page: items a page of a search.
        broken_pages: pages from this one on end in an error.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.items: list[dict] = []
        self.log: list[tuple[str, str, str]] = []
        self.silent_after: int | None = None
        self.silent_for: str = ""
        self.page = 100
        self.broken_pages: int | None = None
        self.released = threading.Event()
        self.url = ""

    def silent(self, path: str) -> bool:
        if self.silent_after is None:
            return False
        asked = [entry for entry in self.log if self.silent_for in entry[1]]
        return self.silent_for in path and len(asked) > self.silent_after

    def located(self, item: dict) -> dict:
        if not isinstance(item["assets"], dict):  # a broken one, on purpose
            return item
        assets = {
            key: asset | {"href": f"{self.url}/files/{asset['href']}"}
            if "://" not in asset["href"] and not asset["href"].startswith("/")
            else asset
            for key, asset in item["assets"].items()
        }
        link = {"rel": "self", "href": f"{self.url}/items/{item['id']}.json"}
        return item | {"assets": assets, "links": [link]}

    def search(self, asked: dict) -> dict:
        first = int(asked.get("token", 0))
        if self.broken_pages is not None and first // self.page >= self.broken_pages:
            return {"code": 500}
        wanted = box(*asked["bbox"])
        since, _, until = str(asked.get("datetime", "..")).partition("/")
        found = [
            item
            for item in self.items
            if shape(item["geometry"]).intersects(wanted)
            and (since in ("", "..") or item["properties"]["datetime"][:10] >= since[:10])
            and (until in ("", "..") or item["properties"]["datetime"][:10] <= until[:10])
        ]
        page = found[first : first + self.page]
        links = []
        if first + self.page < len(found):
            links = [{"rel": "next", "href": f"{self.url}/search", "method": "POST",
                      "body": asked | {"token": str(first + self.page)}}]  # fmt: skip
        return {"type": "FeatureCollection", "features": [self.located(item) for item in page],
                "links": links}  # fmt: skip

    def document(self, path: str) -> dict | None:
        api = f"{self.url}/api"
        plain = {"type": "Catalog", "id": "invented", "stac_version": "1.0.0", "description": "-"}
        if path == "/api":
            links = [
                {"rel": "self", "href": api},
                {"rel": "root", "href": api},
                {"rel": "data", "href": f"{self.url}/collections"},
                {"rel": "search", "href": f"{self.url}/search", "method": "POST",
                 "type": "application/geo+json"},
            ]  # fmt: skip
            conforms = ["https://api.stacspec.org/v1.0.0/core",
                        "https://api.stacspec.org/v1.0.0/collections",
                        "https://api.stacspec.org/v1.0.0/item-search"]  # fmt: skip
            return plain | {"links": links, "conformsTo": conforms}
        if path == "/collections":
            extent = {"spatial": {"bbox": [[-180, -90, 180, 90]]},
                      "temporal": {"interval": [["2015-01-01T00:00:00Z", None]]}}  # fmt: skip
            return {"links": [], "collections": [
                plain | {"type": "Collection", "id": name, "license": "other", "extent": extent,
                         "links": []} for name in ("sentinel-2-l2a", "dem")]}  # fmt: skip
        if path == "/catalog.json":
            return plain | {"links": [{"rel": "child", "href": "./inner/catalog.json"},
                                      {"rel": "root", "href": "./catalog.json"}]}  # fmt: skip
        if path == "/inner/catalog.json":
            names = [item["id"] for item in self.items]
            return plain | {"links": [{"rel": "item", "href": f"../items/{n}.json"} for n in names]
                            + [{"rel": "child", "href": "../catalog.json"}]}  # fmt: skip
        for item in self.items:
            if path == f"/items/{item['id']}.json":
                return self.located(item)
        return None


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    catalogue: Catalogue

    def log_message(self, *_: object) -> None:
        pass

    def _answer(self, status: int, content: bytes, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _json(self, value: dict | None) -> None:
        if value is None or value.get("code") == 500:
            self._answer(404 if value is None else 500, b"{}")
        else:
            self._answer(200, json.dumps(value).encode(), Content_Type="application/json")

    def _noted(self, extra: str) -> bool:
        """Keep what was asked; whether the server is silent by now."""
        self.catalogue.log.append((self.command, self.path, extra))
        if self.catalogue.silent(self.path):
            self.catalogue.released.wait(30)
            self.close_connection = True
            return True
        return False

    def do_GET(self) -> None:
        wanted = self.headers.get("Range", "")
        if self._noted(wanted):
            return
        path = urlsplit(self.path).path
        if not path.startswith("/files/"):
            if path == "/search":
                asked = {
                    key: values[0] for key, values in parse_qs(urlsplit(self.path).query).items()
                }
                asked["bbox"] = [float(part) for part in asked["bbox"].split(",")]
                self._json(self.catalogue.search(asked))
                return
            self._json(self.catalogue.document(path))
            return
        file = self.catalogue.folder / path.removeprefix("/files/")
        if not file.is_file():
            self._answer(404, b"")
            return
        content = file.read_bytes()
        if wanted.startswith("bytes="):
            first, _, last = wanted.removeprefix("bytes=").partition("-")
            start, end = int(first), min(int(last or len(content) - 1), len(content) - 1)
            said = f"bytes {start}-{end}/{len(content)}"
            self._answer(206, content[start : end + 1], Content_Range=said, Accept_Ranges="bytes")
        else:
            self._answer(200, content, Accept_Ranges="bytes")

    do_HEAD = do_GET  # noqa: N815

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if not self._noted(body.decode()):
            self._json(self.catalogue.search(json.loads(body)))


def serve(catalogue: Catalogue) -> ThreadingHTTPServer:
    """Serve a catalogue on a free port of this machine."""
    server = ThreadingHTTPServer(
        ("127.0.0.1", 0), type("BoundHandler", (Handler,), {"catalogue": catalogue})
    )
    server.daemon_threads = True
    catalogue.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
