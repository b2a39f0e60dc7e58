"""One round of the game: what is dealt, what is shown, what the discriminator says."""

import copy
import functools
from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from keras_gan._logits import Logits
from keras_gan._types import Tensor
from keras_gan.terms.gradients import squared_gradient_norms, squared_norms
from keras_gan.training.data_checks import of_one_size
from keras_gan.training.examples import LOGITS, Example, each, num_rows
from keras_gan.training.named_inputs import NamedInputs

# Draws of one step are numbered. Latents take 0, 1, ...; the rest begin where no step
# gets to, so that nothing shares a key.
_VIEWS = {"real": 2**27, "fake": 2**28}
_FURTHER, _PLACES = 2**28 + 2**27, 2**8  # further data, so many calls in a round
_CONTEXT_DRAW = 2**29
_TERM_DRAW = 2**30
_TEST_DRAW = 2**31 - 1


class Round:
    """A real and a fake example of one minibatch, and what is said of them.

    Nothing is computed before it is asked for, and nothing twice.

    Args:
        gan: the `GAN` that plays.
        batch: example, the minibatch.
        players: names of those who move.
        draw: int, tells the rounds of one step apart.
        training: bool. `False` judges held-out data with the evaluation generator, from
            repeatable latents, as they are. Defaults to `True`.
    """

    def __init__(
        self,
        gan: Any,
        batch: Example,
        players: Sequence[str],
        draw: int = 0,
        training: bool = True,
    ) -> None:
        self.gan, self.batch, self.players = gan, batch, tuple(players)
        self.training = training
        self._draw = draw
        self._shown: dict[str, Example] = {}
        self._said: dict[str, dict[str, Tensor]] = {}
        self._tapes: dict[str, tf.GradientTape] = {}
        self._slopes: dict[str, Tensor] = {}
        self._places: dict[int, int] = {}  # of terms, in the order of the game

    @functools.cached_property
    def num_rows(self) -> Tensor:
        """Rows of the minibatch, of this replica."""
        return num_rows(self.batch)

    @property
    def step(self) -> Tensor:
        """Steps of training that were played before."""
        return self.gan.train_steps.value

    @functools.cached_property
    def latents(self) -> Tensor:
        """Latents of the fake example, `[batch, latent_dim]`."""
        gan = self.gan
        if self.training:
            seed = gan.seed_of(self._draw)
        else:
            seed = gan.seed_of(_TEST_DRAW, gan.test_steps)
        return gan.sample_latents(self.num_rows, seed)

    @functools.cached_property
    def context(self) -> Example:
        """What both examples share."""
        gan = self.gan
        step = gan.train_steps if self.training else gan.test_steps
        seed = gan.seed_of(_CONTEXT_DRAW + self._draw, step)
        return gan.game.context(gan, self.batch, seed)

    @functools.cached_property
    def real(self) -> Example:
        """The example that the discriminator should hold to be data."""
        game = self.gan.game
        return game.real(self.gan, self.batch, self.context, self.training)

    @functools.cached_property
    def fake(self) -> Example:
        """The example that the generator made."""
        gan, context = self.gan, self.context
        fake = gan.game.fake(gan, self.batch, context, self.latents, self.training)
        if None not in gan.networks.made_shape:
            return fake
        data = self.batch[gan.data_name]
        return {**fake, gan.data_name: of_one_size(data, fake[gan.data_name])}

    @functools.cached_property
    def reconstruction(self) -> Tensor:
        """The data of the real example as the generator makes them, row by row."""
        game = self.gan.game
        return game.reconstruction(self.gan, self.real, self.fake, self.training)

    def packs(self, kind: str) -> Tensor:
        """The data of an example as they are, float32, `packing` of them in a pack."""
        data = self._example(kind)[self.gan.data_name]
        return self.gan.view.pack(tf.cast(data, tf.float32))

    def shown(self, kind: str) -> Example:
        """An example as the discriminator sees it: augmented, noisy, in packs.

        Args:
            kind: `"real"` or `"fake"`.
        """
        if kind not in self._shown:
            gan, example = self.gan, self._example(kind)
            packed = each(gan.view.pack, example)
            if self.training:
                seed = gan.seed_of(_VIEWS[kind] + self._draw)
                data = tf.cast(example[gan.data_name], tf.float32)
                packed[gan.data_name] = gan.view(data, seed, gan.train_steps.value)
            self._shown[kind] = packed
        return self._shown[kind]

    def said(self, kind: str) -> dict[str, Tensor]:
        """What the discriminator says of an example, float32: `logits` and the rest."""
        if kind not in self._said:
            if self._in_one_pass():
                self._said = self._said_of_both()
            elif self._one_pass_serves(kind):
                self._said[kind] = self._said_on_a_tape(kind)
            else:
                self._said[kind] = self._judge(self.shown(kind))
        return self._said[kind]

    def logits(self, kind: str) -> Logits:
        """The discriminator's logits of an example, `[packs, 1]` or a map of them.

        Of several discriminators in one network they are a list, as it returns them.
        """
        return self.said(kind)[LOGITS]

    def features(self, network: Any, kind: str) -> Tensor:
        """What a network on the discriminator's inputs makes of an example as shown."""
        inputs = NamedInputs(network, self.gan.data_name)
        return inputs(self.shown(kind), training=self.training)

    def said_of(self, data: Tensor, place: int = 0) -> dict[str, Tensor]:
        """What the discriminator says of further data, shown as real ones are.

        Args:
            data: rows that neither example holds, for a discriminator of data alone.
            place: int, tells calls of one round apart. Defaults to `0`.
        """
        gan = self.gan
        seed = gan.seed_of(_FURTHER + self._draw * _PLACES + place)
        shown = gan.view(tf.cast(data, tf.float32), seed, gan.train_steps.value)
        return self._judge({gan.data_name: shown})

    def critic(
        self, packs: Tensor, training: bool = True, kind: str = "real"
    ) -> Logits:
        """Logits of other data in the place of an example's, the rest as it is.

        Slopes are taken at data as they are, through all that is done to show them.

        Args:
            packs: data.
            training: bool. Defaults to `True`.
            kind: `"real"` or `"fake"`: of which example the rest is.
                Defaults to `"real"`.
        """
        gan = self.gan
        # [packs, height, width, packing * channels]
        shown = gan.view.of_packs(packs, self._term_seed, gan.train_steps.value)
        rest = each(gan.view.pack, self._example(kind))
        others = {**rest, gan.data_name: shown}
        return gan.game.judge(gan, others, self.players, training)[LOGITS]

    def squared_slopes(self, kind: str) -> Tensor:
        """Squared norm of the logit's gradient by each pack of an example's data.

        They come from the pass that gave the logits where another pass would say the
        same; otherwise from one of their own.

        Args:
            kind: `"real"` or `"fake"`.
        """
        if not self._one_pass_serves(kind):
            critic = functools.partial(self.critic, kind=kind)
            return squared_gradient_norms(critic, self.packs(kind))
        if kind not in self._slopes:
            logits, shown = self.logits(kind), self.shown(kind)[self.gan.data_name]
            self._slopes[kind] = squared_norms(self._tapes[kind], logits, shown)
        return self._slopes[kind]

    def _one_pass_serves(self, kind: str) -> bool:
        """Whether a second pass of the discriminator would say what the first one did.

        It would not where layers draw or count, or where data are shown disturbed or
        beside other entries than the critic's.
        """
        gan = self.gan
        return (
            self.players == ("discriminator",)
            and self.training
            and not gan.rules.fused_discriminator
            and not gan.view.disturbs
            and not gan.discriminator.non_trainable_variables
            and any(term.limits_gradient for term in gan.rules.terms)
            and (kind == "real" or self._examples_share_the_rest())
        )

    def _examples_share_the_rest(self) -> bool:
        real, fake = self.shown("real"), self.shown("fake")
        rest = real.keys() - {self.gan.data_name}
        return all(fake.get(name) is real[name] for name in rest)

    def seed_of(self, term: Any) -> Tensor:
        """Key `[2]` of what a term draws in this round.

        A term that another one plays has the next place, in the order of asking.
        """
        for one in (*self.gan.terms, term):
            self._places.setdefault(id(one), len(self._places))
        place = self._places[id(term)]
        return tf.random.experimental.stateless_fold_in(self._term_seed, place)

    def afresh(self) -> "Round":
        """The same examples, of which nothing was said yet.

        A branch of a graph must not hand what it computed to another one.
        """
        other = copy.copy(self)
        other._shown, other._said, other._tapes, other._slopes = {}, {}, {}, {}
        return other

    @functools.cached_property
    def _term_seed(self) -> Tensor:
        return self.gan.seed_of(_TERM_DRAW + self._draw)

    def _example(self, kind: str) -> Example:
        return self.real if kind == "real" else self.fake

    def _judge(self, shown: Example) -> dict[str, Tensor]:
        gan = self.gan
        return gan.game.judge(gan, shown, self.players, self.training)

    def _said_on_a_tape(self, kind: str) -> dict[str, Tensor]:
        shown = self.shown(kind)
        # Persistent: of several discriminators each has slopes of its own.
        with tf.GradientTape(persistent=True, watch_accessed_variables=False) as tape:
            tape.watch(shown[self.gan.data_name])
            said = self._judge(shown)
        self._tapes[kind] = tape
        return said

    def _in_one_pass(self) -> bool:
        return self.gan.rules.fused_discriminator and "discriminator" in self.players

    def _said_of_both(self) -> dict[str, dict[str, Tensor]]:
        real, fake = self.shown("real"), self.shown("fake")
        both = self._judge(
            {name: tf.concat([real[name], fake[name]], axis=0) for name in real}
        )  # [2 * packs, ...]
        halves = [tf.split(value, 2) for value in tf.nest.flatten(both)]
        return {
            kind: tf.nest.pack_sequence_as(both, [half[index] for half in halves])
            for index, kind in enumerate(("real", "fake"))
        }
