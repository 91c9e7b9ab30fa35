"""A picture of ours as dots: SVG whose letters are outlines, made into PNG."""

from __future__ import annotations

from tempfile import TemporaryDirectory
from typing import Final

DOTS: Final = 200
"""To the inch: sharp in print."""

_PAGE: Final = b"""\
#set page(width: auto, height: auto, margin: 0pt, fill: white)
#image(bytes(sys.inputs.picture), format: "svg")
"""


def svg_to_png(picture: bytes, dots: int = DOTS) -> bytes:
    """An SVG picture as PNG; it reads no file and reaches no network.

    Args:
        picture: SVG of ours, in which letters are outlines.
        dots: to the inch.
    """
    import typst

    with TemporaryDirectory(prefix="habeas-") as nothing:  # the page may read nothing
        compiler = typst.Compiler(
            _PAGE,
            root=nothing,
            ignore_system_fonts=True,
            sys_inputs={"picture": picture.decode()},
        )
        made = compiler.compile(format="png", ppi=float(dots))
    if not isinstance(made, bytes):
        raise TypeError("a picture has one page")
    return made
