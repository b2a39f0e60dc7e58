"""TensorFlow alone: the end of a reading waits for the thread that tunes the pipeline.

`tf.data` tunes a pipeline from a thread that sleeps twice as long each time: 10 ms, 20,
40, up to a minute. Whoever lets the iterator go tells it to stop and waits for it, but
it is not woken every time: then the wait lasts as long as it sleeps, which may be as
long as the iterator had lived. `keras.Model.fit` makes an iterator for every epoch.

    python tests/reproductions/tf_data_end_of_reading.py

Seen with TensorFlow 2.21, on two cores.
"""

import time

import tensorflow as tf

SECONDS, READINGS, STEPS = 1.3, 10, 100


def wait_at_the_end(tuned: bool) -> float:
    """Seconds that letting the iterator go takes, after a reading of so many."""
    options = tf.data.Options()
    options.autotune.enabled = tuned
    dataset = tf.data.Dataset.range(STEPS).prefetch(2).with_options(options)
    iterator = iter(dataset)
    for _ in iterator:
        time.sleep(SECONDS / STEPS)
    begun = time.perf_counter()
    del iterator
    return time.perf_counter() - begun


print(f"TensorFlow {tf.__version__}: s at the end of each of {READINGS} readings")
for tuned in (True, False):
    waits = [wait_at_the_end(tuned) for _ in range(READINGS)]
    told = " ".join(f"{wait:.2f}" for wait in waits)
    name, mean = "tuned" if tuned else "not tuned", sum(waits) / READINGS
    print(f"{name:<10}{told}   mean {mean:.2f}")
