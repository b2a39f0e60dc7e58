"""How to play an artefact, in a few lines that run where it lies."""

from collections.abc import Mapping

from export.contract.contents import Contents, TensorType
from export.contract.export_format import ExportFormat
from export.contract.names import (
    LATENTS,
    NUM_SAMPLES,
    SAMPLE,
    SEED,
)
from export.parity.report import classes_text
from export.record.card_contents import prior_text
from keras_gan._types import Config

_NUM_SAMPLES, _SEED = 4, 1
_ANY_SIZE = 64  # of an axis that may have any
_STANDARD_DRAWS = {"normal": "normal(size={})", "uniform_0_1": "uniform(size={})"}
_DRAWS = {
    "NormalPrior": "normal({mean}, {stddev}, {{}})",
    "UniformPrior": "uniform({low}, {high}, {{}})",
}


def usage(format: ExportFormat, contents: Contents, record: Config) -> str:
    """The model card's section: code in Python, and what conditions there are.

    Args:
        format: `ExportFormat` of the artefact.
        contents: `Contents` of the artefact.
        record: what stands in its `NAME.json`.
    """
    return "\n\n".join(
        [*_code(format, contents, record), *_conditions(contents, record)]
    )


def _code(format: ExportFormat, contents: Contents, record: Config) -> list[str]:
    first = next(iter(contents.endpoints))
    endpoint = SAMPLE if SAMPLE in contents.endpoints else first
    tensors = contents.endpoints[endpoint]
    outputs = [contents.data_name, LATENTS, *tensors.outputs]
    output = next(one for one in outputs if one in tensors.outputs)
    snippet = format.snippet(record["file"], endpoint, output)
    if snippet is None:
        return []
    values = {
        name: _value(name, tensor, contents, record)
        for name, tensor in tensors.inputs.items()
    }
    given = "\n".join(f'    "{name}": {value},' for name, value in values.items())
    random = f"random = np.random.default_rng({_SEED})\n" * (LATENTS in values)
    imports = "\n".join(sorted(["import numpy as np", *snippet.imports]))
    code = f"{imports}\n\n{random}inputs = {{\n{given}\n}}\n{snippet.call}"
    return [f"```python\n{code}\n```", *_stand_ins(values, contents, record)]


def _stand_ins(
    values: Mapping[str, str], contents: Contents, record: Config
) -> list[str]:
    """A sentence where NumPy has no draw of the prior."""
    if LATENTS not in values or contents.noise in _STANDARD_DRAWS:
        return []
    if record["prior"]["name"] in _DRAWS:
        return []
    return [
        f"These latents only have the right shape: draw them from "
        f"{prior_text(record['prior'])}, by a file of the format `onnx_prior`, or "
        "export `onnx_seeded`, which draws them itself."
    ]


def _value(name: str, tensor: TensorType, contents: Contents, record: Config) -> str:
    """An expression for what goes in under a name."""
    if name in (NUM_SAMPLES, SEED):
        number = {NUM_SAMPLES: _NUM_SAMPLES, SEED: _SEED}[name]
        return f'np.array({number}, "{tensor.dtype}")'
    sizes = (one if isinstance(one, int) else _ANY_SIZE for one in tensor.shape[1:])
    shape = (_NUM_SAMPLES, *sizes)
    if name == LATENTS:
        draw = _STANDARD_DRAWS.get(contents.noise or "") or _prior_draw(record["prior"])
        return f'random.{draw.format(shape)}.astype("{tensor.dtype}")'
    num_classes = record["conditions"].get(name, {}).get("num_classes")
    if num_classes is None:
        return f'np.zeros({shape}, "{tensor.dtype}")'
    return f'np.full({shape}, {num_classes - 1}, "{tensor.dtype}")'


def _prior_draw(prior: Mapping[str, object]) -> str:
    """A call of NumPy's generator; standard noise where it has none for this prior."""
    return _DRAWS.get(str(prior["name"]), "normal(size={{}})").format(**prior)


def _conditions(contents: Contents, record: Config) -> list[str]:
    """A sentence or two for each condition that an endpoint takes."""
    sentences = []
    for name, condition in record["conditions"].items():
        takes = [end for end, one in contents.endpoints.items() if name in one.inputs]
        if not takes:
            continue
        text = f"`{name}` is told with a row for each sample."
        if condition["num_classes"] is not None:
            classes = classes_text(range(condition["num_classes"]))
            text = (
                f"`{name}` says which of {condition['num_classes']} classes each "
                f"sample is of: {condition['dtype']}, {classes}. Asked for another "
                f"one, the file {_STRANGERS[record['parity']['outside'][name]]}."
            )
        if SAMPLE in takes and condition["prior"] is not None:
            drawn = prior_text(condition["prior"])
            text += f" Without any row it is drawn from {drawn}."
        sentences.append(text)
    return sentences


_STRANGERS = {
    "refused": "refuses: the call fails",
    "answered": "answers with what means nothing",
}
