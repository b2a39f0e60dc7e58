"""Curves over epochs as inline SVG."""

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from keras_gan._html import Html, element

_WIDTH, _HEIGHT = 360, 220
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 10, 10, 30  # around the plot
_MOST_POINTS = 300  # of a curve: a phone has fewer dots
_LOGARITHMIC_FROM = 100.0  # the greatest by the least value
_NUM_COLORS = 6

Point = tuple[int, float | None]


class Curve(NamedTuple):
    """One line: `(epoch, value)`, `None` where there was none that is finite."""

    name: str
    points: Sequence[Point]


class Level(NamedTuple):
    """A value to compare with, the same in all epochs."""

    name: str
    value: float


class Scale(NamedTuple):
    """From values to places along an axis."""

    low: float
    high: float
    logarithmic: bool = False

    def share(self, value: float) -> float:
        """Where a value is, 0 at the low end and 1 at the high one."""
        if self.logarithmic:
            low, high = math.log10(self.low), math.log10(self.high)
            return (math.log10(value) - low) / (high - low)
        return (value - self.low) / (self.high - self.low)

    def ticks(self) -> list[float]:
        """Round values along it."""
        if self.logarithmic:
            first, last = (
                math.ceil(math.log10(self.low)),
                math.floor(math.log10(self.high)),
            )
            step = max(1, (last - first) // 4)
            return [10.0**power for power in range(first, last + 1, step)]
        return _round_values(self.low, self.high)


def chart(
    title: str,
    curves: Sequence[Curve],
    levels: Sequence[Level] = (),
    value_range: tuple[float, float] | None = None,
    note: str = "",
) -> Html:
    """Returns a figure: the curves, what they are called, and where they end.

    Args:
        title: str, what is drawn.
        curves: at least one; those without a finite value are named and not drawn.
        levels: what they are compared with, as lines of dashes. Defaults to `()`.
        value_range: pair of floats, the ends of the vertical axis; `None` takes the
            values' own. Defaults to `None`.
        note: str, what has to be known of the values. Defaults to `""`.
    """
    drawn = [Curve(curve.name, _thinned(curve.points)) for curve in curves]
    epochs = [epoch for curve in curves for epoch, _ in curve.points]
    across = Scale(min(epochs), max(max(epochs), min(epochs) + 1))
    up = _scale_of(drawn, levels, value_range)
    if up.logarithmic:
        note = f"{note} Logarithmic.".strip()
    lines = [
        element(
            "path",
            d=_path(curve.points, across, up),
            class_=f"curve color-{index % _NUM_COLORS}",
        )
        for index, curve in enumerate(drawn)
    ]
    svg = element(
        "svg",
        *_axes(across, up),
        *[_level(level, up) for level in levels],
        *lines,
        viewBox=f"0 0 {_WIDTH} {_HEIGHT}",
        role="img",
        aria_label=f"{title}. {'; '.join(map(_told, curves))}.",
    )
    caption = element(
        "figcaption", element("strong", title), f" {note}" if note else ""
    )
    return element("figure", caption, svg, _legend(curves, levels), class_="chart")


def written(value: float | None) -> str:
    """A number with four figures, or a word."""
    return "none" if value is None else f"{value:.4g}"


def _scale_of(
    curves: Iterable[Curve],
    levels: Iterable[Level],
    value_range: tuple[float, float] | None,
) -> Scale:
    if value_range is not None:
        return Scale(*value_range)
    values = [
        value for curve in curves for _, value in curve.points if value is not None
    ]
    values += [level.value for level in levels]
    low, high = min(values, default=0.0), max(values, default=1.0)
    if low > 0 and high / low >= _LOGARITHMIC_FROM:
        return Scale(10 ** math.floor(math.log10(low)), high * 1.1, logarithmic=True)
    margin = 0.05 * (high - low) or 0.05 * abs(high) or 0.5
    return Scale(low - margin, high + margin)


def _axes(across: Scale, up: Scale) -> Iterator[Html]:
    ticks = up.ticks()
    for value, label in zip(ticks, _labels(ticks), strict=True):
        y = _place_up(value, up)
        yield element(
            "line", x1=f"{_LEFT}", x2=f"{_WIDTH - _RIGHT}", y1=y, y2=y, class_="grid"
        )
        yield element(
            "text",
            label,
            x=f"{_LEFT - 6}",
            y=y,
            dy="0.35em",
            class_="of-values",
        )
    for value in _round_values(across.low, across.high):
        if value == int(value):
            x, y = _place_across(value, across), f"{_HEIGHT - _BOTTOM + 14}"
            yield element("text", f"{int(value)}", x=x, y=y, class_="of-epochs")
    x, y = f"{_WIDTH - _RIGHT}", f"{_HEIGHT - 3}"
    yield element("text", "epoch", x=x, y=y, class_="of-axis")


def _level(level: Level, up: Scale) -> Html:
    y = _place_up(level.value, up)
    x1, x2 = f"{_LEFT}", f"{_WIDTH - _RIGHT}"
    return element("line", x1=x1, x2=x2, y1=y, y2=y, class_="level")


def _legend(curves: Sequence[Curve], levels: Sequence[Level]) -> Html:
    entries = [
        element(
            "li",
            _swatch(f"curve color-{index % _NUM_COLORS}"),
            f"{curve.name}: {written(_last(curve))}",
        )
        for index, curve in enumerate(curves)
    ]
    entries += [
        element("li", _swatch("level"), f"{level.name}: {written(level.value)}")
        for level in levels
    ]
    return element("ul", *entries, class_="legend")


def _swatch(kind: str) -> Html:
    line = element("line", x1="0", x2="26", y1="5", y2="5", class_=kind)
    return element(
        "svg", line, viewBox="0 0 26 10", class_="swatch", aria_hidden="true"
    )


def _told(curve: Curve) -> str:
    """What a curve does, for those who do not see it."""
    finite = [(epoch, value) for epoch, value in curve.points if value is not None]
    if not finite:
        return f"{curve.name} has no finite value"
    (first, start), (last, end) = finite[0], finite[-1]
    values = [value for _, value in finite]
    return (
        f"{curve.name} from {written(start)} in epoch {first} to {written(end)} in "
        f"epoch {last}, between {written(min(values))} and {written(max(values))}"
    )


def _last(curve: Curve) -> float | None:
    return curve.points[-1][1] if curve.points else None


def _path(points: Sequence[Point], across: Scale, up: Scale) -> str:
    """The commands of a line that is broken where there is no value."""
    commands, pen_is_down = [], False
    for epoch, value in points:
        if value is None or (up.logarithmic and value <= 0):
            pen_is_down = False
            continue
        place = f"{_place_across(epoch, across)} {_place_up(value, up)}"
        commands.append(f"{'L' if pen_is_down else 'M'}{place}")
        if not pen_is_down:
            commands.append("h0")  # a point alone is seen as the end of a line
        pen_is_down = True
    return "".join(commands)


def _thinned(points: Sequence[Point]) -> Sequence[Point]:
    """The extremes of as many spans of epochs as can be seen."""
    if len(points) <= _MOST_POINTS:
        return points
    num_spans = _MOST_POINTS // 2
    kept: list[Point] = []
    for span in range(num_spans):
        start, end = (len(points) * (span + one) // num_spans for one in (0, 1))
        finite = [
            (value, index)
            for index in range(start, end)
            if (value := points[index][1]) is not None
        ]
        ends = {index for _, index in (min(finite), max(finite))} if finite else {start}
        kept += [points[index] for index in sorted(ends)]
    return kept


def _round_values(low: float, high: float) -> list[float]:
    """Some four multiples of 1, 2 or 5 times a power of ten between the two."""
    raw = (high - low) / 4
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(size * power for size in (1, 2, 5, 10) if size * power >= raw * 0.999)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(number * step, 12) for number in range(first, last + 1)]


def _place_across(value: float, scale: Scale) -> str:
    return f"{_LEFT + scale.share(value) * (_WIDTH - _LEFT - _RIGHT):.1f}"


def _place_up(value: float, scale: Scale) -> str:
    share = min(max(scale.share(value), 0.0), 1.0)
    return f"{_HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM):.1f}"


def _labels(ticks: Sequence[float]) -> list[str]:
    """Each short, and with the figures that tell it from the next."""
    steps = [after - before for before, after in itertools.pairwise(ticks)]
    step = round(min(steps, default=1.0), 12)
    return [_short(value, math.floor(math.log10(step))) for value in ticks]


def _short(value: float, power: int) -> str:
    """A value, exact to a power of ten; large ones as 1.5e4."""
    of_value = math.floor(math.log10(abs(value))) if value else 0
    figures = max(4, 1 + of_value - power)
    if of_value < 4:
        return f"{value:.{figures}g}"
    mantissa, _, exponent = f"{value:.{figures - 1}e}".partition("e")
    short = f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"
    return min(short, f"{value:.{max(0, -power)}f}", key=len)
