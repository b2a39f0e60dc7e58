"""`keras-gan checks`: versions, devices, and what is slow or missing here."""

import argparse
import json

from keras_gan._backend import requested_backend, require_backend
from keras_gan.commands._shared import add_json, say
from keras_gan.commands._tensorflow import start_tensorflow

SUMMARY = "report versions, devices, and what is slow or missing here"
IF_STOPPED = "nothing was to be written, it only looks"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds those of `keras-gan checks`."""
    add_json(parser)


def run(args: argparse.Namespace) -> None:
    """Looks, and says what it saw."""
    from keras_gan.commands import _machine

    require_backend(requested_backend())
    versions = _machine.versions()
    if not args.json:  # before TensorFlow, which may not start
        say("\n".join(f"{name:<34} {version}" for name, version in versions.items()))
    start_tensorflow()
    found = list(_machine.findings())
    if args.json:
        record = {"versions": versions, "findings": [one._asdict() for one in found]}
        say(json.dumps(record, indent=2))
        return
    for finding in found:
        say(f"{finding.state:<8} {finding.name:<25} {finding.told}")
