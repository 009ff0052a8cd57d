"""Charts of places beside each other: told apart by numbered marks and names, never by colour alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from reports.words import words
from ui.charts import GRID, HALO, INK, MARKERS, MUTED, PAPER, beside, layout, sizes, vertical
from ui.text import language, tr

if TYPE_CHECKING:
    import plotly.graph_objects as go

ROW_HEIGHT, AROUND = 27, 190
"""Pixels of a row of the ranked dots, and of what stands above and below them."""
BINS = 110
"""Columns of the beeswarm."""
MOST_AXES = 5
"""More axes make a radar that nobody can read."""
LEAST_AXES = 3
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
FAINT = "#9aa5b1"
NAMES = 0.55
"""Of a title's line on the stage: how long the name of a row may be before it takes two."""


@dataclass(frozen=True)
class Scale:
    """The axis of values: what stands beside it, unit, decimals, whether it is logarithmic or runs backwards."""

    title: str
    unit: str
    decimals: int
    log: bool = False
    reversed: bool = False

    def hover(self, axis: str) -> str:
        return f"%{{{axis}:,.{self.decimals}f}} {self.unit}".rstrip()


def dots(
    rows: pd.DataFrame, scale: Scale, *, title: str, subtitle: str, comparator: tuple[str, float] | None
) -> go.Figure:
    """One row a place with its value and the interval it may lie in, the best at the top.

    Parameters
    ----------
    rows
        From top to bottom: name, value, low, high (NaN: no interval), plain (the figure before smoothing, NaN where
        that is the value), place (order among the chosen, NaN for others).
    comparator
        Its name and value.
    """
    import plotly.graph_objects as go

    size = sizes()
    known, others, plain = rows[rows["low"].notna()], rows[rows["place"].isna()], rows[rows["plain"].notna()]
    data: list[dict[str, Any]] = []
    if len(known):
        ends = [x for low, high in zip(known["low"], known["high"], strict=True) for x in (low, high, None)]
        data.append(
            {
                "type": "scatter",
                "x": ends,
                "y": [y for name in known["name"] for y in (name, name, None)],
                "mode": "lines",
                "name": tr("compare.chart.interval"),
                "line": {"color": FAINT, "width": 5 * size.scale},
                "hoverinfo": "skip",
            }
        )
    if len(others):
        mark = {"symbol": "circle", "size": 9 * size.scale, "color": MUTED}
        data.append(_marks(others, "value", tr("compare.chart.others"), mark, scale.hover("x")))
    if len(plain):
        mark = {"symbol": "line-ns-open", "size": 11 * size.scale, "color": INK, "line": {"width": 2 * size.scale}}
        name = tr("compare.chart.plain")
        data.append(_marks(plain, "plain", name, mark, f"{name}: {scale.hover('x')}"))
    chosen = rows[rows["place"].notna()]
    data += [_numbered([row.value], [row.name], int(row.place), row.name, scale, "x") for row in chosen.itertuples()]
    shapes, held = _comparator(comparator)
    look = layout(title, subtitle)
    look["margin"]["l"] = beside(rows["name"].to_list())
    look |= {
        "height": round(size.scale * (AROUND + ROW_HEIGHT * len(rows))),
        "shapes": shapes,
        "xaxis": _axis(scale),
        "yaxis": {
            "type": "category",
            "categoryorder": "array",
            "categoryarray": rows["name"].to_list()[::-1],
            "range": [-0.7, len(rows) - 0.3],
            "gridcolor": GRID,
            "showgrid": True,
        },
    }
    return go.Figure({"data": [*data, *held], "layout": look})


def _marks(rows: pd.DataFrame, column: str, name: str, mark: dict[str, Any], said: str) -> dict[str, Any]:
    """A mark for each row at its figure in a column; `said` stands in the hover below the row's name."""
    return {
        "type": "scatter",
        "x": rows[column].to_list(),
        "y": rows["name"].to_list(),
        "mode": "markers",
        "name": name,
        "marker": mark,
        "hovertemplate": f"<b>%{{y}}</b><br>{said}<extra></extra>",
    }


