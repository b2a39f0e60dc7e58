"""Imports `torch._dynamo` where PyTorch is installed: before TensorFlow.

The first optimizer of `torch.optim` imports it otherwise. Once TensorFlow is loaded,
that import has ended processes in a segmentation fault (PyTorch 2.13, TensorFlow 2.21).
"""

try:
    import torch._dynamo  # noqa: F401
except ModuleNotFoundError as error:
    if error.name != "torch":
        raise
