"""Keras 3 on TensorFlow: `optimizer.apply` in a graph races with reads of the weights.

Needs Keras and TensorFlow alone. A step adds to the gradients of a loss those of a
gradient penalty that is due at every second step, applies the sum and calls the network
again, as a GAN does when its generator moves next. Fresh builds of the step differ from
eager execution now and then (47 of 200, by up to 6.4e-02; mended, none of 200):

    python tests/reproductions/keras_update_order.py            # plain Keras
    python tests/reproductions/keras_update_order.py --mended   # without the IdentityN

Cause: `TFOptimizer._all_reduce_sum_gradients` calls `ReplicaContext.all_reduce` with
all gradients. On one replica this is the identity, but as a `tf.custom_gradient` it
joins all gradients in one `IdentityN`. So a path of data leads from each read of a
weight to its update, and Grappler's dependency optimizer drops the control edge that
automatic control dependencies had put there. A later pass splits the `IdentityN` into
independent `Identity`s, and the read is ordered neither before nor after the update.

Seen with TensorFlow 2.21.0 and Keras 3.15.1 on two cores.
"""

import argparse

import keras
import numpy as np
import tensorflow as tf


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--builds", type=int, default=100)
    parser.add_argument("--mended", action="store_true")
    args = parser.parse_args()
    expected = play(run_eagerly=True, mended=args.mended)
    distances = [
        max(np.abs(a - b).max() for a, b in zip(expected, weights, strict=True))
        for weights in (play(False, args.mended) for _ in range(args.builds))
    ]
    wrong = [distance for distance in distances if distance > 1e-5]
    print(
        f"{len(wrong)} of {args.builds} builds differ from eager execution, by up to "
        f"{max(distances):.1e}"
    )


def play(run_eagerly: bool, mended: bool) -> list[np.ndarray]:
    """Weights after four steps of a new network."""
    keras.backend.clear_session()
    network = keras.Sequential(
        [keras.Input((12,)), dense(9, "softplus"), dense(1)],
    )
    optimizer = keras.optimizers.SGD(0.2)
    optimizer.build(network.trainable_variables)
    if mended:
        optimizer._all_reduce_sum_gradients = lambda pairs: pairs
    x = np.random.default_rng(0).uniform(size=(2, 8, 12)).astype("float32")
    steps = tf.Variable(0)

    def step(real: tf.Tensor, fake: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        variables = [variable.value for variable in network.trainable_variables]
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(network(fake)) - tf.reduce_mean(network(real))
        gradients = tape.gradient(loss, variables)

        def due() -> list[tf.Tensor]:
            with tf.GradientTape() as tape:
                with tf.GradientTape() as inner:
                    inner.watch(real)
                    logits = network(real)
                slopes = inner.gradient(logits, real)
                penalty = 4 * tf.reduce_mean(tf.reduce_sum(slopes**2, axis=1))
            return tape.gradient(
                penalty, variables, unconnected_gradients=tf.UnconnectedGradients.ZERO
            )

        def not_due() -> list[tf.Tensor]:
            return [tf.zeros_like(variable) for variable in variables]

        lazy = tf.cond(steps % 2 == 0, due, not_due)
        sums = [a + b for a, b in zip(gradients, lazy, strict=True)]
        optimizer.apply(sums, network.trainable_variables)
        steps.assign_add(1)
        return loss, tf.reduce_mean(network(fake))

    play_step = step if run_eagerly else tf.function(step, autograph=False)
    for _ in range(4):
        play_step(*tf.unstack(tf.constant(x)))
    return [variable.numpy() for variable in network.trainable_variables]


def dense(units: int, activation: str | None = None) -> keras.layers.Layer:
    initializer = keras.initializers.RandomUniform(-0.5, 0.5, seed=units)
    return keras.layers.Dense(units, activation, kernel_initializer=initializer)


if __name__ == "__main__":
    main()
