"""What a run left for the next one, kept beside the chips of a site.

Like these it shows where the site lies, and nobody but the owner of the files may read it. It is
written whole, and may be deleted at any time: the next run looks at everything anew then.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from habeas.errors import InputError
from habeas.monitoring.detection.state_format import decode_state, encode_state
from habeas.monitoring.detection.watch_state import WatchState, with_alarms_alone
from habeas.monitoring.images.read_images import Images
from habeas.monitoring.images.whole_file import write_whole

FOLDER: Final = "states"

CHANGED: Final = (
    "images that were looked at before have changed: all were looked at anew; alarms that were "
    "raised stand"
)


@dataclass(frozen=True, eq=False)
class Found:
    """What an earlier run left.

    Attributes:
        state: none if there is none that can be used.
        inputs: hash of the images that it rests on.
        remark: why it is not used as it is, in words; empty if it is, or if there is none.
    """

    state: WatchState | None = None
    inputs: str = ""
    remark: str = ""


class KeptState:
    """The state of one site.

    Args:
        cache: its folder.
        site: `site:` id.
    """

    def __init__(self, cache: Path, site: str) -> None:
        name = hashlib.sha256(site.encode()).hexdigest()[:32]
        self._path = cache / FOLDER / f"{name}.state"

    def find(self, images: Images) -> Found:
        """The state that an earlier run left, if it rests on the first of these images.

        One that is damaged, or that another version left, is not used, and this is told. Of one
        whose images have changed since, the alarms are kept and nothing else.
        """
        try:
            state, inputs = decode_state(self._path.read_bytes())
        except FileNotFoundError:
            return Found()
        except OSError as problem:
            return Found(remark=_refused(problem.strerror or type(problem).__name__))
        except InputError as problem:
            return Found(remark=_refused(problem.reason))
        if inputs != _inputs(images, state.images):
            return Found(with_alarms_alone(state), remark=CHANGED)
        return Found(state, inputs)

    def keep(self, state: WatchState, images: Images, found: Found) -> None:
        """Keep a state for the next run, unless it is the one that was found.

        Raises:
            StorageError: the disk refused; what was kept before stands.
        """
        inputs = _inputs(images, state.images)
        same = found.state is not None and found.state.key == state.key
        if not (same and inputs == found.inputs):
            write_whole(self._path, encode_state(state, inputs))


def _inputs(images: Images, count: int) -> str:
    """What decides the first so many dates of a cube."""
    return hashlib.sha256("\n".join(images.digests[:count]).encode()).hexdigest()


def _refused(reason: str) -> str:
    return f"what the last run left cannot be used ({reason}): all images were looked at anew"
