"""What a format of exports is: one object that writes, knows again, reads and plays."""

import abc
import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from export.contract.contents import Contents
from export.contract.metadata import Provenance
from keras_gan._validation import check_known
from keras_gan.gan import GAN

Arrays = dict[str, Any]
Play = Callable[[str, Arrays], Arrays]
"""From the name of an endpoint and its inputs by name to its outputs by name."""


class Snippet(NamedTuple):
    """Lines of Python for a model card.

    Args:
        imports: str, such as `"import onnxruntime"`.
        call: str, lines that make `images`, or `latents`, of a dict `inputs` of arrays.
    """

    imports: Sequence[str]
    call: str


TOLERANCE = 1e-5

# Of float16 and int8 weights, in parts of the images' range: gross errors only. What
# they cost is for measures of the images to say.
_TOLERANCES = {"float32": TOLERANCE, "float16": 0.05, "int8": 0.5}


@dataclasses.dataclass(frozen=True, kw_only=True)
class ExportFormat(abc.ABC):
    """One way to write a generator down, and to play what was written.

    Derive from it for a format of your own and hand an object to
    `export.register_format`: exports, parity, records, model cards and the command
    line take it from there.

    Args:
        name: str, what `--format` calls it.
        file_name: str, name of the artefact in an export folder; files are known
            again by its suffix.
        summary: str, one line for people who choose.

    Example:
    >>> import tempfile
    >>> import keras
    >>> import numpy as np
    >>> import export
    >>> import keras_gan as kg
    >>> class OneDenseLayer(export.ExportFormat):
    ...     def write(self, gan, path, provenance):
    ...         kernel, bias = gan.evaluation_generator.get_weights()
    ...         np.savez(path, kernel=kernel, bias=bias)
    ...
    ...     def contents(self, path):
    ...         with np.load(path) as arrays:
    ...             latent_dim = len(arrays["kernel"])
    ...         latents = export.TensorType("float32", [None, latent_dim])
    ...         images = export.TensorType("float32", [None, 4, 4, 1])
    ...         generate = export.Endpoint({"latents": latents}, {"images": images})
    ...         return export.contents_from({"generate": generate})
    ...
    ...     @staticmethod
    ...     def player(path):
    ...         import numpy as np
    ...
    ...         weights = np.load(path)
    ...
    ...         def play(endpoint, inputs):
    ...             images = inputs["latents"] @ weights["kernel"] + weights["bias"]
    ...             return {"images": images.reshape(-1, 4, 4, 1)}
    ...
    ...         return play
    >>> export.register_format(
    ...     OneDenseLayer(name="dense", file_name="dense.npz", summary="for NumPy")
    ... )
    >>> gan = kg.GAN(
    ...     keras.Sequential(
    ...         [
    ...             keras.Input((3,)),
    ...             keras.layers.Dense(16),
    ...             keras.layers.Reshape((4, 4, 1)),
    ...         ]
    ...     ),
    ...     kg.networks.maxout_discriminator((4, 4, 1), (8,)),
    ...     kg.priors.NormalPrior(3),
    ... )
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path, report = export.export_generator(gan, folder, "dense")
    >>> path.name, report.passed
    ('dense.npz', True)
    >>> del export.FORMATS["dense"]
    """

    name: str
    file_name: str
    summary: str

    weights = "float32"  # a field where there is a choice: it chooses the tolerance

    @property
    def loses(self) -> bool:
        """Whether weights lose digits, so that quality should be measured."""
        return self.weights != "float32"

    @property
    def kind(self) -> str:
        """What a path has to name, for messages."""
        return f"a file that ends in {Path(self.file_name).suffix}"

    def tolerance(self, value_range: tuple[float, float] | None) -> float:
        """Largest difference from Keras, in the units of the generator.

        Args:
            value_range: black and white of the images, or `None` where not known.
        """
        low, high = value_range or (0.0, 1.0)
        tolerance = _TOLERANCES[check_known("weights", self.weights, _TOLERANCES)]
        return tolerance * (high - low) if self.loses else tolerance

    def check(self, gan: GAN, provenance: Provenance) -> None:  # noqa: B027 (optional)
        """Raises if this GAN cannot be written so; nothing has been touched yet."""

    @abc.abstractmethod
    def write(self, gan: GAN, path: Path, provenance: Provenance) -> None:
        """Writes the artefact; `export.contract.endpoints` has the functions."""

    @abc.abstractmethod
    def contents(self, path: Path) -> Contents:
        """Returns what an artefact takes and gives, read off the artefact itself."""

    @staticmethod
    @abc.abstractmethod
    def player(path: Path) -> Play:
        """Returns the function that plays an artefact in its own runtime.

        Its source text is sent to a process where nothing of ours is installed: it
        imports what it uses itself, NumPy and the runtime, no more.
        """

    def snippet(self, file: str, endpoint: str, output: str) -> Snippet | None:
        """How to play an artefact that lies in the working directory.

        Args:
            file: str, its name.
            endpoint: str, the one to call.
            output: str, the name of what comes out, and of the variable that gets it.

        Returns:
            snippet: `Snippet`, or `None`: the model card shows none.
        """
        return None

    def place(self, path: Path) -> Path:
        """Where the artefact lies under the path that an export is given."""
        suffix = Path(self.file_name).suffix
        if path.suffix != suffix:
            raise ValueError(
                f"`path` must end in {suffix}. Received: path={str(path)!r}"
            )
        return path

    def find(self, path: Path) -> Path | None:
        """The artefact of this format that a path names, or `None`."""
        own = path.is_file() and path.suffix == Path(self.file_name).suffix
        return path if own else None
