"""TensorFlow alone: on a CPU, XLA draws floats many times as slowly as the kernel does.

`tf.random.stateless_uniform` and `_normal` without `alg=`, as Keras's noise and dropout
layers call them, are compiled to code that takes 30 to 70 times the kernel's time; with
`alg="philox"` XLA's code takes about as long as the kernel. What the kernels draw is
the same either way. Compiling a draw takes most of a second in both cases.

    python tests/reproductions/xla_random_floats.py

Seen with TensorFlow 2.21 on a processor with AVX2.
"""

import functools
import time

import tensorflow as tf

SHAPE = (100, 3000)
REPEATS = 5


def milliseconds(function) -> tuple[float, float]:
    """Of the first call, which compiles, and of one of those that follow."""
    begun = time.perf_counter()
    function()
    compiled = time.perf_counter()
    for _ in range(REPEATS):
        function()
    rest = time.perf_counter() - compiled
    return 1000 * (compiled - begun), 1000 * rest / REPEATS


seed = tf.Variable([1, 2])
print(f"TensorFlow {tf.__version__}: ms of the first call, and of each one after it")
for draw in (tf.random.stateless_uniform, tf.random.stateless_normal):
    for algorithm in ("auto_select", "philox"):
        for jit_compile in (False, True):
            drawn = functools.partial(draw, SHAPE, seed, alg=algorithm)
            first, rest = milliseconds(tf.function(drawn, jit_compile=jit_compile))
            by = "XLA" if jit_compile else "kernel"
            print(f"{draw.__name__:<26}{algorithm:<12}{by:<7}{first:8.0f}{rest:8.1f}")
