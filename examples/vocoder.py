"""How near a vocoder's spectrograms are to those it is told, beside Griffin and Lim's.

    keras-gan train hifigan --output-dir runs/hifigan
    python examples/vocoder.py runs/hifigan --output-dir runs/vocoder

The table: mean distance of log-mel spectrograms, in nats of magnitude, between held-out
waveforms and what is made of their spectrograms: by the run's generator, by the same
untrained, by Griffin and Lim's phases for magnitudes that fit the bands best (32
rounds), and by silence. `spectrograms.png`: some of them, side by side. `real.wav`,
`vocoder.wav` and `griffin_lim.wav`: the same, to listen to.

References:
    Griffin and Lim, Signal estimation from modified short-time Fourier transform, 1984.
    Kong et al., HiFi-GAN, 2020. https://arxiv.org/abs/2010.05646
"""

import argparse
from pathlib import Path

import numpy as np
import tensorflow as tf

import keras_gan as kg
from keras_gan.runs import replacing, write_json

VOCODER, GRIFFIN_LIM = "vocoder", "Griffin-Lim"


def main() -> None:
    args = parse_arguments()
    run = kg.runs.load_run(args.run)
    gan = run.gan
    waveforms = run.data.test.values[: args.num_waveforms]
    told = gan.game.conditions_of(gan, waveforms)
    untrained = kg.recipes.get("hifigan").build(run.data, seed=gan.seed)
    made = {
        VOCODER: gan.sample(len(waveforms), **told),
        "the same untrained": untrained.sample(len(waveforms), **told),
        GRIFFIN_LIM: griffin_lim(layer_of(gan), told["frames"], args.rounds),
        "silence": np.zeros_like(waveforms),
    }
    distances = {
        name: np.abs(bands_of(gan, one) - told["frames"]).mean(axis=(1, 2))
        for name, one in made.items()
    }
    errors = {
        name: (float(values.mean()), float(values.std() / np.sqrt(len(values))))
        for name, values in distances.items()
    }
    table = "".join(
        f"{name:<20}{mean:.3f} ± {error:.3f}\n"
        for name, (mean, error) in errors.items()
    )
    facts = {"num_waveforms": len(waveforms), "rounds": args.rounds, **errors}
    write_json(args.output_dir / "vocoder.json", facts)
    heard = {"real": waveforms, VOCODER: made[VOCODER], GRIFFIN_LIM: made[GRIFFIN_LIM]}
    rate = args.sampling_rate or run.sampling_rate or kg.sound.SAMPLING_RATE
    for name, some in heard.items():
        path = args.output_dir / f"{name.lower().replace('-', '_')}.wav"
        kg.sound.save_waveforms(path, some[: args.num_drawn], rate)
    spectra = {
        name: bands_of(gan, one[: args.num_drawn]) for name, one in heard.items()
    }
    draw(args.output_dir / "spectrograms.png", spectra)
    print(f"{table}Written: {args.output_dir}")


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", metavar="RUN", help="folder of a run of hifigan")
    parser.add_argument("--num-waveforms", type=int, default=200)
    parser.add_argument("--num-drawn", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=32, help="of Griffin and Lim")
    parser.add_argument("--sampling-rate", type=int, help="default: that of the data")
    parser.add_argument("--output-dir", type=Path, default=Path("runs/vocoder"))
    return parser.parse_args()


def layer_of(gan: kg.GAN) -> kg.layers.LogMelSpectrogram:
    return gan.game.sources["frames"].get_layer("frames")


def bands_of(gan: kg.GAN, waveforms: np.ndarray) -> np.ndarray:
    bands: np.ndarray = layer_of(gan)(waveforms).numpy()
    return bands


def griffin_lim(
    layer: kg.layers.LogMelSpectrogram, frames: np.ndarray, rounds: int
) -> np.ndarray:
    """Waveforms whose spectra have these bands, with phases that fit each other.

    Args:
        layer: that made the bands.
        frames: `[num, num_frames, num_bands]`, logarithms.
        rounds: int, of projection on what is the spectrum of some waveform.
    """
    of_bands = np.linalg.pinv(layer.mel_matrix().numpy())
    magnitudes = np.maximum(np.exp(frames) @ of_bands, 0)
    sizes = layer.window_length, layer.hop_length
    window = tf.signal.inverse_stft_window_fn(sizes[1])

    def to_waves(spectra: tf.Tensor) -> tf.Tensor:
        return tf.signal.inverse_stft(spectra, *sizes, window_fn=window)

    phases = np.exp(2j * np.pi * np.random.default_rng(0).random(magnitudes.shape))
    spectra = tf.constant(magnitudes * phases, tf.complex64)
    for _ in range(rounds):
        again = tf.signal.stft(to_waves(spectra), *sizes)
        phase = tf.math.angle(again)
        spectra = tf.cast(magnitudes, tf.complex64) * tf.exp(
            tf.complex(tf.zeros_like(phase), phase)
        )
    beyond = (sizes[0] - sizes[1]) // 2  # the layer's frames begin before the waveform
    waves = to_waves(spectra).numpy()[:, beyond:]
    return waves[:, : frames.shape[1] * sizes[1], np.newaxis]


def draw(path: Path, spectra: dict[str, np.ndarray]) -> None:
    """Rows of spectrograms, low bands below, in one range of shades."""
    from matplotlib.figure import Figure

    rows, columns = len(spectra), len(next(iter(spectra.values())))
    figure = Figure(figsize=(2.2 * columns, 1.9 * rows), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False)
    low, high = spectra["real"].min(), spectra["real"].max()
    for row, (name, bands) in enumerate(spectra.items()):
        for column, one in enumerate(bands):
            panel = axes[row, column]
            panel.imshow(one.T, "magma", origin="lower", vmin=low, vmax=high)
            panel.set(xticks=[], yticks=[])
        axes[row, 0].set_ylabel(name)
    with replacing(path) as partial:
        figure.savefig(partial, dpi=110)


if __name__ == "__main__":
    main()
