"""What `habeas watch` tells of fine images: how one was laid, a pair, what a person read."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING

from habeas.cli.agreement_words import agreement_words
from habeas.cli.terminal import emit, isolated, say

if TYPE_CHECKING:
    from habeas.monitoring.fine_images.agreeing import ReadersAgree
    from habeas.monitoring.fine_images.fine_reading import Annotation
    from habeas.monitoring.fine_images.laying import Laid
    from habeas.monitoring.fine_images.pairing import Pair
    from habeas.monitoring.fine_images.registration import Registration


def tell_laid(site: str, laid: Laid, *, as_json: bool) -> None:
    """How a picture lies on the ground, and under which ids it is kept."""
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
    say("Off by, in metres: in the fit; where the others alone decide.")
    for at, point in enumerate(found.points):
        name = isolated(point.name) if point.name else f"point {at + 1}"
        say(f"  {name}: {found.residuals[at]:.2f}; {_metres(found.left_out[at]) or 'not known'}")
    say(f"{len(found.points)} points, {found.form}: RMSE {found.rmse:.2f} m; leave-one-out error "
        f"{_metres(found.error) or 'not known:'} m. The second is the honest one.")  # fmt: skip


def _metres(value: float) -> str:
    return f"{value:.2f}" if isfinite(value) else ""


def _registration(found: Registration) -> dict[str, object]:
    return {
        "form": found.form, "crs": found.crs, "rmse": _known(found.rmse),
        "left_out": _known(found.error),
        "points": [
            {"name": point.name, "column": point.column, "row": point.row,
             "residual": _known(found.residuals[at]), "left_out": _known(found.left_out[at])}
            for at, point in enumerate(found.points)
        ],
    }  # fmt: skip


def _known(value: float) -> float | None:
    return round(float(value), 4) if isfinite(value) else None


def tell_pair(
    site: str, made: Pair, run: str, folder: Path, written: Sequence[Path], *, as_json: bool
) -> None:
    """Which pictures of a pair were written, and the run that made them, if it is recorded."""
    if as_json:
        emit({"site": site, "images": list(made.items), "run": run,
              "resolution": made.earlier.resolution,
              "pictures": [str(path) for path in written]})  # fmt: skip
        return
    say(f"{len(written)} files were written to {isolated(str(folder))}.")
    if run:
        say(f"The picture is recorded, for the team, as what {run} made.")


def tell_annotation(
    site: str,
    read: Annotation,
    claims: Sequence[str],
    agreement: Sequence[ReadersAgree],
    *,
    as_json: bool,
) -> None:
    """What was recorded of a reading, and how far the others who read the image agree with it."""
    own = f"reader {read.reader}"
    others = [_other(one, own) for one in agreement if own in (one.first, one.second)]
    if as_json:
        emit({"site": site, "image": read.image, "kind": read.kind, "reader": read.reader,
              "claims": list(claims), "agreement": others})  # fmt: skip
        return
    say(f"Recorded as claim {claims[0][:12]}: {read.kind}, certainty {read.certainty}, "
        f"by reader {read.reader}.")  # fmt: skip
    for one in others:
        say(f"With {one['reader']}: {one['words']}.")


def _other(one: ReadersAgree, who: str) -> dict[str, object]:
    """How far another agrees with a reader: the keys of the JSON output."""
    return {"reader": one.second if one.first == who else one.first, "places": one.places,
            "same": one.same, "kappa": one.kappa, "low": one.low, "high": one.high,
            "words": agreement_words(one, "en")}  # fmt: skip
