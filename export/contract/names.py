"""Names of endpoints, of what goes in and comes out, and of stored facts."""

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
