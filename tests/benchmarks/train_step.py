"""Time of a training step of the 2014 MNIST pair, beside the usual Keras way.

Both play the same game with the same networks, Adam and batch 100, in one process and
strictly in turns; the figure to quote is the ratio of their medians. The other side is
the idiom of hand-written Keras GANs: a model whose `train_step` concatenates real and
generated images, labels them, and calls `keras.losses.BinaryCrossentropy`.

    python tests/benchmarks/train_step.py --output-dir runs/bench
"""

import argparse
import statistics
import time
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

import keras_gan as kg
from keras_gan._files import write_json
from keras_gan.run_directory import record_environment

BATCH, LATENT_DIM, IMAGE_SHAPE = 100, 100, (28, 28, 1)


class IdiomGAN(keras.Model):
    """What a Keras user writes from the tutorials."""

    def __init__(self, generator, discriminator):
        super().__init__()
        self.generator, self.discriminator = generator, discriminator
        self.d_loss = keras.metrics.Mean(name="d_loss")
        self.g_loss = keras.metrics.Mean(name="g_loss")

    def compile(self, g_optimizer, d_optimizer):
        super().compile(optimizer=None)
        self.g_optimizer, self.d_optimizer = g_optimizer, d_optimizer
        self.loss_fn = keras.losses.BinaryCrossentropy(from_logits=True)

    def train_step(self, real):
        real = real[0]
        size = tf.shape(real)[0]
        fake = self.generator(tf.random.normal((size, LATENT_DIM)), training=True)
        labels = tf.concat([tf.ones((size, 1)), tf.zeros((size, 1))], axis=0)
        with tf.GradientTape() as tape:
            images = tf.concat([real, fake], axis=0)
            d_loss = self.loss_fn(labels, self.discriminator(images, training=True))
        weights = self.discriminator.trainable_weights
        self.d_optimizer.apply_gradients(
            zip(tape.gradient(d_loss, weights), weights, strict=True)
        )
        latents = tf.random.normal((size, LATENT_DIM))
        with tf.GradientTape() as tape:
            fake = self.generator(latents, training=True)
            logits = self.discriminator(fake, training=True)
            g_loss = self.loss_fn(tf.ones((size, 1)), logits)
        weights = self.generator.trainable_weights
        self.g_optimizer.apply_gradients(
            zip(tape.gradient(g_loss, weights), weights, strict=True)
        )
        self.d_loss.update_state(d_loss)
        self.g_loss.update_state(g_loss)
        return {"d_loss": self.d_loss.result(), "g_loss": self.g_loss.result()}


def networks():
    """The pair of 2014."""
    return kg.networks.mlp_generator(
        LATENT_DIM, IMAGE_SHAPE
    ), kg.networks.maxout_discriminator(IMAGE_SHAPE)


def ours(simultaneous):
    gan = kg.GAN(*networks(), kg.priors.NormalPrior(LATENT_DIM))
    adam = keras.optimizers.Adam
    gan.compile(adam(2e-4), adam(2e-4), simultaneous=simultaneous)
    return gan


def idiom():
    model = IdiomGAN(*networks())
    model.compile(keras.optimizers.Adam(2e-4), keras.optimizers.Adam(2e-4))
    return model


def seconds_per_step(model, images):
    start = time.perf_counter()
    model.fit(images, batch_size=BATCH, verbose=0)
    return (time.perf_counter() - start) / (len(images) // BATCH)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--output-dir", type=Path, default=Path("runs/bench"))
    args = parser.parse_args()

    random = np.random.default_rng(0)
    images = random.uniform(size=(args.steps * BATCH, *IMAGE_SHAPE)).astype("float32")
    models = {
        "keras idiom, alternating": idiom(),
        "keras_gan, alternating": ours(simultaneous=False),
        "keras_gan, simultaneous": ours(simultaneous=True),
    }
    for model in models.values():
        model.fit(images[: 2 * BATCH], batch_size=BATCH, verbose=0)
    times = {name: [] for name in models}
    for _ in range(args.rounds):
        for name, model in models.items():
            times[name].append(seconds_per_step(model, images))
    medians = {name: statistics.median(values) for name, values in times.items()}
    base = medians["keras idiom, alternating"]
    print(f"{'':28}ms/step (median of {args.rounds})   ratio")
    for name, median in medians.items():
        print(f"{name:28}{1e3 * median:10.1f}{median / base:25.2f}")
    args.output_dir.mkdir(parents=True, exist_ok=True)
    record = {"seconds_per_step": times, "environment": record_environment()}
    write_json(args.output_dir / "train_step.json", record)


if __name__ == "__main__":
    main()
