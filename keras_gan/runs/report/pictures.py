"""Pictures inside a page: few enough, and small enough."""

import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from keras_gan._html import image_address

if TYPE_CHECKING:
    from PIL import Image

_MOST_FRAMES = 40
_MOST_BYTES = 60_000  # of a picture: 40 of them, written in 64 letters, make 3.2 MB
_EPOCH = re.compile(r"epoch_(\d+)\.png")
_QUALITIES = (85, 70, 50)
_LONGEST_SIDE = 16_383  # pixels that WebP knows


class Frame(NamedTuple):
    """The picture of one epoch, as the address of an image."""

    epoch: int
    address: str


class Pictures:
    """Addresses of pictures; one that has not changed is read and packed once."""

    def __init__(self) -> None:
        self._known: dict[Path, tuple[tuple[int, int], str | None]] = {}

    def frames(self, folder: Path) -> list[Frame]:
        """Returns those of `epoch_0001.png` and so on, at most 41, evenly chosen."""
        paths = _by_epoch(folder)
        found = [(epoch, self.address(paths[epoch])) for epoch in chosen([*paths])]
        self._forget({*paths.values()} - {paths[epoch] for epoch, _ in found})
        return [Frame(epoch, address) for epoch, address in found if address]

    def last_frame(self, folder: Path) -> Frame | None:
        """Returns the one of the last epoch alone."""
        paths = _by_epoch(folder)
        address = self.address(paths[max(paths)]) if paths else None
        return Frame(max(paths), address) if address else None

    def _forget(self, paths: set[Path]) -> None:
        """Of the last epoch of each page most are not shown in the next."""
        for path in paths & self._known.keys():
            del self._known[path]

    def address(self, path: Path) -> str | None:
        """Returns a picture as a data address, packed if it is large.

        `None` stands for one that is not there, is damaged, or too large where Pillow
        is not installed or writes no WebP.
        """
        if not path.is_file():
            return None
        status = path.stat()
        state = status.st_mtime_ns, status.st_size
        known = self._known.get(path)
        if known is None or known[0] != state:
            known = self._known[path] = state, _address_of(path.read_bytes())
        return known[1]


def _by_epoch(folder: Path) -> dict[int, Path]:
    if not folder.is_dir():
        return {}
    return {
        int(match[1]): path
        for path in folder.iterdir()
        if (match := _EPOCH.fullmatch(path.name))
    }


def chosen(epochs: Sequence[int], most: int = _MOST_FRAMES) -> list[int]:
    """Returns some of the epochs, evenly, the first and the last among them.

    The distance is a power of two: as a run goes on, what was chosen is mostly chosen
    again.

    Example:
    >>> chosen(range(1, 11), most=4)
    [1, 5, 9, 10]
    """
    epochs = sorted(epochs)
    step = 1
    while -(-len(epochs) // step) > most:
        step *= 2
    kept = epochs[::step]
    return kept if not epochs or kept[-1] == epochs[-1] else [*kept, epochs[-1]]


def _address_of(content: bytes) -> str | None:
    if len(content) <= _MOST_BYTES:
        return image_address("png", content)
    try:
        from PIL import Image, features
    except ImportError:
        return None
    if not features.check("webp"):
        return None
    try:
        with Image.open(io.BytesIO(content), formats=("PNG",)) as picture:
            opened = picture.convert("RGB")
    except Exception:  # whatever Pillow's parsing of damaged bytes ends in
        return None
    while max(opened.size) > _LONGEST_SIDE:
        opened = _halved(opened)
    while True:
        for quality in _QUALITIES:
            packed = io.BytesIO()
            opened.save(packed, "WEBP", quality=quality)
            if packed.tell() <= _MOST_BYTES:
                return image_address("webp", packed.getvalue())
        opened = _halved(opened)


def _halved(picture: "Image.Image") -> "Image.Image":
    return picture.resize([max(1, side // 2) for side in picture.size])
