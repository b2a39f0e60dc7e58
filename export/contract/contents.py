"""What an artefact takes and gives, read off the artefact itself."""

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from export.contract.names import (
    CLASS_PROBABILITIES,
    CLASSIFY,
    COMPLETE,
    COMPLETIONS,
    DISCRIMINATE,
    ENCODE,
    GENERATE,
    LARGEST_DRAW,
    LATENTS,
    NOISE,
    PIXELS,
    SAMPLE,
    SEED,
)
from keras_gan._files import parse_json
from keras_gan._types import Array

ENDPOINTS = (GENERATE, SAMPLE, DISCRIMINATE, ENCODE, COMPLETE, CLASSIFY)
OF_PRIOR = "prior"  # noise that is the prior's own draw


class TensorType(NamedTuple):
    """Type of one input or output.

    Args:
        dtype: str, as NumPy names it.
        shape: list of sizes; `None`, or a name, where any will do.
    """

    dtype: str
    shape: list[int | str | None]

    def __str__(self) -> str:
        if not self.shape:
            return f"{self.dtype} scalar"
        sizes = ["any" if size is None else str(size) for size in self.shape]
        return f"{self.dtype} [{', '.join(sizes)}]"


class Endpoint(NamedTuple):
    """Inputs and outputs of one function, by name."""

    inputs: dict[str, TensorType]
    outputs: dict[str, TensorType]

    def typed(self, arrays: Mapping[str, Any]) -> dict[str, Array]:
        """Arrays by name in the types that the inputs of their names have."""
        if unknown := arrays.keys() - self.inputs.keys():
            raise ValueError(
                f"The artefact takes {', '.join(self.inputs)}. Received: "
                f"{', '.join(sorted(unknown))}"
            )
        return {
            name: np.asarray(array, self.inputs[name].dtype)
            for name, array in arrays.items()
        }


@dataclasses.dataclass(frozen=True)
class Contents:
    """What is in an artefact.

    Args:
        endpoints: `Endpoint` by name. A file of one function, as ONNX has it, is
            `complete` where it gives completions, `classify` where classes, `encode`
            where it gives latents of data, else `sample` where it takes a seed, else
            `generate`.
        pixels: str, key of `PIXEL_FORMATS`, or `None` where no images come out.
        noise: str, what latents have to be: `"prior"`, or the name of a
            `StandardNoise`; `None` where none go in.
        value_range: pair of floats as the file states it, or `None`.
        max_samples: int, rows that it draws at most in one call where it states a
            number of its own, or `None`.
    """

    endpoints: dict[str, Endpoint]
    pixels: str | None
    noise: str | None
    value_range: tuple[float, float] | None = None
    max_samples: int | None = None

    @property
    def data_name(self) -> str | None:
        """Name of what is generated, such as `"images"`; `None` where nothing is."""
        return next(iter(_generated(self.endpoints)), None)

    @property
    def data(self) -> TensorType | None:
        """Type of what is generated, `None` where nothing is."""
        return next(iter(_generated(self.endpoints).values()), None)

    def record(self) -> dict[str, Any]:
        """The same as JSON holds it."""
        return {
            "pixels": self.pixels,
            "noise": self.noise,
            "endpoints": {
                name: {
                    side: {name: tensor._asdict() for name, tensor in tensors.items()}
                    for side, tensors in endpoint._asdict().items()
                }
                for name, endpoint in self.endpoints.items()
            },
        }


def name_of_function(endpoint: Endpoint) -> str:
    """Name of the only function of a file, by what goes in and comes out."""
    takes_data = any(len(one.shape) > 1 for one in endpoint.inputs.values())
    if COMPLETIONS in endpoint.outputs:
        return COMPLETE
    if CLASS_PROBABILITIES in endpoint.outputs:
        return CLASSIFY
    if LATENTS in endpoint.outputs and takes_data:
        return ENCODE
    return SAMPLE if SEED in endpoint.inputs else GENERATE


def contents_from(
    endpoints: dict[str, Endpoint], facts: Mapping[str, str] | None = None
) -> Contents:
    """Returns contents by their tensors, and by what no tensor says.

    Args:
        endpoints: `Endpoint` by name.
        facts: what the artefact states under `pixels`, `noise`, `value_range` and
            `max_samples`, as `OnnxFormat` writes it. Defaults to `None`: floats,
            latents of the prior.
    """
    facts = facts or {}
    gives_images = any(len(one.shape) == 4 for one in _generated(endpoints).values())
    takes_latents = any(LATENTS in one.inputs for one in endpoints.values())
    return Contents(
        endpoints,
        pixels=facts.get(PIXELS, "float32") if gives_images else None,
        noise=facts.get(NOISE, OF_PRIOR) if takes_latents else None,
        value_range=parse_json(facts.get("value_range", "null")),
        max_samples=parse_json(facts.get(LARGEST_DRAW, "null")),
    )


def _generated(endpoints: Mapping[str, Endpoint]) -> dict[str, TensorType]:
    """Outputs by name of those that neither judge nor only draw latents."""
    return {
        name: tensor
        for endpoint, (_, outputs) in endpoints.items()
        if endpoint not in (DISCRIMINATE, CLASSIFY) and LATENTS not in outputs
        for name, tensor in outputs.items()
    }


def known_sizes(sizes: Iterable[int]) -> list[int | str | None]:
    """Sizes of a shape in which a negative number stands for any."""
    return [None if size < 0 else int(size) for size in sizes]
