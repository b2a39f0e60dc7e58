"""Artefacts that several tests look at, each made once."""

import contextlib
import json
from typing import NamedTuple

import keras
import pytest

import keras_gan as kg
from export import FORMATS, ParityReport, Provenance, export_generator
from export.parity.player import REFUSAL, answer

OF_GENERATORS = [
    name
    for name, format in FORMATS.items()
    if getattr(format, "endpoint", "generate") == "generate"
]
"""Formats of every GAN; the others ask an encoder, or what completes."""

LATENT_DIM, NUM_CLASSES = 6, 10
KNOWN_RANGE = Provenance(value_range=(0.0, 1.0))


@contextlib.contextmanager
def played_here():
    """Parity plays artefacts in this process: spares the start of one for each.

    That they play in another is what tests/test_export.py shows.
    """

    def play(format, path, cases):
        play = format.player(path)
        return [
            answer(play, one.endpoint, one.inputs, one.output == REFUSAL)[one.output]
            for one in cases
        ]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("export.parity.compare.play_elsewhere", play)
        yield


class Exported(NamedTuple):
    path: object
    report: ParityReport
    record: dict
    card: str


class Exports:
    """Artefacts of one GAN by format, each written when it is first asked for."""

    def __init__(self, gan, folder, options=None):
        self.gan = gan
        self._folder = folder
        self._options = options or {}
        self._known = {}

    def __getitem__(self, name) -> Exported:
        if name not in self._known:
            with played_here():
                path, report = export_generator(
                    self.gan,
                    self._folder,
                    name,
                    provenance=KNOWN_RANGE,
                    **self._options.get(name, {}),
                )
            record = json.loads(path.with_name(f"{path.name}.json").read_text())
            card = path.with_name(f"{path.name}.md").read_text()
            self._known[name] = Exported(path, report, record, card)
        return self._known[name]


def conditional_gan(generator, **arguments):
    """A game in which the generator alone names the condition."""
    discriminator = kg.networks.maxout_discriminator((8, 8, 1), (4,), seed=0)
    prior = kg.priors.NormalPrior(LATENT_DIM)
    return kg.GAN(generator, discriminator, prior, **arguments)


def latents_input():
    return keras.Input((LATENT_DIM,), name="latents")


def labels_input(dtype="int32", name="labels", shape=()):
    return keras.Input(shape, dtype=dtype, name=name)


def drawn_by(inputs, *features):
    """A generator of images in (0, 1) from features `[batch, any]`, wide weights."""
    hidden = keras.layers.Concatenate()([*features])
    wide = keras.initializers.RandomNormal(stddev=0.35, seed=1)
    for units, activation in ((32, "relu"), (64, "sigmoid")):
        layer = keras.layers.Dense(units, activation, kernel_initializer=wide)
        hidden = layer(hidden)
    images = keras.layers.Reshape((8, 8, 1))(hidden)
    return keras.Model(inputs, images, name="conditional")


def generator_of_labels(name="labels", dtype="int32", num_classes=NUM_CLASSES):
    latents, labels = latents_input(), labels_input(dtype, name)
    wide = keras.initializers.RandomNormal(stddev=2.0, seed=2)
    embedding = keras.layers.Embedding(num_classes, 5, embeddings_initializer=wide)
    # Labels come first: the order of the endpoints is not that of the network.
    return drawn_by([labels, latents], latents, embedding(labels))


def conditional_exports(folder):
    """Of a GAN that is told labels, or draws them, one class never."""
    probabilities = (0.3, 0.0, 0.05, 0.05, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1)
    prior = kg.priors.CategoricalPrior(NUM_CLASSES, probabilities)
    gan = conditional_gan(generator_of_labels(), conditions={"labels": prior})
    return Exports(gan, folder, {"saved_model": {"max_samples": 64}})


def unconditional_exports(folder):
    """Of a GAN that is told nothing, whose discriminator judges pairs."""
    gan = kg.GAN(
        kg.networks.mlp_generator(
            LATENT_DIM,
            (8, 8, 1),
            (128, 128),
            weight_range=0.1,
            seed=1,
            name="portraits",
        ),
        kg.networks.maxout_discriminator((8, 8, 2), (4,), seed=1),
        kg.priors.NormalPrior(LATENT_DIM, mean=0.5, stddev=2.0),
        packing=2,
    )
    options = {"discriminator": True, "max_samples": 64}
    return Exports(gan, folder, {"saved_model": options})
