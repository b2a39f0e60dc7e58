"""What a trained game tells of given data: their latents, what is missing of them."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from keras_gan._types import Array, FloatArray, Tensor
from keras_gan._validation import check_positive_integer
from keras_gan.games.inpainting import (
    KNOWN,
    MASK,
    Inpainting,
    checked_masks,
    completed,
    given,
)
from keras_gan.training.examples import LATENTS, Example, as_stated
from keras_gan.training.given_data import (
    check_rows,
    check_values,
    checked_data,
    checked_entries,
    checked_floats,
)
from keras_gan.training.named_inputs import NamedInputs
from keras_gan.training.sampling import InBatches, Sampling


class Inference:
    """Encodes, reconstructs and completes data with the networks of a game.

    Args:
        gan: the `GAN`.
        sampling: that of the `GAN`.
    """

    def __init__(self, gan: Any, sampling: Sampling) -> None:
        self._gan, self._sampling = gan, sampling
        self._encode = InBatches(self._latents, gan)
        self._reconstruct = InBatches(self._again, gan)
        self._complete = InBatches(lambda example: completed(gan, example), gan)

    def encoded(
        self, data: Array, batch_size: int, others: Mapping[str, Array]
    ) -> FloatArray:
        """Returns latents; raises as `GAN.encode` does."""
        return self._encode(self._example(data, others), batch_size)

    def reconstructed(
        self, data: Array, batch_size: int, others: Mapping[str, Array]
    ) -> FloatArray:
        """Returns G(E(x)); raises as `GAN.reconstruct` does."""
        needed = self._gan.networks.told
        return self._reconstruct(self._example(data, others, needed), batch_size)

    def completions(
        self,
        data: Array,
        mask: Array,
        num_samples: int,
        seed: int | None,
        batch_size: int,
        told: Mapping[str, Any],
    ) -> FloatArray:
        """Returns several completions of each row; raises as `GAN.complete` does."""
        gan = self._gan
        if not isinstance(gan.game, Inpainting):
            raise ValueError(
                "This GAN completes nothing: its generator was never shown what is "
                "given. Make it with game=keras_gan.games.Inpainting(). Received: "
                f"game={type(gan.game).__name__}."
            )
        check_positive_integer("num_samples", num_samples)
        data = as_stated(np.asarray(data), gan.data_shape)
        data = checked_floats(gan.data_name, data).astype("float32")
        check_rows(gan.data_name, data, gan.data_shape)
        masks = checked_masks(mask, data)
        given_values = data[np.broadcast_to(masks > 0, data.shape)]
        check_values(gan, given_values)
        told = self._sampling.conditions.told_rows(told, len(data))
        entries = {**told, KNOWN: given(data, masks).numpy(), MASK: masks}
        rows = {
            name: np.repeat(entry, num_samples, axis=0)
            for name, entry in entries.items()
        }
        # The game needs both entries, a generator may name one of them alone.
        names = (*told, *self._sampling.conditions.names)
        named = {name: rows[name] for name in rows if name in names}
        example = self._sampling.dealt(len(data) * num_samples, seed, named)
        made = self._complete({**example, **rows}, batch_size)
        return made.reshape((len(data), num_samples, *data.shape[1:]))

    def _latents(self, example: Example) -> Tensor:
        return self._gan.game.encode(self._gan, example)

    def _again(self, example: Example) -> Tensor:
        return self._gan.generate({**example, LATENTS: self._latents(example)})

    def _example(
        self, data: Array, others: Mapping[str, Array], needed: Sequence[str] = ()
    ) -> Example:
        gan = self._gan
        if gan.game.encoder is None:
            raise ValueError(
                "This GAN has no encoder. Train one now, with "
                "keras_gan.inference.fit_encoder(gan, encoder); or let one learn beside"
                " the generator: game=keras_gan.games.Bidirectional(encoder), or game="
                "keras_gan.games.Game(encoder) and the term "
                "keras_gan.terms.LatentRegression(). Without any, "
                "keras_gan.inference.invert(gan, images) searches for latents. "
                f"Received: game={type(gan.game).__name__}."
            )
        encoder = NamedInputs(gan.game.encoder, gan.data_name)
        data = checked_data(gan, data)
        names = (*encoder.names, *needed)
        entries = checked_entries(gan, data, others, names, also=gan.networks.told)
        return {gan.data_name: data, **entries}
