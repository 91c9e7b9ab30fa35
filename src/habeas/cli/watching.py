"""`habeas watch`: keep an eye on known sites in satellite images, and have a person look."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from habeas.cli import fine_images, options, watching_review

if TYPE_CHECKING:
    from habeas.monitoring.looks.watch_shown import PictureShown
    from habeas.registry.registry import Registry

app = typer.Typer(
    help="Watch known sites in satellite images. It finds no graves and searches for none.",
    no_args_is_help=True,
)

SOME_FAILED = 1
"""The exit code when a site could not be looked at; the others were."""

SiteArgument = Annotated[str, typer.Argument(metavar="SITE", help="A site of the record: site:…")]


@app.command("add")
def add(
    site: SiteArgument,
    *,
    images: Annotated[
        str,
        typer.Option(
            "--images", metavar="FOLDER|URL",
            help="A folder of GeoTIFFs (nothing leaves this machine), or the address of a STAC "
            "catalogue (its server learns what is asked for).",
        ),
    ],
    outline: Annotated[
        Path | None,
        typer.Option(
            "--outline", metavar="FILE", show_default=False,
            help="GeoJSON with the outline; that of the record's location claims if left out.",
        ),
    ] = None,
    uncertainty: Annotated[
        float | None,
        typer.Option(
            "--uncertainty", metavar="METRES", min=0, show_default=False,
            help="How far the outline may be off; a point is watched as a circle of this radius.",
        ),
    ] = None,
    whole_tiles: Annotated[
        bool,
        typer.Option(
            "--whole-tiles",
            help="Ask a server for whole tiles, so that it does not learn which site matters.",
        ),
    ] = False,
    registry: options.Registry = None,
    as_json: options.Json = False,
) -> None:  # fmt: skip
    """Put a site on the list of those that are watched.

    The list is a file in the registry's folder that only you can read; it is no part of the record.
    """
    from habeas.cli.opening import opened
    from habeas.cli.terminal import emit, say
    from habeas.monitoring.fine_images.outline_sought import outline_in_file, outline_in_record
    from habeas.monitoring.looks.watch_list import WatchedSite, add_site

    source = _source(images)
    with opened(registry) as found:
        held = outline_in_record(found.view("sealed"), site, uncertainty) if not outline else None
        chosen = held or outline_in_file(outline or Path())
        metres = chosen.uncertainty if uncertainty is None else uncertainty
        watched = WatchedSite(
            site=site, images=source, outline=chosen.ground, uncertainty=metres,
            whole_tiles=whole_tiles,
        )  # fmt: skip
        _check(found, watched)
        again = add_site(found.path, watched)
    told = {
        "site": site, "images": source, "uncertainty": metres, "whole_tiles": whole_tiles,
        "outline_from": f"claim:{chosen.claim}" if chosen.claim else str(outline), "again": again,
    }  # fmt: skip
    if as_json:
        emit(told)
        return
    what = "is watched anew" if again else "is watched"
    say(f"{site} {what}; its outline is from {told['outline_from']}, within {metres:g} m.")
    say("Look at it with `habeas watch run`.")


def _source(images: str) -> str:
    """A folder by its whole path, or an address."""
    from habeas.errors import InputError

    if images.startswith(("http://", "https://")):
        return images
    if "://" in images:
        raise InputError(
            "addresses of this kind are not read", place=images.partition("://")[0] + "://…",
            mend="Name a folder, or the https:// address of a STAC catalogue; files at s3:// "
            "addresses or behind signed ones must be fetched first",
        )  # fmt: skip
    folder = Path(images)
    if not folder.exists():
        raise InputError(
            "there is no such folder of images", place=images,
            mend="Name a folder of GeoTIFFs, or the address of a STAC catalogue",
        )  # fmt: skip
    return str(folder.resolve())


def _check(registry: Registry, watched: object) -> None:
    """Refuse what could not be watched: a site nobody recorded, an outline that is none."""
    from habeas.errors import NotFoundError
    from habeas.monitoring.looks.watch_list import WatchedSite

    if isinstance(watched, WatchedSite):
        if next(registry.view("sealed").stream(subject=watched.site), None) is None:
            raise NotFoundError(
                f"there is no {watched.site}", mend="Record the site first: `habeas record`"
            )
        _ = watched.area  # refuses an outline that crosses itself, a point without a radius


@app.command("drop")
def drop(
    site: SiteArgument,
    *,
    registry: options.Registry = None,
    as_json: options.Json = False,
) -> None:
    """Take a site off the list; what was recorded of it stays."""
    from habeas.cli.opening import opened
    from habeas.cli.terminal import emit, say
    from habeas.monitoring.looks.watch_list import drop_site

    with opened(registry) as found:
        drop_site(found.path, site)
    emit({"site": site}) if as_json else say(f"{site} is watched no longer.")


@app.command("list")
def list_(*, registry: options.Registry = None, as_json: options.Json = False) -> None:
    """The sites that are watched."""
    from habeas.cli.opening import opened
    from habeas.cli.terminal import emit, isolated, say
    from habeas.monitoring.looks.watch_list import read_watch_list

    with opened(registry) as found:
        sites = read_watch_list(found.path)
    if as_json:
        emit({"sites": [
            {"site": one.site, "images": one.images, "uncertainty": one.uncertainty,
             "whole_tiles": one.whole_tiles} for one in sites]})  # fmt: skip
        return
    for one in sites:
        say(f"{one.site}: {isolated(one.images)}")
    say(f"{len(sites)} sites are watched.")


@app.command("run")
def run(
    sites: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SITE]...", help="Only these; all that are watched if left out."),
    ] = None,
    *,
    rate: Annotated[
        float,
        typer.Option(
            "--alarms-per-site-year",
            help="False alarms that are accepted: 0.02 is two a year over a hundred sites.",
        ),
    ] = 0.02,
    second_opinion: Annotated[
        bool,
        typer.Option("--second-opinion", help="Ask COLD, too (needs the extra `cold`)."),
    ] = False,
    processes: Annotated[
        int, typer.Option("--processes", min=1, help="How many sites are looked at at a time.")
    ] = 1,
    scheduler: Annotated[
        str | None,
        typer.Option(
            "--scheduler",
            metavar="ADDRESS",
            show_default=False,
            help="Look at them on the machines of a Dask cluster: tcp://HOST:PORT "
            "(needs the extra `cluster`).",
        ),
    ] = None,
    recorder: options.Recorder = None,
    passphrase_file: options.PassphraseFile = None,
    registry: options.Registry = None,
    as_json: options.Json = False,
) -> None:
    """Look at the images of watched sites, and record what is new.

    One site that fails does not stop the others; the exit code is 1 then.
    """
    from habeas.cli.opening import opened
    from habeas.cli.terminal import emit, progress
    from habeas.cli.watching_run import run_over
    from habeas.cli.watching_text import print_results
    from habeas.errors import InputError
    from habeas.monitoring.detection.settings import DetectionSettings
    from habeas.monitoring.looks.looking import Asked
    from habeas.monitoring.looks.watch_list import cache_of, read_watch_list, watched_site

    settings = DetectionSettings(alarms_per_site_year=rate)
    if second_opinion:
        _require_cold()
    if scheduler is not None and processes > 1:
        raise InputError(
            "the machines of a cluster have processes of their own",
            mend="Give --scheduler or --processes, not both",
        )
    with opened(registry, passphrase_file) as found:
        chosen = [watched_site(found.path, site) for site in dict.fromkeys(sites or ())]
        chosen = chosen or list(read_watch_list(found.path))
        if not chosen:
            raise InputError(
                "no site is watched", mend="Add one: `habeas watch add SITE --images FOLDER`"
            )
        asked = Asked(settings=settings, second_opinion=second_opinion, cache=cache_of(found.path))
        results = []
        with progress("looking", len(chosen), silent=as_json) as advance:
            for result in run_over(
                found, chosen, asked, processes=processes, scheduler=scheduler, recorder=recorder
            ):
                results.append(result)
                advance(1)
    failed = sum(result.status == "failed" for result in results)
    if as_json:
        emit({"alarms_per_site_year": rate, "failed": failed, "sites": results})
    else:
        print_results(results, asked=rate)
    if failed:
        raise typer.Exit(SOME_FAILED)


def _require_cold() -> None:
    """Refuse a second opinion that nobody could give, before anything is looked at."""
    from importlib.util import find_spec

    from habeas.errors import InputError

    if find_spec("pyxccd") is None:
        raise InputError(
            "the second opinion needs the package pyxccd, which is not installed",
            mend="Install it (`pip install 'habeas[cold]'`), or leave --second-opinion out",
        )


@app.command("show")
def show(
    site: SiteArgument,
    *,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="DIR", show_default=False,
            help="Write the pictures and tables that may be seen into a new or empty folder.",
        ),
    ] = None,
    clearance: options.Clearance = "team",
    lang: options.Lang = "en",
    registry: options.Registry = None,
    as_json: options.Json = False,
) -> None:  # fmt: skip
    """Show what the watch over a site suggests, and what people who looked say.

    The alarm, its dates, the area, the kind as a hypothesis, the rate of false alarms, the curve.
    """
    from dataclasses import asdict

    from habeas.cli.opening import opened
    from habeas.cli.statement import Teller
    from habeas.cli.terminal import emit, isolated, say
    from habeas.cli.watch_words import said
    from habeas.cli.watching_text import print_watch
    from habeas.monitoring.fine_images.agreeing import agree_on_images, agree_on_reviews
    from habeas.monitoring.looks.watch_shown import gather_watch, pictures_of

    with opened(registry) as found:
        view = found.view(clearance)
        shown = gather_watch(found, view, site)
        agreement = (*agree_on_reviews(shown.disturbances), *agree_on_images(found, view, site))
        label = Teller(view, lang).label(site)
        pictures = pictures_of(view, shown.runs, lang)
        written = [] if out is None else _write(found, pictures, out)
    if as_json:
        emit({"label": label, "clearance": clearance, **asdict(shown),
              "agreement": [asdict(one) for one in agreement],
              "pictures": [str(path) for path in written]})  # fmt: skip
        return
    print_watch(shown, agreement, label, lang)
    if out is not None:
        say(said("written", lang, str(len(written)), isolated(str(out))))


def _write(registry: Registry, pictures: list[PictureShown], folder: Path) -> list[Path]:
    """The pictures in a folder that nobody else on this machine can read, each as PNG too."""
    from habeas.cli.writing import new_folder, write_new
    from habeas.drawing.raster import svg_to_png

    new_folder(folder)
    written = []
    for picture in pictures:
        registry.evidence.check(picture.sha256)
        with registry.evidence.open(picture.sha256) as opened:
            content = opened.read()
        path = folder / Path(picture.name).name
        files = {path: content}
        if path.suffix == ".svg":
            files[path.with_suffix(".png")] = svg_to_png(content)
        for name, data in files.items():
            write_new(name, data)
            name.chmod(0o600)
            written.append(name)
    return written


app.command("review")(watching_review.review)
app.command("picture")(fine_images.picture)
app.command("pair")(fine_images.pair)
app.command("annotate")(fine_images.annotate)
