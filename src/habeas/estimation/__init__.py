"""How many did nobody list? Multiple systems estimation, so that nobody can be misled by it.

Several incomplete lists of the same population overlap; from how they overlap, and an assumption
that the lists themselves can never confirm, follows how many stand on none. This package counts
overlaps, fits the published models to them, and says beside every result what was assumed, how far
it can be trusted, and when there should be none. It links no records (an overlap presumes that they
are linked), reads no registry in its numerics, and never gives one number from one method.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOMES = {
    "Overlap": "habeas.estimation.overlap",
    "Prior": "habeas.estimation.prior",
    "RefusedError": "habeas.estimation.refusal",
    "disagreements": "habeas.estimation.agreement",
    "fit": "habeas.estimation.fitting",
    "fit_all": "habeas.estimation.fitting",
    "fit_all_linked": "habeas.estimation.linkage",
    "fit_linked": "habeas.estimation.linkage",
    "fit_strata": "habeas.estimation.strata",
    "leave_one_out": "habeas.estimation.variants",
    "merge_pairs": "habeas.estimation.variants",
    "overlaps_from_partitions": "habeas.estimation.linkage",
    "read_linkages": "habeas.estimation.linkage_files",
    "read_overlap": "habeas.estimation.table_file",
}

__all__ = [
    "Overlap",
    "Prior",
    "RefusedError",
    "disagreements",
    "fit",
    "fit_all",
    "fit_all_linked",
    "fit_linked",
    "fit_strata",
    "leave_one_out",
    "merge_pairs",
    "overlaps_from_partitions",
    "read_linkages",
    "read_overlap",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'habeas.estimation' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
