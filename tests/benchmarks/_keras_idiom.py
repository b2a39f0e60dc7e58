"""What a Keras user writes from the tutorials: a model with a `train_step` of its own.

The discriminator judges real and generated images in one batch, against labels; the
losses are Keras's; two optimizers are applied to pairs of gradients and weights.
"""

from typing import Any

import keras
import tensorflow as tf

_PENALTY_WEIGHT = 10.0


class IdiomGAN(keras.Model):
    """The alternating game with cross entropy."""

    def __init__(
        self, generator: keras.Model, discriminator: keras.Model, latent_dim: int
    ) -> None:
        super().__init__()
        self.generator, self.discriminator = generator, discriminator
        self.latent_dim = latent_dim
        self.d_loss = keras.metrics.Mean(name="d_loss")
        self.g_loss = keras.metrics.Mean(name="g_loss")

    def compile(self, g_optimizer: Any, d_optimizer: Any) -> None:
        super().compile(optimizer=None)
        self.g_optimizer, self.d_optimizer = g_optimizer, d_optimizer
        self.loss_fn = keras.losses.BinaryCrossentropy(from_logits=True)

    def train_step(self, data: Any) -> dict[str, Any]:
        real, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        size = tf.shape(real)[0]
        fake = self.generator(self.latents(size), training=True)
        labels = tf.concat([tf.ones((size, 1)), tf.zeros((size, 1))], axis=0)
        with tf.GradientTape() as tape:
            images = tf.concat([real, fake], axis=0)
            d_loss = self.loss_fn(labels, self.discriminator(images, training=True))
        _minimize(self.d_optimizer, tape, d_loss, self.discriminator)
        with tf.GradientTape() as tape:
            fake = self.generator(self.latents(size), training=True)
            logits = self.discriminator(fake, training=True)
            g_loss = self.loss_fn(tf.ones((size, 1)), logits)
        _minimize(self.g_optimizer, tape, g_loss, self.generator)
        return self.observed(d_loss, g_loss)

    def latents(self, size: Any) -> Any:
        return tf.random.normal((size, self.latent_dim))

    def observed(self, d_loss: Any, g_loss: Any) -> dict[str, Any]:
        self.d_loss.update_state(d_loss)
        self.g_loss.update_state(g_loss)
        return {"d_loss": self.d_loss.result(), "g_loss": self.g_loss.result()}


class IdiomWGAN(IdiomGAN):
    """WGAN-GP: a loop over the critic's steps around the tape.

    The tutorials show the critic one batch in all its steps. Here a step's data are
    divided into as many minibatches, so that the work is that of the published game.
    """

    critic_steps = 5

    def train_step(self, data: Any) -> dict[str, Any]:
        images, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        size = tf.shape(images)[0] // self.critic_steps
        for number in range(self.critic_steps):
            real = images[number * size : (number + 1) * size]
            with tf.GradientTape() as tape:
                fake = self.generator(self.latents(size), training=True)
                fake_logits = self.discriminator(fake, training=True)
                real_logits = self.discriminator(real, training=True)
                d_loss = tf.reduce_mean(fake_logits) - tf.reduce_mean(real_logits)
                d_loss += _PENALTY_WEIGHT * self.penalty(real, fake, size)
            _minimize(self.d_optimizer, tape, d_loss, self.discriminator)
        with tf.GradientTape() as tape:
            fake = self.generator(self.latents(size), training=True)
            g_loss = -tf.reduce_mean(self.discriminator(fake, training=True))
        _minimize(self.g_optimizer, tape, g_loss, self.generator)
        return self.observed(d_loss, g_loss)

    def penalty(self, real: Any, fake: Any, size: Any) -> Any:
        share = tf.random.uniform((size, 1, 1, 1))
        between = real + share * (fake - real)
        with tf.GradientTape() as tape:
            tape.watch(between)
            logits = self.discriminator(between, training=True)
        slopes = tape.gradient(logits, between)
        norms = tf.sqrt(tf.reduce_sum(tf.square(slopes), axis=[1, 2, 3]) + 1e-12)
        return tf.reduce_mean(tf.square(norms - 1.0))


class IdiomR3GAN(IdiomGAN):
    """Relativistic pairs, R1 and R2, and an average of the generator's weights."""

    average_rate = 1e-3

    def __init__(
        self, generator: keras.Model, discriminator: keras.Model, latent_dim: int
    ) -> None:
        super().__init__(generator, discriminator, latent_dim)
        self.averaged = keras.models.clone_model(generator)

    def train_step(self, data: Any) -> dict[str, Any]:
        real, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        size = tf.shape(real)[0]
        fake = self.generator(self.latents(size), training=True)
        with tf.GradientTape() as tape:
            real_logits, real_slopes = self.with_slopes(real)
            fake_logits, fake_slopes = self.with_slopes(fake)
            d_loss = tf.reduce_mean(tf.nn.softplus(fake_logits - real_logits))
            d_loss += 0.5 * (real_slopes + fake_slopes)
        _minimize(self.d_optimizer, tape, d_loss, self.discriminator)
        real_logits = self.discriminator(real, training=True)
        with tf.GradientTape() as tape:
            fake = self.generator(self.latents(size), training=True)
            fake_logits = self.discriminator(fake, training=True)
            g_loss = tf.reduce_mean(tf.nn.softplus(real_logits - fake_logits))
        _minimize(self.g_optimizer, tape, g_loss, self.generator)
        pairs = zip(self.averaged.weights, self.generator.weights, strict=True)
        for average, weight in pairs:
            average.assign_add(self.average_rate * (weight - average))
        return self.observed(d_loss, g_loss)

    def with_slopes(self, images: Any) -> tuple[Any, Any]:
        with tf.GradientTape() as tape:
            tape.watch(images)
            logits = self.discriminator(images, training=True)
        slopes = tape.gradient(logits, images)
        return logits, tf.reduce_mean(tf.reduce_sum(slopes**2, axis=[1, 2, 3]))


def _minimize(
    optimizer: Any, tape: tf.GradientTape, loss: Any, network: keras.Model
) -> None:
    weights = network.trainable_weights
    gradients = tape.gradient(loss, weights)
    optimizer.apply_gradients(zip(gradients, weights, strict=True))
