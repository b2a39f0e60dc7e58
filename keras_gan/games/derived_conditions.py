"""The generator is told what a fixed function makes of the data."""

import weakref
from collections.abc import Callable, Mapping
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_gan._types import Array, Config, FloatArray, Tensor
from keras_gan.games.game import Game
from keras_gan.training.data_checks import fits
from keras_gan.training.examples import LATENTS, Example
from keras_gan.training.given_data import check_rows, check_values, checked_floats
from keras_gan.training.network_checks import check_apart, check_is_model
from keras_gan.training.sampling import InBatches


@keras.saving.register_keras_serializable(package="keras_gan")
class DerivedConditions(Game):
    """Data made anew from what is left of them: spectra, thumbnails, gray levels.

    When to use it: for pairs of which one is made of the other, so that data alone are
    needed: vocoders (spectrogram to waveform), super-resolution, colorization,
    deblurring. What is told is computed within the training step, and no batch brings
    it.

        c = f(x), for each condition its own f
        real example = {data: x, c}
        fake example = {data: G(z, c), latents, c}

    After training `gan.sample(num, frames=...)` makes data of conditions from anywhere,
    and `gan.game.conditions_of(gan, waveforms)` those of given data.

    Args:
        sources: dict from the name of each condition, an input of the generator or the
            discriminator, to the `keras.Model` that makes it of the data. Nothing
            trains these models.
        encoder: as `keras_gan.games.Game` takes it. Defaults to `None`.
        **kwargs: what `keras.layers.Layer` takes.

    Raises:
        TypeError: if a source is no `keras.Model`.
        ValueError: if there is no source; when the GAN is made, if no network names a
            condition, it is called as the data or the latents are, or a source does not
            take the data or makes another shape than the networks state.

    Example:
    >>> import keras_gan as kg
    >>> images = keras.Input((8, 8, 1), name="images")
    >>> small = keras.Model(images, keras.layers.AveragePooling2D(2)(images))
    >>> told = keras.Input((4, 4, 1), name="small")
    >>> gan = kg.GAN(
    ...     keras.Model(told, keras.layers.UpSampling2D()(told)),
    ...     kg.networks.maxout_discriminator((8, 8, 1), (16,)),
    ...     prior=None,
    ...     game=DerivedConditions({"small": small}),
    ... )
    >>> digits = kg.datasets.load_digits().test.images
    >>> conditions = gan.game.conditions_of(gan, digits[:3])
    >>> gan.sample(3, **conditions).shape
    (3, 8, 8, 1)

    References:
        Isola et al., Image-to-Image Translation with Conditional Adversarial Networks,
        2017. https://arxiv.org/abs/1611.07004
        Kong et al., HiFi-GAN, 2020. https://arxiv.org/abs/2010.05646
    """

    def __init__(
        self,
        sources: Mapping[str, keras.Model],
        encoder: keras.Model | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(encoder, **kwargs)
        if not isinstance(sources, Mapping) or not sources:
            raise ValueError(
                "`sources` must be a dict from names of conditions to models, one or "
                f"more. Received: {sources!r}"
            )
        for name, source in sources.items():
            check_is_model(f"sources[{name!r}]", source)
        self.sources = dict(sources)
        self.makes = tuple(sources)
        self._in_batches: weakref.WeakKeyDictionary[Any, dict[str, InBatches]]
        self._in_batches = weakref.WeakKeyDictionary()  # by GAN, traced once

    def check(self, gan: Any) -> None:
        """Raises unless the networks are told what the sources make of the data."""
        super().check(gan)
        networks = gan.networks
        named = {*networks.told, *networks.of_discriminator.names} - {gan.data_name}
        for name in self.sources:
            if name not in named or name == LATENTS:
                raise ValueError(
                    "`sources` must name conditions that the generator or the "
                    f"discriminator has inputs for, {sorted(named - {LATENTS})}. "
                    f"Received: {name!r}"
                )
            self._check_source(gan, name)
        # Of one model under two names Keras takes care.
        sources = {id(one): (name, one) for name, one in self.sources.items()}
        check_apart(
            generator=gan.generator,
            discriminator=gan.discriminator,
            encoder=self.encoder,
            **{f"source {name!r}": source for name, source in sources.values()},
        )

    def _check_source(self, gan: Any, name: str) -> None:
        data = tf.zeros((2, *gan.networks.trial_shape))
        try:
            made = self.sources[name](data, training=False)
        except (ValueError, tf.errors.InvalidArgumentError) as error:
            raise ValueError(
                f"sources[{name!r}] must take the {gan.data_name}, of shape "
                f"{gan.networks.trial_shape}. Received: a model that does not: {error}"
            ) from error
        stated = gan.networks.stated_shapes().get(name)
        received = tuple(made.shape[1:])
        if stated is not None and not fits(received, stated):
            raise ValueError(
                f"sources[{name!r}] must make {name} of the shape that the networks "
                f"state, {stated}. Received: {received}"
            )

    def context(self, gan: Any, batch: Example, seed: Tensor) -> Example:
        """Conditions of the batch, and those that are derived."""
        shared = super().context(gan, batch, seed)
        return {**shared, **self._derived(batch[gan.data_name])}

    def conditions_of(
        self, gan: Any, data: Array, batch_size: int = 1000
    ) -> dict[str, FloatArray]:
        """What is derived of given data, for `gan.sample`.

        Args:
            gan: the `GAN` that plays.
            data: array `[num, ...]` of what the generator makes, of any size where it
                makes any, whatever the discriminator takes.
            batch_size: int, rows at once. Defaults to `1000`.

        Returns:
            conditions: dict from each name to an array of as many rows.

        Raises:
            ValueError: if the data are of another shape or range.
            TypeError: if they are no real numbers.
        """
        values = checked_floats(gan.data_name, np.asarray(data))
        check_rows(gan.data_name, values, gan.networks.made_shape)
        check_values(gan, values)
        example = {gan.data_name: values.astype("float32", copy=False)}
        if gan not in self._in_batches:
            self._in_batches[gan] = {
                name: InBatches(self._maker(gan, name), source)
                for name, source in self.sources.items()
            }
        return {
            name: in_batches(example, batch_size)
            for name, in_batches in self._in_batches[gan].items()
        }

    def _derived(self, data: Tensor) -> Example:
        return {name: self._made(name, data) for name in self.sources}

    def _maker(self, gan: Any, name: str) -> Callable[[Example], Tensor]:
        data_name = gan.data_name
        return lambda example: self._made(name, example[data_name])

    def _made(self, name: str, data: Tensor) -> Tensor:
        made = self.sources[name](tf.cast(data, tf.float32), training=False)
        return tf.stop_gradient(tf.cast(made, tf.float32))

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this game."""
        serialize = keras.saving.serialize_keras_object
        sources = {name: serialize(one) for name, one in self.sources.items()}
        return {**super().get_config(), "sources": sources}

    @classmethod
    def from_config(cls, config: Config) -> "DerivedConditions":
        """Builds the game from what `get_config` returned."""
        deserialize = keras.saving.deserialize_keras_object
        sources = {name: deserialize(one) for name, one in config["sources"].items()}
        rest = {name: one for name, one in config.items() if name != "sources"}
        encoder = rest.pop("encoder", None)
        return cls(sources, encoder and deserialize(encoder), **rest)
