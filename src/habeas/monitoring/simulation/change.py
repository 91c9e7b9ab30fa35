"""What is done to the ground: five kinds of change, each with its shape in time and in space."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from habeas.monitoring.disturbance import KINDS
from habeas.monitoring.simulation.fields import Map, texture
from habeas.monitoring.simulation.ground import WET, Floats, Ground, Times


@dataclass(frozen=True, kw_only=True)
class Change:
    """What to do to a site; what is none is drawn.

    Attributes:
        kind: one of `KINDS`.
        onset: its first day.
        days: how long it goes on.
        pixels: height and width of the patch, pixels of 10 m; 2 to 6 each when drawn.
        cover: the share of the patch that is changed in the end; 0.5 to 1 when drawn.
        whole_site: the whole site and some of its surroundings are changed.
    """

    kind: str
    onset: date | None = None
    days: int | None = None
    pixels: tuple[int, int] | None = None
    cover: float | None = None
    whole_site: bool | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Deed:
    """A change in all its particulars, on the cells of a scene.

    Attributes:
        kind: one of `KINDS`.
        onset: its first day.
        days: how long it goes on.
        patch: the cells of its patch; shape (y, x).
        cover: the share of the patch that is changed in the end.
        order: when in its course each cell is changed, 0 to 1; shape (y, x).
    """

    kind: str
    onset: np.datetime64
    days: int
    patch: npt.NDArray[np.bool_]
    cover: float
    order: Map


def draw_days(rng: np.random.Generator, kind: str) -> int:
    """How long a change of a kind goes on."""
    if kind == "bulldozed":
        return int(rng.integers(1, 11))
    if kind == "paved_or_built":
        return int(rng.integers(4, 46))
    return int(rng.integers(60, 240))


def draw_order(rng: np.random.Generator, kind: str, patch: npt.NDArray[np.bool_]) -> Map:
    """When each cell's turn comes: from one side on, raggedly; for rubbish, from a heap outward."""
    cells = len(patch)
    y, x = np.mgrid[0:cells, 0:cells].astype(np.float32)
    rows, columns = np.nonzero(patch)
    if kind == "rubbish":
        heap = int(rng.integers(len(rows)))
        front = np.hypot(y - rows[heap], x - columns[heap])
    else:
        turn = rng.uniform(0, 2 * np.pi)
        front = np.cos(turn) * y + np.sin(turn) * x
    ragged = 2.0 if kind in {"rubbish", "planted"} else 0.5
    front = front + ragged * texture(rng, cells, 1.0)
    inside = front[patch]
    spread = max(float(np.ptp(inside)), 1e-6)
    return np.asarray(np.clip((front - inside.min()) / spread, 0, 1), dtype=np.float32)


def share_changed(deed: Deed, days: npt.NDArray[np.datetime64]) -> Map:
    """How much of each cell is changed at each date; shape (date, y, x)."""
    past = (days - deed.onset).astype("timedelta64[D]").astype(np.float32) + 1
    through = np.clip(past / max(deed.days, 1), 0, 1)
    blur = 0.6 if deed.kind in {"dug_into_plots", "planted"} else 0.3
    turn = (through[:, None, None] * (1 + blur) - deed.order) / blur
    share = np.clip(turn, 0, 1) * deed.patch * np.float32(deed.cover)
    return np.asarray(share, dtype=np.float32)


