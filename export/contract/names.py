"""Names of endpoints, of what goes in and comes out, and of stored facts."""

import keyword
import re

GENERATE = "generate"
SAMPLE = "sample"
DISCRIMINATE = "discriminate"
ENCODE = "encode"
COMPLETE = "complete"
CLASSIFY = "classify"

LATENTS = "latents"
NUM_SAMPLES = "num_samples"
SEED = "seed"
IMAGES = "images"
PROBABILITIES = "probabilities"
CLASS_PROBABILITIES = "class_probabilities"
COMPLETIONS = "completions"
KNOWN, MASK = "known", "mask"

# Keys of an ONNX file's metadata.
PIXELS, WEIGHTS, NOISE = "pixels", "weights", "noise"
CONDITIONS = "conditions"
LARGEST_DRAW = "max_samples"

_ARGUMENT = re.compile("[A-Za-z][A-Za-z0-9_]*")


def check_input_name(name: str) -> None:
    """Raises unless an input can be the argument of a function in every runtime."""
    if not _ARGUMENT.fullmatch(name) or keyword.iskeyword(name) or name == "self":
        raise ValueError(
            "What is exported must have inputs named by letters, digits and _, and by "
            f"no word of Python's own. Received: {name!r}. Give that keras.Input "
            "another name."
        )
