from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habeas.errors import InputError
from habeas.monitoring.fine_images.registration import FEWEST, ControlPoint, register

CRS = "EPSG:32639"
PLACES = [(100, 80), (1900, 150), (1850, 1400), (90, 1350), (1000, 700), (400, 1000), (1500, 400)]


def similarity(turn=0.3, metres=0.5):
    cos, sin = metres * np.cos(turn), metres * np.sin(turn)
    return np.array([[cos, sin, 500_000.0], [sin, -cos, 4_000_000.0], [0, 0, 1]])


def affine():
    return np.array([[0.5, 0.1, 500_000.0], [0.05, -0.45, 4_000_000.0], [0, 0, 1]])


def projective():
    return np.array([[0.5, 0.1, 0], [0.05, -0.45, 0], [1e-4, 5e-5, 1]]) + np.outer(
        [500_000.0, 4_000_000.0, 0], [1e-4, 5e-5, 1]
    )


FORMS = {"similarity": similarity(), "affine": affine(), "projective": projective()}


def points_of(matrix, places=PLACES, noise=0.0, seed=0):
    random = np.random.default_rng(seed)
    carried = np.column_stack([places, np.ones(len(places))]) @ matrix.T
    ground = carried[:, :2] / carried[:, 2:] + random.normal(0, noise, (len(places), 2))
    return [
        ControlPoint(column=column, row=row, x=x, y=y)
        for (column, row), (x, y) in zip(places, ground, strict=True)
    ]


@pytest.mark.parametrize("form", FORMS)
def test_a_known_registration_is_recovered(form):
    points = points_of(FORMS[form])
    found = register(points, CRS, form)
    assert found.residuals.max() < 1e-4
    assert found.error < 1e-3
    places = np.array([(700.0, 300.0), (1200.0, 1300.0)])
    np.testing.assert_allclose(found.to_picture(found.to_ground(places)), places, atol=1e-5)
    truth = points_of(FORMS[form], places)
    np.testing.assert_allclose(
        found.to_ground(places), [(point.x, point.y) for point in truth], atol=1e-3
    )


@pytest.mark.parametrize("form", FORMS)
def test_errors_are_told_as_large_as_they_are(form):
    noise = 1.0
    told, real = [], []
    for seed in range(60):
        found = register(points_of(FORMS[form], noise=noise, seed=seed), CRS, form)
        told.append(found.rmse)
        inside = [(700.0, 600.0), (1200.0, 900.0)]
        truth = [(point.x, point.y) for point in points_of(FORMS[form], inside)]
        real.append(np.hypot(*(found.to_ground(inside) - truth).T).max())
    # The spread of a point, both ways: the root of two times the noise.
    assert np.sqrt(np.mean(np.square(told))) == pytest.approx(np.sqrt(2) * noise, rel=0.15)
    # What is left out errs more than any place in between.
    assert np.mean([register(points_of(FORMS[form], noise=noise, seed=seed), CRS, form).error
                    for seed in range(20)]) > np.mean(real)  # fmt: skip


def test_a_wrong_point_stands_out():
    points = points_of(affine())
    wrong = ControlPoint(column=1000, row=700, x=points[4].x + 30, y=points[4].y)
    found = register([*points[:4], wrong, *points[5:]], CRS)
    assert found.left_out.argmax() == 4
    assert found.left_out[4] == pytest.approx(30, rel=0.01)


@settings(max_examples=40, deadline=None)
@given(
    turn=st.floats(-3, 3),
    metres=st.floats(0.05, 5),
    east=st.floats(-1e3, 1e3),
    extra=st.floats(1, 9),
)
def test_a_registration_moves_with_its_ground(turn, metres, east, extra):
    points = points_of(similarity(turn, metres), noise=metres)
    moved = [ControlPoint(column=p.column, row=p.row, x=p.x + east, y=p.y * 1.0) for p in points]
    one, other = register(points, CRS, "affine"), register(moved, CRS, "affine")
    np.testing.assert_allclose(one.residuals, other.residuals, atol=1e-6 * metres + 1e-7)
    np.testing.assert_allclose(
        one.to_ground([(5, 5)]) + np.array([east, 0.0]), other.to_ground([(5, 5)]), atol=1e-5
    )


@pytest.mark.parametrize("form", FORMS)
def test_too_few_points_are_refused(form):
    points = points_of(FORMS[form])
    assert register(points[: FEWEST[form]], CRS, form).rmse < 1e-3
    with pytest.raises(InputError, match="too few"):
        register(points[: FEWEST[form] - 1], CRS, form)


@pytest.mark.parametrize("form", FORMS)
def test_points_on_a_line_are_refused(form):
    line = [(100 * at, 50 * at + (at % 2)) for at in range(7)]
    with pytest.raises(InputError, match="lie on a line"):
        register(points_of(FORMS[form], line), CRS, form)
    with pytest.raises(InputError, match="lie on a line"):
        register(points_of(FORMS[form], [(5, 5)] * 7), CRS, form)


def test_points_that_do_not_fix_the_view_are_refused():
    # All but one on a line: an affine form is fixed, a projective one is not.
    places = [(0, 0), (100, 0), (200, 0), (300, 0), (400, 0), (150, 300)]
    assert register(points_of(affine(), places), CRS, "affine").rmse < 1e-3
    with pytest.raises(InputError, match="seen aslant"):
        register(points_of(affine(), places), CRS, "projective")


def test_a_mirrored_picture_is_refused():
    mirrored = np.array([[0.5, 0, 500_000.0], [0, 0.5, 4_000_000.0], [0, 0, 1]])
    with pytest.raises(InputError, match="like a mirror"):
        register(points_of(mirrored), CRS, "affine")


def test_numbers_that_are_none_are_refused():
    points = points_of(affine())
    broken = ControlPoint(column=float("nan"), row=1, x=1, y=1)
    with pytest.raises(InputError, match="no number"):
        register([*points, broken], CRS)
