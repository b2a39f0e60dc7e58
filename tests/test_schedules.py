import numpy as np
import pytest

from keras_gan.schedules import (
    CriticHeadStart,
    FlooredExponentialDecay,
    LinearPerEpoch,
)


@pytest.mark.parametrize(
    ("epoch", "published"),
    # Rates after so many epochs of 500 updates, computed from lr_0 / 1.000004^t.
    [(50, 0.0905), (100, 0.0819), (250, 0.0607), (500, 0.0368), (1000, 0.0135)],
)
def test_decay_reaches_the_rates_of_2014(epoch, published):
    rate = FlooredExponentialDecay(0.1)(epoch * 500)
    np.testing.assert_allclose(rate, published, atol=5e-5)


def test_decay_is_exact_and_floored():
    schedule = FlooredExponentialDecay(0.1, 1.000004, 1e-6)
    steps = np.array([0, 1, 1_000, 2_000_000])
    expected = 0.1 / np.float64(1.000004) ** steps
    np.testing.assert_allclose(
        [schedule(int(step)) for step in steps], expected, rtol=1e-6
    )
    assert schedule(5_000_000) == np.float32(1e-6)
    # The floor is reached after 2.878 million updates.
    assert schedule(2_870_000) > np.float32(1e-6) == schedule(2_880_000)


def test_momentum_rises_by_epoch_and_stays():
    momentum = LinearPerEpoch(0.5, 0.7, saturation_epoch=250, updates_per_epoch=500)
    # 1-based epoch e: .5 + .2 min(1, (e - 1) / 249), as pylearn2's MomentumAdjustor.
    for epoch in (1, 2, 50, 249, 250, 400):
        expected = 0.5 + 0.2 * min(1.0, (epoch - 1) / 249)
        first, last = (epoch - 1) * 500, epoch * 500 - 1
        np.testing.assert_allclose(momentum(first), expected, rtol=1e-6)
        np.testing.assert_allclose(momentum(last), expected, rtol=1e-6)


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"initial": 0.0}, "initial"),
        ({"initial": 0.1, "decay_factor": 1.0}, "decay_factor"),
        ({"initial": 0.1, "minimum": -1e-6}, "minimum"),
    ],
)
def test_invalid_decay(arguments, name):
    with pytest.raises(ValueError, match=f"`{name}`"):
        FlooredExponentialDecay(**arguments)


@pytest.mark.parametrize(
    ("saturation_epoch", "updates_per_epoch"), [(1, 500), (250, 0)]
)
def test_invalid_momentum(saturation_epoch, updates_per_epoch):
    with pytest.raises(ValueError, match="Expected an integer of at least"):
        LinearPerEpoch(0.5, 0.7, saturation_epoch, updates_per_epoch)


def test_the_generator_moves_when_the_code_of_wgan_lets_it():
    # martinarjovsky/WassersteinGAN, main.py: so many moves of the critic before each
    # of the generator's, here five to a step.
    expected = []
    for iteration in range(1100):
        critic_moves = 100 if iteration < 25 or iteration % 500 == 0 else 5
        expected += [0.0] * (critic_moves // 5 - 1) + [5e-5]
    schedule = CriticHeadStart(5e-5, steps=20)
    rates = schedule(np.arange(len(expected)))
    np.testing.assert_allclose(rates, expected, rtol=1e-6)


def test_long_iterations_need_short_ones_between_them():
    with pytest.raises(ValueError, match="`interval`. Expected an integer above first"):
        CriticHeadStart(5e-5, first=25, interval=25)
    with pytest.raises(ValueError, match="`rate`"):
        CriticHeadStart(0.0)
