"""The adversarial game as a Keras model: Algorithm 1 in `train_step`."""

import random
from collections.abc import Mapping, Sequence
from typing import Any

import keras
import tensorflow as tf

from keras_gan._replicas import (
    draw_rows,
    num_replicas,
    reducible,
    separate_draws,
    without_strategy,
)
from keras_gan._types import Array, Config, FloatArray, Shape, Tensor
from keras_gan._validation import check_positive, check_positive_integer, check_seed
from keras_gan.games.game import Game, check_game
from keras_gan.priors import Prior
from keras_gan.terms.term import Term
from keras_gan.training import compatibility, fitting, network_checks
from keras_gan.training.averaging import clone_for_averaging, update_average
from keras_gan.training.batches import clear_errors
from keras_gan.training.compilation import chosen_compilation
from keras_gan.training.compile_arguments import takes_rules
from keras_gan.training.conditions import Conditions
from keras_gan.training.examples import (
    LATENTS,
    LOGITS,
    Entries,
    Example,
    divide,
    each,
    full_rows,
    never_empty,
    num_rows,
)
from keras_gan.training.metrics import GameMetrics
from keras_gan.training.named_inputs import NamedInputs
from keras_gan.training.player import Discriminator, Generator, Player
from keras_gan.training.player_optimizers import PlayerOptimizers, prepare_optimizers
from keras_gan.training.random_state import (
    begin_counting,
    seed_of,
    seen_by_keras,
    unseen_state,
)
from keras_gan.training.round import Round
from keras_gan.training.rules import Rules
from keras_gan.training.sampling import InBatches, SampleStream, warn_of_lost_samples
from keras_gan.training.step_function import StepFunction
from keras_gan.training.view import DiscriminatorView, packed

_PARTS = ("generator", "discriminator", "prior", "game", "conditions")


