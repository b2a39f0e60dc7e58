"""The generator as a TensorFlow SavedModel."""

import dataclasses
import functools
import json
from pathlib import Path
from typing import Any

import tensorflow as tf

from export.contract.contents import (
    ENDPOINTS,
    Contents,
    Endpoint,
    TensorType,
    contents_from,
    known_sizes,
)
from export.contract.endpoints import (
    discriminate_function,
    generate_function,
    sample_function,
)
from export.contract.export_format import Arrays, ExportFormat, Play, Snippet
from export.contract.exportable import check_draws_nothing, tables_of
from export.contract.inference import (
    INFERENCE,
    function_of,
    has_endpoint,
    network_of,
)
from export.contract.metadata import Provenance
from export.contract.names import (
    DISCRIMINATE,
    GENERATE,
    LARGEST_DRAW,
    SAMPLE,
)
from export.contract.signature import (
    MAX_SAMPLES,
    GeneratorSignature,
    check_max_samples,
    generator_signature,
)
from keras_gan._files import parse_json
from keras_gan._types import Config
from keras_gan._validation import check_positive_integer
from keras_gan.gan import GAN

_METADATA = Path("assets.extra") / "metadata.json"


@dataclasses.dataclass(frozen=True, kw_only=True)
class SavedModelFormat(ExportFormat):
    """The generator: `export.export_saved_model` says what goes in and comes out.

    Args:
        version: int, at least 1; a folder in that of the model. Defaults to `1`.
        discriminator: bool, whether to add `discriminate`. Defaults to `False`.
        max_samples: int, rows that one call of `sample` draws at most.
            Defaults to `1024`.
    """

    name: str = "saved_model"
    file_name: str = "saved_model"
    summary: str = (
        "TensorFlow, with generate, sample, what else the GAN can of encode, "
        "complete and classify, and, with --discriminator, discriminate"
    )
    version: int = 1
    discriminator: bool = False
    max_samples: int = MAX_SAMPLES

    def __post_init__(self) -> None:
        check_positive_integer("version", self.version)
        check_max_samples(self.max_samples)

    @property
    def kind(self) -> str:
        """A folder, not a file."""
        return "a SavedModel folder"

    def place(self, path: Path) -> Path:
        """The version's folder, as TensorFlow Serving looks for it.

        Raises:
            ValueError: if TensorFlow could not find the weights again by this name.
        """
        if "[" in str(path):
            raise ValueError(
                "A SavedModel must lie where no folder has a `[` in its name: "
                f"TensorFlow reads it as a pattern. Received: {path}. Name another "
                "place (--output-dir)."
            )
        return path / str(self.version)

    def find(self, path: Path) -> Path | None:
        """The highest version where `path` is the folder of them all."""
        if path.is_dir() and not (path / "saved_model.pb").is_file():
            versions = [entry for entry in path.iterdir() if entry.name.isdigit()]
            path = max(versions, key=lambda entry: int(entry.name), default=path)
        return path if (path / "saved_model.pb").is_file() else None

    def check(self, gan: GAN, provenance: Provenance) -> None:
        """Raises if `discriminate` would need more than what is generated."""
        inputs = getattr(gan.discriminator, "inputs", None) or ()
        if self.discriminator and len(inputs) > 1:
            names = ", ".join(tensor.name for tensor in inputs)
            raise ValueError(
                f"`discriminator=True` needs a discriminator of {gan.data_name} alone: "
                "`discriminate` takes nothing else. Received: "
                f"{gan.discriminator.name!r}, which takes {names}. Export without it, "
                "and judge in Keras, by GAN.discriminate."
            )

    def write(self, gan: GAN, path: Path, provenance: Provenance) -> None:
        """Writes the folder."""
        signature = generator_signature(gan, provenance, self.max_samples)
        _write(gan, signature, self.discriminator, path)

    def contents(self, path: Path) -> Contents:
        """Reads the signatures without loading the model."""
        from tensorflow.python.saved_model.loader_impl import parse_saved_model

        (graph,) = parse_saved_model(str(path)).meta_graphs
        return contents_from(
            {
                name: Endpoint(_types(function.inputs), _types(function.outputs))
                for name in ENDPOINTS  # `serving_default` is one of them again
                if (function := graph.signature_def.get(name)) is not None
            },
            {name: one for name, one in _stated(path).items() if name == LARGEST_DRAW},
        )

    @staticmethod
    def player(path: Path) -> Play:
        """Plays a folder with TensorFlow."""
        import tensorflow as tf

        # The loaded object owns the variables: it must outlive the call.
        loaded = tf.saved_model.load(str(path))

        def play(endpoint: str, inputs: Arrays) -> Arrays:
            tensors = {name: tf.constant(value) for name, value in inputs.items()}
            outputs = loaded.signatures[endpoint](**tensors)
            return {name: tensor.numpy() for name, tensor in outputs.items()}

        return play

    def snippet(self, file: str, endpoint: str, output: str) -> Snippet:
        """TensorFlow."""
        call = (
            f'model = tf.saved_model.load("{file}")\n'
            "tensors = {name: tf.constant(value) for name, value in inputs.items()}\n"
            f'{output} = model.signatures["{endpoint}"](**tensors)["{output}"].numpy()'
        )
        return Snippet(["import tensorflow as tf"], call)


def _stated(path: Path) -> Config:
    file = path / _METADATA
    facts: Config = parse_json(file.read_text("utf-8")) if file.is_file() else {}
    return facts


def _types(tensors: Any) -> dict[str, TensorType]:
    return {
        name: TensorType(
            tf.dtypes.as_dtype(info.dtype).name,
            known_sizes(axis.size for axis in info.tensor_shape.dim),
        )
        for name, info in sorted(tensors.items())
    }


def _write(
    gan: GAN, signature: GeneratorSignature, discriminator: bool, path: Path
) -> None:
    # A bare module: keras.export.ExportArchive stores every variable twice.
    module: Any = tf.Module()
    networks = [gan.evaluation_generator]
    functions = {
        GENERATE: generate_function(gan, signature),
        SAMPLE: sample_function(gan, signature),
    }
    for endpoint in filter(functools.partial(has_endpoint, gan), INFERENCE):
        networks.append(network_of(gan, endpoint))
        functions[endpoint] = function_of(gan, signature, endpoint)
    if discriminator:
        networks.append(gan.evaluation_discriminator)
        functions[DISCRIMINATE] = discriminate_function(gan, signature)
    module.weights = [
        variable.value
        for network in dict.fromkeys(networks)
        for variable in network.weights
    ]
    module.tables = tables_of(networks)
    module.functions = functions
    endpoints = {
        name: function.get_concrete_function() for name, function in functions.items()
    }
    for traced in endpoints.values():
        check_draws_nothing(traced, *networks)
    endpoints["serving_default"] = endpoints[GENERATE]
    tf.saved_model.save(module, str(path), endpoints)
    (path / _METADATA).parent.mkdir()
    metadata = json.dumps(signature.metadata, indent=2) + "\n"
    (path / _METADATA).write_text(metadata, encoding="utf-8")
