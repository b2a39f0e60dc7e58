"""`keras-gan evaluate`: the scores of a run, beside those of held-out real data."""

import argparse
import json
import warnings
from pathlib import Path

import keras_gan as kg
from keras_gan._environment import record_environment
from keras_gan._files import write_json
from keras_gan._validation import check_known, check_positive_integer
from keras_gan.commands._shared import (
    add_data_of_run,
    add_json,
    add_progress,
    add_run,
    data_of_run,
    draws_bars,
    say,
)
from keras_gan.commands._tensorflow import start_tensorflow

SUMMARY = "score a run beside held-out real data"
_ON_KERNELS = {"parzen", "parzen_log_likelihood"}  # of any number of samples
IF_STOPPED = "nothing was written: evaluation.json is as it was"
_IF_STOPPED_LATER = (
    "evaluation.json is written; pictures and report.html may be of before"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds those of `keras-gan evaluate`."""
    add_run(parser)
    add_data_of_run(parser)
    parser.add_argument(
        "--measures",
        nargs="+",
        metavar="NAME",
        help="those of keras_gan.evaluation.Evaluator, such as parzen_log_likelihood "
        "and frechet_distance; default: all that suit the data and the generator",
    )
    parser.add_argument(
        "--num-kernels",
        type=int,
        metavar="N",
        help="generated images that carry Parzen kernels, any number: they are "
        "streamed; default: the recipe's",
    )
    add_progress(parser)
    add_json(parser)


def _check_kernels(args: argparse.Namespace) -> None:
    if args.num_kernels is None:
        return
    check_positive_integer("--num-kernels", args.num_kernels)
    if args.measures and _ON_KERNELS.isdisjoint(args.measures):
        raise ValueError(
            "`--num-kernels` is of parzen_log_likelihood. Received: --measures "
            f"{' '.join(args.measures)}; name that, too, or leave the kernels out."
        )


def run(args: argparse.Namespace) -> None:
    """Scores the run, and writes and prints what it found."""
    _check_kernels(args)
    kg.runs.run_at(Path(args.path))  # no run, no TensorFlow
    start_tensorflow()
    from keras_gan.evaluation.measures import MEASURES
    from keras_gan.runs.evaluation import RunEvaluator
    from keras_gan.runs.evaluation_cost import cost_of
    from keras_gan.runs.score_records import columns, measured, records

    for name in args.measures or ():
        check_known("--measures", name, MEASURES)
    run = kg.runs.load_run(args.path, args.best, **data_of_run(args))
    weights_digest = run.weights_digest
    evaluator = RunEvaluator.of(run, args.measures, args.num_kernels)
    if args.verbose != 0 and not args.json:
        say(str(cost_of(evaluator, run.gan)))
    with warnings.catch_warnings():
        # They stand below the table and in the record.
        warnings.simplefilter("ignore", kg.evaluation.DoubtfulScoreWarning)
        scores = evaluator(run.gan, int(draws_bars(args) and not args.json))
    table = kg.evaluation.score_table(columns(scores))
    summary = evaluator.summary(scores, run.gan)
    report = f"{table}\n{summary}"
    record = {
        "model": {
            "recipe": run.config.get("recipe"),
            "seed": run.gan.seed,
            "epochs": int(run.gan.epochs_completed.numpy()),
        },
        "weights_sha256": weights_digest,
        "protocol": evaluator.protocol(run.gan),
        "scores": records(scores),
        "values": measured(scores),
        "summary": summary,
        "report": report,
        "environment": record_environment(),
    }
    # First of all: a folder that cannot be written must not cost the scores.
    say(json.dumps(record, indent=2) if args.json else report)
    write_json(run.directory.evaluation, record)
    args.if_stopped = _IF_STOPPED_LATER
    written = [run.directory.evaluation, *_pictures(run)]
    if run.record:
        written.append(kg.runs.write_report(run.directory))
    for path in () if args.json else written:
        say(f"Written: {path}")


def _pictures(run: "kg.runs.Run") -> list[Path]:
    """Draws them, or says what they need: the scores stand without."""
    try:
        return kg.runs.draw_pictures(run)
    except ImportError as error:
        warnings.warn(f"No pictures were drawn: {error}", stacklevel=2)
        return []
