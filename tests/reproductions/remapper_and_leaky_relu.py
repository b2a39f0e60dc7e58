"""TensorFlow alone: with oneDNN, grappler's remapper fails where LeakyReLU learns.

A convolution with an offset before a LeakyReLU is all that it takes. The remapper means
to replace the offset's node by a fused one, and the gradient of the LeakyReLU still
reads it: `remapper failed: INVALID_ARGUMENT: Mutation::Apply error: fanout ... exist
for missing node ... BiasAdd`. The graph is played as it was, so numbers are right; what
is lost is the rewriting, and everybody who trains such a network reads of an error.

    TF_ENABLE_ONEDNN_OPTS=1 python tests/reproductions/remapper_and_leaky_relu.py

Seen with TensorFlow 2.21 on a processor with AVX512; not with TF_ENABLE_ONEDNN_OPTS=0.
"""

import tensorflow as tf

images = tf.random.normal((16, 8, 8, 1))
kernel = tf.Variable(tf.random.normal((4, 4, 1, 8)))
offset = tf.Variable(tf.zeros((8,)))


@tf.function
def step() -> None:
    with tf.GradientTape() as tape:
        maps = tf.nn.bias_add(tf.nn.conv2d(images, kernel, 2, "SAME"), offset)
        loss = tf.reduce_mean(tf.nn.leaky_relu(maps, 0.2) ** 2)
    for variable, slope in zip(
        (kernel, offset), tape.gradient(loss, (kernel, offset)), strict=True
    ):
        variable.assign_sub(0.01 * slope)


step()
print(f"TensorFlow {tf.__version__}: the step ran; see the error stream.")
