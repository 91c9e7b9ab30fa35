"""Places for labels on a map: none over another, none over a mark, as near as can be.

Nor is a label without a leader line as near to another mark as to its own.
Greedy and deterministic: each label tries the sides of its mark, then rings farther and farther
out, and takes the first place that is free. One that finds none is left to the caller, who shows
its number instead.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import msgspec

Segment = tuple[tuple[float, float], tuple[float, float]]


class Box(msgspec.Struct, frozen=True):
    """A rectangle on the picture."""

    x: float
    y: float
    width: float
    height: float

    def meets(self, other: Box) -> bool:
        """Whether the two share any area."""
        return (
            self.x < other.x + other.width
            and other.x < self.x + self.width
            and self.y < other.y + other.height
            and other.y < self.y + self.height
        )

    def within(self, other: Box) -> bool:
        """Whether it lies wholly inside the other."""
        return (
            self.x >= other.x
            and self.y >= other.y
            and self.x + self.width <= other.x + other.width
            and self.y + self.height <= other.y + other.height
        )

    def crossed_by(self, segment: Segment) -> bool:
        """Whether any part of a segment lies inside (Liang and Barsky's clipping)."""
        (x1, y1), (x2, y2) = segment
        enter, leave = 0.0, 1.0
        for start, step, low, high in (
            (x1, x2 - x1, self.x, self.x + self.width),
            (y1, y2 - y1, self.y, self.y + self.height),
        ):
            if step == 0:
                if not low < start < high:
                    return False
                continue
            first, last = sorted(((low - start) / step, (high - start) / step))
            enter, leave = max(enter, first), min(leave, last)
        return enter < leave


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A label that wants a place.

    Attributes:
        x: of its mark.
        y: of its mark.
        width: of the label.
        height: of the label.
        reach: distance from the mark's middle at which the label may begin.
    """

    x: float
    y: float
    width: float
    height: float
    reach: float


_STEPS: Final = (0.0, 10.0, 22.0, 36.0, 52.0, 72.0, 96.0, 124.0, 156.0, 192.0)
_ANGLES: Final = (0, 180, 320, 40, 220, 140, 270, 90, 295, 245, 65, 115, 340, 20, 200, 160)


def place_labels(
    wanted: Sequence[Wanted], *, area: Box, taken: Sequence[Box] = (), mirrored: bool = False
) -> list[Box | None]:
    """A box for each label, or None where the area is full.

    The greedy pass is made in several orders; the one that places the most labels, and of those
    the one that keeps them nearest to their marks, is taken.

    Args:
        wanted: the labels.
        area: labels stay inside.
        taken: boxes that labels must not cover: marks, an inset.
        mirrored: prefer the left side, for a script that runs right to left.
    """
    given = list(range(len(wanted)))
    orders = (
        given,
        given[::-1],
        sorted(given, key=lambda i: (wanted[i].x, i)),
        sorted(given, key=lambda i: (-wanted[i].x, i)),
        sorted(given, key=lambda i: (-wanted[i].width, i)),
    )
    tries = [_greedy(wanted, order, area, list(taken), mirrored) for order in orders]
    return min(tries, key=lambda placed: _cost(wanted, placed))


def _cost(wanted: Sequence[Wanted], placed: Sequence[Box | None]) -> tuple[int, float]:
    pairs = [(label, box) for label, box in zip(wanted, placed, strict=True) if box]
    return -len(pairs), round(sum(_distance(label, box) for label, box in pairs), 3)


def _greedy(
    wanted: Sequence[Wanted], order: list[int], area: Box, boxes: list[Box], mirrored: bool
) -> list[Box | None]:
    """Place the labels one after the other, each as well as those before it allow."""
    leaders: list[Segment] = []
    placed: list[Box | None] = [None] * len(wanted)
    for index in order:
        label = wanted[index]
        for box in _candidates(label, mirrored=mirrored):
            if (
                box.within(area)
                and _is_free(label, box, boxes, leaders)
                and not _mistakable(label, box, wanted)
            ):
                placed[index] = box
                boxes.append(box)
                line = leader(label, box)
                leaders += [line] if line else []
                break
    return placed


def _is_free(label: Wanted, box: Box, boxes: list[Box], leaders: list[Segment]) -> bool:
    """Whether neither the label nor its leader would cover, or be covered by, what stands."""
    if any(box.meets(other) for other in boxes) or any(box.crossed_by(line) for line in leaders):
        return False
    line = leader(label, box)
    if line is None:
        return True
    if any(_cross(line, other) for other in leaders):
        return False
    return not any(other.crossed_by(line) for other in boxes if not _holds(other, label))


def _mistakable(label: Wanted, box: Box, wanted: Sequence[Wanted]) -> bool:
    """Whether a label without a leader stands as near to another mark as to its own."""
    own = _distance(label, box)
    if leader(label, box) is not None:
        return False
    return any(_distance(other, box) < own + 5 for other in wanted if other is not label)


def _distance(label: Wanted, box: Box) -> float:
    x, y = _nearest(label, box)
    return math.hypot(x - label.x, y - label.y)


def _nearest(label: Wanted, box: Box) -> tuple[float, float]:
    """The point of a box that is nearest to a mark."""
    return (
        min(max(label.x, box.x), box.x + box.width),
        min(max(label.y, box.y), box.y + box.height),
    )


def _holds(box: Box, label: Wanted) -> bool:
    """Whether a box is the label's own mark: its leader begins there."""
    return box.x < label.x < box.x + box.width and box.y < label.y < box.y + box.height


def _cross(one: Segment, other: Segment) -> bool:
    def side(segment: Segment, point: tuple[float, float]) -> float:
        (x1, y1), (x2, y2) = segment
        return (x2 - x1) * (point[1] - y1) - (y2 - y1) * (point[0] - x1)

    return (
        side(one, other[0]) * side(one, other[1]) < 0
        and side(other, one[0]) * side(other, one[1]) < 0
    )


def _candidates(label: Wanted, *, mirrored: bool) -> list[Box]:
    boxes = []
    for step in _STEPS:
        for angle in _ANGLES:
            turned = math.radians(180 - angle if mirrored else angle)
            dx, dy = math.cos(turned), math.sin(turned)
            away = label.reach + step
            x = label.x + dx * away - label.width * (1 - dx) / 2
            y = label.y + dy * away - label.height * (1 - dy) / 2
            boxes.append(Box(x, y, label.width, label.height))
    return boxes


def leader(label: Wanted, box: Box) -> Segment | None:
    """The line from mark to label, its ends at the edges; None when the label stands close by."""
    x, y = _nearest(label, box)
    length = math.hypot(x - label.x, y - label.y)
    if length <= label.reach + 6:
        return None
    share = label.reach / length
    return (label.x + (x - label.x) * share, label.y + (y - label.y) * share), (x, y)