def apply(
    rng: np.random.Generator, deed: Deed, scene: npt.NDArray[np.float32], ground: Ground
) -> None:
    """Change a scene in place.

    Args:
        rng: source of randomness.
        deed: the change.
        scene: shape (date, band, y, x).
        ground: that it is made of.
    """
    days = ground.times.weather.days[ground.times.days]
    later = np.flatnonzero(days >= deed.onset)
    if not len(later):
        return
    rows, columns = np.nonzero(deed.patch)
    box = np.s_[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    since = (days[later] - deed.onset).astype("timedelta64[D]").astype(float)
    share = share_changed(deed, days[later])[:, None, *box]
    new = _NEW[deed.kind](rng, _Made(ground, later, since, deed), box)
    part = scene[later][:, :, *box]
    scene[later[0] :, :, *box] = part * (1 - share) + share * new.astype(np.float32)


@dataclass(frozen=True, eq=False)
class _Made:
    """What the new surface of a change is made from."""

    ground: Ground
    later: npt.NDArray[np.int64]
    since: Floats
    deed: Deed

    @property
    def times(self) -> Times:
        return self.ground.times

    def spectrum(self, row: int) -> Floats:
        return self.times.spectrum(self.ground.spectra, row)[self.later]

    def pick(self, rng: np.random.Generator, *groups: str) -> Floats:
        rows = np.concatenate([self.ground.spectra.of(group) for group in groups])
        return self.spectrum(int(rng.choice(rows)))

    def weather(self, series: Floats) -> Floats:
        return self.times.at(series)[self.later]

    def subsoil(self, rng: np.random.Generator) -> Floats:
        """What comes up: another layer of the same profile, mixed with the top, and its clods."""
        spectra, row = self.ground.spectra, self.ground.soil_row
        kin = np.flatnonzero((spectra.places == spectra.places[row]) & (spectra.places >= 0))
        rows = kin[kin != row]
        if not len(rows):
            rows = spectra.of("soil")
            near = np.abs(spectra.values[rows] - spectra.values[row]).mean(axis=(1, 2))
            rows = rows[np.argsort(near)[1:60]]
        deep, top = self.spectrum(int(rng.choice(rows))), self.ground.soil.spectra[0][self.later]
        ratio = self.ground.soil.spectra[0].mean() / self.times.spectrum(spectra, row).mean()
        up = rng.uniform(0.5, 1.0)
        clods = rng.choice([rng.uniform(0.78, 0.97), rng.uniform(1.02, 1.2)])
        settled = 1 + (clods - 1) * (0.5 + 0.5 * np.exp(-self.since / 200))
        moist = self.weather(self.times.weather.moisture)
        wet = np.exp(-self.ground.soil.thirst[0] * np.outer(moist, WET))
        return np.asarray((up * deep * ratio + (1 - up) * top) * settled[:, None] * wet)


_Box = tuple[slice, slice]
Images = npt.NDArray[np.float32]


def _spread(spectrum: Floats, grain: Map) -> npt.NDArray[np.float32]:
    return np.asarray(spectrum.astype(np.float32)[:, :, None, None] * grain.astype(np.float32))


def _bulldozed(rng: np.random.Generator, made: _Made, box: _Box) -> npt.NDArray[np.float32]:
    """Bare ground: what grew is gone, the soil is turned; herbs come back slowly."""
    grain = np.exp(0.07 * texture(rng, len(made.ground.grain), 2.0))[box]
    bare = _spread(made.subsoil(rng), np.asarray(grain * made.ground.grain[box] ** 0.5))
    back = np.clip((made.since - 150) / 600, 0, 1) * rng.uniform(0, 0.7)
    back = back * made.times.weather.climate.greenness * made.weather(made.times.weather.herbs)
    green = _spread(made.pick(rng, "canopy"), np.ones_like(grain))
    cover = back[:, None, None, None].astype(np.float32)
    return bare * (1 - cover) + green * cover


def _paved(rng: np.random.Generator, made: _Made, box: _Box) -> npt.NDArray[np.float32]:
    """Turned soil at first, then one material, or a building with its yard."""
    cells = len(made.ground.grain)
    grain = np.exp(0.03 * texture(rng, cells, 2.0))[box]
    first = _spread(made.subsoil(rng), grain)
    main = made.pick(
        rng,
        *rng.choice([["asphalt"], ["concrete"], ["roof"], ["gravel"]], p=[0.35, 0.35, 0.22, 0.08]),
    )
    yard = made.pick(rng, "concrete", "asphalt")
    where = (texture(rng, cells, 4.0) > rng.uniform(0.3, 2.5))[box].astype(np.float32)
    last = _spread(main, grain * (1 - where)) + _spread(yard, grain * where)
    last *= (1 - 0.12 * made.weather(made.times.weather.moisture)[:, None, None, None]).astype(
        np.float32
    )
    laid = np.clip((made.since - 0.4 * made.deed.days) / max(0.6 * made.deed.days, 1), 0, 1)
    done = laid[:, None, None, None].astype(np.float32)
    return first * (1 - done) + last * done


def _plots(rng: np.random.Generator, made: _Made, box: _Box) -> npt.NDArray[np.float32]:
    """Rows of plots: turned soil between, slabs upon, the shade of their edges."""
    grain = np.exp(0.06 * texture(rng, len(made.ground.grain), 0.7))[box]
    soil = _spread(made.subsoil(rng), np.asarray(grain))
    slab = made.pick(rng, "concrete", "gravel") * rng.uniform(0.9, 1.1)
    rows = np.arange(grain.shape[0])[:, None] + np.zeros(grain.shape[1])[None, :]
    rows = rows if rng.random() < 0.5 else np.arange(grain.shape[1])[None, :] + 0 * grain
    share = np.where(rows % 2 == 0, rng.uniform(0.25, 0.75), rng.uniform(0.05, 0.3))
    shade = rng.uniform(0.04, 0.12) * (1 + 0.5 * made.weather(made.times.weather.tilt))
    set_up = np.clip(made.since / max(made.deed.days, 1) * 1.2 - 0.2, 0, 1)
    part = (share[None] * set_up[:, None, None])[:, None].astype(np.float32)
    mixed = soil * (1 - part) + _spread(slab, np.ones_like(grain)) * part
    return mixed * (1 - shade * set_up)[:, None, None, None].astype(np.float32)


def _rubbish(rng: np.random.Generator, made: _Made, box: _Box) -> npt.NDArray[np.float32]:
    """Many things of man in heaps, rubble and soil between, no two cells alike."""
    count = int(rng.integers(5, 10))
    parts = [made.pick(rng, "rubbish") for _ in range(count)]
    parts += [made.pick(rng, "concrete", "gravel"), made.pick(rng, "litter", "char")]
    parts += [made.subsoil(rng)]
    cells = len(made.ground.grain)
    weight = np.stack([np.exp(0.8 * texture(rng, cells, 1.0))[box] for _ in parts])
    weight *= rng.dirichlet(np.full(len(parts), 1.5))[:, None, None] + 0.03
    weight /= weight.sum(axis=0)
    sum_of = np.einsum(
        "ptb,pyx->tbyx", np.stack(parts).astype(np.float32), weight.astype(np.float32)
    )
    return np.asarray(sum_of * np.float32(rng.uniform(0.8, 0.97)))


def _planted(rng: np.random.Generator, made: _Made, box: _Box) -> npt.NDArray[np.float32]:
    """Watered, tilled soil; then trees or grass that green up slowly and keep a season."""
    weather = made.times.weather
    grain = np.exp(0.1 * texture(rng, len(made.ground.grain), 1.5))[box]
    soil = made.subsoil(rng) * np.exp(-0.35 * rng.random() * WET)
    grown = np.clip(made.since / rng.uniform(120, 500), 0, 1) ** rng.uniform(0.8, 1.6)
    season = made.weather(weather.leaves) * rng.uniform(0.3, 0.7)
    course = grown * rng.uniform(0.4, 0.9) * np.clip(season + rng.uniform(0.3, 0.7), 0, 1)
    cover = np.clip(course[:, None, None] * grain, 0, 0.95)[:, None].astype(np.float32)
    bare, green = (
        _spread(spectrum, np.ones_like(grain)) for spectrum in (soil, made.pick(rng, "canopy"))
    )
    return np.asarray(bare * (1 - cover) + green * cover)


_NEW = {
    "bulldozed": _bulldozed,
    "paved_or_built": _paved,
    "dug_into_plots": _plots,
    "rubbish": _rubbish,
    "planted": _planted,
}
assert set(_NEW) == set(KINDS)  # noqa: S101
