"""Simulated sites: what the detector is calibrated on and measured by, where no truth is known.

What the simulator has and what it lacks is told in docs/monitoring-simulator.md. Figures measured
on one's own simulator flatter; they say how methods compare on it, not how they do on the ground.
"""

from __future__ import annotations

from habeas.monitoring.simulation.change import Change
from habeas.monitoring.simulation.injection import Injected, inject
from habeas.monitoring.simulation.site import SimulatedSite, Truth, simulate_site

__all__ = ["Change", "Injected", "SimulatedSite", "Truth", "inject", "simulate_site"]
