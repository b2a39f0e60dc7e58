"""`python -m export RUN_OR_MODEL --format onnx --output DIR`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

# Run as a file, this folder comes first on the path, and its room `onnx` is not the
# package of that name.
if sys.path and Path(sys.path[0]).resolve() == Path(__file__).resolve().parent:
    del sys.path[0]

from export.formats import FORMATS
from export.runs import export_run


def main(arguments: Sequence[str] | None = None) -> int:
    """Exports; returns the exit status, 2 for a mistake in what was given."""
    parser = argparse.ArgumentParser(
        prog="python -m export",
        description="Export the generator of a saved GAN.",
        epilog="formats:\n" + "\n".join(_summaries()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("source", metavar="RUN_OR_MODEL", type=Path)
    parser.add_argument(
        "--format", nargs="+", required=True, choices=sorted(FORMATS), metavar="FORMAT"
    )
    parser.add_argument("--output", metavar="DIR", type=Path, required=True)
    parser.add_argument("--overwrite", action="store_true")
    args = parser.parse_args(arguments)
    try:
        written = export_run(
            args.source, args.format, directory=args.output, overwrite=args.overwrite
        )
        for path, report in written:
            sys.stdout.write(f"Written: {path}\n  {report}\n")
    except (OSError, ImportError, TypeError, ValueError) as error:
        sys.stderr.write(f"python -m export: error: {error}\n")
        return 2
    return 0


def _summaries() -> list[str]:
    return [f"  {name:<20} {format.summary}" for name, format in FORMATS.items()]


if __name__ == "__main__":
    sys.exit(main())
