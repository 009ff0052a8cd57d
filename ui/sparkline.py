"""A small line that shows the course of a figure, as an image with words for those who do not see it."""

from __future__ import annotations

from collections.abc import Sequence

WIDTH, HEIGHT, MARGIN = 240, 48, 4
INK = "#12436D"


def sparkline(values: Sequence[float]) -> str:
    """An SVG of the values from left to right, scaled to their own range, the last one marked.

    Parameters
    ----------
    values
        At least two numbers, none missing.
    """
    low, span = min(values), max(values) - min(values)
    step = (WIDTH - 2 * MARGIN) / (len(values) - 1)
    room = HEIGHT - 2 * MARGIN
    points = [
        (MARGIN + place * step, HEIGHT - MARGIN - room * ((value - low) / span if span else 0.5))
        for place, value in enumerate(values)
    ]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    x, y = points[-1]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<polyline points="{line}" fill="none" stroke="{INK}" stroke-width="2" stroke-linejoin="round"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{INK}"/></svg>'
    )
