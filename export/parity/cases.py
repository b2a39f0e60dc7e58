"""What an artefact is asked, and what Keras answers."""

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from export.contract.conditions import (
    Condition,
    conditions_of,
    draw_conditions,
    draw_latents,
)
from export.contract.contents import OF_PRIOR, Contents
from export.contract.names import (
    CLASS_PROBABILITIES,
    CLASSIFY,
    COMPLETE,
    COMPLETIONS,
    DISCRIMINATE,
    ENCODE,
    GENERATE,
    KNOWN,
    LATENTS,
    MASK,
    NUM_SAMPLES,
    PROBABILITIES,
    SAMPLE,
    SEED,
)
from export.contract.pixels import PixelFormat, pixel_format
from export.onnx.standard_noise import standard_noise_of
from export.parity.player import REFUSAL
from keras_gan._types import Array
from keras_gan._validation import MAX_SEED
from keras_gan.games.inpainting import completed
from keras_gan.games.masks import mask_shape
from keras_gan.gan import GAN
from keras_gan.training.conditions import draw_condition
from keras_gan.training.examples import as_stated, each

SAMPLES_IN_A_ROW = 8
_MAX_ROWS = 20


@dataclasses.dataclass(frozen=True)
class Case:
    """One call of one endpoint.

    Args:
        endpoint: str.
        inputs: arrays by name.
        output: str, the name of what is compared; `REFUSAL` where the call should fail.
        expected: array.
        condition: str, the one of which every row of a grid is a class, or of which an
            unknown class is asked for. Defaults to `""`.
    """

    endpoint: str
    inputs: dict[str, Array]
    output: str
    expected: Array
    condition: str = ""


def cases_for(
    gan: GAN, contents: Contents, batch_sizes: Sequence[int], seed: int
) -> tuple[list[Case], bool]:
    """Returns what to ask an artefact, and whether it makes bytes.

    There is a case for each endpoint and batch size, and as many more of the largest
    size as ask for every class; then one that draws a row of a grid for each class,
    and calls for classes that there are not.

    Keras answers on the processor, where the artefact is played too: TF32 on a GPU
    would be a difference of its own.
    """
    pixels = pixel_format(contents.pixels or "float32", contents.value_range)
    with tf.device("CPU"):
        asked = _Asked(gan, contents, pixels, seed)
        cases = [
            case
            for endpoint in contents.endpoints
            for case in asked.of_endpoint(endpoint, batch_sizes)
        ]
        cases += asked.of_each_class()
    cases += asked.of_no_class()
    typed = [
        dataclasses.replace(
            case, inputs=contents.endpoints[case.endpoint].typed(case.inputs)
        )
        for case in cases
    ]
    return typed, pixels.as_bytes


