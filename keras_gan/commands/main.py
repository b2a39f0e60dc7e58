"""What the command line takes."""

import argparse
from collections.abc import Callable, Mapping
from typing import Any

Command = Callable[[argparse.Namespace], None]

STRATEGIES = ("none", "mirrored", "multi_worker")
PRECISIONS = ("float32", "mixed_bfloat16", "mixed_float16")


def build_parser(commands_by_name: Mapping[str, Command]) -> argparse.ArgumentParser:
    """The parser; `args.command` is the function that carries a command out."""
    parser = argparse.ArgumentParser(
        prog="keras-gan",
        description="Train, measure and export generative adversarial networks.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, command in commands_by_name.items():
        summary, add_arguments = _COMMANDS[name]
        add_arguments(_add(commands, name, command, summary))
    return parser


def _add(
    commands: Any, name: str, command: Command, text: str
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=text, description=text.capitalize() + "."
    )
    parser.add_argument("--debug", action="store_true", help="show tracebacks")
    parser.set_defaults(command=command)
    return parser


def _add_train(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("recipe", metavar="RECIPE", help="see `keras-gan list`")
    parser.add_argument("--data-dir", metavar="DIR", help="folder with the dataset")
    parser.add_argument(
        "--data",
        metavar="NAME",
        help="another dataset than the recipe's, of a size that its networks can make: "
        "a key of keras_gan.datasets.LOADERS, such as olivetti",
    )
    parser.add_argument("--epochs", type=int, metavar="N", help="default: the recipe's")
    parser.add_argument(
        "--seed", type=int, metavar="N", help="in [0, 2^31); default: 0"
    )
    parser.add_argument(
        "--output-dir", metavar="DIR", help="run directory; default: runs/RECIPE"
    )
    parser.add_argument(
        "--resume",
        action="store_true",
        help="continue the run in the output directory from its last complete epoch; "
        "begin it where there is none",
    )
    parser.add_argument(
        "--alternating",
        action="store_true",
        default=None,
        help="let the players of a 2014 recipe take turns, as Algorithm 1 of the paper "
        "does; default: both move at once, as its code does",
    )
    parser.add_argument(
        "--pretrained",
        metavar="RUN_DIR",
        help="run of the first stage, for a recipe that is a second one",
    )
    parser.add_argument(
        "--precision",
        choices=PRECISIONS,
        help="Keras dtype policy of the networks; default: float32. mixed_bfloat16 is "
        "faster where the processor multiplies in bfloat16 (AVX512_BF16, AMX, GPUs "
        "since Ampere)",
    )
    parser.add_argument(
        "--strategy",
        choices=STRATEGIES,
        default="none",
        help="none: one device (default); mirrored: all GPUs of this machine, or its "
        "CPU devices; multi_worker: the workers that TF_CONFIG names",
    )
    parser.add_argument(
        "--verbose",
        type=int,
        default=1,
        choices=(0, 1, 2),
        help="0 silent, 1 progress bar (default), 2 one line per epoch",
    )


def _add_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run_dir", metavar="RUN_DIR")
    parser.add_argument(
        "--best",
        action="store_true",
        help="take the epoch with the best Parzen log-likelihood of validation images; "
        "default: the last",
    )


def _add_evaluate(parser: argparse.ArgumentParser) -> None:
    _add_run(parser)
    parser.add_argument(
        "--data-dir",
        metavar="DIR",
        help="where the run's data were moved to; default: where it was trained from",
    )
    parser.add_argument(
        "--measures",
        nargs="+",
        metavar="NAME",
        help="parzen_log_likelihood and those of keras_gan.evaluation.Evaluator; "
        "default: all that suit the data",
    )
    parser.add_argument(
        "--num-kernels",
        type=int,
        metavar="N",
        help="generated images that carry Parzen kernels, any number: they are "
        "streamed; default: the recipe's",
    )
    parser.add_argument(
        "--verbose", type=int, default=1, choices=(0, 1), help="1 shows progress"
    )


def _add_sample(parser: argparse.ArgumentParser) -> None:
    _add_run(parser)
    parser.add_argument("--num", type=int, default=64, metavar="N", help="default: 64")
    parser.add_argument(
        "--seed", type=int, default=0, metavar="N", help="in [0, 2^31); default: 0"
    )
    parser.add_argument("--output", required=True, metavar="FILE.png")


def _add_export(parser: argparse.ArgumentParser) -> None:
    _add_run(parser)
    parser.add_argument(
        "--format",
        nargs="+",
        required=True,
        metavar="FORMAT",
        help="onnx, onnx_uint8, onnx_uint8_nchw, onnx_torch_fidelity, onnx_seeded, "
        "onnx_prior, onnx_float16, onnx_int8, saved_model, litert, litert_float16, "
        "litert_int8",
    )
    parser.add_argument(
        "--output-dir", metavar="DIR", help="default: exports, in the run directory"
    )
    parser.add_argument(
        "--data-dir",
        metavar="DIR",
        help="where the run's data were moved to; default: where it was trained from",
    )
    parser.add_argument("--opset", type=int, metavar="N", help="of ONNX; default: 17")
    parser.add_argument(
        "--version", type=int, metavar="N", help="of the SavedModel; default: 1"
    )
    parser.add_argument(
        "--discriminator",
        action="store_true",
        help="add discriminate(images) to the SavedModel",
    )
    parser.add_argument(
        "--license",
        metavar="NAME",
        help="under which the artefact is given away; default: not stated",
    )
    parser.add_argument(
        "--overwrite", action="store_true", help="replace what is there"
    )


_COMMANDS: dict[str, tuple[str, Callable[[argparse.ArgumentParser], None]]] = {
    "list": ("show the recipes", lambda parser: None),
    "train": ("train a recipe into a run directory", _add_train),
    "evaluate": ("score a run beside held-out real data", _add_evaluate),
    "sample": ("draw a picture of generated images", _add_sample),
    "export": ("export the generator and check it", _add_export),
}
