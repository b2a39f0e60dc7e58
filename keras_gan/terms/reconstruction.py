"""The generator makes data anew from what it is told of them."""

from typing import Any

import keras
import tensorflow as tf

from keras_gan._types import Config, Tensor
from keras_gan._validation import check_known
from keras_gan.terms.term import Term

_DISTANCES = {"squared": tf.square, "absolute": tf.abs}


@keras.saving.register_keras_serializable(package="keras_gan")
class Reconstruction(Term):
    """Generator and encoder are paid for reconstructions that are near the data.

    When to use it: in pairs of what is told and what is to be made of it, such as image
    translation, super-resolution and vocoders; and beside a bidirectional game, whose
    reconstructions show an object of the same kind more often than the same one. Where
    one input has many answers it draws them together and blurs them:
    `MeanReconstruction` leaves them their variety.

        weight * mean_{b, i} d(x_bi, G(E(x))_bi)           # with an encoder
        weight * mean_{b, i} d(x_bi, G(z, c)_bi)           # x and c of one row
        weight * mean_{b, i} d(x_bi, completion of x_bi)   # `Inpainting`
        d(a, b) = (a - b)^2, "squared", or |a - b|, "absolute"

    With `features`, F(x) takes the place of x and F(G(...)) that of G(...): a spectrum,
    where waveforms that sound alike differ at every place, or the layers of a trained
    network. Means of several outputs of F are added.

    Args:
        weight: float, above 0. Defaults to `1.0`.
        distance: `"squared"` or `"absolute"`. Defaults to `"squared"`.
        features: `keras.Model` from data to what is compared, a tensor or several,
            which nothing trains, such as one of `keras.layers.MelSpectrogram`. `None`
            compares the data themselves. Defaults to `None`.

    Raises:
        TypeError: if `features` is no `keras.Model`.
        ValueError: if an argument is out of range, or, at compile time, if the game
            has no encoder and its generator is told nothing of the data, or `features`
            does not accept the data.

    Example:
    >>> Reconstruction(10.0, distance="absolute").get_config()
    {'weight': 10.0, 'distance': 'absolute', 'features': None}

    References:
        Pathak et al., Context Encoders, 2016. https://arxiv.org/abs/1604.07379
        Isola et al., Image-to-Image Translation with Conditional Adversarial Networks,
        2017, equation 3. https://arxiv.org/abs/1611.07004
        Li et al., ALICE, 2017. https://arxiv.org/abs/1709.01215
        Johnson et al., Perceptual Losses for Real-Time Style Transfer and
        Super-Resolution, 2016. https://arxiv.org/abs/1603.08155
        Kong et al., HiFi-GAN, 2020, equation 5. https://arxiv.org/abs/2010.05646
    """

    players = ("generator",)
    trains_encoder = True

    def __init__(
        self,
        weight: float = 1.0,
        distance: str = "squared",
        features: keras.Model | None = None,
    ) -> None:
        super().__init__(weight)
        self.distance = check_known("distance", distance, _DISTANCES)
        if features is not None and not isinstance(features, keras.Model):
            raise TypeError(
                "`features` must be a keras.Model from data to what is compared. "
                f"Received: {features!r}"
            )
        self.features = features

    def check(self, gan: Any) -> None:
        """Raises unless the game makes data anew."""
        if not gan.game.reconstructs(gan):
            raise ValueError(
                "Reconstruction needs a game that makes data anew. Received: a "
                f"{type(gan.game).__name__} without an encoder, and a generator that "
                "is told nothing. Make the GAN with "
                "game=keras_gan.games.Bidirectional(encoder), Game(encoder) or "
                "Inpainting(), or give the generator an input for what it is told."
            )
        if self.features is not None:
            self._check_features(gan)
            self.variables = self.features.variables

    def __call__(self, round: Any, player: str) -> Tensor:
        """Returns the weighted mean distance of data and reconstructions."""
        data = tf.cast(round.real[round.gan.data_name], tf.float32)
        measure = _DISTANCES[self.distance]
        pairs = zip(self._seen(data), self._seen(round.reconstruction), strict=True)
        distances = [tf.reduce_mean(measure(one - other)) for one, other in pairs]
        return self.weight * tf.add_n(distances)

    def _check_features(self, gan: Any) -> None:
        shape = gan.networks.trial_shape
        try:  # which builds a subclass, too
            self._seen(tf.zeros((2, *shape)))
        except (ValueError, tf.errors.InvalidArgumentError) as error:
            raise ValueError(
                f"`features` must accept the {gan.data_name}, shape [batch, "
                f"{', '.join(map(str, shape))}]. Received: a model of input shape "
                f"{getattr(self.features, 'input_shape', 'unknown')}."
            ) from error

    def _seen(self, data: Tensor) -> list[Tensor]:
        if self.features is None:
            return [data]  # [batch, ...]
        outputs = tf.nest.flatten(self.features(data, training=False))
        return [tf.cast(one, tf.float32) for one in outputs]

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this term."""
        features = keras.saving.serialize_keras_object(self.features)
        config = {"weight": self.weight, "distance": self.distance}
        return {**config, "features": features}

    @classmethod
    def from_config(cls, config: Config) -> "Reconstruction":
        """Builds a term from what `get_config` returned."""
        features = keras.saving.deserialize_keras_object(config.get("features"))
        return cls(**{**config, "features": features})
