"""A generator and a discriminator that fit together: what a GAN is, besides a game."""

import random
import warnings
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_gan._replicas import separate_draws
from keras_gan._types import Array, Config, FloatArray, Tensor
from keras_gan._validation import check_positive, check_positive_integer, check_seed
from keras_gan.priors import Prior
from keras_gan.training import network_checks
from keras_gan.training.averaging import clone_for_averaging
from keras_gan.training.finite_weights import broken_weights
from keras_gan.training.random_state import ResumableModel
from keras_gan.training.sampling import InBatches, SampleStream
from keras_gan.training.view import DiscriminatorView, packed


class Players(ResumableModel):
    """Both networks and the prior: checked, sampled from, judged by, saved.

    `GAN` lets them play; its docstring has the arguments.
    """

    def __init__(
        self,
        generator: keras.Model,
        discriminator: keras.Model,
        prior: Prior,
        ema_half_life: float | None = None,
        packing: int = 1,
        seed: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not isinstance(prior, Prior):
            raise TypeError(
                f"`prior` must be a keras_gan.priors.Prior. Received: prior={prior!r}"
            )
        self.image_shape = network_checks.check_generator(generator, prior.latent_dim)
        self.packing = check_positive_integer("packing", packing)
        pack_shape = packed(self.image_shape, self.packing)
        network_checks.check_discriminator(discriminator, pack_shape, self.packing)
        self.generator = generator
        self.discriminator = discriminator
        self.prior = prior
        self.ema_half_life = ema_half_life
        self.ema_generator = None
        if ema_half_life is not None:
            self.ema_half_life = check_positive("ema_half_life", ema_half_life)
            self.ema_generator = clone_for_averaging(generator, prior.latent_dim)
        # Keras locks the tracker once a model is built: all state begins here.
        self._generate_in_batches = InBatches(self.evaluation_generator)
        self._judge_in_batches = InBatches(discriminator)
        self._create_game_state()
        self._begin_counting(check_seed("seed", seed))
        for network in (generator, discriminator):
            separate_draws(network_checks.layers_of(network))
        self.built = True

    def _create_game_state(self) -> None:
        """Makes what the game keeps besides networks and counters."""

    @property
    def evaluation_generator(self) -> keras.Model:
        """The generator that is judged and shipped: the average where there is one."""
        return self.generator if self.ema_generator is None else self.ema_generator

    def call(self, latents: Tensor, training: bool = False) -> Tensor:
        """Images `[batch, height, width, channels]` for latents."""
        return self.evaluation_generator(latents, training=training)

    def sample(
        self, num_samples: int, seed: int | None = None, batch_size: int = 1000
    ) -> FloatArray:
        """Draws images from the evaluation generator.

        Args:
            num_samples: int, at least 1.
            seed: int in [0, 2^31); the same seed gives the same images in every
                process. `None` draws one from Python's `random`, which
                `keras.utils.set_random_seed` governs. Defaults to `None`.
            batch_size: int, images generated at once. Defaults to `1000`.

        Returns:
            images: float32 array `[num_samples, height, width, channels]`.

        Warns:
            UserWarning: if images, or weights of the generator, are not finite.
        """
        check_positive_integer("num_samples", num_samples)
        seed = random.randrange(2**31) if seed is None else check_seed("seed", seed)
        latents = self.prior.sample(num_samples, seed)
        check_positive_integer("batch_size", batch_size)
        images = self._generate_in_batches(latents, batch_size)
        _warn_of_lost_images(images, self.evaluation_generator)
        return images

    def sample_stream(
        self, num_samples: int, seed: int, chunk_size: int = 1000
    ) -> SampleStream:
        """Samples for a measure that takes more of them than memory does.

        Each reading draws the same images anew, one chunk at a time; they are others
        than `sample` draws from the same seed, and depend on `chunk_size` too.

        Args:
            num_samples: int, at least 1.
            seed: int in [0, 2^31).
            chunk_size: int, images in memory at once. Defaults to `1000`.

        Returns:
            stream: iterable of float32 arrays `[chunk, height, width, channels]`.

        Example:
        ```python
        stream = gan.sample_stream(1_000_000, seed=0)
        kg.evaluation.parzen_log_likelihood(stream, valid, test, verbose=1)
        ```
        """
        return SampleStream(self.sample, num_samples, seed, chunk_size)

    def discriminate(self, images: Array, batch_size: int = 1000) -> FloatArray:
        """D(x): how likely the discriminator holds each image to be data.

        Args:
            images: array `[num_images, height, width, channels]`; with packing, a whole
                number of packs.
            batch_size: int, images judged at once. Defaults to `1000`.

        Returns:
            probabilities: float32 array `[num_images / packing]` in [0, 1].
        """
        network_checks.check_image_shape(tuple(images.shape[1:]), self.image_shape)
        network_checks.check_batch_size(len(images), self.packing)
        packs = DiscriminatorView(self.packing).pack(tf.convert_to_tensor(images))
        logits = self._judge_in_batches(packs, batch_size)
        return tf.sigmoid(logits[:, 0]).numpy()

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this GAN."""
        serialize = keras.saving.serialize_keras_object
        return {
            "generator": serialize(self.generator),
            "discriminator": serialize(self.discriminator),
            "prior": serialize(self.prior),
            "ema_half_life": self.ema_half_life,
            "packing": self.packing,
            "seed": self.seed,
            "name": self.name,
        }

    @classmethod
    def from_config(cls, config: Config, custom_objects: Any = None) -> "Players":
        """Builds the model from what `get_config` returned."""
        parts = {
            key: keras.saving.deserialize_keras_object(config[key], custom_objects)
            for key in ("generator", "discriminator", "prior")
        }
        return cls(**{**config, **parts})


def _warn_of_lost_images(images: FloatArray, generator: keras.Model) -> None:
    broken = broken_weights(generator)  # rectifiers may hide them from the images
    num_lost = int((~np.isfinite(images).reshape(len(images), -1).all(axis=1)).sum())
    if broken or num_lost:
        warnings.warn(
            f"The generator is lost: {num_lost} of {len(images)} images that it drew "
            f"are not finite, weights that are not: {broken or 'none'}",
            stacklevel=3,
        )
