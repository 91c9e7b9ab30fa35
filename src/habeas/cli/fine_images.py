"""`habeas watch picture`, `pair`, `annotate`: fine images of a site that a person brought."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from habeas.cli import options

if TYPE_CHECKING:
    from datetime import date

    from habeas.monitoring.fine_images.agreeing import ReadersAgree
    from habeas.monitoring.fine_images.laying import Laid, SiteGround
    from habeas.monitoring.fine_images.registration import Registration
    from habeas.registry.registry import Registry

SiteArgument = Annotated[str, typer.Argument(metavar="SITE", help="A site of the record: site:…")]

Form = Literal["similarity", "affine", "projective"]
"""`monitoring.registration.Form`, written again so that reading the help loads nothing."""

Outline = Annotated[
    Path | None,
    typer.Option(
        "--outline", metavar="FILE", show_default=False,
        help="GeoJSON with the outline; that of the record's location claims if left out.",
    ),
]  # fmt: skip

Uncertainty = Annotated[
    float | None,
    typer.Option(
        "--uncertainty", metavar="METRES", min=0, show_default=False,
        help="How far the outline may be off; a point is a circle of this radius.",
    ),
]  # fmt: skip


def picture(
    site: SiteArgument,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="It is read, never touched.")],
    *,
    source: Annotated[
        str, typer.Option("--source", metavar="ID", help="The source that the picture is.")
    ],
    points: Annotated[
        Path | None,
        typer.Option(
            "--points", metavar="FILE", show_default=False,
            help="CSV of control points: column,row,x,y or column,row,longitude,latitude. "
            "Not for a GeoTIFF that has coordinates of its own.",
        ),
    ] = None,
    taken: Annotated[
        str | None,
        typer.Option(
            "--taken", metavar="DATE", show_default=False,
            help="The day on which it was taken: 2003-05-01. Leave it out if it is not known.",
        ),
    ] = None,
    kind: Annotated[
        Form,
        typer.Option(
            "--kind",
            help="How it lies: turned and scaled (3 points at least), affine (4), seen aslant (5).",
        ),
    ] = "affine",
    crs: Annotated[
        str | None,
        typer.Option(
            "--crs", metavar="EPSG:N", show_default=False,
            help="The coordinate reference system of x and y.",
        ),
    ] = None,
    outline: Outline = None,
    uncertainty: Uncertainty = None,
    recorder: options.Recorder = None,
    passphrase_file: options.PassphraseFile = None,
    registry: options.Registry = None,
    as_json: options.Json = False,
) -> None:  # fmt: skip
    """Lay a scanned photograph or a picture from the air on the ground, and keep it.

    The original is kept as evidence, what is laid on the ground as its working copy; both for the
    team. A GeoTIFF with coordinates of its own is kept as it is.
    """
    from habeas.cli.custody import now
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
    _tell_laid(site, laid, as_json=as_json)


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
    from habeas.monitoring.fine_images.outline_sought import outline_in_file, outline_in_record

    if outline is None:
        chosen = outline_in_record(registry.view("sealed"), site, uncertainty)
    else:
        chosen = outline_in_file(outline)
    metres = chosen.uncertainty if uncertainty is None else uncertainty
    return site_ground(registry, site, chosen, metres)


def _tell_laid(site: str, laid: Laid, *, as_json: bool) -> None:
    from habeas.cli.terminal import emit, say

    found = laid.registration
    if as_json:
        emit({
            "site": site, "original": laid.original, "working_copy": laid.working_copy,
            "resolution": laid.resolution, "shown": round(laid.shown, 4),
            "registration": None if found is None else _registration(found),
        })  # fmt: skip
        return
    if found is not None:
        _tell_points(found)
    say(f"It shows {laid.shown:.0%} of the site, at {laid.resolution:g} m a pixel.")
    say(f"The original is {laid.original}")
    if laid.working_copy != laid.original:
        say(f"What was laid on the ground is {laid.working_copy}")


def _tell_points(found: Registration) -> None:
    from habeas.cli.terminal import isolated, say

    say("Off by, in metres: in the fit; where the others alone decide.")
    for at, point in enumerate(found.points):
        name = isolated(point.name) if point.name else f"point {at + 1}"
        say(f"  {name}: {found.residuals[at]:.2f}; {_metres(found.left_out[at]) or 'not known'}")
    say(f"{len(found.points)} points, {found.form}: RMSE {found.rmse:.2f} m; leave-one-out error "
        f"{_metres(found.error) or 'not known:'} m. The second is the honest one.")  # fmt: skip


def _metres(value: float) -> str:
    from math import isfinite

    return f"{value:.2f}" if isfinite(value) else ""


def _registration(found: Registration) -> dict[str, object]:
    from math import isfinite

    def known(value: float) -> float | None:
        return round(float(value), 4) if isfinite(value) else None

    return {
        "form": found.form, "crs": found.crs, "rmse": known(found.rmse),
        "left_out": known(found.error),
        "points": [
            {"name": point.name, "column": point.column, "row": point.row,
             "residual": known(found.residuals[at]), "left_out": known(found.left_out[at])}
            for at, point in enumerate(found.points)
        ],
    }  # fmt: skip


def _image(metavar: str) -> Any:
    help_ = "An item of the record (item:…), or a GeoTIFF with coordinates."
    return typer.Argument(metavar=metavar, help=help_)


def pair(
    site: SiteArgument,
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
    outline: Outline = None,
    uncertainty: Uncertainty = None,
    recorder: options.Recorder = None,
    passphrase_file: options.PassphraseFile = None,
    registry: options.Registry = None,
    as_json: options.Json = False,
) -> None:  # fmt: skip
    """Draw two images of a site side by side: one grid, the outline, a scale bar, their dates."""
    from habeas.cli.opening import opened
    from habeas.cli.terminal import emit, isolated, say
    from habeas.cli.writing import new_folder, write_new
    from habeas.monitoring.fine_images.laid_image import find_image
    from habeas.monitoring.fine_images.pairing import draw, make_pair, record_pair, with_marks

    with opened(registry, passphrase_file) as found:
        ground = _ground(found, site, outline, uncertainty)
        made = make_pair(ground, find_image(found, before), find_image(found, after))
        if marks:
            made = with_marks(found, ground, made)
        pictures = draw(made, ground, lang)
        new_folder(out)
        run = record_pair(found, ground, made, recorder=recorder).id if record else ""
    written = [out / f"pair-{lang}{ending}" for ending in (".svg", ".png")]
    for path, content in zip(written, pictures, strict=True):
        write_new(path, content)
        path.chmod(0o600)
    if as_json:
        emit({"site": site, "images": list(made.items), "run": run,
              "resolution": made.earlier.resolution,
              "pictures": [str(path) for path in written]})  # fmt: skip
        return
    say(f"{len(written)} files were written to {isolated(str(out))}.")
    if run:
        say(f"The picture is recorded, for the team, as what {run} made.")


def annotate(
    site: SiteArgument,
    image: Annotated[str, typer.Argument(metavar="IMAGE", help="An item of the record: item:…")],
    *,
    at: Annotated[
        str,
        typer.Option(
            "--at", metavar="PLACE",
            help="What was marked: a GeoJSON file with a polygon, or longitude,latitude.",
        ),
    ],
    kind: Annotated[
        str,
        typer.Option(
            "--kind", metavar="TERM",
            help="What was done to the ground, a term of disturbance_kind.",
        ),
    ],
    certainty: Annotated[
        int,
        typer.Option(
            "--certainty", min=1, max=6,
            help="1 (confirmed by other sources), 2 (probably true), 3 (possibly true) to 6 "
            "(cannot be judged).",
        ),
    ],
    note: Annotated[
        str, typer.Option("--note", metavar="TEXT", help="What was seen, in the reader's words.")
    ],
    reader: Annotated[
        str | None,
        typer.Option(
            "--reader", metavar="HANDLE", show_default=False,
            help="The handle of the one who looked; that of the registry if left out.",
        ),
    ] = None,
    blinded: Annotated[
        bool,
        typer.Option(
            "--blinded", help="The reader knew neither what the watch nor what another said."
        ),
    ] = False,
    outline: Outline = None,
    uncertainty: Uncertainty = None,
    passphrase_file: options.PassphraseFile = None,
    registry: options.Registry = None,
    as_json: options.Json = False,
) -> None:  # fmt: skip
    """Record what a person read from a fine image, and where in it.

    It is a claim of your organisation by the reader's handle; what others read stands beside it.
    """
    from habeas.cli.opening import opened
    from habeas.cli.terminal import emit, say
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
        pairs = agree_on_image(laid.item, marks_of(found, laid.item), ground.crs)
    own = f"reader {who}"
    others = [_told(one, own) for one in pairs if own in (one.first, one.second)]
    if as_json:
        emit({"site": site, "image": laid.item, "kind": kind, "reader": who,
              "claims": list(claims), "agreement": others})  # fmt: skip
        return
    say(f"Recorded as claim {claims[0][:12]}: {kind}, certainty {certainty}, by reader {who}.")
    for one in others:
        say(f"With {one['reader']}: {one['words']}.")


def _told(one: ReadersAgree, who: str) -> dict[str, object]:
    """How far another agrees with a reader: the keys of the JSON output."""
    from habeas.cli.agreement_words import agreement_words

    return {"reader": one.second if one.first == who else one.first, "places": one.places,
            "same": one.same, "kappa": one.kappa, "low": one.low, "high": one.high,
            "words": agreement_words(one, "en")}  # fmt: skip