class _Asked:
    """Makes the cases of one artefact; each batch size has a seed, `seed + size`."""

    def __init__(
        self, gan: GAN, contents: Contents, pixels: PixelFormat, seed: int
    ) -> None:
        self._gan, self._contents = gan, contents
        self._pixels, self._seed = pixels, seed
        self._conditions = conditions_of(gan)
        self._of_data = {
            DISCRIMINATE: self._discriminate,
            ENCODE: self._encode,
            COMPLETE: self._complete,
            CLASSIFY: self._classify,
        }

    def of_endpoint(self, endpoint: str, sizes: Sequence[int]) -> Iterator[Case]:
        most = self._most_of(endpoint, max(sizes))
        sizes = [*dict.fromkeys(min(size, most) for size in sizes)]
        if endpoint in self._of_data:
            for size in sizes:
                yield self._of_data[endpoint](size)
        elif LATENTS in self._contents.endpoints[endpoint].outputs:
            for size in sizes:
                yield from self._draw(endpoint, size)
        else:
            for size, start in self._batches(sizes):
                told = draw_conditions(self._gan, size, self._seed_of(size), start)
                yield self._make(endpoint, size, told)
            if endpoint == SAMPLE and any(one.prior for one in self._conditions):
                yield from self._untold(sizes)

    def of_each_class(self) -> Iterator[Case]:
        """Rows of a grid, of one class each, from the first endpoint that makes any."""
        made_of_classes = [
            (condition, endpoint)
            for condition in self._of_classes()
            for endpoint, one in self._contents.endpoints.items()
            if condition.name in one.inputs and endpoint in (GENERATE, SAMPLE)
        ]
        if not made_of_classes:
            return
        condition, endpoint = made_of_classes[0]
        num_rows = self._most_of(endpoint, SAMPLES_IN_A_ROW * _MAX_ROWS)
        labels = np.repeat(
            condition.classes[: num_rows // SAMPLES_IN_A_ROW], SAMPLES_IN_A_ROW
        )
        if not len(labels):
            return
        told = draw_conditions(self._gan, len(labels), self._seed)
        told[condition.name] = np.broadcast_to(
            labels.reshape(-1, *[1] * len(condition.shape)), told[condition.name].shape
        ).astype(condition.dtype)
        case = self._make(endpoint, len(labels), told)
        yield dataclasses.replace(case, condition=condition.name)

    def _most_of(self, endpoint: str, num_rows: int) -> int:
        """So many rows, or as many as one call of the endpoint draws."""
        largest = self._contents.max_samples
        draws = NUM_SAMPLES in self._contents.endpoints[endpoint].inputs
        return min(num_rows, largest) if draws and largest else num_rows

    def of_no_class(self) -> Iterator[Case]:
        """Calls for the class before the first and for the one after the last."""
        for condition in self._of_classes():
            for endpoint, one in self._contents.endpoints.items():
                if condition.name not in one.inputs:
                    continue
                for label in (-1, condition.classes.stop):
                    inputs = self._inputs_of_two(endpoint)
                    inputs[condition.name][-1] = label
                    yield Case(endpoint, inputs, REFUSAL, np.array(""), condition.name)

    def _of_classes(self) -> Iterator[Condition]:
        """Conditions that are classes, and that the artefact is told."""
        for condition in self._conditions:
            takes = (one.inputs for one in self._contents.endpoints.values())
            if condition.classes and any(condition.name in names for names in takes):
                yield condition

    def _batches(self, sizes: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Batch sizes, each with the number of rows before it."""
        most = max((len(one.classes) for one in self._conditions), default=0)
        start = 0
        for size in sizes:
            yield size, start
            start += size
        while start < most:
            yield max(sizes), start
            start += max(sizes)

    # ---------------------------------------------------------------- one call

    def _make(self, endpoint: str, size: int, told: dict[str, Array]) -> Case:
        inputs, latents = self._inputs(endpoint, size, told)
        expected = self._made({**latents, **told})
        return Case(endpoint, inputs, str(self._contents.data_name), expected)

    def _untold(self, sizes: Sequence[int]) -> Iterator[Case]:
        """Conditions come without any row, all together and each by itself."""
        names = [one.name for one in self._conditions if one.prior]
        for size in sizes:
            yield self._make_untold(size, names)
        for name in names if len(names) > 1 else ():
            yield self._make_untold(max(sizes), [name])

    def _make_untold(self, size: int, names: Sequence[str]) -> Case:
        drawn = self._drawn(size)
        told = draw_conditions(self._gan, size, self._seed_of(size))
        told |= {name: drawn[name] for name in names}
        case = self._make(SAMPLE, size, told)
        untold = {name: drawn[name][:0] for name in names}
        return dataclasses.replace(case, inputs=case.inputs | untold)

    def _draw(self, endpoint: str, size: int) -> Iterator[Case]:
        latents = draw_latents(self._gan, size, self._seed_of(size))
        for name, values in {**latents, **self._drawn(size)}.items():
            yield Case(endpoint, self._scalars(size), name, values)

    def _discriminate(self, size: int) -> Case:
        data = self._data(size * self._gan.packing)
        (name,) = self._contents.endpoints[DISCRIMINATE].inputs
        return Case(
            DISCRIMINATE, {name: data}, PROBABILITIES, self._gan.discriminate(data)
        )

    def _encode(self, size: int) -> Case:
        data = self._data(size)
        told = self._told(ENCODE, size)
        inputs = {self._gan.data_name: data, **told}
        return Case(ENCODE, inputs, LATENTS, self._gan.encode(data, **told))

    def _classify(self, size: int) -> Case:
        data = self._data(size)
        inputs = {self._gan.data_name: data}
        return Case(CLASSIFY, inputs, CLASS_PROBABILITIES, self._gan.classify(data))

    def _complete(self, size: int) -> Case:
        """Half of the pixels are given, others in every row; the rest is unknown."""
        gan = self._gan
        data = self._data(size)
        latents = draw_latents(gan, size, self._seed_of(size))
        random = np.random.default_rng(self._seed_of(size))
        shape = (size, *mask_shape(gan.data_shape))
        mask = random.integers(0, 2, shape).astype("float32")
        hidden = np.where(mask > 0, data, np.float32("nan"))
        told = {**latents, MASK: mask, **self._told(COMPLETE, size)}
        inputs = {gan.data_name: hidden, **told}
        example = {KNOWN: np.where(mask > 0, data, 0), **told}
        expected = completed(gan, each(tf.convert_to_tensor, example)).numpy()
        return Case(COMPLETE, inputs, COMPLETIONS, expected)

    def _told(self, endpoint: str, size: int) -> dict[str, Any]:
        """Conditions that an endpoint takes beside data."""
        names = self._contents.endpoints[endpoint].inputs
        told = draw_conditions(self._gan, size, self._seed)
        return {name: told[name] for name in told if name in names and name != MASK}

    def _inputs_of_two(self, endpoint: str) -> dict[str, Array]:
        if endpoint in self._of_data:
            inputs = self._of_data[endpoint](2).inputs
        else:
            told = draw_conditions(self._gan, 2, self._seed)
            inputs, _ = self._inputs(endpoint, 2, told)
        return {name: np.array(values) for name, values in inputs.items()}

    def _data(self, size: int) -> Array:
        """Data that the generator makes."""
        told = draw_conditions(self._gan, size, self._seed)
        latents = draw_latents(self._gan, size, self._seed_of(size))
        return self._made({**latents, **told})

    def _inputs(
        self, endpoint: str, size: int, told: dict[str, Array]
    ) -> tuple[dict[str, Array], dict[str, Array]]:
        """What an endpoint that makes data is given, and the latents behind them."""
        latents = draw_latents(self._gan, size, self._seed_of(size))
        if endpoint == SAMPLE:
            return {**self._scalars(size), **told}, latents
        if self._contents.noise in (OF_PRIOR, None):
            return {**latents, **told}, latents
        noise = standard_noise_of(self._gan.prior)
        shape = (size, self._gan.prior.latent_dim)
        drawn = noise.draw(shape, self._seed_of(size)).astype("float32")
        scaled = np.asarray(noise.to_prior(drawn))
        return {LATENTS: drawn, **told}, {LATENTS: scaled}

    def _seed_of(self, size: int) -> int:
        return (self._seed + size) % (MAX_SEED + 1)

    def _scalars(self, size: int) -> dict[str, Array]:
        numbers = {NUM_SAMPLES: size, SEED: self._seed_of(size)}
        return {name: np.array(number, "int32") for name, number in numbers.items()}

    def _drawn(self, size: int) -> dict[str, Array]:
        """What `GAN.sample` draws where it is not told."""
        return {
            one.name: as_stated(
                np.asarray(
                    draw_condition(one.prior, index, size, self._seed_of(size)),
                    one.dtype,
                ),
                one.shape,
            )
            for index, one in enumerate(self._conditions)
            if one.prior is not None
        }

    def _made(self, entries: dict[str, Any]) -> Array:
        tensors = each(tf.convert_to_tensor, entries)  # Keras takes arrays otherwise
        made: Array = self._pixels(self._gan.generate(tensors)).numpy()
        return made
