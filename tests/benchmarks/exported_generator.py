"""How fast an exported generator is, beside the Keras model that it was made of.

The generator of the 2014 MNIST pair, untrained, which changes no time. `predict` and
`model(x)` are Keras's two ways to ask it; the others are the artefacts that
`keras-gan export` writes, each played by its own runtime, in one process and strictly
in turns. All get the same latents as a NumPy array and return one.

    python tests/benchmarks/exported_generator.py --output-dir runs/bench
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np
import onnxruntime
import tensorflow as tf
from _pairs import mnist_pair
from _turns import (
    Contestant,
    in_turns,
    print_table,
    ratios,
    stepped,
    write_record,
)
from ai_edge_litert.interpreter import Interpreter

import keras_gan as kg
from export import export_litert, export_onnx, export_saved_model

BATCH_SIZES = (1, 64)
PREDICT, CALL, ONNX = "keras.Model.predict", "model(x)", "onnxruntime"
TARGET = 20.0  # times faster than predict, at batch 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--calls", type=int, default=30, help="of a turn")
    parser.add_argument("--output-dir", type=Path, default=Path("runs/bench"))
    args = parser.parse_args()
    gan = mnist_pair()
    record = {}
    with tempfile.TemporaryDirectory() as folder:
        export(gan, Path(folder))
        for batch_size in BATCH_SIZES:
            latents = gan.prior.sample(batch_size, seed=1).numpy()
            seconds = in_turns(
                contestants(gan, Path(folder), latents, args.calls), args.rounds
            )
            print_table(f"batch {batch_size}", seconds, [ONNX])
            record[f"batch {batch_size}"] = {
                "seconds": seconds,
                "times onnxruntime": ratios(seconds, ONNX),
            }
    faster = record["batch 1"]["times onnxruntime"][PREDICT]
    print(f"\nonnxruntime is {faster:.1f} times as fast as predict at batch 1")
    write_record(args.output_dir / "exported_generator.json", record)
    if faster < TARGET:
        raise SystemExit(f"less than the {TARGET:g} times that are asked for")


def export(gan: kg.GAN, folder: Path) -> None:
    export_onnx(gan, folder / "generator.onnx")
    export_saved_model(gan, folder / "saved_model")
    export_litert(gan, folder / "generator.tflite")


def contestants(
    gan: kg.GAN, folder: Path, latents: np.ndarray, calls: int
) -> dict[str, Contestant]:
    model = gan.generator
    session = onnxruntime.InferenceSession(folder / "generator.onnx")
    loaded = tf.saved_model.load(str(folder / "saved_model" / "1"))
    generate = loaded.signatures["generate"]
    interpreter = Interpreter(str(folder / "generator.tflite"))
    on_device = interpreter.get_signature_runner("generate")
    ways = {
        PREDICT: lambda: model.predict(latents, verbose=0),
        CALL: lambda: model(latents, training=False).numpy(),
        ONNX: lambda: session.run(["images"], {"latents": latents})[0],
        "SavedModel": lambda: generate(latents=tf.constant(latents))["images"].numpy(),
        "LiteRT": lambda: on_device(latents=latents)["images"],
    }
    expected = ways[CALL]()
    for way in ways.values():
        np.testing.assert_allclose(way(), expected, atol=1e-5)
    # The default argument keeps the loaded SavedModel, whose weights die with it.
    return {
        name: stepped(lambda step, way=way, kept=loaded: way(), calls)
        for name, way in ways.items()
    }


if __name__ == "__main__":
    main()
