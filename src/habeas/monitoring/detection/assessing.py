"""What a watch says, out of its state: status, calibration, curve, and what to keep in mind."""

from __future__ import annotations

import numpy as np

from habeas.monitoring.cube import BANDS
from habeas.monitoring.detection.alarms import Scores, false_alarms
from habeas.monitoring.detection.calibration import (
    AlarmModel,
    alarm_model,
    is_measured,
    realised,
)
from habeas.monitoring.detection.days import date_of
from habeas.monitoring.detection.settings import DetectionSettings
from habeas.monitoring.detection.stack import Stack
from habeas.monitoring.detection.sufficiency import days_of, gaps_of
from habeas.monitoring.detection.surroundings import Place
from habeas.monitoring.detection.watch_state import Levels, Track, WatchState
from habeas.monitoring.disturbance import Assessment, Curve

_NO_ROOM = (
    "the surroundings have no room for null placements, so that the rate of false alarms rests on "
    "stable simulated sites alone"
)

_VOID = (
    "{count} observations of a pixel are taken for no data: all bands alike and not above 0, or "
    "one beyond -0.2 to 2"
)

_NO_KIND = "the images lack the bands that tell kinds"

_NO_KIND_YET = "there are too few clear images about a change to tell its kind"

_WORKS = (
    "the alarm of {day} was raised because what the images showed by then looks like works; it "
    "would not have gone far enough by itself"
)

_UNMEASURED = (
    "how often stable ground goes off was measured in images of 3, 4 and 6 bands and of 10 and 20 "
    "metres, not in such of {bands} bands and {size:g} metres: the rate may be another"
)


def rarity_of(settings: DetectionSettings, model: AlarmModel, place: Place) -> float:
    """How rare a patch must be to raise an alarm."""
    return model.rarity(settings.alarms_per_site_year, int(place.site.sum()))


def levels_of(settings: DetectionSettings, bands: tuple[str, ...], place: Place) -> Levels:
    """How far the statistic must go; what looks like works is told by all six bands alone."""
    model = alarm_model(len(bands))
    alone = rarity_of(settings, model, place)
    works = model.rarity_of_works(settings.alarms_per_site_year, int(place.site.sum()))
    return Levels(
        model.levels(alone), None if works is None or bands != BANDS else model.levels(works)
    )


def scores_of(state: WatchState) -> Scores:
    """What the alarms of a state are read off."""
    track = state.track
    return Scores(
        track.days[track.first :],
        track.scores,
        track.told[track.first :],
        state.patches,
        track.works,
    )


def assessment_of(
    state: WatchState, place: Place, settings: DetectionSettings, size: float
) -> Assessment:
    """What is said of a site that can be assessed.

    Args:
        state: of its watch.
        place: of the site on the grid.
        settings: of the watch.
        size: metres of a pixel.
    """
    track = state.track
    scores = scores_of(state)
    watched = track.days[track.first :]
    off, days = false_alarms(scores)
    calibration = realised(
        settings.alarms_per_site_year,
        rarity_of(settings, alarm_model(len(state.bands)), place),
        off,
        days / 365.25 * state.patches.rooms,
        settings.level,
    )
    return Assessment(
        status="disturbed" if state.disturbances else "no_disturbance_found",
        reasons=_notes(state, size),
        disturbances=state.disturbances,
        calibration=calibration,
        curve=_curve(track, scores),
        watched_from=date_of(watched[0]),
        watched_to=date_of(watched[-1]),
        clear=int(track.told.sum()),
        gaps=gaps_of(track.days[track.told]),
        scenes=track.scenes,
    )


def _notes(state: WatchState, size: float) -> tuple[str, ...]:
    """What to keep in mind; `size`: metres of a pixel."""
    notes = []
    if not len(state.patches.rooms):
        notes.append(_NO_ROOM)
    lacking = [name for name in BANDS if name not in state.bands]
    if lacking:
        notes.append(f"the images lack {', '.join(lacking)}; fewer bands tell fewer changes")
    notes += [_WORKS.format(day=one.alarm) for one in state.disturbances if one.strength <= 1]
    if any(not one.kinds for one in state.disturbances):
        notes.append(_NO_KIND if lacking else _NO_KIND_YET)
    if not is_measured(len(state.bands), size):
        notes.append(_UNMEASURED.format(bands=len(state.bands), size=size))
    if state.track.void:
        notes.append(_VOID.format(count=state.track.void))
    if state.track.doubled:
        notes.append(f"images that came twice were left out: {', '.join(state.track.doubled)}")
    return tuple(notes)


def _curve(track: Track, scores: Scores) -> Curve:
    every = np.ones(len(scores.patches.owners), dtype=np.bool_)
    margin, _ = scores.margin(0, every)
    statistic = np.full(len(track.days), np.nan)
    statistic[track.first :] = np.where(np.isfinite(margin), np.exp(margin), np.nan)
    told = track.told
    return Curve(
        dates=track.days[told].astype("datetime64[D]"),
        site=track.site[told].astype(np.float64),
        ring=track.ring[told].astype(np.float64),
        statistic=statistic[told],
        index="mean reflectance of the bands",
    )


def cannot_assess(reasons: tuple[str, ...], images: Stack, first: int) -> Assessment:
    """That a site cannot be assessed.

    Args:
        reasons: why, in words.
        images: all.
        first: the first date of the watch.
    """
    watched, void = images.days[first:], int(images.void.sum())
    if void:
        reasons = (*reasons, _VOID.format(count=void))
    return Assessment(
        status="cannot_assess",
        reasons=reasons,
        disturbances=(),
        calibration=None,
        curve=None,
        watched_from=date_of(watched[0]) if len(watched) else None,
        watched_to=date_of(watched[-1]) if len(watched) else None,
        clear=len(days_of(images)),
        gaps=gaps_of(days_of(images)),
        scenes=images.scenes,
    )
