"""The pictures of documents as SVG: where a place is, how it lies, its line, its ranges, and how a group answered.

They are read in black and white: classes differ by hatching, not by colour alone.
"""

from __future__ import annotations

import gzip
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from html import escape
from typing import Any

import numpy as np
import numpy.typing as npt
import segno

from reports.words import Words

INK, PALE, PAPER, LAND, LINE, AROUND = "#12436d", "#9db4c9", "#ffffff", "#e6e9ec", "#5d6873", "#e6eef4"
TINY = 40
"""A place less than so many units of the picture across has a ring around it instead of an outline on it."""
FONT = "Libertinus Serif, sans-serif"
CLASSES = 4
HATCHES = ("none", "sparse", "dense", "solid")
"""How the classes of a small map are filled, from the lowest."""
CHANGE_LIMITS = (-10.0, -5.0, 0.0)
"""Per cent in five years; fixed, so that maps of different places can be laid beside each other."""
ROOM = 0.12
"""How much of the surroundings a small map shows, as a share of its size."""

Ring = npt.NDArray[np.int64]
Box = tuple[float, float, float, float]


@dataclass(frozen=True, eq=False)
class Shapes:
    """The territories of the map file: rings (points x 2, y down, in its steps) and a label point by code."""

    size: tuple[int, int]
    rings: Mapping[str, Mapping[str, tuple[Ring, ...]]]
    points: Mapping[str, tuple[int, int]]

    @classmethod
    @lru_cache(maxsize=2)
    def of(cls, packed: bytes) -> Shapes:
        """The shapes of a map file, as the snapshot holds it; the last two are kept."""
        content: dict[str, Any] = json.loads(gzip.decompress(packed))
        rings: dict[str, dict[str, tuple[Ring, ...]]] = {}
        points: dict[str, tuple[int, int]] = {}
        for level, table in content["levels"].items():
            rings[level] = {
                code: tuple(np.array(flat, dtype=np.int64).reshape(-1, 2).cumsum(axis=0) for flat in loops)
                for code, loops in zip(table["codes"], table["rings"], strict=True)
            }
            points |= {code: (x, y) for code, (x, y) in zip(table["codes"], table["points"], strict=True)}
        width, height = content["size"]
        return cls((width, height), rings, points)

    def box(self, level: str, code: str) -> Box:
        """The bounding box of a territory: left, top, right, bottom."""
        return self._boxes[level][code]

    def within(self, level: str, seen: Box) -> list[str]:
        """The territories of a level whose box meets this one."""
        return [
            code
            for code, box in self._boxes[level].items()
            if box[0] < seen[2] and box[2] > seen[0] and box[1] < seen[3] and box[3] > seen[1]
        ]

    @cached_property
    def _boxes(self) -> dict[str, dict[str, Box]]:
        return {level: {code: _box(rings) for code, rings in own.items()} for level, own in self.rings.items()}

    @cached_property
    def land(self) -> str:
        """Path data of the whole country, 1000 across."""
        return "".join(_path(rings, 1000 / self.size[0]) for rings in self.rings["region"].values())


