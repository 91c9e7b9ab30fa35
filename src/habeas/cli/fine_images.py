"""`habeas watch picture`, `pair`, `annotate`: fine images of a site that a person brought."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from habeas.cli import options, site_options

if TYPE_CHECKING:
    from datetime import date

    from habeas.monitoring.fine_images.laying import SiteGround
    from habeas.monitoring.fine_images.pairing import Pair
    from habeas.registry.registry import Registry

Form = Literal["similarity", "affine", "projective"]
"""`monitoring.registration.Form`, written again so that reading the help loads nothing."""

Uncertainty = Annotated[
    float | None,
    typer.Option(
        "--uncertainty", metavar="METRES", min=0, show_default=False,
        help="How far the outline may be off; a point is a circle of this radius.",
    ),
]  # fmt: skip

PictureFile = Annotated[Path, typer.Argument(metavar="FILE", help="It is read, never touched.")]

Source = Annotated[
    str, typer.Option("--source", metavar="ID", help="The source that the picture is.")
]

ControlPoints = Annotated[
    Path | None,
    typer.Option(
        "--points", metavar="FILE", show_default=False,
        help="CSV of control points: column,row,x,y or column,row,longitude,latitude. "
        "Not for a GeoTIFF that has coordinates of its own.",
    ),
]  # fmt: skip

Taken = Annotated[
    str | None,
    typer.Option(
        "--taken", metavar="DATE", show_default=False,
        help="The day on which it was taken: 2003-05-01. Leave it out if it is not known.",
    ),
]  # fmt: skip

HowItLies = Annotated[
    Form,
    typer.Option(
        "--kind",
        help="How it lies: turned and scaled (3 points at least), affine (4), seen aslant (5).",
    ),
]

Crs = Annotated[
    str | None,
    typer.Option(
        "--crs", metavar="EPSG:N", show_default=False,
        help="The coordinate reference system of x and y.",
    ),
]  # fmt: skip

Place = Annotated[
    str,
    typer.Option(
        "--at", metavar="PLACE",
        help="What was marked: a GeoJSON file with a polygon, or longitude,latitude.",
    ),
]  # fmt: skip

Kind = Annotated[
    str,
    typer.Option(
        "--kind", metavar="TERM",
        help="What was done to the ground, a term of disturbance_kind.",
    ),
]  # fmt: skip

Certainty = Annotated[
    int,
    typer.Option(
        "--certainty", min=1, max=6,
        help="1 (confirmed by other sources), 2 (probably true), 3 (possibly true) to 6 "
        "(cannot be judged).",
    ),
]  # fmt: skip

Note = Annotated[
    str, typer.Option("--note", metavar="TEXT", help="What was seen, in the reader's words.")
]

Blinded = Annotated[
    bool,
    typer.Option(
        "--blinded", help="The reader knew neither what the watch nor what another said."
    ),
]  # fmt: skip


def _image(metavar: str) -> Any:
    help_ = "An item of the record (item:…), or a GeoTIFF with coordinates."
    return typer.Argument(metavar=metavar, help=help_)


def picture(
    site: site_options.Site,
    file: PictureFile,
    *,
    source: Source,
    points: ControlPoints = None,
    taken: Taken = None,
    kind: HowItLies = "affine",
    crs: Crs = None,
    outline: site_options.Outline = None,
    uncertainty: Uncertainty = None,
    recorder: options.Recorder = None,
    passphrase_file: options.PassphraseFile = None,
    registry: options.Registry = None,
    as_json: options.Json = False,
) -> None:
    """Lay a scanned photograph or a picture from the air on the ground, and keep it.

    The original is kept as evidence, what is laid on the ground as its working copy; both for the
    team. A GeoTIFF with coordinates of its own is kept as it is.
    """
    from habeas.cli.custody import now
    from habeas.cli.fine_images_shown import tell_laid
    from habeas.cli.opening import opened
    from habeas.monitoring.fine_images.control_points import read_control_points
    from habeas.monitoring.fine_images.laying import Picture, lay_picture, take_in

    day = _day(taken)
    with opened(registry, passphrase_file) as found:
        ground = _ground(found, site, outline, uncertainty)
        brought = Picture(path=file, source=source, time=now(), taken=day)
        if points is None:
            laid = take_in(found, ground, brought, recorder=recorder)
        else:
            read = read_control_points(points, ground.crs, crs)
            laid = lay_picture(found, ground, brought, read, kind, recorder=recorder)
    tell_laid(site, laid, as_json=as_json)


def _day(text: str | None) -> date | None:
    from datetime import date

    from habeas.errors import InputError

    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InputError(
            f"{text[:40]!r} is no day", mend="Write it like 2003-05-01, or leave --taken out"
        ) from error


def _ground(
    registry: Registry, site: str, outline: Path | None, uncertainty: float | None
) -> SiteGround:
    from habeas.monitoring.fine_images.laying import site_ground
    from habeas.monitoring.fine_images.outline_sought import seek_outline

    chosen = seek_outline(registry, site, outline, uncertainty)
    return site_ground(registry, site, chosen, chosen.uncertainty)


def pair(
    site: site_options.Site,
    before: Annotated[str, _image("BEFORE")],
    after: Annotated[str, _image("AFTER")],
    *,
    out: Annotated[
        Path,
        typer.Option("--out", metavar="DIR", help="A new or empty folder for the SVG and PNG."),
    ],
    lang: options.Lang = "en",
    record: Annotated[
        bool,
        typer.Option(
            "--record", help="Record the picture, in both languages: a dossier at team carries it."
        ),
    ] = False,
    marks: Annotated[
        bool,
        typer.Option("--marks", help="Draw what readers marked in the two images, for the team."),
    ] = False,
    outline: site_options.Outline = None,
    uncertainty: Uncertainty = None,
    recorder: options.Recorder = None,
    passphrase_file: options.PassphraseFile = None,
    registry: options.Registry = None,
    as_json: options.Json = False,
) -> None:  # fmt: skip
    """Draw two images of a site side by side: one grid, the outline, a scale bar, their dates."""
    from habeas.cli.fine_images_shown import tell_pair
    from habeas.cli.opening import opened
    from habeas.cli.writing import new_folder
    from habeas.monitoring.fine_images.pairing import draw, record_pair

    with opened(registry, passphrase_file) as found:
        ground = _ground(found, site, outline, uncertainty)
        made = _pair(found, ground, before, after, marks=marks)
        pictures = draw(made, ground, lang)
        new_folder(out)
        run = record_pair(found, ground, made, recorder=recorder).id if record else ""
    written = _write_pair(out, lang, pictures)
    tell_pair(site, made, run, out, written, as_json=as_json)


def _pair(registry: Registry, ground: SiteGround, before: str, after: str, *, marks: bool) -> Pair:
    from habeas.monitoring.fine_images.laid_image import find_image
    from habeas.monitoring.fine_images.pairing import make_pair, with_marks

    made = make_pair(ground, find_image(registry, before), find_image(registry, after))
    return with_marks(registry, ground, made) if marks else made


def _write_pair(folder: Path, lang: options.Language, pictures: tuple[bytes, bytes]) -> list[Path]:
    """The SVG and the PNG of a pair in a folder."""
    from habeas.cli.writing import write_for_owner

    written = [folder / f"pair-{lang}{ending}" for ending in (".svg", ".png")]
    for path, content in zip(written, pictures, strict=True):
        write_for_owner(path, content)
    return written


def annotate(
    site: site_options.Site,
    image: Annotated[str, typer.Argument(metavar="IMAGE", help="An item of the record: item:…")],
    *,
    at: Place,
    kind: Kind,
    certainty: Certainty,
    note: Note,
    reader: site_options.Reader = None,
    blinded: Blinded = False,
    outline: site_options.Outline = None,
    uncertainty: Uncertainty = None,
    passphrase_file: options.PassphraseFile = None,
    registry: options.Registry = None,
    as_json: options.Json = False,
) -> None:
    """Record what a person read from a fine image, and where in it.

    It is a claim of your organisation by the reader's handle; what others read stands beside it.
    """
    from habeas.cli.fine_images_shown import tell_annotation
    from habeas.cli.opening import opened
    from habeas.monitoring.fine_images.agreeing import agree_on_image
    from habeas.monitoring.fine_images.annotating import marks_of, read_place, record_annotation
    from habeas.monitoring.fine_images.fine_reading import Annotation
    from habeas.monitoring.fine_images.laid_image import find_image

    place = read_place(at)
    with opened(registry, passphrase_file) as found:
        ground = _ground(found, site, outline, uncertainty)
        laid = find_image(found, image)
        who = reader or found.settings.recorder
        read = Annotation(image=laid.item, place=place, kind=kind, certainty=certainty, reader=who,
                          blinded=blinded, note=note)  # fmt: skip
        claims = record_annotation(found, ground, laid, read, recorder=reader)
        agreement = agree_on_image(laid.item, marks_of(found, laid.item), ground.crs)
    tell_annotation(site, read, claims, agreement, as_json=as_json)