def beeswarm(
    crowd: pd.DataFrame,
    chosen: Sequence[tuple[str, int, float]],
    scale: Scale,
    *,
    title: str,
    subtitle: str,
    comparator: tuple[str, float] | None,
) -> go.Figure:
    """Everybody as a point on one axis, the chosen numbered and named.

    Parameters
    ----------
    crowd
        name, value; without the chosen.
    chosen
        Name, order among the chosen, value.
    """
    import plotly.graph_objects as go

    size = sizes()
    figure = go.Figure(layout=layout(title, subtitle))
    values = crowd["value"].to_numpy(float)
    everything = np.concatenate([values, [value for _, _, value in chosen]])
    figure.add_trace(
        go.Scatter(
            x=values.tolist(),
            y=swarm(values, everything, log=scale.log).tolist(),
            mode="markers",
            name=tr("compare.chart.others"),
            text=crowd["name"].to_list(),
            marker={
                "size": 6 * size.scale,
                "color": FAINT,
                "line": {"width": 0.5 * size.scale, "color": PAPER},
            },
            hovertemplate=f"<b>%{{text}}</b><br>{scale.hover('x')}<extra></extra>",
        )
    )
    heights = _heights([value for _, _, value in chosen], everything, log=scale.log)
    for (name, place, value), height in zip(chosen, heights, strict=True):
        figure.add_trace(_numbered([value], [-2.0 - 3 * height], place, name, scale, "x"))
        figure.add_annotation(
            x=math.log10(value) if scale.log else value,
            y=-2.0 - 3 * height,
            text=f"<b>{name}</b>",
            showarrow=False,
            xshift=14 * size.scale,
            xanchor="left",
            font={"size": size.name, "shadow": HALO},
        )
    shapes, held = _comparator(comparator)
    figure.add_traces(held)
    figure.update_layout(shapes=shapes)
    figure.update_xaxes(**_axis(scale))
    figure.update_yaxes(visible=False, zeroline=False)
    return figure.update_layout(height=round(0.84 * size.height))


def swarm(values: np.ndarray, everything: np.ndarray, *, log: bool) -> np.ndarray:
    """How high each point stands: those that share one of `BINS` columns of the axis are stacked upon each other."""
    scaled, all_scaled = (np.log(x) if log else x for x in (values, everything))
    low, span = all_scaled.min(), np.ptp(all_scaled) or 1.0
    column = np.floor((scaled - low) / span * (BINS - 1)).astype(int)
    return pd.Series(column).groupby(column).cumcount().to_numpy(float)


def _heights(values: Sequence[float], everything: np.ndarray, *, log: bool) -> list[int]:
    """On which line each name stands, so that names of near values do not lie upon each other."""
    scaled, whole = np.log(values) if log else np.asarray(values), np.log(everything) if log else everything
    span = np.ptp(whole) or 1.0
    ends: list[float] = []
    rows = [0] * len(values)
    for at in np.argsort(scaled):
        start = (scaled[at] - whole.min()) / span
        row = next((i for i, end in enumerate(ends) if start > end), len(ends))
        ends[row : row + 1] = [start + 0.3]
        rows[at] = row
    return rows


def slope(
    lines: Sequence[tuple[str, int | None, float, float]],
    scale: Scale,
    periods: tuple[str, str],
    *,
    title: str,
    subtitle: str,
    broken: bool = False,
) -> go.Figure:
    """Two years and a line from one to the other for each place: name, order (None: the comparator), two values.

    `broken`: between the years the series begins to mean something else; the lines are only hinted at.
    """
    import plotly.graph_objects as go

    size = sizes()
    figure = go.Figure(layout=layout(title, subtitle))
    ends = [last for _, _, _, last in lines]
    shifts = _apart(ends)
    for (name, place, first, last), shift in zip(lines, shifts, strict=True):
        colour = INK if place is None else MARKERS[place % len(MARKERS)][1]
        dash = "dot" if broken else "dash" if place is None else "solid"
        figure.add_trace(
            go.Scatter(
                x=[0, 1],
                y=[first, last],
                mode="lines",
                name=name,
                line={"color": colour, "width": (1 if broken else 2.5) * size.scale, "dash": dash},
                hoverinfo="skip",
                showlegend=place is None,
            )
        )
        if place is not None:
            figure.add_trace(_numbered([0, 1], [first, last], place, name, scale, "y"))
        figure.add_annotation(
            x=1,
            y=math.log10(last) if scale.log and last > 0 else last,
            text=f"<b>{name}</b>",
            showarrow=False,
            xshift=16 * size.scale,
            yshift=shift,
            xanchor="left",
            font={"size": size.name, "shadow": HALO},
        )
    figure.update_xaxes(tickvals=[0, 1], ticktext=list(periods), range=[-0.15, 1.55], gridcolor=INK, zeroline=False)
    figure.update_yaxes(**_axis(scale))
    return figure.update_layout(height=round(0.93 * size.height))


def _apart(values: Sequence[float]) -> list[float]:
    """By how many pixels names are moved so that those of near values do not lie upon each other."""
    span = np.ptp(values) or 1.0
    room, height = 17.0 * sizes().scale, 330.0
    order = np.argsort(values)
    placed = [float((values[at] - min(values)) / span * height) for at in order]
    moved = list(placed)
    for i in range(1, len(moved)):
        moved[i] = max(moved[i], moved[i - 1] + room)
    shifts = [0.0] * len(values)
    for at, was, now in zip(order, placed, moved, strict=True):
        shifts[at] = now - was
    return shifts


