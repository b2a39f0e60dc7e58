import json
import re
import sys

import numpy as np
import pytest
import scipy.linalg

from keras_gan.evaluation import frechet
from keras_gan.evaluation.features import Features
from keras_gan.evaluation.frechet import frechet_distance, gaussian_frechet_distance

ZERO = np.zeros(2)


def sqrtm_distance(mean_1, covariance_1, mean_2, covariance_2):
    root = np.real(scipy.linalg.sqrtm(covariance_1 @ covariance_2))
    spread = np.trace(covariance_1 + covariance_2 - 2 * root)
    return np.sum((mean_1 - mean_2) ** 2) + spread


def random_covariance(random, dim):
    factor = random.normal(size=(dim, 2 * dim))
    return factor @ factor.T / dim


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        # 3^2 + 4^2 + (2 - 1)^2 + (2 - 1)^2
        ((ZERO, np.eye(2), [3, 4], 4 * np.eye(2)), 27.0),
        # The trace of the root of a 2 x 2 matrix M is sqrt(tr M + 2 sqrt(det M)):
        # 4 + 4 - 2 sqrt(8 + 6), as det M = 3 * 3 and tr M = 2 + 6.
        ((ZERO, [[2, 1], [1, 2]], ZERO, np.diag([1, 3])), 8 - 2 * np.sqrt(14)),
        ((ZERO, [[2, 1], [1, 2]], ZERO, np.diag([1, 3])), 0.5166852264521182),
        (([1.0], [[4.0]], [3.0], [[9.0]]), 5.0),  # (3 - 1)^2 + (3 - 2)^2
    ],
)
def test_hand_computed_distances(arguments, expected):
    assert gaussian_frechet_distance(*arguments) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("dim", [1, 2, 30])
def test_closed_form_equals_the_root_of_scipy(dim):
    random = np.random.default_rng(dim)
    means = random.normal(size=(2, dim))
    first, second = random_covariance(random, dim), random_covariance(random, dim)
    arguments = (means[0], first, means[1], second)
    expected = sqrtm_distance(*arguments)
    assert gaussian_frechet_distance(*arguments) == pytest.approx(expected, rel=1e-11)
    swapped = gaussian_frechet_distance(means[1], second, means[0], first)
    assert swapped == pytest.approx(expected, rel=1e-11)


def test_commuting_covariances_subtract_their_standard_deviations():
    random = np.random.default_rng(1)
    basis = scipy.linalg.qr(random.normal(size=(12, 12)))[0]
    stddevs = random.uniform(0, 3, size=(2, 12))
    stddevs[0, :4] = stddevs[1, 2:8] = 0  # singular, in different directions
    covariances = [(basis * s**2) @ basis.T for s in stddevs]
    zero = np.zeros(12)
    distance = gaussian_frechet_distance(zero, covariances[0], zero, covariances[1])
    expected = np.sum((stddevs[0] - stddevs[1]) ** 2)
    assert distance == pytest.approx(expected, rel=1e-12)


def test_set_equals_itself_though_its_covariance_is_singular():
    # A root of eigenvalues that are rounding errors would leave 1e-7 of the trace.
    values = 100 * np.random.default_rng(0).normal(size=(20, 60))
    trace = values.var(axis=0, ddof=1).sum()
    distance = frechet_distance(real=values, fake=values.copy())
    assert 0 <= distance.value < 1e-12 * trace
    constant = np.ones((5, 3))
    assert frechet_distance(real=constant, fake=constant + 2).value == 12


def test_sets_have_the_distance_of_their_moments():
    random = np.random.default_rng(2)
    real, fake = random.normal(size=(50, 7)), 2 * random.normal(size=(80, 7)) + 1
    moments = [m for s in (real, fake) for m in (s.mean(0), np.cov(s, rowvar=False))]
    distance = frechet_distance(
        real=Features(real, name="net"), fake=Features(fake, name="net")
    )
    assert distance.value == pytest.approx(sqrtm_distance(*moments), rel=1e-11)
    assert distance.values == {"frechet_distance": distance.value}
    assert json.loads(json.dumps(distance.record())) == {
        "measure": "FrechetDistance",
        "value": distance.value,
        "features": "net",
        "dim": 7,
        "num_real": 50,
        "num_fake": 80,
        "warnings": list(distance.warnings),
    }


def test_a_large_offset_costs_no_digits():
    # Values around 1e4 have squares around 1e8, of which float32 keeps 8.
    random = np.random.default_rng(3)
    real, fake = random.normal(size=(2, 4_000, 5)).astype("float32")
    real, fake = np.round(real * 1024) / 1024, np.round(fake * 1024) / 1024 + 0.5
    expected = frechet_distance(real=real, fake=fake).value
    moved = [(values + np.float32(1e4)) for values in (real, fake)]  # exact
    assert moved[0].dtype == "float32"
    value = frechet_distance(real=moved[0], fake=moved[1]).value
    assert value == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("chunk_values", [1, 7 * 13])
