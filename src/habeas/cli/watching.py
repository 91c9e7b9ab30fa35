"""`habeas watch`: keep an eye on known sites in satellite images, and have a person look."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from habeas.cli import fine_images, options, site_options, watching_list, watching_review

if TYPE_CHECKING:
    from habeas.cli.watching_run import SiteResult
    from habeas.monitoring.looks.watch_list import WatchedSite
    from habeas.monitoring.looks.watch_shown import PictureShown
    from habeas.registry.registry import Registry

app = typer.Typer(
    help="Watch known sites in satellite images. It finds no graves and searches for none.",
    no_args_is_help=True,
)

SOME_FAILED = 1
"""The exit code when a site could not be looked at; the others were."""

Sites = Annotated[
    list[str] | None,
    typer.Argument(metavar="[SITE]...", help="Only these; all that are watched if left out."),
]

Rate = Annotated[
    float,
    typer.Option(
        "--alarms-per-site-year",
        help="False alarms that are accepted: 0.02 is two a year over a hundred sites.",
    ),
]

SecondOpinion = Annotated[
    bool, typer.Option("--second-opinion", help="Ask COLD, too (needs the extra `cold`).")
]

Processes = Annotated[
    int, typer.Option("--processes", min=1, help="How many sites are looked at at a time.")
]

Scheduler = Annotated[
    str | None,
    typer.Option(
        "--scheduler", metavar="ADDRESS", show_default=False,
        help="Look at them on the machines of a Dask cluster: tcp://HOST:PORT "
        "(needs the extra `cluster`).",
    ),
]  # fmt: skip

app.command("add")(watching_list.add)
app.command("drop")(watching_list.drop)
app.command("list")(watching_list.list_)


@app.command("run")
def run(
    sites: Sites = None,
    *,
    rate: Rate = 0.02,
    second_opinion: SecondOpinion = False,
    processes: Processes = 1,
    scheduler: Scheduler = None,
    recorder: options.Recorder = None,
    passphrase_file: options.PassphraseFile = None,
    registry: options.Registry = None,
    as_json: options.Json = False,
) -> None:
    """Look at the images of watched sites, and record what is new.

    One site that fails does not stop the others; the exit code is 1 then.
    """
    from habeas.cli.opening import opened
    from habeas.cli.terminal import progress
    from habeas.cli.watching_run import run_over
    from habeas.monitoring.detection.settings import DetectionSettings
    from habeas.monitoring.looks.looking import Asked
    from habeas.monitoring.looks.watch_list import cache_of

    settings = DetectionSettings(alarms_per_site_year=rate)
    _check_machine(second_opinion, processes, scheduler)
    with opened(registry, passphrase_file) as found:
        chosen = _chosen(found.path, sites or ())
        asked = Asked(settings=settings, second_opinion=second_opinion, cache=cache_of(found.path))
        results = []
        with progress("looking", len(chosen), silent=as_json) as advance:
            for result in run_over(
                found, chosen, asked, processes=processes, scheduler=scheduler, recorder=recorder
            ):
                results.append(result)
                advance(1)
    _tell_run(results, rate, as_json=as_json)


def _check_machine(second_opinion: bool, processes: int, scheduler: str | None) -> None:
    """Refuse what these machines cannot do, before anything is looked at."""
    from habeas.errors import InputError

    if second_opinion:
        _require_cold()
    if scheduler is not None and processes > 1:
        raise InputError(
            "the machines of a cluster have processes of their own",
            mend="Give --scheduler or --processes, not both",
        )


def _require_cold() -> None:
    """Refuse a second opinion that nobody could give."""
    from importlib.util import find_spec

    from habeas.errors import InputError

    if find_spec("pyxccd") is None:
        raise InputError(
            "the second opinion needs the package pyxccd, which is not installed",
            mend="Install it (`pip install 'habeas[cold]'`), or leave --second-opinion out",
        )


def _chosen(registry: Path, sites: Iterable[str]) -> list[WatchedSite]:
    """These sites, each once; all that are watched without any."""
    from habeas.errors import InputError
    from habeas.monitoring.looks.watch_list import read_watch_list, watched_site

    chosen = [watched_site(registry, site) for site in dict.fromkeys(sites)]
    chosen = chosen or list(read_watch_list(registry))
    if not chosen:
        raise InputError(
            "no site is watched", mend="Add one: `habeas watch add SITE --images FOLDER`"
        )
    return chosen


def _tell_run(results: Sequence[SiteResult], rate: float, *, as_json: bool) -> None:
    """What came of each site; the exit code tells if one could not be looked at."""
    from habeas.cli.terminal import emit
    from habeas.cli.watching_run import realised
    from habeas.cli.watching_text import print_results

    failed = sum(result.status == "failed" for result in results)
    if as_json:
        emit({"alarms_per_site_year": rate, "realised": realised(results), "failed": failed,
              "sites": results})  # fmt: skip
    else:
        print_results(results, asked=rate)
    if failed:
        raise typer.Exit(SOME_FAILED)


@app.command("show")
def show(
    site: site_options.Site,
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
    from habeas.cli.writing import new_folder, write_for_owner
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
            write_for_owner(name, data)
            written.append(name)
    return written


app.command("review")(watching_review.review)
app.command("picture")(fine_images.picture)
app.command("pair")(fine_images.pair)
app.command("annotate")(fine_images.annotate)