@keras.saving.register_keras_serializable(package="keras_gan")
class GAN(keras.Model):
    """A generator and a discriminator that learn from each other with `model.fit`.

    The two play the game of Goodfellow et al. The discriminator moves k times, each
    time on a fresh minibatch of data and of latents; then the generator moves once:

        for each step:
            k times:  D <- D - step(grad_D d_loss(D(x), D(G(z))))
            once:     G <- G - step(grad_G g_loss(D(G(z))))

    Everything random during training (latents, dropout masks, order of the data) is a
    function of `seed` and of counters that are saved with the model. A run that was
    stopped and loaded again therefore continues exactly.

    Args:
        generator: `keras.Model` from latents `[batch, latent_dim]` to images
            `[batch, height, width, channels]`; with conditions an input named
            `"latents"` and one for each.
        discriminator: `keras.Model` from images, and conditions that it names, to one
            logit, `[batch, 1]`; or to a dict of outputs with `"logits"` among them.
        prior: `keras_gan.priors.Prior`, where latents come from.
        game: `keras_gan.games.Game`: who is shown what. `None` is the plain game, data
            against what the generator makes. Defaults to `None`.
        conditions: dict of priors by the name of an entry, such as `{"labels":
            keras_gan.priors.CategoricalPrior(10)}`: where `sample` takes conditions
            from that it is not told. Defaults to `None`.
        ema_half_life: float, above 0, in images: how many images halve the weight of
            the past in the moving average of the generator, which then draws samples,
            judges validation data and is exported. `None` keeps no average.
            Defaults to `None`.
        packing: int, at least 1. Images that the discriminator judges together, side by
            side as channels (PacGAN): its input is `[batch, height, width, packing *
            channels]`, and it sees a lack of variety. Defaults to `1`.
        seed: int in [0, 2^31). Key of the training's randomness. It does not set the
            initial weights: seed the networks' initializers, or call
            `keras.utils.set_random_seed` first. Defaults to `0`.
        **kwargs: what `keras.Model` takes.

    Raises:
        TypeError: if a network is not a `keras.Model` or `prior` not a `Prior`.
        ValueError: if the networks do not fit together, the discriminator does not end
            in one logit, or `seed` is out of its range.

    Example:
    >>> import keras_gan as kg
    >>> images = kg.datasets.load_digits().train.images
    >>> gan = kg.GAN(
    ...     generator=kg.networks.mlp_generator(10, (8, 8, 1), hidden_units=(32,)),
    ...     discriminator=kg.networks.maxout_discriminator((8, 8, 1), (16,)),
    ...     prior=kg.priors.UniformPrior(10),
    ... )
    >>> gan.compile(keras.optimizers.Adam(2e-4), keras.optimizers.Adam(2e-4))
    >>> history = gan.fit(images, batch_size=100, verbose=0)
    >>> sorted(history.history)
    ['d_fake', 'd_loss', 'd_real', 'g_loss']
    >>> gan.sample(4, seed=1).shape
    (4, 8, 8, 1)

    References:
        Goodfellow et al., Generative Adversarial Nets, 2014, Algorithm 1.
        https://arxiv.org/abs/1406.2661
    """

    train_steps: keras.Variable
    test_steps: keras.Variable
    epochs_completed: keras.Variable
    train_function: Any

    def __init__(
        self,
        generator: keras.Model,
        discriminator: keras.Model,
        prior: Prior,
        game: Game | None = None,
        conditions: Mapping[str, Prior] | None = None,
        ema_half_life: float | None = None,
        packing: int = 1,
        seed: int = 0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        latent_dim = network_checks.check_prior(prior)
        self._generator_inputs = network_checks.check_generator(generator, latent_dim)
        self.image_shape = network_checks.made_by(self._generator_inputs, latent_dim)
        self.packing = check_positive_integer("packing", packing)
        self._discriminator_inputs, self.data_name = network_checks.check_discriminator(
            discriminator, self._generator_inputs, self.pack_shape, self.packing
        )
        self.generator = generator
        self.discriminator = discriminator
        self.prior = prior
        self.game = check_game(game)
        self._conditions = Conditions(self._generator_inputs)
        self.conditions = self._conditions.check_priors(conditions)
        self._begin_average(ema_half_life)
        # Keras locks the tracker once a model is built: all state begins here.
        self.rules = Rules()
        self.view = DiscriminatorView(self.packing)
        self.game_metrics = GameMetrics()
        self.seed = check_seed("seed", seed)
        begin_counting(self, self.seed)
        for network in (*self.game.makers(generator), discriminator):
            separate_draws(network_checks.layers_of(network))
        self.built = True

    def _begin_average(self, half_life: float | None) -> None:
        self.ema_half_life = half_life
        self.ema_generator = None
        if half_life is not None:
            self.ema_half_life = check_positive("ema_half_life", half_life)
            zeros = self._generator_inputs.zeros(2, {LATENTS: (self.prior.latent_dim,)})
            self.ema_generator = clone_for_averaging(
                self.generator, self._generator_inputs.chosen(zeros)
            )
        self._evaluation_inputs = NamedInputs(self.evaluation_generator, LATENTS)
        self._generate_in_batches = InBatches(self.generate)
        self._judge_in_batches = InBatches(self._judged_logits)

    @takes_rules
    def compile(  # noqa: D417 (the arguments are those of `Rules`)
        self,
        generator_optimizer: Any,
        discriminator_optimizer: Any,
        rules: Rules,
        jit_compile: Any = "auto",
        **of_keras: Any,
    ) -> None:
        """Chooses the rules of the game.

        Args:
            generator_optimizer: Keras optimizer or its name. It is named `generator`,
                as callbacks log it; under `mixed_float16` it gets a loss scaler of its
                own.
            discriminator_optimizer: another one, or its name, named `discriminator`.
            objective: name or `keras_gan.objectives.Objective`.
                Defaults to `"non_saturating"`.
            terms: list of `keras_gan.terms.Term` objects, added to their player's loss
                and logged as `penalty` (the discriminator's) and `g_penalty`, apart
                from `d_loss` and `g_loss`. Defaults to `()`.
            discriminator_steps: int, at least 1. The paper's k: discriminator moves,
                each on a fresh minibatch, for one of the generator. Defaults to `1`.
            generator_steps: int, at least 1. Generator moves, each on fresh latents,
                after those of the discriminator; more than one provokes a collapse, the
                paper's Helvetica scenario. Defaults to `1`.
            simultaneous: bool. `True` lets both move at once, from the same latents,
                the same dropout masks on the fakes and the old parameters of both, as
                the code of 2014 does. Defaults to `False`.
            fused_discriminator: bool. `True` judges real and generated images in one
                pass, which is faster; refused where the discriminator has batch
                statistics. Defaults to `False`.
            augmentation: `keras_gan.augmentation.DiffAugment`, or another serialisable
                function of `(images, seed)`, applied to all images that the
                discriminator is shown in training. Defaults to `None`.
            instance_noise: float, at least 0, standard deviation of the Gaussian noise
                on all images that the discriminator is shown in training, or a
                `keras.optimizers.schedules` object that anneals it over training steps.
                Defaults to `0.0`.
            discriminator_constraint: Keras constraint on every trainable variable of
                the discriminator, e.g. `keras_gan.constraints.WeightClipping()`.
                Defaults to `None`.
            round_metrics: `keras.Metric` objects that `fit` logs beside the losses.
                `update_state` takes the `Round` of a move of the discriminator: both
                examples, and what it says of them. Defaults to `()`.
            **kwargs: `jit_compile`, `steps_per_execution` and `run_eagerly`, as in
                `keras.Model.compile`; `jit_compile="auto"`, the default, is Keras's
                choice on accelerators. On processors alone it is `True` for alternating
                games of half a million weights and more where TensorFlow runs without
                oneDNN, but for convolutions that XLA is slow at.

        Raises:
            ValueError: if rules contradict each other, both optimizers are one object,
                or one of them has `use_ema=True`.
            TypeError: if an argument of `keras.Model.compile` has no meaning here, such
                as `loss` or `metrics`.
        """
        jit_compile = chosen_compilation(
            jit_compile,
            of_keras.get("run_eagerly", False),
            (self.generator, self.discriminator),
            rules.terms,
            rules.simultaneous,
            self.distribute_strategy,
        )
        replicas = self.distribute_strategy.num_replicas_in_sync
        compatibility.check_rules_fit(rules, self.discriminator, jit_compile, replicas)
        compatibility.warn_of_known_failures(rules, self.discriminator)
        # Keras would install a third optimizer of its own.
        super().compile(optimizer=None, jit_compile=jit_compile, **of_keras)
        compatibility.constrain(
            self.discriminator,
            rules.discriminator_constraint,
            self.rules.discriminator_constraint,
        )
        self._play_by(rules, generator_optimizer, discriminator_optimizer)

    def _play_by(
        self, rules: Rules, generator_optimizer: Any, discriminator_optimizer: Any
    ) -> None:
        makers = self.game.makers(self.generator)
        with self.distribute_strategy.scope():
            optimizers = prepare_optimizers(
                generator_optimizer,
                discriminator_optimizer,
                makers,
                [self.discriminator],
            )
            for term in rules.terms:
                term.bind(self.generator, self.discriminator)
        self.generator_optimizer, self.discriminator_optimizer = optimizers
        self.optimizer = PlayerOptimizers(*optimizers)
        self.rules = rules
        self.view = DiscriminatorView(
            self.packing, rules.augmentation, rules.instance_noise
        )
        self.discriminator_player = Discriminator(
            [self.discriminator], self.discriminator_optimizer, rules
        )
        self.generator_player = Generator(makers, self.generator_optimizer, rules)

    # ---------------------------------------------------------------- the game

    def train_step(self, data: Any) -> dict[str, Tensor]:
        """One step of Algorithm 1."""
        minibatches = divide(
            self.entries.of(data), self.rules.discriminator_steps, self.row_multiple
        )
        for draw, (players, minibatch) in enumerate(self.order(minibatches)):
            self._move(players, minibatch, draw)
        self.train_steps.assign_add(1)
        return reducible(self.get_metrics_result())

    def order(
        self, minibatches: Sequence[Example]
    ) -> list[tuple[tuple[Player, ...], Example]]:
        """Who moves when, and on which minibatch.

        Args:
            minibatches: examples, one for each move of the discriminator.
        """
        discriminator, generator = self.discriminator_player, self.generator_player
        if self.rules.simultaneous:
            return [((discriminator, generator), minibatches[0])]
        its_turns = [((discriminator,), minibatch) for minibatch in minibatches]
        turn = ((generator,), minibatches[-1])
        return [*its_turns, *[turn] * self.rules.generator_steps]

    def _move(self, players: Sequence[Player], minibatch: Example, draw: int) -> None:
        variables = [one.value for player in players for one in player.variables]
        several = len(players) > 1
        with tf.GradientTape(several, watch_accessed_variables=False) as tape:
            tape.watch(variables)
            round = Round(self, minibatch, [one.name for one in players], draw)
            stakes = [player.stake(round) for player in players]
        number = self.train_steps * self.rules.discriminator_steps + draw
        # All gradients before any move: each player answers the other's old self.
        answers = [
            player.gradients(tape, stake, round, number)
            for player, stake in zip(players, stakes, strict=True)
        ]
        for player, stake, (gradients, terms) in zip(
            players, stakes, answers, strict=True
        ):
            player.move(gradients)
            self.game_metrics.observe(round, player.name, stake.loss, terms)
        self._after_move(round)

    def _after_move(self, round: Round) -> None:
        if "generator" in round.players and self.ema_half_life is not None:
            update_average(
                self.evaluation_generator,
                self.generator,
                round.num_rows * num_replicas(),
                self.ema_half_life,
            )
        if "discriminator" in round.players:
            for metric in self.rules.round_metrics:
                metric.update_state(round)

    def test_step(self, data: Any) -> dict[str, Tensor]:
        """Both losses on held-out data in inference mode, from repeatable latents."""
        brought = self.entries.of(data)
        batch = full_rows(never_empty(brought), self.packing)
        round = Round(self, batch, (), training=False)
        real_logits, fake_logits = round.logits("real"), round.logits("fake")
        objective = self.rules.objective
        d_loss = objective.discriminator_loss(real_logits, fake_logits)
        g_loss = objective.generator_loss(fake_logits, real_logits)
        rows = num_rows(brought)
        self.game_metrics.observe_held_out(round, d_loss, g_loss, rows)
        for metric in self.rules.round_metrics:
            metric.update_state(round)
        self.test_steps.assign_add(1)
        return reducible(self.get_metrics_result())

    def seed_of(self, draw: int, step: keras.Variable | None = None) -> Tensor:
        """Key, integers `[2]`, of one draw of the current training step.

        Args:
            draw: int, tells the draws of one step apart.
            step: counter, or `None` for that of training steps. Defaults to `None`.
        """
        return seed_of(self.seed, draw, self.train_steps if step is None else step)

    def sample_latents(
        self, num_samples: int | Tensor, draw: int, step: keras.Variable | None = None
    ) -> Tensor:
        """Latents `[num_samples, latent_dim]` of the current training step.

        Args:
            num_samples: int or scalar integer tensor; of this replica.
            draw: int, tells the draws of one step apart.
            step: as in `seed_of`. Defaults to `None`.
        """
        seed = self.seed_of(draw, step)
        return draw_rows(lambda rows: self.prior.sample(rows, seed), num_samples)

    def generate(self, example: Example, training: bool = False) -> Tensor:
        """What the generator makes of latents and conditions, float32.

        Args:
            example: `latents`, and what else the generator names.
            training: bool. `False` takes the evaluation generator.
                Defaults to `False`.
        """
        inputs = self._generator_inputs if training else self._evaluation_inputs
        return tf.cast(inputs(example, training), tf.float32)

    def judge(self, example: Example, training: bool = False) -> dict[str, Tensor]:
        """What the discriminator says of an example, float32, with `logits` in it.

        Args:
            example: all that the discriminator names, in packs.
            training: bool. Defaults to `False`.
        """
        outputs = self._discriminator_inputs(example, training)
        said = outputs if isinstance(outputs, dict) else {LOGITS: outputs}
        return each(lambda output: tf.cast(output, tf.float32), said)

    def logits(self, images: Tensor, training: bool = False) -> Tensor:
        """The discriminator's logits `[batch, 1]` of images alone, in float32."""
        return self.judge({self.data_name: images}, training)[LOGITS]

    # ------------------------------------------------------------ data and samples

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        **kwargs: Any,
    ) -> keras.callbacks.History:
        """Plays the game; takes what `keras.Model.fit` takes.

        Args:
            x: images as an array `[num_images, height, width, channels]`, or a dict of
                arrays by name, `{"images": …, "labels": …}`, whose order is keyed by
                (seed, epoch); or a `tf.data.Dataset`, `keras.utils.PyDataset` or
                generator of images, of `(images, labels)` or of dicts, in which what
                nobody reads is passed over: one element for each step, which is divided
                into `discriminator_steps` minibatches.
            y: labels, an array as long as `x`; refused where nothing reads `labels`.
                Defaults to `None`.
            batch_size: int. Rows of one minibatch, for arrays; over all replicas of a
                strategy. Defaults to `32`.
            callbacks: list of Keras callbacks. Defaults to `None`.
            validation_split: float in [0, 1). Share of an array's last rows to hold
                out. Defaults to `0.0`.
            validation_data: as in Keras; losses on it are logged with prefix `val_`.
                Defaults to `None`.
            shuffle: bool, for arrays. Defaults to `True`.
            **kwargs: `epochs`, `verbose`, `initial_epoch` and the rest.

        Returns:
            history: `keras.callbacks.History`.

        Raises:
            ValueError: if images have another shape than generated ones, are not
                finite, lie far outside the generator's range, or come in batches that
                packs or groups do not divide; a dataset is checked as it is read;
                if `batch_size` or `validation_batch_size` is below 1.
            TypeError: if images are no floats.
        """
        fitting.refuse_weights(kwargs)
        fitted = fitting.prepare(
            self,
            fitting.data_of(self, x, y),
            batch_size,
            kwargs.pop("validation_batch_size", None),
            validation_split,
            validation_data,
            shuffle,
        )
        with clear_errors():
            return super().fit(
                fitted.batches,
                callbacks=[fitted.clock, *(callbacks or [])],
                validation_data=fitted.validation_batches,
                shuffle=fitted.shuffle,
                **kwargs,
            )

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        **kwargs: Any,
    ) -> Any:
        """Judges held-out images; takes what `keras.Model.evaluate` takes.

        Args:
            x: as in `fit`.
            y: as in `fit`. Defaults to `None`.
            batch_size: int, for arrays. Defaults to `32`.
            **kwargs: `return_dict`, `verbose`, `callbacks` and the rest.

        Returns:
            values: means over all images, in the order of `metrics_names`, or a dict.

        Raises:
            ValueError: if `batch_size` is below 1.
        """
        fitting.refuse_weights(kwargs)
        data = fitting.data_of(self, x, y)
        batches = fitting.evaluation_batches(self, data, batch_size)
        return super().evaluate(batches, **kwargs)

    def make_train_function(self, force: bool = False) -> Any:
        """Prepares one training step; Keras calls it."""
        if (
            self.run_eagerly
            or self.steps_per_execution > 1
            or not without_strategy(self.distribute_strategy)
        ):
            return super().make_train_function(force)
        if self.train_function is None or force:
            self.train_function = StepFunction(self.train_step, self.jit_compile)
        return self.train_function

    @property
    def evaluation_generator(self) -> keras.Model:
        """The generator that is judged and shipped: the average where there is one."""
        return self.generator if self.ema_generator is None else self.ema_generator

    def call(self, latents: Any, training: bool = False) -> Tensor:
        """Images `[batch, height, width, channels]` for latents.

        Args:
            latents: float, `[batch, latent_dim]`; a dict with conditions beside them
                where the generator has several inputs.
            training: bool. Defaults to `False`.
        """
        return self.evaluation_generator(latents, training=training)

    def sample(
        self,
        num_samples: int,
        seed: int | None = None,
        batch_size: int = 1000,
        **conditions: Any,
    ) -> FloatArray:
        """Draws images from the evaluation generator.

        Args:
            num_samples: int, at least 1.
            seed: int in [0, 2^31); the same seed gives the same images in every
                process. `None` draws one from Python's `random`, which
                `keras.utils.set_random_seed` governs. Defaults to `None`.
            batch_size: int, images generated at once. Defaults to `1000`.
            **conditions: one for each input of the generator besides latents: an array
                with `num_samples` rows, or one value for all. What is not told is drawn
                from the GAN's `conditions`.

        Returns:
            images: float32 array `[num_samples, height, width, channels]`.

        Raises:
            ValueError: if a condition is unknown, of another length, outside its
                classes, or missing where the GAN has no prior for it.

        Warns:
            UserWarning: if images, or weights of the generator, are not finite.
        """
        check_positive_integer("num_samples", num_samples)
        seed = random.randrange(2**31) if seed is None else check_seed("seed", seed)
        check_positive_integer("batch_size", batch_size)
        example = {
            LATENTS: self.prior.sample(num_samples, seed),
            **self._conditions.given(num_samples, seed, conditions, self.conditions),
        }
        images = self._generate_in_batches(example, batch_size)
        warn_of_lost_samples(images, self.evaluation_generator)
        return images

    def sample_stream(
        self, num_samples: int, seed: int, chunk_size: int = 1000
    ) -> SampleStream:
        """Samples for a measure that takes more of them than memory does.

        Each reading draws the same images anew, one chunk at a time; they are others
        than `sample` draws from the same seed, and depend on `chunk_size` too.

        Args:
            num_samples: int, at least 1.
            seed: int in [0, 2^31).
            chunk_size: int, images in memory at once. Defaults to `1000`.

        Returns:
            stream: iterable of float32 arrays `[chunk, height, width, channels]`.

        Example:
        ```python
        stream = gan.sample_stream(1_000_000, seed=0)
        kg.evaluation.parzen_log_likelihood(stream, valid, test, verbose=1)
        ```
        """
        return SampleStream(self.sample, num_samples, seed, chunk_size)

    def discriminate(
        self, images: Array, batch_size: int = 1000, **entries: Array
    ) -> FloatArray:
        """D(x): how likely the discriminator holds each image to be data.

        Args:
            images: array `[num_images, height, width, channels]`; with packing, a whole
                number of packs.
            batch_size: int, images judged at once. Defaults to `1000`.
            **entries: arrays of the other entries that the discriminator names, such as
                `labels`.

        Returns:
            probabilities: float32 array `[num_images / packing]` in [0, 1].
        """
        network_checks.check_image_shape(tuple(images.shape[1:]), self.image_shape)
        network_checks.check_batch_size(len(images), self.packing)
        example = Entries(self.data_name, self._discriminator_inputs.names).of(
            {self.data_name: images, **entries}
        )
        packs = each(self.view.pack, each(tf.convert_to_tensor, example))
        logits = self._judge_in_batches(packs, batch_size)
        return tf.sigmoid(logits[:, 0]).numpy()

    def _judged_logits(self, example: Example) -> Tensor:
        return self.judge(example)[LOGITS]

    # ------------------------------------------------------------------ its parts

    @property
    def terms(self) -> list[Term]:
        """The terms of the game, as `compile` got them."""
        return list(self.rules.terms)

    @property
    def pack_shape(self) -> Shape:
        """Shape of what the discriminator judges at once."""
        return packed(self.image_shape, self.packing)

    @property
    def row_multiple(self) -> int:
        """What must divide a minibatch: packs, and groups of packs."""
        return self.packing * network_checks.row_multiple(self.discriminator)

    @property
    def entries(self) -> Entries:
        """What a batch must bring."""
        named = (
            *self._generator_inputs.names,
            *self._discriminator_inputs.names,
            *self.game.reads,
            *(name for term in self.rules.terms for name in term.reads),
        )
        made = {LATENTS, self.data_name, *self.game.makes}
        others = [name for name in dict.fromkeys(named) if name not in made]
        return Entries(self.data_name, (self.data_name, *others))

    def dtype_of(self, name: str) -> tf.DType | None:
        """Dtype that a network's input of this name states, `None` where none does."""
        inputs = (self._generator_inputs, self._discriminator_inputs)
        dtypes = [one.dtype_of(name) for one in inputs if one.dtype_of(name)]
        return dtypes[0] if dtypes else None

    @property
    def metrics(self) -> list[keras.Metric]:
        """Losses, mean D on real and on generated images, terms, and your own."""
        with_terms = {player for term in self.rules.terms for player in term.players}
        return [*self.game_metrics.logged(with_terms), *self.rules.round_metrics]

    def get_metrics_result(self) -> dict[str, Tensor]:
        """The current value of each metric."""
        return {metric.name: metric.result() for metric in self.metrics}

    def reset_metrics(self) -> None:
        """Starts the means anew; each evaluation sees the same latents again."""
        super().reset_metrics()
        self.test_steps.assign(0)

    # -------------------------------------------------------------------- files

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this GAN."""
        serialize = keras.saving.serialize_keras_object
        parts = {
            "generator": self.generator,
            "discriminator": self.discriminator,
            "prior": self.prior,
            "game": self.game,
            "conditions": self.conditions,
        }
        return {
            **{name: serialize(part) for name, part in parts.items()},
            "ema_half_life": self.ema_half_life,
            "packing": self.packing,
            "seed": self.seed,
            "name": self.name,
        }

    @classmethod
    def from_config(cls, config: Config, custom_objects: Any = None) -> "GAN":
        """Builds the model from what `get_config` returned."""
        parts = {
            key: keras.saving.deserialize_keras_object(config[key], custom_objects)
            for key in _PARTS
            if key in config  # files of before have no game and no conditions
        }
        return cls(**{**config, **parts})

    def get_compile_config(self) -> Config | None:
        """Returns the arguments that repeat `compile`, or `None` before it."""
        if not self.compiled:
            return None
        serialize = keras.saving.serialize_keras_object
        return {
            "generator_optimizer": serialize(self.generator_optimizer),
            "discriminator_optimizer": serialize(self.discriminator_optimizer),
            **self.rules.get_config(),
            "jit_compile": self.jit_compile,
            "steps_per_execution": self.steps_per_execution,
            "run_eagerly": self.run_eagerly,
        }

    def compile_from_config(self, config: Config) -> None:
        """Repeats `compile` from what `get_compile_config` returned."""
        optimizers = {
            key: keras.saving.deserialize_keras_object(config[key])
            for key in ("generator_optimizer", "discriminator_optimizer")
        }
        self.compile(**{**config, **optimizers, **Rules.options_of(config)})

    def save_own_variables(self, store: Any) -> None:
        """Stores the counters, the states of random layers and of terms."""
        super().save_own_variables(store)
        for name, variable in unseen_state(self).items():
            store[name] = variable.numpy()

    def load_own_variables(self, store: Any) -> None:
        """Restores what `save_own_variables` stored."""
        unseen = unseen_state(self)
        super().load_own_variables(seen_by_keras(store))
        for name, variable in unseen.items():
            variable.assign(store[name])
