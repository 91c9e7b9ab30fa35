"""What a file says of itself, by its media type.

Reads headers only, in this process, with the memory capped. A file that cannot be read says so in
one detail (`metadata_unreadable`); nothing is passed over in silence and nothing here raises for
what is inside a file.
"""

from __future__ import annotations

from io import BufferedReader

from habeas.evidence.detail import Detail, unreadable
from habeas.evidence.image_metadata import image_metadata
from habeas.evidence.pdf_metadata import pdf_metadata

_IMAGES = frozenset({
    "image/jpeg", "image/png", "image/tiff", "image/webp", "image/gif", "image/avif",
})  # fmt: skip
_NO_READER = frozenset({
    "image/heic", "image/heif", "image/heic-sequence", "image/heif-sequence",
})  # fmt: skip
"""They carry EXIF, often a position, and the libraries in use cannot open them."""


def metadata(file: BufferedReader, media_type: str) -> list[Detail]:
    """The details inside an open file; none for types that carry no metadata that is read.

    Args:
        file: at its beginning.
        media_type: as `habeas.evidence.media_type.media_type` found it.
    """
    if media_type in _IMAGES:
        return image_metadata(file)
    if media_type == "application/pdf":
        return pdf_metadata(file)
    if media_type in _NO_READER:
        return [unreadable(f"no reader for {media_type} here; it may hold a position and a date")]
    return []
