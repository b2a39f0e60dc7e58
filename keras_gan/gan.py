"""The adversarial game as a Keras model: Algorithm 1 in `train_step`."""

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import keras
import tensorflow as tf

from keras_gan._layers_of import layers_of
from keras_gan._replicas import draw_rows, num_replicas, reducible, separate_draws
from keras_gan._types import Array, Config, FloatArray, Shape, Tensor
from keras_gan._validation import check_seed
from keras_gan.games.game import Game, check_game, makers_of
from keras_gan.priors import Prior
from keras_gan.terms.term import Term
from keras_gan.training import configuration, fitting, network_checks
from keras_gan.training.batches import clear_errors
from keras_gan.training.compatibility import checked_compilation, constrain
from keras_gan.training.compile_arguments import takes_rules
from keras_gan.training.description import line_of, table_of
from keras_gan.training.examples import Entries, Example, divide, judged_rows
from keras_gan.training.fit_arguments import checked_callbacks
from keras_gan.training.inference import Inference
from keras_gan.training.keras_files import check_holds_game, refuse_export, whole_file
from keras_gan.training.kernels import choose_kernels
from keras_gan.training.metrics import GameMetrics
from keras_gan.training.networks import Networks, answer
from keras_gan.training.order import turns_of
from keras_gan.training.player import Discriminator, Generator, Player
from keras_gan.training.player_optimizers import PlayerOptimizers, prepare_optimizers
from keras_gan.training.random_state import (
    begin_counting,
    count_of_average,
    load_variables,
    save_variables,
    seed_of,
)
from keras_gan.training.round import Round
from keras_gan.training.rules import Rules
from keras_gan.training.sampling import SampleStream, Sampling
from keras_gan.training.train_function import train_function
from keras_gan.training.view import DiscriminatorView