def locator(shapes: Shapes, level: str, code: str, parent: str) -> str:
    """Latvia with the municipality hatched, the place filled and a ring around it."""
    width, height = shapes.size
    scale = 1000 / width
    hatched = _path(shapes.rings["municipality"].get(parent, ()), scale)
    own = _path(shapes.rings[level][code], scale)
    x, y = (part * scale for part in shapes.points[code])
    left, top, right, bottom = (part * scale for part in shapes.box(level, code))
    around = max(34.0, 0.62 * math.hypot(right - left, bottom - top))
    body = [
        f'<path d="{shapes.land}" fill="{LAND}" stroke="{LINE}" stroke-width="2" stroke-linejoin="round"/>',
        f'<path d="{hatched}" fill="url(#dense)" stroke="{INK}" stroke-width="2"/>',
        f'<path d="{own}" fill="{INK}" fill-rule="evenodd"/>',
    ]
    if level == "unit":
        body.append(f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{around:.0f}" fill="none" stroke="#000" stroke-width="5"/>')
    return _svg(1000, round(height * scale), body)


def small_map(
    shapes: Shapes,
    level: str,
    code: str,
    parent: str,
    values: Mapping[str, float],
    limits: Sequence[float],
    words: Words,
    decimals: int,
    unit: str,
) -> str:
    """The municipality and what lies around it in four hatched classes, the place outlined, with its legend."""
    left, top, right, bottom = shapes.box("municipality", parent)
    room = ROOM * max(right - left, bottom - top)
    left, top, right, bottom = left - room, top - room, right + room, bottom + room
    width, height = 620.0, 460.0
    scale = min(width / (right - left), height / (bottom - top))
    dx = (width - scale * (right - left)) / 2 - scale * left
    dy = (height - scale * (bottom - top)) / 2 - scale * top
    seen = (-dx / scale, -dy / scale, (width - dx) / scale, (height - dy) / scale)
    body = [
        f'<clipPath id="frame"><rect width="{width:.0f}" height="{height:.0f}"/></clipPath>',
        '<g clip-path="url(#frame)">',
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="{AROUND}"/>',
    ]
    for other in shapes.within("unit", seen):
        shape, fill = shapes.rings["unit"][other], _fill(_class_of(values.get(other, math.nan), limits))
        body.append(f'<path d="{_path(shape, scale, dx, dy)}" fill="{fill}" fill-rule="evenodd" stroke="{LINE}"/>')
    for other in shapes.within("municipality", seen):
        shape = shapes.rings["municipality"][other]
        body.append(f'<path d="{_path(shape, scale, dx, dy)}" fill="none" stroke="{LINE}" stroke-width="3"/>')
    box = shapes.box(level, code)
    across = scale * max(box[2] - box[0], box[3] - box[1])
    if across < TINY:
        x, y = scale * (box[0] + box[2]) / 2 + dx, scale * (box[1] + box[3]) / 2 + dy
        outline = f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{across / 2 + 12:.0f}"'
    else:
        outline = f'<path d="{_path(shapes.rings[level][code], scale, dx, dy)}"'
    body.append(f'{outline} fill="none" stroke="#fff" stroke-width="11" stroke-linejoin="round"/>')
    body.append(f'{outline} fill="none" stroke="#000" stroke-width="6" stroke-linejoin="round"/></g>')
    body.append(f'<rect width="{width:.0f}" height="{height:.0f}" fill="none" stroke="{LINE}" stroke-width="2"/>')
    names = _legend(limits, words, decimals, unit)
    for place, (fill, name) in enumerate(zip([*map(_fill, range(CLASSES)), _fill(None)], names, strict=True)):
        y = 20 + 84 * place
        body.append(f'<rect x="645" y="{y}" width="62" height="46" fill="{fill}" stroke="#000" stroke-width="2"/>')
        body.append(_text(722, y + 34, name, 30))
    return _svg(1000, round(height), body)


def residents_line(counts: Mapping[str, float], moved: Iterable[str], words: Words) -> str:
    """The number of residents by year from zero up, with its ends written and moved borders drawn as breaks."""
    if len(counts) < 2:
        return ""
    years = sorted(counts)
    first, last = int(years[0]), int(years[-1])
    width, height, left, right, top, bottom = 1000, 270, 20, 980, 60, 220
    high = max(counts.values()) or 1.0

    def at(year: str) -> tuple[float, float]:
        x = left + (right - left) * (int(year) - first) / (last - first)
        return x, bottom - (bottom - top) * counts[year] / high

    body = [f'<path d="M{left} {bottom}H{right}" stroke="{LINE}" stroke-width="2"/>']
    breaks = [year for year in moved if first < int(year) <= last]
    stretch: list[tuple[float, float]] = []
    for year in years:
        if year in breaks:
            body += _polyline(stretch)
            stretch = []
            x = at(year)[0] - (right - left) / (last - first) / 2
            body.append(
                f'<path d="M{x:.1f} {top - 20}V{bottom}" stroke="#000" stroke-width="3" stroke-dasharray="9 7"/>'
            )
            if year == breaks[0]:
                body.append(_text(x - 10, bottom - 16, words.tr("profile.line.moved"), 28, "end"))
        stretch.append(at(year))
    body += _polyline(stretch)
    for year, anchor in ((years[0], "start"), (years[-1], "end")):
        x, y = at(year)
        body.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="8" fill="{INK}"/>')
        body.append(_text(x, y - 18, words.number(counts[year]), 36, anchor))
        body.append(_text(x, bottom + 40, year, 34, anchor))
    return _svg(width, height, body)


def place_bar(first: int, last: int, rank: float, count: int, words: Words) -> str:
    """Where a place lies among all: a bar over its range of ranks, a mark at its own; the first is on the left."""
    left, right, y = 12, 988, 34

    def x(place: float) -> float:
        return left + (right - left) * (place - 1) / max(1, count - 1)

    start, end = x(first), x(last)
    if end - start < 14:
        start, end = max(left, (start + end) / 2 - 7), min(right, (start + end) / 2 + 7)
    axis = f"M{left} {y}H{right}M{left} {y - 14}v28M{right} {y - 14}v28"
    bar = f'x="{start:.1f}" y="{y - 13}" width="{end - start:.1f}" height="26"'
    body = [
        f'<path d="{axis}" stroke="{LINE}" stroke-width="3" fill="none"/>',
        f'<rect {bar} fill="url(#dense)" stroke="{INK}" stroke-width="3"/>',
        f'<path d="M{x(rank):.1f} {y - 22}l9 22l-9 22l-9 -22z" fill="#000" stroke="#fff" stroke-width="2"/>',
        _text(left, y + 56, words.tr("index.place", place="1"), 32),
        _text(right, y + 56, words.tr("index.place", place=words.number(count)), 32, "end"),
    ]
    return _svg(1000, 100, body)


def answers_strip(
    above: Sequence[int], below: Sequence[int], median_above: float, median_below: float, *, highest: int
) -> str:
    """How many gave each number to two questions: bars upwards and downwards from one line, the medians marked.

    `highest` is the count of the longest bar; a median that is not known is not marked.
    """
    width, height, middle, longest = 660, 140, 70, 62
    step = width / len(above)
    body = []
    for numbers, way, fill in ((above, -1, PALE), (below, 1, "url(#sparse)")):
        for place, count in enumerate(numbers):
            if count:
                tall = longest * count / highest
                x, y = step * place + 8, middle - tall if way < 0 else middle
                size = f'width="{step - 16:.1f}" height="{tall:.1f}"'
                body.append(f'<rect x="{x:.1f}" y="{y:.1f}" {size} fill="{fill}" stroke="{INK}" stroke-width="2"/>')
    body.append(f'<path d="M0 {middle}H{width}" stroke="#000" stroke-width="2"/>')
    for median, way in ((median_above, -1), (median_below, 1)):
        if not math.isnan(median):
            x = step * (median + 0.5)
            line = f"M{x:.1f} {middle}V{middle + way * (height - middle)}"
            body.append(f'<path d="{line}" stroke="#000" stroke-width="7"/>')
    return _svg(width, height, body)


def answers_scale(highest: int = 10) -> str:
    """The numbers from 0 to the highest above a strip of answers."""
    step = 660 / (highest + 1)
    return _svg(660, 40, [_text(step * (n + 0.5), 32, str(n), 30, "middle") for n in range(highest + 1)])


def qr_code(link: str) -> str:
    """A link as a QR code."""
    return segno.make(link, error="m").svg_inline(scale=4, border=2, omitsize=False)


def _class_of(value: float, limits: Sequence[float]) -> int | None:
    return None if math.isnan(value) else int(np.searchsorted(limits, value, side="right"))


def _fill(kind: int | None) -> str:
    if kind is None:
        return "url(#missing)"
    return {"none": PAPER, "solid": INK}.get(HATCHES[kind], f"url(#{HATCHES[kind]})")


def _legend(limits: Sequence[float], words: Words, decimals: int, unit: str) -> list[str]:
    low, *middle, high = [words.amount(limit, decimals, unit) for limit in limits]
    inner = [
        words.tr("profile.legend.from", low=one, high=other)
        for one, other in zip([low, *middle], [*middle, high], strict=True)
    ]
    return [
        words.tr("profile.legend.below", limit=low),
        *inner,
        words.tr("profile.legend.least", limit=high),
        words.tr("profile.none"),
    ]


def _box(rings: Iterable[Ring]) -> Box:
    every = np.concatenate(list(rings))
    (left, top), (right, bottom) = every.min(axis=0), every.max(axis=0)
    return float(left), float(top), float(right), float(bottom)


def _path(rings: Iterable[Ring], scale: float, dx: float = 0.0, dy: float = 0.0) -> str:
    """Path data of rings, in half steps from point to point; points that fall together on the paper are one."""
    found = []
    for ring in rings:
        points = np.rint((ring * scale + (dx, dy)) * 2).astype(int)
        steps = np.diff(points, axis=0)
        moved = steps[np.any(steps, axis=1)].ravel().tolist()
        found.append(f"M{' '.join(map(_half, points[0].tolist()))}l{' '.join(map(_half, moved or [0, 0]))}z")
    return "".join(found)


@lru_cache(maxsize=2**14)
def _half(steps: int) -> str:
    return f"{steps / 2:g}"


def _polyline(points: Sequence[tuple[float, float]]) -> list[str]:
    drawn = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return [f'<polyline points="{drawn}" fill="none" stroke="{INK}" stroke-width="6"/>'] if len(points) > 1 else []


def _text(x: float, y: float, text: str, size: int, anchor: str = "start") -> str:
    style = f'font-family="{FONT}" font-size="{size}" text-anchor="{anchor}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {style}>{escape(text)}</text>'


def _svg(width: int, height: int, body: Iterable[str]) -> str:
    lines = {"sparse": (18, 3), "dense": (10, 5)}
    patterns = "".join(
        f'<pattern id="{name}" width="{gap}" height="{gap}" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><rect width="{gap}" height="{gap}" fill="{PAPER}"/>'
        f'<rect width="{line}" height="{gap}" fill="{INK}"/></pattern>'
        for name, (gap, line) in lines.items()
    )
    missing = (
        f'<pattern id="missing" width="14" height="14" patternUnits="userSpaceOnUse"><rect width="14" height="14" '
        f'fill="#d9d9d9"/><path d="M3 3l5 5M8 3l-5 5" stroke="{LINE}" stroke-width="1.5"/></pattern>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
        f"<defs>{patterns}{missing}</defs>{''.join(body)}</svg>"
    )
