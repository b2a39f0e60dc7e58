"""What the datasets are: read without loading any of their modules."""

LISTED: dict[str, str] = {
    "cifar10": (
        "Loads CIFAR-10 with the split of 2014: 40,000 train, 10,000 valid, 10,000 "
        "test."
    ),
    "digits": "Loads the 8x8 handwritten digits that scikit-learn ships.",
    "fashion_mnist": (
        "Loads Fashion-MNIST, clothes in the format and the split of MNIST."
    ),
    "grid_of_gaussians": (
        "Draws points of PacGAN's grid: 25 modes on a square, 2 apart and 0.05 wide."
    ),
    "harmonic_tones": "Draws decaying harmonic tones, whose pitch follows a known law.",
    "image_folder": (
        "Loads all pictures below a folder, cropped to one shape and scaled to one "
        "size."
    ),
    "mnist": (
        "Loads MNIST with the split of 2014: 50,000 train, 10,000 valid, 10,000 test."
    ),
    "olivetti": (
        "Loads the 400 Olivetti faces of 40 people, of whom each is in one split alone."
    ),
    "ring_of_gaussians": (
        "Draws points of PacGAN's ring: 8 modes on a circle of radius 1, 0.01 wide."
    ),
    "shards": "Loads shards as a dataset whose training data are streamed.",
    "stacked_mnist": (
        "Stacks three MNIST digits, drawn at random, as red, green and blue."
    ),
    "swiss_roll": (
        "Draws points of WGAN-GP's Swiss roll: one thin curve, rolled up in the plane."
    ),
    "tfd": "Loads one fold of the Toronto Face Database, 48 x 48 gray faces.",
    "wave_folder": (
        "Loads the beginning of all WAV files below a folder, at one rate and one "
        "level."
    ),
}
"""The first line of each loader's docstring, by the name of the dataset."""