__all__ = ["GAN"]
__dir__ = __all__.copy


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
    stopped after an epoch and loaded again therefore continues exactly.

    Args:
        generator: `keras.Model` from latents `[batch, latent_dim]` to images
            `[batch, height, width, channels]`; with conditions an input named
            `"latents"` and one for each; without latents one for each condition. Where
            an input states no size, `keras.Input((None, 80), ...)`, what it is told
            decides the size of what it makes.
        discriminator: `keras.Model` from images, and conditions that it names, to one
            logit, `[batch, 1]`, a map of them, `[batch, ..., 1]` (PatchGAN), or a list
            of either, one for each of several discriminators; or to a dict of outputs
            with `"logits"` among them.
        prior: `keras_gan.priors.Prior`, where latents come from; `None` where the
            generator takes none, as in translation of images.
        game: `keras_gan.games.Game`: who is shown what. `None` is the plain game, data
            against what the generator makes. Defaults to `None`.
        conditions: dict of priors by the name of an entry, such as `{"labels":
            keras_gan.priors.CategoricalPrior(10)}`: where `sample` takes conditions
            from that it is not told. Defaults to `None`.
        ema_half_life: float, above 0, in images: how many images halve the weight of
            the past in the moving average of the generator, which then draws samples,
            judges validation data and is exported. It starts from the weights that the
            generator has now: load those of another training before. `None` keeps no
            average. Defaults to `None`.
        packing: int, at least 1. Images that the discriminator judges together, side by
            side as channels (PacGAN): its input is `[batch, height, width, packing *
            channels]`, and it sees a lack of variety. Defaults to `1`.
        seed: int in [0, 2^31). Key of the training's randomness. It does not set the
            initial weights: seed the networks' initializers, or call
            `keras.utils.set_random_seed` first. Defaults to `0`.
        discriminator_ema_half_life: float, above 0, in images, of a moving average of
            the discriminator, which then judges and classifies outside training. It
            holds nothing of the initial weights. Defaults to `None`.
        name: str, of the model. Defaults to `None`, one that Keras makes.

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
        prior: Prior | None,
        game: Game | None = None,
        conditions: Mapping[str, Prior] | None = None,
        ema_half_life: float | None = None,
        packing: int = 1,
        seed: int = 0,
        discriminator_ema_half_life: float | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(name=name)
        self.prior = network_checks.check_prior(prior)
        half_lives = ema_half_life, discriminator_ema_half_life
        self.networks = Networks(
            generator, discriminator, self.prior.latent_dim, packing, *half_lives
        )
        self.generator = generator
        self.discriminator = discriminator
        self.game = check_game(game, self)
        self._sampling = Sampling(self, conditions)
        self._inference = Inference(self, self._sampling)
        self.conditions = self._sampling.conditions.priors
        self.packing = self.networks.packing
        self.ema_half_life = self.networks.half_life
        self.ema_generator = self.networks.average
        self.ema_discriminator = self.networks.average_of_discriminator
        self.discriminator_ema_half_life = self.networks.discriminator_half_life
        # Keras locks the tracker once a model is built: all state begins here.
        self.rules = Rules()
        self.view = DiscriminatorView(self.packing)
        self.game_metrics = GameMetrics()
        self.seed = check_seed("seed", seed)
        begin_counting(self, self.seed)
        self.averaged_share = count_of_average(self)
        makers = self.game.makers(generator)
        for network in (*makers, self.game.encoder, discriminator):
            separate_draws(layers_of(network))
        self.built = True

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
                from `d_loss` and `g_loss`. Each GAN takes copies of its own.
                Defaults to `()`.
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
            augmentation: `keras_gan.augmentation.DiffAugment`, or another serializable
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
        compiled = checked_compilation(self, rules, jit_compile, of_keras)
        players = makers_of(self, rules.terms), [self.discriminator]
        with self.distribute_strategy.scope():
            optimizers = prepare_optimizers(
                generator_optimizer, discriminator_optimizer, *players
            )
            for term in rules.terms:
                term.bind(self.generator, self.discriminator)
        # Nothing raises from here on: a compile that fails leaves the last one's rules.
        # Keras would install a third optimizer of its own.
        super().compile(optimizer=None, jit_compile=compiled, **of_keras)
        self.asked_jit_compile = jit_compile
        constrain(self.discriminator, rules)
        choose_kernels((*players[0], *players[1]), compiled)
        self.generator_optimizer, self.discriminator_optimizer = optimizers
        self.optimizer = PlayerOptimizers(*optimizers)
        self.rules, self.view = rules, DiscriminatorView.of(self.packing, rules)
        self.generator_player = Generator(players[0], optimizers[0], rules)
        self.discriminator_player = Discriminator(players[1], optimizers[1], rules)

    # ---------------------------------------------------------------- the game

    def train_step(self, data: Any) -> dict[str, Tensor]:
        """One step of Algorithm 1."""
        brought, multiple = self.entries.of(data), self.networks.row_multiple
        minibatches = divide(brought, self.rules.discriminator_steps, multiple)
        with self.networks.in_play():
            for draw, (players, minibatch) in enumerate(turns_of(self, minibatches)):
                self._move(players, minibatch, draw)
        self.train_steps.assign_add(1)
        return reducible(self.get_metrics_result())

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
        self.networks.update_averages(
            round.players, round.num_rows * num_replicas(), self.averaged_share
        )
        self.rules.observe(round)

    def test_step(self, data: Any) -> dict[str, Tensor]:
        """Both losses on held-out data in inference mode, from repeatable latents."""
        brought = self.networks.held_out_entries(self).of(data)
        batch, share = judged_rows(brought, self.packing)
        round = Round(self, batch, (), training=False)
        self.game_metrics.observe_held_out(round, share)
        self.rules.observe_held_out(round, share)
        self.test_steps.assign_add(1)
        return reducible(self.game_metrics.of_held_out(self.get_metrics_result()))

    def seed_of(self, draw: int, step: keras.Variable | None = None) -> Tensor:
        """Key, integers `[2]`, of one draw of the current training step.

        Args:
            draw: int, tells the draws of one step apart.
            step: counter, or `None` for that of training steps. Defaults to `None`.
        """
        return seed_of(self.seed, draw, self.train_steps if step is None else step)

    def sample_latents(self, num_samples: int | Tensor, seed: Tensor) -> Tensor:
        """Latents `[num_samples, latent_dim]`, other ones on each replica.

        Args:
            num_samples: int or scalar integer tensor; of this replica.
            seed: key, integers `[2]`, e.g. of `seed_of`.
        """
        return draw_rows(lambda rows: self.prior.sample(rows, seed), num_samples)

    def generate(self, example: Example, training: bool = False) -> Tensor:
        """What the generator makes of latents and conditions, float32.

        Args:
            example: `latents`, and what else the generator names.
            training: bool. `False` takes the evaluation generator.
                Defaults to `False`.
        """
        return self.networks.generate(example, training)

    def judge(self, example: Example, training: bool = False) -> dict[str, Tensor]:
        """What the discriminator says of an example, float32, with `logits` in it.

        Args:
            example: all that the discriminator names, in packs.
            training: bool. Defaults to `False`.
        """
        return self.networks.judge(example, training)

    # ------------------------------------------------------------ data and samples

    @clear_errors()
    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: Any = "auto",
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool = True,
        **kwargs: Any,
    ) -> keras.callbacks.History:
        """Plays the game; takes what `keras.Model.fit` takes.

        Args:
            x: images, signals or vectors as an array `[num, ...]`, or what NumPy reads
                as one; a split of a dataset (`data.train`, whose labels are taken where
                they are read); or a dict of arrays by name, `{"images": …, "labels":
                …}`, whose order is keyed by (seed, epoch). Or a `tf.data.Dataset`,
                `keras.utils.PyDataset` or generator of images, of `(images, labels)` or
                of dicts, in which what nobody reads is passed over: one element for
                each step, which is divided into `discriminator_steps` minibatches. Or a
                `keras_gan.datasets.Stream` of more images than memory holds, of which
                `steps_per_epoch` batches are an epoch.
            y: labels, an array as long as `x`; refused where nothing reads `labels`.
                Defaults to `None`.
            batch_size: int. Rows of one minibatch, for arrays and streams alone; over
                all replicas of a strategy. Defaults to `32`.
            epochs: int, how many to play; after `initial_epoch`, which to end with.
                Defaults to `1`.
            verbose: as in Keras. Defaults to `"auto"`.
            callbacks: Keras callback, or a list of them. Defaults to `None`.
            validation_split: float in [0, 1). Share of an array's last rows to hold
                out; for arrays alone. Defaults to `0.0`.
            validation_data: as in Keras; losses on it are logged with prefix `val_`.
                Defaults to `None`.
            shuffle: bool, for arrays and the batches of a `PyDataset`. Defaults to
                `True`.
            **kwargs: `initial_epoch`, `steps_per_epoch` and the rest. Of arrays and of
                a `PyDataset`, `steps_per_epoch` takes so many batches of each epoch's
                order.

        Returns:
            history: `keras.callbacks.History`.

        Raises:
            ValueError: if images have another shape than generated ones, are not
                finite, lie far outside the generator's range, or come in batches that
                packs or groups do not divide; a dataset is checked as it is read;
                if `batch_size` or `validation_batch_size` is below 1; if a dataset is
                given with a `batch_size` or a `validation_split`; if entries differ in
                rows, or callbacks hold `TerminateOnNaN`, which would watch nothing.
            TypeError: if images are no floats, or `x` is neither rows nor batches.
        """
        fitted = fitting.prepare(
            self, x, y, batch_size, validation_split, validation_data, shuffle, kwargs
        )
        return super().fit(
            fitted.batches,
            epochs=epochs,
            verbose=verbose,
            callbacks=[fitted.clock, *checked_callbacks(callbacks)],
            validation_data=fitted.validation_batches,
            shuffle=fitted.shuffle,
            **kwargs,
        )

    @clear_errors()
    def evaluate(
        self, x: Any = None, y: Any = None, batch_size: int | None = None, **kwargs: Any
    ) -> Any:
        """Judges held-out images; takes what `keras.Model.evaluate` takes.

        Args:
            x: as in `fit`.
            y: as in `fit`. Defaults to `None`.
            batch_size: int, for arrays and streams. Defaults to `32`.
            **kwargs: `return_dict`, `verbose`, `callbacks` and the rest.

        Returns:
            values: means over all images, in the order of `metrics_names`, or a dict.

        Raises:
            ValueError: if `batch_size` is below 1.
            TypeError: if there are no data.
        """
        fitting.refuse_weights(kwargs)
        # In `fit` Keras judges by batches that it made in the first epoch.
        if not kwargs.get("_use_cached_eval_dataset", False):
            x = fitting.evaluation_batches(self, x, y, batch_size)
        return super().evaluate(x, **kwargs)

    def make_train_function(self, force: bool = False) -> Any:
        """Prepares one training step; Keras calls it."""
        if self.train_function is None or force:
            by_keras = functools.partial(super().make_train_function, force)
            self.train_function = train_function(self, by_keras)
        return self.train_function

    def _maybe_symbolic_build(self, *args: Any, **kwargs: Any) -> None:
        """Nothing is left to build; Keras would trip over examples of many workers."""

    @property
    def evaluation_generator(self) -> keras.Model:
        """The generator that is judged and shipped: the average where there is one."""
        return self.generator if self.ema_generator is None else self.ema_generator

    @property
    def evaluation_discriminator(self) -> keras.Model:
        """The discriminator that judges outside training: the average, if there is."""
        average = self.ema_discriminator
        return self.discriminator if average is None else average

    def call(self, latents: Any, training: bool = False) -> Tensor:
        """Images `[batch, height, width, channels]` for latents.

        Args:
            latents: float, `[batch, latent_dim]`; a dict with conditions beside them
                where the generator has several inputs.
            training: bool. Defaults to `False`.
        """
        return answer(self.evaluation_generator, latents, training)

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
        return self._sampling.draw(num_samples, seed, batch_size, conditions)

    def deal(
        self, num_samples: int, seed: int | None = None, **conditions: Any
    ) -> Example:
        """Latents and conditions that `sample` makes its images of.

        Args:
            num_samples: int, at least 1.
            seed: as in `sample`. Defaults to `None`.
            **conditions: as in `sample`.

        Returns:
            example: tensors by name, as `generate` takes them.
        """
        return self._sampling.dealt(num_samples, seed, conditions)

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
        self, images: Array, /, batch_size: int = 1000, **entries: Array
    ) -> FloatArray:
        """D(x): how likely the discriminator holds each image to be data.

        Args:
            images: array `[num_images, height, width, channels]`; with packing, a whole
                number of packs.
            batch_size: int, images judged at once. Defaults to `1000`.
            **entries: arrays of the other entries that the discriminator names, such as
                `labels`.

        Returns:
            probabilities: float32 array `[num_images / packing]` in [0, 1], sigmoids of
                logits. Without `Objective.has_log_odds`, as of a critic, their order
                alone has a meaning.

        Raises:
            ValueError: if images are none, of another shape, not finite or far out of
                the generator's range, or are no whole packs.
            TypeError: if images are no floats.
        """
        return self._sampling.judged(images, batch_size, entries)

    def classify(
        self, images: Array, /, batch_size: int = 1000, **entries: Array
    ) -> FloatArray:
        """p(class given x) by a discriminator that also tells classes apart.

        Args:
            images: as in `discriminate`.
            batch_size: int, images judged at once. Defaults to `1000`.
            **entries: as in `discriminate`.

        Returns:
            probabilities: float32 array `[num_images / packing, num_classes]`.

        Raises:
            ValueError: as `discriminate`, or if the discriminator has no output named
                `"classes"`.
            TypeError: if images are no floats.
        """
        return self._sampling.classified(images, batch_size, entries)

    def encode(
        self, images: Array, /, batch_size: int = 1000, **entries: Array
    ) -> FloatArray:
        """E(x): latents of images, by the encoder of the game.

        It learned in the game, as in `keras_gan.games.Bidirectional` or by the term
        `keras_gan.terms.LatentRegression`, or after it, by
        `keras_gan.inference.fit_encoder`.

        Args:
            images: array `[num_images, height, width, channels]`.
            batch_size: int, images encoded at once. Defaults to `1000`.
            **entries: arrays of the conditions that the encoder names.

        Returns:
            latents: float32 array `[num_images, latent_dim]`.

        Raises:
            ValueError: if the GAN has no encoder, or images are none, or of another
                shape or range.
            TypeError: if images are no real numbers.
        """
        return self._inference.encoded(images, batch_size, entries)

    def reconstruct(
        self, images: Array, /, batch_size: int = 1000, **entries: Array
    ) -> FloatArray:
        """G(E(x)): images as the generator makes them from their own latents.

        Args:
            images: as in `encode`.
            batch_size: as in `encode`. Defaults to `1000`.
            **entries: arrays of the conditions that encoder and generator name.

        Returns:
            reconstructions: float32 array of the images' shape.

        Raises:
            ValueError: as `encode` does.
            TypeError: as `encode` does.
        """
        return self._inference.reconstructed(images, batch_size, entries)

    def complete(
        self,
        images: Array,
        mask: Array,
        num_samples: int = 1,
        seed: int | None = None,
        batch_size: int = 1000,
        **conditions: Any,
    ) -> FloatArray:
        """Fills in what is missing of images; for games of `Inpainting`.

        Args:
            images: array `[num_images, height, width, channels]`; what the mask asks
                for may hold anything.
            mask: 1 where a pixel is given and 0 elsewhere, `[height, width, 1]` or one
                for each image.
            num_samples: int, at least 1, completions of each image. Defaults to `1`.
            seed: as in `sample`. Defaults to `None`.
            batch_size: int, completions made at once. Defaults to `1000`.
            **conditions: further conditions, one row for each image or one value for
                all.

        Returns:
            completions: float32 array `[num_images, num_samples, height, width,
            channels]`; given pixels are those of `images`, bit for bit.

        Raises:
            ValueError: if the GAN's game is another one, or images are none, or images
                or mask are of another shape or range.
            TypeError: if images or mask are no real numbers.
        """
        return self._inference.completions(
            images, mask, num_samples, seed, batch_size, conditions
        )

    # ------------------------------------------------------------------ its parts

    @property
    def terms(self) -> list[Term]:
        """The terms of the game, as `compile` got them."""
        return list(self.rules.terms)

    @property
    def data_shape(self) -> Shape:
        """Shape of one row of data, `None` for an axis of any size."""
        return self.networks.data_shape

    @property
    def data_name(self) -> str:
        """Name of the entry that the generator makes and the discriminator judges."""
        return self.networks.data_name

    @property
    def entries(self) -> Entries:
        """What a batch must bring."""
        return self.networks.entries(self.game, self.rules.terms)

    @property
    def metrics(self) -> list[keras.Metric]:
        """Losses, mean D on real and on generated images, your own, and terms."""
        return self.game_metrics.logged(self)

    def get_metrics_result(self) -> dict[str, Tensor]:
        """The current value of each metric."""
        return {metric.name: metric.result() for metric in self.metrics}

    def reset_metrics(self) -> None:
        """Starts the means anew; each evaluation sees the same latents again."""
        super().reset_metrics()
        self.test_steps.assign(0)

    def __repr__(self) -> str:
        return line_of(self)

    def _repr_html_(self) -> str:
        """Returns a table for notebooks."""
        return table_of(self)

    # -------------------------------------------------------------------- files

    def save(self, filepath: Any, overwrite: bool = True, **kwargs: Any) -> None:
        """Writes the game as it stands; a file is replaced as a whole or not at all.

        Args:
            filepath: a path that ends in `.keras`, which `keras_gan.load` reads.
            overwrite: bool. `False` asks before Keras writes over a file.
                Defaults to `True`.
            **kwargs: what else `keras.Model.save` takes.

        Raises:
            ValueError: if the path is one of HDF5.
        """
        check_holds_game(filepath)
        with whole_file(filepath, overwrite) as path:
            super().save(path, overwrite, **kwargs)

    def export(
        self, filepath: Any, format: str = "tf_saved_model", **kwargs: Any
    ) -> None:
        """Refuses, and names the functions of `keras_gan.export` that ship a game.

        Raises:
            ValueError: always.
        """
        refuse_export(filepath, format)

    def get_config(self) -> Config:
        """Returns the arguments that rebuild this GAN."""
        return configuration.of_gan(self)

    @classmethod
    def from_config(cls, config: Config, custom_objects: Any = None) -> "GAN":
        """Builds the model from what `get_config` returned."""
        return cls(**configuration.gan_arguments(config, custom_objects))

    def get_compile_config(self) -> Config | None:
        """Returns the arguments that repeat `compile`, or `None` before it."""
        return configuration.of_compile(self) if self.compiled else None

    def compile_from_config(self, config: Config) -> None:
        """Repeats `compile` from what `get_compile_config` returned."""
        self.compile(**configuration.compile_arguments(self, config))

    def save_own_variables(self, store: Any) -> None:
        """Stores the counters, the states of random layers and of terms."""
        super().save_own_variables(store)
        save_variables(self, store)

    def load_own_variables(self, store: Any) -> None:
        """Restores what `save_own_variables` stored."""
        super().load_own_variables(load_variables(self, store))
