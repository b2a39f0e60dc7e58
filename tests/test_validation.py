import numpy as np
import pytest

from keras_gan import _validation as validation


@pytest.mark.parametrize("value", [0, -3, 1.0, "2", None, True, np.float32(2)])
def test_positive_integer_refuses(value):
    with pytest.raises(ValueError, match="Invalid value for argument `num`") as caught:
        validation.check_positive_integer("num", value)
    assert f"Received: num={value!r}" in str(caught.value)


def test_integers_of_numpy_are_integers():
    assert validation.check_positive_integer("num", np.int64(3)) == 3
    assert type(validation.check_integer("num", np.uint8(0))) is int


@pytest.mark.parametrize("value", [0, -1.0, float("inf"), float("nan"), "1", True])
def test_positive_refuses(value):
    with pytest.raises(ValueError, match="Expected a positive float"):
        validation.check_positive("rate", value)


@pytest.mark.parametrize("value", [float("inf"), float("nan"), None, False])
def test_finite_refuses(value):
    with pytest.raises(ValueError, match="Expected a finite float"):
        validation.check_finite("low", value)


@pytest.mark.parametrize("value", [-0.01, 1.0, 2, float("nan")])
def test_fraction_refuses(value):
    with pytest.raises(ValueError, match=r"Expected a float in \[0, 1\)"):
        validation.check_fraction("rate", value)


@pytest.mark.parametrize("value", [0, 0.5, np.float32(0.25)])
def test_fraction_accepts(value):
    assert validation.check_fraction("rate", value) == value


def test_same_shape_names_both():
    validation.check_same_shape(one=np.zeros((2, 1)), other=np.ones((2, 1)))
    with pytest.raises(ValueError, match=r"one.shape=\(2, 1\), other.shape=\(2,\)"):
        validation.check_same_shape(one=np.zeros((2, 1)), other=np.zeros(2))


def test_known_suggests_the_nearest():
    known = ("hinge", "wasserstein")
    assert validation.check_known("objective", "hinge", known) == "hinge"
    with pytest.raises(ValueError, match="Did you mean 'wasserstein'"):
        validation.check_known("objective", "waserstein", known)


def test_known_suggests_nothing_far_fetched():
    with pytest.raises(ValueError, match="Received: format='xyz'.$"):
        validation.check_known("format", "xyz", ("onnx", "saved_model"))


@pytest.mark.parametrize("value", [5, None, "12", b"12"])
def test_positive_integers_refuses_what_is_no_sequence(value):
    with pytest.raises(ValueError, match="`units`. Expected a sequence of integers"):
        validation.check_positive_integers("units", value)


def test_positive_integers_names_the_place_and_the_length():
    assert validation.check_positive_integers("units", [3, np.int64(2)]) == (3, 2)
    with pytest.raises(ValueError, match=r"Received: units\[1\]=nan"):
        validation.check_positive_integers("units", (3, float("nan")))
    with pytest.raises(ValueError, match="a sequence of 3 integers"):
        validation.check_positive_integers("shape", (3, 2), length=3)


def test_a_size_is_a_pair_or_a_square():
    assert validation.check_size("image_size", (3, 2)) == (3, 2)
    assert validation.check_size("image_size", np.int32(4)) == (4, 4)
    for value in (0, 4.0, True, (4,), (4, 4, 1), None):
        with pytest.raises(ValueError, match="`image_size`"):
            validation.check_size("image_size", value)


@pytest.mark.parametrize("value", [0, 1, float("nan"), "1", None])
def test_between_0_and_1_refuses(value):
    with pytest.raises(ValueError, match=r"Expected a float in \(0, 1\)"):
        validation.check_between_0_and_1("share", value)


def test_an_array_is_shown_by_its_shape():
    with pytest.raises(ValueError) as caught:
        validation.check_positive("rate", np.zeros((50, 2), "float32"))
    told = "Received: rate=ndarray of shape (50, 2), float32"
    assert str(caught.value).endswith(told)
    for other in (np.float32(-1), np.ndarray, np.array(-1.0)):  # no rows to count
        with pytest.raises(ValueError) as caught:
            validation.check_positive("rate", other)
        assert str(caught.value).endswith(f"Received: rate={other!r}")
