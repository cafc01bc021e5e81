"""The picture of a job: losses and accuracies over its steps.

Matplotlib is an extra (`plot`) and large, so it is imported when the first picture is wanted, in
the worker thread that draws. The picture stands on a ground of its own, for Slack shows it on
light and on dark.
"""

import asyncio
import importlib
import io
from typing import Any

from bot.finetuning.curves import Curves

_INK, _FAINT, _GROUND = "#1d1c1d", "#d9dbe0", "#ffffff"
_TRAIN, _VALID, _FULL = "#1264a3", "#e8590c", "#2b8a3e"
_LINES = (("train", "training", _TRAIN), ("valid", "validation", _VALID))
_KINDS = (("loss", "Loss"), ("accuracy", "Accuracy"), ("reward", "Reward"))
_DENSE = 60
_WINDOW = 25


class PlotUnavailable(Exception):
    """Matplotlib is not installed."""


async def picture(curves: Curves, title: str) -> bytes:
    """Return a PNG, drawn in a worker thread.

    Raises:
        PlotUnavailable: the extra `plot` is not installed.
    """
    return await asyncio.to_thread(draw, curves, title)


def draw(curves: Curves, title: str) -> bytes:
    """Return a PNG with a panel for each kind of number that there is."""
    try:
        figures = importlib.import_module("matplotlib.figure")
        backend = importlib.import_module("matplotlib.backends.backend_agg")
    except ImportError as error:
        raise PlotUnavailable from error
    drawn = {name.rpartition("_")[2] for name, numbers in curves.numbers.items() if numbers}
    kinds = [one for one in _KINDS if one[0] in drawn]
    height = 2.9 * max(1, len(kinds)) + 0.7
    figure = figures.Figure(figsize=(6.4, height), dpi=160, facecolor=_GROUND, layout="constrained")
    backend.FigureCanvasAgg(figure)
    figure.suptitle(title.replace("$", r"\$"), color=_INK, fontsize=12, fontweight="bold")
    panels = figure.subplots(max(1, len(kinds)), 1, squeeze=False, sharex=True)[:, 0]
    for panel, (kind, name) in zip(panels, kinds, strict=False):
        _panel(panel, curves, kind, name, kind == kinds[-1][0])
    out = io.BytesIO()
    figure.savefig(out, format="png", facecolor=_GROUND)
    return out.getvalue()


def _panel(panel: Any, curves: Curves, kind: str, name: str, last: bool) -> None:
    panel.set_facecolor(_GROUND)
    for prefix, label, colour in _LINES:
        _line(panel, curves.points(f"{prefix}_{kind}"), label, colour)
    full = curves.points(f"full_valid_{kind}")
    if full:
        steps, numbers = zip(*full, strict=True)
        panel.plot(steps, numbers, "D", color=_FULL, markersize=7, label="whole validation file")
    panel.set_title(name, color=_INK, fontsize=13, loc="left")
    panel.set_xlabel("Step" if last else "", color=_INK, fontsize=12)
    panel.tick_params(colors=_INK, labelsize=11)
    panel.grid(color=_FAINT, linewidth=0.8)
    panel.set_axisbelow(True)
    panel.xaxis.get_major_locator().set_params(integer=True)
    for side in panel.spines.values():
        side.set_color(_FAINT)
    if kind == "accuracy":
        panel.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    panel.legend(frameon=False, fontsize=11, labelcolor=_INK)


def _line(panel: Any, points: list[tuple[int, float]], label: str, colour: str) -> None:
    """Draw a curve; where there are many points, faintly, with its running mean on top."""
    if not points:
        return
    steps = [step for step, _ in points]
    numbers = [number for _, number in points]
    if len(points) < _DENSE:
        panel.plot(steps, numbers, color=colour, marker="o", markersize=4, label=label)
        return
    panel.plot(steps, numbers, color=colour, alpha=0.28, linewidth=1)
    panel.plot(steps, smooth(numbers), color=colour, linewidth=2.2, label=f"{label} (mean)")


def smooth(numbers: list[float]) -> list[float]:
    """Return the running mean of the numbers around each."""
    half = max(1, min(_WINDOW, len(numbers) // 10)) // 2
    made = []
    for place in range(len(numbers)):
        near = numbers[max(0, place - half) : place + half + 1]
        made.append(sum(near) / len(near))
    return made