def profile(table: pd.DataFrame, *, title: str, subtitle: str) -> go.Figure:
    """Parallel profile: for each indicator (row) how many per cent of the crowd each place (column) is above."""
    import plotly.graph_objects as go

    size = sizes()
    figure = go.Figure(layout=layout(title, subtitle))
    names = [size.wrapped(str(name), NAMES) for name in table.index[::-1]]
    share = words(language()).with_unit("%{x:.0f}", "%")
    for place, name in enumerate(table):
        symbol, colour = MARKERS[place % len(MARKERS)]
        figure.add_trace(
            go.Scatter(
                x=table[name].to_list()[::-1],
                y=names,
                mode="lines+markers+text",
                name=f"{place + 1}. {name}",
                text=[str(place + 1)] * len(names),
                textfont={"color": PAPER, "size": size.number, "weight": 700},
                line={"color": colour, "width": 1.8 * size.scale, "dash": DASHES[place % len(DASHES)]},
                marker={
                    "symbol": symbol,
                    "size": 17 * size.scale,
                    "color": colour,
                    "line": {"width": size.scale, "color": PAPER},
                },
                hovertemplate=f"<b>{name}</b><br>%{{y}}: {share}<extra></extra>",
            )
        )
    figure.add_vline(50, line={"color": MUTED, "width": 1.2 * size.scale, "dash": "dash"}, layer="below")
    title_below = {"text": tr("compare.chart.position"), "standoff": 8, "font": {"size": size.text}}
    figure.update_xaxes(range=[-3, 103], gridcolor=GRID, zeroline=False, title=title_below, automargin=True)
    figure.update_yaxes(gridcolor=GRID)
    height = round(size.scale * (AROUND + 36 * len(names)))
    return figure.update_layout(height=height, margin={"l": beside(names)})


def radar(table: pd.DataFrame, *, title: str, subtitle: str) -> go.Figure:
    """At most five scores (rows) of each place (column), from 0 in the middle to 100."""
    import plotly.graph_objects as go

    size = sizes()
    figure = go.Figure(layout=layout(title, subtitle))
    names = [_two_lines(str(name)) for name in table.index]
    for place, name in enumerate(table):
        symbol, colour = MARKERS[place % len(MARKERS)]
        own = table[name].to_list()
        figure.add_trace(
            go.Scatterpolar(
                r=[*own, own[0]],
                theta=[*names, names[0]],
                mode="lines+markers+text",
                name=f"{place + 1}. {name}",
                text=[str(place + 1)] * (len(names) + 1),
                textfont={"color": PAPER, "size": size.number, "weight": 700},
                line={"color": colour, "width": 2 * size.scale, "dash": DASHES[place % len(DASHES)]},
                marker={"symbol": symbol, "size": 17 * size.scale, "color": colour},
                hovertemplate=f"<b>{name}</b><br>%{{theta}}: %{{r:.1f}}<extra></extra>",
            )
        )
    return figure.update_layout(
        height=size.height,
        margin={"l": 120 * size.scale, "r": 120 * size.scale, "t": 90 * size.scale, "b": 80 * size.scale},
        polar={
            "radialaxis": {"range": [0, 100], "gridcolor": GRID, "angle": 54, "tickangle": 0},
            "angularaxis": {"gridcolor": GRID, "rotation": 90, "direction": "clockwise"},
        },
    )


def _numbered(x: Sequence[Any], y: Sequence[Any], place: int, name: str, scale: Scale, axis: str) -> dict[str, Any]:
    """Points of a chosen place: its mark with its number."""
    size = sizes()
    symbol, colour = MARKERS[place % len(MARKERS)]
    outline = {"width": 1.5 * size.scale, "color": PAPER}
    return {
        "type": "scatter",
        "x": list(x),
        "y": list(y),
        "mode": "markers+text",
        "text": [str(place + 1)] * len(x),
        "textfont": {"color": PAPER, "size": size.number, "weight": 700},
        "name": name,
        "showlegend": False,
        "marker": {"symbol": symbol, "size": 19 * size.scale, "color": colour, "line": outline},
        "hovertemplate": f"<b>{name}</b><br>{scale.hover(axis)}<extra></extra>",
    }


def _comparator(comparator: tuple[str, float] | None) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """A dashed line where the comparator lies, and its entry of the legend; nothing without one."""
    if comparator is None or math.isnan(comparator[1]):
        return [], []
    name, at = comparator
    line = {"color": INK, "width": 2 * sizes().scale, "dash": "dash"}
    return [vertical(at, line)], [
        {"type": "scatter", "x": [None], "y": [None], "mode": "lines", "name": name, "line": line}
    ]


def _axis(scale: Scale) -> dict[str, Any]:
    size = sizes()
    ticks = {"type": "log", "dtick": "D2", "minor": {"showgrid": False}} if scale.log else {"zeroline": False}
    return {
        "title": {"text": size.wrapped(scale.title), "standoff": 8, "font": {"size": size.text}},
        "nticks": size.ticks,
        "automargin": True,
        "gridcolor": GRID,
        "linecolor": MUTED,
        "ticks": "outside",
        "tickformat": ",~r" if scale.log else None,
        **({"autorange": "reversed"} if scale.reversed else {}),
        **ticks,
    }


def _two_lines(name: str) -> str:
    words = name.split()
    half = len(words) // 2
    return "<br>".join(filter(None, [" ".join(words[:half]), " ".join(words[half:])]))
