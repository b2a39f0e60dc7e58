"""One run of training on disk: its folder, its data, what it left, how it is judged."""

from keras_gan.runs.directory import RunDirectory
from keras_gan.runs.run import (
    Run,
    build_game,
    check_data,
    check_rules,
    data_of_run,
    load_data,
    load_model,
    load_run,
    recipe_of,
)

__all__ = [
    "Run",
    "RunDirectory",
    "build_game",
    "check_data",
    "check_rules",
    "data_of_run",
    "load_data",
    "load_model",
    "load_run",
    "recipe_of",
]
