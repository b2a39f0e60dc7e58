"""Looks for a read and a write that nothing orders in every step the catalog can play.

Every objective with every term, order of play and optimizer of the tables in
tests/test_variable_order.py, of which the tests take every term in every order once.

    make stress-every_step_in_order                              # 400 of them
    python tests/stress/every_step_in_order.py --num 50 --seed 1     # fifty of them
"""

import argparse
import itertools
import random
import sys
import time
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from catalog import name_of
from test_variable_order import (
    OBJECTIVES,
    OPTIMIZERS,
    ORDERS,
    TERMS,
    pairs_of_tiny_game,
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--num", type=int, help="as many at random; default: all")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    warnings.filterwarnings("ignore", "The objective Wasserstein estimates")
    rules = [*itertools.product(OBJECTIVES, [None, *TERMS], ORDERS, OPTIMIZERS)]
    random.Random(args.seed).shuffle(rules)
    started = time.monotonic()
    chosen = rules[: args.num]
    unordered = 0
    for number, (objective, term, order, optimizer) in enumerate(chosen, 1):
        pairs = pairs_of_tiny_game(objective, term, order, optimizer)
        unordered += bool(pairs)
        if pairs:
            names = name_of(objective), term and name_of(term), order, optimizer
            print(*names, pairs, flush=True)
        if number % 50 == 0 or number == len(chosen):
            seconds = time.monotonic() - started
            print(
                f"{number}/{len(chosen)} steps, {unordered} with pairs in no order, "
                f"{seconds:.0f} s",
                flush=True,
            )
    return 1 if unordered else 0


if __name__ == "__main__":
    sys.exit(main())
