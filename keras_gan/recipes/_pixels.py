"""What recipes ask of the range of pixels."""

from keras_gan.datasets.dataset import Dataset


def output_activation_of(data: Dataset) -> str:
    """The activation whose range is that of the pixels."""
    return "tanh" if data.value_range[0] < 0 else "sigmoid"