def test_chunks_change_nothing(monkeypatch, chunk_values):
    random = np.random.default_rng(4)
    real, fake = random.normal(size=(2, 101, 7))
    expected = frechet_distance(real=real, fake=fake).value
    module = sys.modules[frechet_distance.__module__]
    monkeypatch.setattr(module, "_CHUNK_VALUES", chunk_values)
    value = frechet_distance(real=real, fake=fake).value
    assert value == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("num_real", "num_fake"), [(30, 25), (2, 40), (59, 60)])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.filterwarnings("ignore:Matrix is singular")  # SciPy's root says so
def test_fewer_samples_than_dimensions(num_real, num_fake, dtype, monkeypatch):
    random = np.random.default_rng(num_real)
    mixing = random.normal(size=(60, 60))
    real = (random.normal(size=(num_real, 60)) @ mixing + 3).astype(dtype)
    fake = (random.normal(size=(num_fake, 60)) @ mixing.T).astype(dtype)
    monkeypatch.setattr(frechet, "_moments", None)  # no covariance is built
    distance = frechet_distance(real=real, fake=fake).value
    sets = [values.astype("float64") for values in (real, fake)]
    moments = [part for s in sets for part in (s.mean(axis=0), np.cov(s.T))]
    assert distance == pytest.approx(gaussian_frechet_distance(*moments), rel=1e-9)
    # SciPy's root of a singular matrix has half of the digits.
    assert distance == pytest.approx(sqrtm_distance(*moments), rel=1e-5)
    monkeypatch.setattr(frechet, "_CHUNK_VALUES", 7 * max(num_real, num_fake))
    in_chunks = frechet_distance(real=real, fake=fake).value
    assert in_chunks == pytest.approx(distance, rel=1e-12)


def test_many_dimensions_take_no_time_of_their_own():
    # Covariances of 3 x 64 x 64 pixels would take 1.2 GB each, and their roots an hour.
    sets = np.random.default_rng(0).normal(size=(2, 100, 12_288)).astype("float32")
    distance = frechet_distance(real=sets[0], fake=sets[1])
    # Products of independent rows are nearly Gaussian: A B' is sqrt(d) / (n - 1) times
    # a square Gaussian matrix, whose singular values sum to 8 / (3 pi) n^1.5 (the
    # quarter circle law).
    root_trace = np.sqrt(12_288) * 8 / (3 * np.pi) * 100**1.5 / 99
    means, variances = 12_288 * 2 / 100, 12_288 * 2
    expected = means + variances - 2 * root_trace
    assert distance.value == pytest.approx(expected, rel=0.01)


def test_few_samples_bias_the_distance_upwards():
    # To first order in 1 / n, of N(0, I) twice: the means add E||m_1 - m_2||^2 =
    # 2 dim / n, the covariances E||C_1 - C_2||_F^2 / 4 = dim (dim + 1) / (2 n).
    random = np.random.default_rng(5)
    means = {
        size: np.mean(
            [
                frechet_distance(
                    real=random.normal(size=(size, 20)),
                    fake=random.normal(size=(size, 20)),
                ).value
                for _ in range(20)
            ]
        )
        for size in (100, 400, 1_600)
    }
    for size, mean in means.items():
        assert mean == pytest.approx((2 * 20 + 20 * 21 / 2) / size, rel=0.15)
    assert means[100] > means[400] > means[1_600] > 0


@pytest.mark.parametrize(
    ("num_real", "num_fake", "doubts"),
    [
        (40, 40, []),
        (39, 40, ["`real`.*fewer"]),
        (4, 5, ["`real`.*sing", "`fake`.*few"]),
    ],
)
def test_few_samples_are_told(num_real, num_fake, doubts):
    random = np.random.default_rng(6)
    real = Features(random.normal(size=(num_real, 4)), name="net")
    fake = Features(random.normal(size=(num_fake, 4)), name="net")
    warnings = frechet_distance(real=real, fake=fake).warnings
    assert len(warnings) == len(doubts)
    for warning, doubt in zip(warnings, doubts, strict=True):
        assert re.search(doubt, warning)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([[0.0]], [[1.0]], [0.0], [[1.0]]), "`mean_1`.*vector"),
        (([np.nan], [[1.0]], [0.0], [[1.0]]), "`mean_1`.*finite"),
        (([0.0], [[1.0]], ZERO, np.eye(2)), "`mean_1` and `mean_2`"),
        ((ZERO, np.eye(3), ZERO, np.eye(2)), r"`covariance_1`.*\(2, 2\)"),
        ((ZERO, np.eye(2), ZERO, [[1, 0.1], [0, 1]]), "`covariance_2`.*symmetric"),
        ((ZERO, np.eye(2), ZERO, np.nan * np.eye(2)), "`covariance_2`.*finite"),
        ((ZERO, np.eye(2), ZERO, -np.eye(2)), "`covariance_2`.*negative"),
    ],
)
def test_bad_moments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        gaussian_frechet_distance(*arguments)


def test_sets_that_do_not_compare_are_refused():
    with pytest.raises(ValueError, match="one length"):
        frechet_distance(real=np.eye(3), fake=np.eye(4))
    with pytest.raises(ValueError, match="`fake`.*at least 2"):
        frechet_distance(real=np.eye(3), fake=np.eye(3)[:1])
