"""What the conditional recipes have in common."""

from keras_gan.datasets.dataset import Dataset


def num_classes_of(data: Dataset, recipe: str) -> int:
    """Classes of a dataset: labels from 0 to the greatest one of its training images.

    Raises:
        ValueError: if the training images have no labels, or some are negative.
    """
    labels = data.train.labels
    if labels is None:
        raise ValueError(
            f"`data` must have labels: {recipe} draws images of a class that one asks "
            f"for. Received: dataset {data.name!r} with data.train.labels=None. Take "
            "one that has classes, such as keras_gan.datasets.load_mnist()."
        )
    if labels.min() < 0:
        raise ValueError(
            "`data.train.labels` must number the classes from 0. Received: the "
            f"label {labels.min()}"
        )
    return int(labels.max()) + 1


def output_activation_of(data: Dataset) -> str:
    """The activation whose range is that of the pixels."""
    return "tanh" if data.value_range[0] < 0 else "sigmoid"
