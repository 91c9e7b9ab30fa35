"""How likely each class of persons is, given covariates: logistic regression, nearest neighbours.

Small and our own: the doubly robust estimate needs no more, and survives an imperfect fit.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

Floats = npt.NDArray[np.float64]
Classes = npt.NDArray[np.int64]

Learner = Literal["logistic", "neighbours"]

_RIDGE = 0.1
"""Keeps effects finite where classes are separated; as much as one observation in ten says."""

_STEPS = 50


def class_shares(
    learner: Learner, known: tuple[Floats, Classes], asked: Floats, classes: int
) -> Floats:
    """The probability of each class for some persons, learnt from others.

    Args:
        learner: `logistic`, a multinomial logistic regression with a slight ridge, or
            `neighbours`, the shares among the nearest n**0.7 by Euclidean distance.
        known: the design of those learnt from, shape (n, features), and their classes.
        asked: the design of those asked about; shape (m, features).
        classes: how many there are.

    Returns:
        Shape (m, classes); rows sum to 1.
    """
    if learner == "logistic":
        return softmax(asked, fit_logistic(*known, classes))
    design, member = known
    nearest = min(len(member), max(1, round(len(member) ** 0.7)))
    _, rows = cKDTree(design).query(asked, k=nearest)
    hits = np.eye(classes)[member[np.asarray(rows).reshape(len(asked), nearest)]]
    return np.asarray(hits.mean(axis=1))


def softmax(design: Floats, effects: Floats) -> Floats:
    """Probabilities of classes; the effects of the first class are zero.

    Args:
        design: shape (n, features).
        effects: shape (features, classes - 1).
    """
    linear = np.hstack([np.zeros((len(design), 1)), design @ effects])
    raised = np.exp(linear - linear.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def fit_logistic(design: Floats, member: Classes, classes: int) -> Floats:
    """Effects by Newton's method on the log likelihood with a ridge on all but the intercept.

    Args:
        design: shape (n, features), the first column ones.
        member: the class of each, 0 to classes - 1.
        classes: how many.

    Returns:
        Shape (features, classes - 1).
    """
    features = design.shape[1]
    ridge = np.full(features, _RIDGE)
    ridge[0] = _RIDGE / 100
    hits = np.eye(classes)[member]
    effects = np.zeros((features, classes - 1))
    said = _said(design, hits, effects, ridge)
    for _ in range(_STEPS):
        step = _step(design, hits, effects, ridge)
        size = 1.0
        while (there := _said(design, hits, effects + size * step, ridge)) < said and size > 1e-8:
            size /= 2
        effects = effects + size * step
        if there - said <= 1e-10 * (1 + abs(said)):
            break
        said = there
    return effects


def _said(design: Floats, hits: Floats, effects: Floats, ridge: Floats) -> float:
    shares = np.maximum(softmax(design, effects), 1e-300)
    return float((hits * np.log(shares)).sum() - (ridge[:, None] * effects**2).sum() / 2)


def _step(design: Floats, hits: Floats, effects: Floats, ridge: Floats) -> Floats:
    features, others = effects.shape
    shares = softmax(design, effects)[:, 1:]
    gradient = design.T @ (hits[:, 1:] - shares) - ridge[:, None] * effects
    information = np.empty((features, others, features, others))
    for a in range(others):
        for b in range(others):
            weight = shares[:, a] * ((a == b) - shares[:, b])
            information[:, a, :, b] = design.T @ (design * weight[:, None])
    size = features * others
    matrix = information.reshape(size, size) + np.diag(np.repeat(ridge, others))
    return np.asarray(np.linalg.solve(matrix, gradient.reshape(size)).reshape(features, others))
