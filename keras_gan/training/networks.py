"""The two networks of a game and their averages, called with examples."""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import keras
import tensorflow as tf

from keras_gan._replicas import outside_training
from keras_gan._types import Shape, Tensor
from keras_gan._validation import check_positive, check_positive_integer
from keras_gan.training import network_checks
from keras_gan.training.averaging import (
    clone_for_averaging,
    update_average,
    update_corrected_average,
)
from keras_gan.training.class_counts import fewest
from keras_gan.training.examples import (
    LABELS,
    LATENTS,
    LOGITS,
    Entries,
    Example,
)
from keras_gan.training.named_inputs import NamedInputs, narrowed
from keras_gan.training.view import packed


class Networks:
    """What both networks take and make, checked once.

    Args:
        generator: `keras.Model` from latents, conditions, or both, to data.
        discriminator: `keras.Model` from data, in packs, to a logit.
        latent_dim: int, length of one latent vector; 0 where there are none.
        packing: int, at least 1. Rows in a pack.
        ema_half_life: float above 0, in rows, or `None` for no averaged generator.
        discriminator_ema_half_life: likewise, of an averaged discriminator.

    Raises:
        TypeError: if a network is not a `keras.Model`.
        ValueError: if the networks do not fit together.
    """

    def __init__(
        self,
        generator: Any,
        discriminator: Any,
        latent_dim: int,
        packing: int,
        ema_half_life: float | None,
        discriminator_ema_half_life: float | None = None,
    ) -> None:
        self.packing = check_positive_integer("packing", packing)
        self._moves_in_play = 0  # one for each replica
        self.half_life: float | None = None
        if ema_half_life is not None:
            self.half_life = check_positive("ema_half_life", ema_half_life)
        self.of_generator = network_checks.check_generator(generator, latent_dim)
        self.made_shape, tried = network_checks.made_by(self.of_generator, latent_dim)
        self.of_discriminator, self.data_name = network_checks.judge_of(
            discriminator, self.of_generator, self.made_shape
        )
        judged = self.of_discriminator.row_shapes().get(self.data_name, ())
        self.data_shape = narrowed(self.made_shape, judged)
        self.trial_shape = narrowed(self.data_shape, tried)
        network_checks.check_discriminator(
            self.of_discriminator,
            self.data_name,
            packed(self.trial_shape, self.packing),
            self.packing,
        )
        self.row_multiple = self.packing * network_checks.row_multiple(discriminator)
        self.generator, self.average = generator, None
        self._of_evaluation = self.of_generator
        if self.half_life is not None:
            zeros = self.of_generator.zeros(2, {LATENTS: (latent_dim,)})
            chosen = self.of_generator.chosen(zeros)
            self.average = clone_for_averaging(generator, chosen, "ema_half_life")
            self._of_evaluation = NamedInputs(self.average, self.of_generator.names[0])
        self.average_of_discriminator = self._averaged_judge(
            discriminator, discriminator_ema_half_life
        )

    def _averaged_judge(
        self, discriminator: keras.Model, half_life: float | None
    ) -> keras.Model | None:
        self.discriminator, self.discriminator_half_life = discriminator, half_life
        self._of_judge = self.of_discriminator
        if half_life is None:
            return None
        name = "discriminator_ema_half_life"
        self.discriminator_half_life = check_positive(name, half_life)
        rows = 2 * self.row_multiple // self.packing
        packs = {self.data_name: packed(self.trial_shape, self.packing)}
        zeros = self.of_discriminator.zeros(rows, packs)
        chosen = self.of_discriminator.chosen(zeros)
        average = clone_for_averaging(discriminator, chosen, name)
        self._of_judge = NamedInputs(average, self.data_name)
        return average

    def check_averages(self) -> None:
        """Raises where a network got other weights than its average, as by LoRA."""
        pairs = {
            "ema_half_life": (self.generator, self.average),
            "discriminator_ema_half_life": (
                self.discriminator,
                self.average_of_discriminator,
            ),
        }
        for name, (network, average) in pairs.items():
            if average is not None and len(average.weights) != len(network.weights):
                raise ValueError(
                    f"The average that `{name}` keeps must have the weights of its "
                    f"network. Received: {len(network.weights)} weights, averaged "
                    f"{len(average.weights)}; change the network, as by enable_lora, "
                    "before the GAN is made."
                )

    @property
    def told(self) -> tuple[str, ...]:
        """Names of the conditions, all that the generator takes besides latents."""
        return tuple(name for name in self.of_generator.names if name != LATENTS)

    def update_averages(
        self, players: Sequence[str], num_rows: Tensor, share: keras.Variable | None
    ) -> None:
        """Moves what is kept of the networks that moved, after so many more rows.

        Args:
            players: names of those who moved.
            num_rows: int scalar.
            share: what the discriminator's average corrects itself by.
        """
        average, half_life = self.average, self.half_life
        if average is not None and half_life is not None and "generator" in players:
            update_average(average, self.generator, num_rows, half_life)
        judge, half_life = self.average_of_discriminator, self.discriminator_half_life
        if judge is not None and half_life is not None and "discriminator" in players:
            update_corrected_average(
                judge, self.discriminator, num_rows, half_life, share
            )

    @contextlib.contextmanager
    def in_play(self) -> Iterator[None]:
        """Within it those who play answer, whichever mode they are asked in.

        A game may ask for inference mode in a move; the averages are not in the game.
        """
        self._moves_in_play += 1
        try:
            yield
        finally:
            self._moves_in_play -= 1

    def generate(self, example: Example, training: bool) -> Tensor:
        """What the generator, or outside training its average, makes of an example."""
        plays = training or self._moves_in_play
        inputs = self.of_generator if plays else self._of_evaluation
        with outside_training(not training):
            return tf.cast(inputs(example, training), tf.float32)

    def judge(self, example: Example, training: bool) -> dict[str, Tensor]:
        """What the discriminator, or outside training its average, says of packs."""
        plays = training or self._moves_in_play
        judge = self.of_discriminator if plays else self._of_judge
        with outside_training(not training):
            outputs = judge(example, training)
        said = outputs if isinstance(outputs, dict) else {LOGITS: outputs}
        return tf.nest.map_structure(
            lambda output: tf.cast(output, tf.float32), dict(said)
        )

    def entries(self, game: Any, terms: Any) -> Entries:
        """What a batch must bring for the networks, the game and its terms."""
        played = (
            *self.of_generator.names,
            *self.of_discriminator.names,
            *self._of_encoder(game).names,
            *game.reads,
        )
        named = (*played, *(name for term in terms for name in term.reads))
        made = {LATENTS, self.data_name, *game.makes}
        others = [name for name in dict.fromkeys(named) if name not in made]
        shapes = {**self._of_encoder(game).row_shapes(), **self.row_shapes()}
        alike = tuple(name for term in terms for name in term.reads_data)
        apart = tuple(name for name in others if name not in played)
        needed = (self.data_name, *others)
        return Entries(self.data_name, needed, shapes, alike=alike, apart=apart)

    def held_out_entries(self, gan: Any) -> Entries:
        """What held-out data must bring; what terms read is taken where it comes."""
        entries = self.entries(gan.game, terms=())
        known = gan.entries
        return entries._replace(optional=known.needed, apart=known.apart)

    def _of_encoder(self, game: Any) -> NamedInputs:
        return NamedInputs(game.encoder, self.data_name)

    def row_shapes(self) -> dict[str, Shape]:
        """Shapes of one row of each condition, by name.

        Labels that no network states are one number each.
        """
        return {LABELS: (), **self.stated_shapes()}

    def stated_shapes(self) -> dict[str, Shape]:
        """Shapes of one row of each condition that a network states, by name.

        What a discriminator of packs states is of a pack, and no row's.
        """
        judged = {} if self.packing > 1 else self.of_discriminator.row_shapes()
        told = self.of_generator.row_shapes()
        both = {
            name: narrowed(shape, judged.get(name, shape))
            for name, shape in told.items()
        }
        return {**judged, **both}

    def class_counts(self) -> dict[str, int]:
        """How many classes both networks know of entries that number them, by name."""
        networks = self.of_generator, self.of_discriminator
        return fewest(*(one.class_counts() for one in networks))

    def dtype_of(self, name: str) -> tf.DType | None:
        """Dtype that a network's input of this name states, `None` where none does."""
        networks = (self.of_generator, self.of_discriminator)
        return next(filter(None, (one.dtype_of(name) for one in networks)), None)


def answer(network: keras.Model, inputs: Any, training: bool) -> Any:
    """What a network makes of its inputs, outside training without a trace."""
    with outside_training(not training):
        return network(inputs, training=training)
