"""An MLServer runtime for an exported generator and its prior."""

import asyncio
import functools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from mlserver import MLModel
from mlserver.codecs import NumpyCodec
from mlserver.errors import InferenceError
from mlserver.types import (
    InferenceRequest,
    InferenceResponse,
    MetadataModelResponse,
    MetadataTensor,
    Parameters,
    ResponseOutput,
)
from mlserver.utils import get_model_uri
from onnx_player import OnnxPlayer
from request_checks import (
    LARGEST_INT32,
    check_id,
    datatype_of,
    inputs_by_name,
    output_names,
    read_classes,
    read_integer,
    read_latents,
)


class GeneratorRuntime(MLModel):
    """Answers `latents`, or `num_samples` and a `seed`, with `images` or `pixels`.

    With either comes the class of each image, such as `labels`, where the generator is
    told one.

    `parameters.extra` of model-settings.json holds `max_samples`, the most images of
    one request, and `threads`, how many requests are played at once.
    """

    async def load(self) -> bool:
        """Opens the files of the folder `parameters.uri`; plays the largest request."""
        extra = self.settings.parameters.extra
        self._max_samples: int = extra["max_samples"]
        self._threads = ThreadPoolExecutor(extra["threads"], "generator")
        self._player = OnnxPlayer(Path(await get_model_uri(self.settings)))
        condition = self._player.condition
        drawn = self._player.draw(self._max_samples, seed=0)
        self.inputs = [
            _tensor("latents", "FP32", [-1, self._player.latent_dim]),
            _tensor("num_samples", "INT32", [1]),
            _tensor("seed", "INT32", [1]),
        ]
        if condition is not None:
            classes = np.zeros(self._max_samples, condition.dtype)
            drawn = {condition.name: classes, **drawn}
            told = _tensor(condition.name, datatype_of(condition), [-1])
            self.inputs = [*self.inputs, told]
        self._player.images(drawn)
        image_shape = [-1, *self._player.image_shape]
        self.outputs = [_tensor("images", "FP32", image_shape)]
        if self._player.value_range is not None:
            self.outputs = [*self.outputs, _tensor("pixels", "UINT8", image_shape)]
        return True

    async def unload(self) -> bool:
        """Waits for the requests that are being played."""
        self._threads.shutdown()
        return True

    async def metadata(self) -> MetadataModelResponse:
        """Adds what the files say of themselves, and the limit, to the metadata."""
        answer = await super().metadata()
        facts = {**self._player.metadata, "max_samples": self._max_samples}
        answer.parameters = Parameters(**facts)
        return answer

    @property
    def max_body_bytes(self) -> int:
        """The room that the largest valid request needs: 32 characters a number."""
        return 32 * self._max_samples * (self._player.latent_dim + 1) + 65_536

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        """Checks a request, then plays it in a thread, so that health checks go on."""
        check_id(payload)
        names = output_names(payload, [output.name for output in self.outputs])
        condition = self._player.condition
        inputs = inputs_by_name(payload, condition)
        if "latents" in inputs:
            latents = read_latents(
                inputs["latents"], self._player.latent_dim, self._max_samples
            )
            given = {"latents": latents}
            draw, num_samples = dict, len(latents)
        else:
            given = {}
            num_samples = read_integer(inputs["num_samples"], 1, self._max_samples)
            seed = read_integer(inputs["seed"], 0, LARGEST_INT32)
            draw = functools.partial(self._player.draw, num_samples, seed)
        if condition is not None and condition.name in inputs:
            classes = read_classes(inputs[condition.name], condition, num_samples)
            given[condition.name] = classes
        loop = asyncio.get_running_loop()
        outputs = await loop.run_in_executor(
            self._threads, self._answer, draw, given, names
        )
        return InferenceResponse(model_name=self.name, outputs=outputs)

    def _answer(
        self,
        draw: Callable[[], dict[str, np.ndarray]],
        given: dict[str, np.ndarray],
        names: list[str],
    ) -> list[ResponseOutput]:
        """Images of what is drawn, but for what is given."""
        entries = draw() | given
        images = self._player.images(entries)
        if not np.isfinite(images).all():
            raise InferenceError(
                "`latents` must be of a size that the generator can take: its images "
                "are not finite. Received: a value of "
                f"{np.abs(entries['latents']).max():.3g}"
            )
        arrays = {"images": images}
        if "pixels" in names:
            arrays["pixels"] = self._player.pixels(images)
        return [NumpyCodec.encode_output(name, arrays[name]) for name in names]


def _tensor(name: str, datatype: str, shape: list[int]) -> MetadataTensor:
    return MetadataTensor(name=name, datatype=datatype, shape=shape)
