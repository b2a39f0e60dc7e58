"""A model card for each artefact: what it is, what it can do, what it cannot."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from export.contract.contents import Contents
from export.contract.metadata import Provenance
from export.contract.names import (
    IMAGES,
)
from export.parity.cases import Case
from export.record import card_contents
from keras_gan._files import replacing
from keras_gan._types import Config, FloatArray
from keras_gan.gan import GAN
from keras_gan.visualization import save_image_grid

_LIMITS = """\
For research, teaching and trying things out: what it makes resembles its training
images, with their gaps and their slant, and nothing else. It is no source of facts, no
stand-in for real data where decisions hang on them, and no guarantee of privacy: a
generator can repeat what it was trained on; the measures say how near it came where
`memorization` is among them. No single measure covers sharpness, variety and novelty at
once, and values compare under one protocol only."""


def write(
    path: Path,
    provenance: Provenance,
    contents: Contents,
    record: Config,
    images: FloatArray | None,
) -> None:
    """Writes `NAME.md` and, where there are images, `NAME.png` beside it.

    Args:
        path: the artefact.
        provenance: `Provenance`.
        contents: `Contents` of the artefact.
        record: what stands in `NAME.json`.
        images: `[num, height, width, 1 or 3]` that the artefact drew, or `None`.
    """
    picture = path.with_name(f"{path.name}.png")
    if images is not None:
        save_image_grid(picture, images, _range_of(images, provenance))
    name = None if images is None else picture.name
    with replacing(path.with_name(f"{path.name}.md")) as partial:
        partial.write_text(_card(provenance, contents, record, name), encoding="utf-8")


def pictures(gan: GAN, played: Sequence[tuple[Case, Any]]) -> FloatArray | None:
    """Images that an artefact drew as it was compared; `None` if they are no pictures.

    Args:
        gan: `GAN`.
        played: cases with their outputs, as `compare` of parity returns them.
    """
    drawn = [images for case, images in played if case.output == IMAGES]
    images = max(drawn, key=len, default=np.empty(0))
    channels_last = len(gan.data_shape) == 3 and gan.data_shape == images.shape[1:]
    if images.ndim == 4 and not channels_last:
        images = np.moveaxis(images, 1, -1)
    return images if images.ndim == 4 and images.shape[-1] in (1, 3) else None


def _range_of(images: FloatArray, provenance: Provenance) -> tuple[float, float]:
    if images.dtype == np.uint8:
        return (0.0, 255.0)
    return provenance.value_range or (float(images.min()), float(images.max()))


# ------------------------------------------------------------------- the text


def _card(
    provenance: Provenance, contents: Contents, record: Config, picture: str | None
) -> str:
    sections = [
        _front_matter(provenance),
        f"# {_title(provenance, contents)}: {record['file']}",
        _what(contents, record),
        _grid(picture),
        "## Inputs and outputs\n\n" + card_contents.table(contents, record),
        "## Training\n\n" + _training(provenance),
        "## Measures\n\n" + _measures(provenance),
        "## Agreement with Keras\n\n" + _agreement(contents, record),
        "## Intended use and limits\n\n" + _LIMITS,
        "## Licence\n\n" + _licence(provenance),
    ]
    return "\n\n".join(section for section in sections if section) + "\n"


def _front_matter(provenance: Provenance) -> str:
    lines = ["---", "library_name: keras-gan", "tags: [gan, image-generation]"]
    if provenance.licence:
        lines.append(f"license: {provenance.licence}")
    if provenance.dataset:
        lines.append(f"datasets: [{provenance.dataset}]")
    return "\n".join([*lines, "---"])


def _title(provenance: Provenance, contents: Contents) -> str:
    return provenance.recipe or ("Generator" if contents.images else "Prior")


def _what(contents: Contents, record: Config) -> str:
    size = f"{record['parity']['num_bytes']:,} bytes"
    weights = f"Weights: {record['weights']}; " if contents.images else ""
    return f"{card_contents.summary(contents, record)} {weights}{size}."


def _grid(picture: str | None) -> str:
    if picture is None:
        return ""
    return (
        f"![Generated images]({picture})\n\nRandom draws of this very file, not chosen."
    )


def _training(provenance: Provenance) -> str:
    facts = {
        "Data": provenance.dataset,
        "Recipe": provenance.recipe,
        "Epochs": provenance.epochs,
        "Seed": provenance.seed,
        "Made with": provenance.metadata()["producer"],
    }
    return "\n".join(
        f"- {name}: {'not stated' if fact is None else fact}"
        for name, fact in facts.items()
    )


def _measures(provenance: Provenance) -> str:
    evaluation = provenance.evaluation
    if evaluation is None:
        return (
            "Not measured at this epoch. `keras-gan evaluate RUN_DIR` before the "
            "export puts its table here."
        )
    return f"Of the Keras model, in float32:\n\n```\n{evaluation['report']}\n```"


def _agreement(contents: Contents, record: Config) -> str:
    parity, quality = record["parity"], record["quality"]
    as_bytes = contents.images is not None and contents.images.dtype == "uint8"
    unit = " grey levels" if as_bytes else ""
    sizes = ", ".join(map(str, parity["batch_sizes"]))
    text = (
        f"Largest difference {parity['max_abs_error']:.1e}{unit}, mean "
        f"{parity['mean_abs_error']:.1e}{unit}, on fresh inputs "
        f"(seed {parity['seed']}, batches of {sizes}), played in a process of its own."
    )
    if quality is None:
        return text
    rows = [
        f"| {name} | {value:.5g} | {quality['artefact'][name]:.5g} |"
        for name, value in quality["keras"].items()
    ]
    header = (
        f"| of {quality['num_images']:,} images | Keras | this file |\n|---|---|---|"
    )
    return "\n".join([text, "", header, *rows])


def _licence(provenance: Provenance) -> str:
    return provenance.licence or (
        "Not stated. Whoever gives this file away should say, and mind the licence of "
        "the training data."
    )
