"""What a model card says of inputs and outputs: those of the very file."""

from collections.abc import Iterable
from typing import Any

from export.contract.contents import Contents
from export.contract.names import (
    CLASS_PROBABILITIES,
    CLASSIFY,
    COMPLETE,
    COMPLETIONS,
    ENCODE,
    LATENTS,
    MASK,
    NUM_SAMPLES,
    PROBABILITIES,
    SEED,
)
from export.contract.pixels import PIXEL_FORMATS
from keras_gan._types import Config
from keras_gan._validation import MAX_SEED

_STANDARD_NOISE = {"normal": "N(0, 1)", "uniform_0_1": "U(0, 1)"}


def summary(contents: Contents, record: Config) -> str:
    """One sentence: what comes out, and from what.

    Args:
        contents: `Contents` of the artefact.
        record: what stands in its `NAME.json`.
    """
    latents = f"{record['latent_dim']} latent numbers"
    shape = _sizes(record["data_shape"])
    if [*contents.endpoints] == [CLASSIFY]:
        return f"The class of {record['data_name']} of {shape}."
    if [*contents.endpoints] == [ENCODE]:
        return f"The {latents} behind {record['data_name']} of {shape}."
    if contents.data is None:
        drawn = prior_text(record["prior"])
        return f"Draws of {latents} from {drawn}, by their seed."
    shape = _sizes(contents.data.shape[1:])
    source = [f"{latents} {_latents_text(contents, record)}"]
    if not record["latent_dim"]:
        source = []
    elif contents.noise is None:
        drawn = prior_text(record["prior"])
        source = [f"{latents} that it draws from {drawn} by a seed"]
    sources = " and from ".join(
        [*source, *(_told(*one) for one in record["conditions"].items())]
    )
    what = record["data_name"].capitalize()
    return f"{what} of {shape}, {_values_text(contents, record)}, from {sources}."


def table(contents: Contents, record: Config) -> str:
    """A table of every endpoint's inputs and outputs, in Markdown."""
    rows = [
        f"| `{name}` | {side} | `{tensor_name}` | {tensor} | "
        f"{_meaning(contents, record, name, side, tensor_name)} |"
        for name, endpoint in contents.endpoints.items()
        for side, tensors in (("in", endpoint.inputs), ("out", endpoint.outputs))
        for tensor_name, tensor in tensors.items()
    ]
    header = "| function | | name | type | what it is |\n|---|---|---|---|---|"
    return "\n".join([header, *rows])


def prior_text(prior: Config) -> str:
    """A prior with its parameters, `NormalPrior(mean=0.0, stddev=1.0)`."""
    hidden = ("name", "latent_dim")
    parameters = ", ".join(
        f"{key}={value}"
        for key, value in prior.items()
        if key not in hidden and value is not None
    )
    return f"{prior['name']}({parameters})"


def _meaning(
    contents: Contents, record: Config, endpoint: str, side: str, name: str
) -> str:
    if name in (contents.data_name, record["data_name"]):
        return _values_text(contents, record) + _order_text(contents)
    if (endpoint, side, name) == (ENCODE, "out", LATENTS):
        return f"of {prior_text(record['prior'])}, one vector for each row"
    if (endpoint, name) == (COMPLETE, MASK):
        return f"1 where {record['data_name']} are given, 0 where they are asked for"
    if name in record["conditions"]:
        return _condition_text(record["conditions"][name], side)
    data = record["data_name"]
    meanings = {
        ("in", LATENTS): _latents_text(contents, record),
        ("out", LATENTS): f"drawn from {prior_text(record['prior'])}",
        ("in", NUM_SAMPLES): "how many to draw",
        ("in", SEED): f"from 0 to {MAX_SEED}; the same one draws the same",
        ("out", COMPLETIONS): f"{data} with the given values, bit for bit",
        ("out", PROBABILITIES): f"that {data}, or packs of them, are real",
        ("out", CLASS_PROBABILITIES): "of each class, a row for each of the inputs'",
    }
    return meanings[side, name]


def _sizes(shape: Iterable[Any]) -> str:
    return " x ".join(str(one) if isinstance(one, int) else "any" for one in shape)


def _told(name: str, condition: Config) -> str:
    num_classes = condition["num_classes"]
    return f"`{name}`" + (f", {num_classes} classes" if num_classes else "")


def _condition_text(condition: Config, side: str) -> str:
    text = "condition, a row for each sample"
    if condition["num_classes"] is not None:
        text += f", classes from 0 to {condition['num_classes'] - 1}"
    if side == "out":
        text += f", drawn from {prior_text(condition['prior'])}"
    return text


def _latents_text(contents: Contents, record: Config) -> str:
    prior = prior_text(record["prior"])
    if contents.noise in _STANDARD_NOISE:
        noise = _STANDARD_NOISE[contents.noise]
        return f"drawn from {noise}, which the file scales to {prior}"
    return f"drawn from {prior}"


def _order_text(contents: Contents) -> str:
    if contents.pixels is None:
        return ""
    first = PIXEL_FORMATS[contents.pixels].channels_first
    return f", channels {'first' if first else 'last'}"


def _values_text(contents: Contents, record: Config) -> str:
    if PIXEL_FORMATS[contents.pixels or "float32"].as_bytes:
        return "bytes from 0, black, to 255, white"
    values = record["value_range"]
    return f"values in [{values[0]:g}, {values[1]:g}]" if values else "values unstated"
