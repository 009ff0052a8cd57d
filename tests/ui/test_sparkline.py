"""The small lines of the overview."""

from __future__ import annotations

import re

from ui.sparkline import HEIGHT, MARGIN, WIDTH, sparkline


def points(svg: str) -> list[tuple[float, float]]:
    (line,) = re.findall(r'points="([^"]+)"', svg)
    return [(float(x), float(y)) for x, y in (point.split(",") for point in line.split())]


def test_the_line_runs_from_left_to_right_and_rises_upwards():
    assert points(sparkline([0, 10, 5])) == [
        (MARGIN, HEIGHT - MARGIN),
        (WIDTH / 2, MARGIN),
        (WIDTH - MARGIN, HEIGHT / 2),
    ]


def test_a_constant_course_lies_in_the_middle():
    assert {y for _, y in points(sparkline([7, 7]))} == {HEIGHT / 2}
