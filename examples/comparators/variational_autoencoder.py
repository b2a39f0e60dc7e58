"""A variational autoencoder, of the same months as the adversarial nets."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from comparators.chains import Draws
from comparators.training import train
from keras import ops
from tensorflow_probability import distributions as tfd


class VariationalAutoencoder(keras.Model):
    """A decoder from latents to pixels, and an encoder that guesses latents.

        bound = E_q[log p(x | z)] - KL(q(z | x) || p(z)),    p(z) = N(0, I)

    Pixels are Bernoulli given the latents; images are their means, at z from the prior.

    Args:
        num_pixels: int.
        latent_dim: int. Defaults to `20`.
        num_hidden: int, rectified units of each of the two. Defaults to `500`.
        seed: int. Defaults to `0`.

    References:
        Kingma and Welling, Auto-encoding variational Bayes, 2013.
        https://arxiv.org/abs/1312.6114
    """

    title = "VAE"
    num_epochs = 50  # the usual number

    def __init__(
        self,
        num_pixels: int,
        latent_dim: int = 20,
        num_hidden: int = 500,
        seed: int = 0,
    ) -> None:
        super().__init__(name="vae")
        self.latent_dim = latent_dim
        self.random = keras.random.SeedGenerator(seed)
        self.encoder = _two_layers(num_pixels, num_hidden, 2 * latent_dim, seed)
        self.decoder = _two_layers(latent_dim, num_hidden, num_pixels, seed + 1)
        self.built = True

    def posterior(self, images: tf.Tensor) -> tfd.Distribution:
        """q(z | x), a normal distribution with its own variances."""
        mean, log_scale = ops.split(self.encoder(images), 2, axis=1)
        return tfd.MultivariateNormalDiag(mean, ops.exp(log_scale))

    def train_step(self, data: Any) -> dict[str, tf.Tensor]:
        """Raises the bound, with one draw of latents for each image."""
        images, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        prior = tfd.MultivariateNormalDiag(ops.zeros(self.latent_dim))
        with tf.GradientTape() as tape:
            posterior = self.posterior(images)
            noise = keras.random.normal(posterior.mean().shape, seed=self.random)
            latents = posterior.mean() + posterior.stddev() * noise
            logits = self.decoder(latents)
            # Gray pixels have no Bernoulli probability: this is what it is for 0 and 1.
            log_likelihood = ops.sum(images * logits - ops.softplus(logits), axis=1)
            divergence = tfd.kl_divergence(posterior, prior)
            bound = ops.mean(log_likelihood - divergence)
            loss = -bound
        weights = self.trainable_variables
        self.optimizer.apply(tape.gradient(loss, weights), weights)
        return {"bound": bound, "divergence": ops.mean(divergence)}

    def train(self, images: np.ndarray, folder: Path, epochs: int) -> None:
        """Trains both; goes on from the last epoch in the folder.

        Args:
            images: float32 array `[num_images, num_pixels]`, in [0, 1].
            folder: `Path`, for what is needed to go on.
            epochs: int.
        """
        train(self, images, folder, keras.optimizers.Adam(), np.full(epochs, 1e-3))

    def sample(self, num_samples: int, images: np.ndarray, seed: int) -> Draws:
        """Draws images at latents from the prior.

        Args:
            num_samples: int.
            images: not needed: samples are independent.
            seed: int.
        """
        del images
        latents = keras.random.normal((num_samples, self.latent_dim), seed=seed)
        return Draws(ops.sigmoid(self.decoder(latents)).numpy(), 0.0)


def _two_layers(num_inputs: int, num_hidden: int, num_outputs: int, seed: int) -> Any:
    initializers = (
        keras.initializers.GlorotUniform(seed=2 * seed + number) for number in (0, 1)
    )
    return keras.Sequential(
        [
            keras.Input((num_inputs,)),
            keras.layers.Dense(
                num_hidden, activation="relu", kernel_initializer=next(initializers)
            ),
            keras.layers.Dense(num_outputs, kernel_initializer=next(initializers)),
        ]
    )
