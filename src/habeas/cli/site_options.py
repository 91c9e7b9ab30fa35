"""The arguments and options that the commands on one watched site share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Site = Annotated[str, typer.Argument(metavar="SITE", help="A site of the record: site:…")]

Outline = Annotated[
    Path | None,
    typer.Option(
        "--outline", metavar="FILE", show_default=False,
        help="GeoJSON with the outline; that of the record's location claims if left out.",
    ),
]  # fmt: skip

Reader = Annotated[
    str | None,
    typer.Option(
        "--reader", metavar="HANDLE", show_default=False,
        help="The handle of the one who looked; that of the registry if left out.",
    ),
]  # fmt: skip
