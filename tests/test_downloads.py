"""Files that are nowhere and cannot be downloaded: one sentence, and what helps."""

import dataclasses

import pytest

import keras_gan as kg
from keras_gan.commands.main import main
from keras_gan.datasets import cifar10, mnist

NOBODY = "http://127.0.0.1:9/"  # the discard port, at which nobody listens


@pytest.fixture
def without_network(monkeypatch, tmp_path):
    monkeypatch.delenv("KERAS_GAN_DATA", raising=False)
    monkeypatch.setenv("no_proxy", "*")
    nowhere = dataclasses.replace(mnist._MNIST, origin=NOBODY, cache=str(tmp_path))
    monkeypatch.setattr(mnist, "_MNIST", nowhere)
    monkeypatch.setattr(cifar10, "_ORIGIN", NOBODY)


def test_what_cannot_be_downloaded_can_be_named(without_network):
    with pytest.raises(
        FileNotFoundError, match="MNIST could not be downloaded .*data_dir"
    ):
        kg.datasets.load_mnist()


def test_the_first_command_says_what_helps(
    without_network, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    assert main(["train", "goodfellow2014_mnist"]) == 2
    (told,) = capsys.readouterr().err.splitlines()
    assert "The files of MNIST could not be downloaded (" in told
    assert "Connection refused" in told and "--data-dir" in told
    assert not (tmp_path / "runs").exists()


def test_a_damaged_download_is_no_missing_network(monkeypatch, tmp_path):
    def damaged(*arguments, **options):
        raise ValueError("the md5 file hash does not match")

    monkeypatch.delenv("KERAS_GAN_DATA", raising=False)
    monkeypatch.setattr("keras.utils.get_file", damaged)
    with pytest.raises(ValueError, match="does not match"):
        kg.datasets.load_mnist()
