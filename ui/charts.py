"""Plotly figures, in the visitor's language: readable without colour, and with the small bases hollow."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from ui import stage
from ui.text import NO_VALUE, language, number, tr

if TYPE_CHECKING:
    import plotly.graph_objects as go

INK, MUTED, GRID, PAPER = "#1b2733", "#4a5763", "#e6eaee", "#ffffff"
FONT = "'Source Sans Pro', 'Source Sans 3', 'Source Sans', 'Segoe UI', 'Noto Sans', sans-serif"
UP = 36
"""Letters in a line of the title beside the chart; what is longer takes two."""
HALO = ", ".join(["0 0 3px #fff"] * 4)
"""Keeps words legible over points without hiding those."""

MARKERS = (
    ("circle", "#12436d"),
    ("square", "#801650"),
    ("diamond", "#0f6b5f"),
    ("triangle-up", "#a23a06"),
    ("pentagon", "#12436d"),
    ("hexagon", "#801650"),
)
"""Shape and colour of the selected places, in the order of selection: the same as on the maps (colours.js)."""


@dataclass(frozen=True)
class Sizes:
    """Sizes in pixels of what a chart is made of.

    `text` is that of axes and hovers, `note` of the subtitle, `name` of names beside marks, `number` of numbers in
    marks. `scale` is what marks, lines, rows and distances are multiplied by. `line` is how many letters of the title
    stand in one line, None where all do; `across` how many small charts stand side by side; `names` the room beside
    lines for their names; `ticks` the most of an axis.
    """

    title: float
    note: float
    text: float
    legend: float
    name: float
    number: float
    height: int
    scale: float = 1.0
    line: int | None = None
    across: int = 4
    names: int = 190
    ticks: int | None = None

    def wrapped(self, text: str, share: float = 1.0) -> str:
        """A text in lines that fit this share of a narrow projector's picture."""
        return _wrapped(text, round(self.line * share)) if self.line else text


WINDOW = Sizes(title=16, note=12.5, text=13, legend=13, name=12, number=11, height=560)
STAGE = Sizes(
    title=stage.TITLE,
    note=stage.LEAST,
    text=stage.LEAST,
    legend=stage.LEGEND,
    name=stage.LEAST,
    number=stage.LEAST,
    height=660,
    scale=1.8,
    line=42,
    across=2,
    names=40,
    ticks=6,
)


def sizes() -> Sizes:
    """The sizes of this run: of a window, or of the stage."""
    return STAGE if stage.on() else WINDOW


LOW, MIDDLE, HIGH = "#8a4b00", "#f4f4f2", "#0b4f8a"
"""The ends and the middle of correlations, which also stand there as numbers."""


@dataclass(frozen=True)
class Axis:
    """One axis: what it says, and how its numbers are written."""

    title: str
    short: str
    unit: str
    decimals: int
    log: bool = False


@dataclass(frozen=True)
class Group:
    """Points that belong together: their name, shape and colour. `symbol` has an open form in Plotly."""

    id: str
    name: str
    symbol: str
    colour: str


@dataclass(frozen=True)
class Selected:
    """A selected place that is in the chart."""

    code: str
    name: str
    place: int
    """Its place in the order of selection, from 0; it is drawn with the mark of that place."""


def scatter(
    points: pd.DataFrame,
    x: Axis,
    y: Axis,
    groups: Sequence[Group],
    *,
    title: str,
    subtitle: str,
    line: tuple[Sequence[float], Sequence[float], str] | None = None,
    thresholds: tuple[float, float, str] | None = None,
    selected: Sequence[Selected] = (),
) -> go.Figure:
    """Points with one shape and colour for each group; those on a small base are hollow.

    Parameters
    ----------
    points
        By territory code: x, y, small_base, group (id of a group), name, note (said in the hover).
    line
        x and y of the line's points, and its name.
    thresholds
        x and y of the two lines that cut the chart in quarters, and what they are.
    selected
        Marked with their number and name; those that are not among the points are left out.
    """
    import plotly.graph_objects as go

    size = sizes()
    figure = go.Figure(layout=layout(title, subtitle))
    hover = (
        f"<b>%{{customdata[1]}}</b><br>{x.short}: %{{x:,.{x.decimals}f}} {x.unit}"
        f"<br>{y.short}: %{{y:,.{y.decimals}f}} {y.unit}%{{customdata[2]}}<extra></extra>"
    )
    for group in groups:
        own = points.loc[points["group"] == group.id].sort_values("small_base", kind="stable")
        if own.empty:
            continue
        hollow = own["small_base"].to_numpy(bool)
        figure.add_trace(
            go.Scatter(
                x=own["x"].to_list(),
                y=own["y"].to_list(),
                mode="markers",
                name=f"{group.name} ({number(len(own))})",
                customdata=[
                    [code, name, f"<br>{note}" if note else ""]
                    for code, name, note in zip(own.index, own["name"], own["note"], strict=True)
                ],
                hovertemplate=hover,
                marker={
                    "symbol": [f"{group.symbol}-open" if small else group.symbol for small in hollow],
                    "color": group.colour,
                    "size": 9 * size.scale,
                    "opacity": 0.85,
                    "line": {
                        "width": [(1.5 if small else 0.6) * size.scale for small in hollow],
                        "color": _outlines(group, hollow),
                    },
                },
                unselected={"marker": {"opacity": 0.85}},
            )
        )
    if bool(points["small_base"].any()):
        figure.add_trace(legend_only(tr("chart.small_base"), "circle-open"))
    if line:
        across, up, name = line
        figure.add_trace(
            go.Scatter(
                x=list(across),
                y=list(up),
                mode="lines",
                name=name,
                hoverinfo="skip",
                line={"color": INK, "width": 2 * size.scale},
            )
        )
    if thresholds:
        at_x, at_y, name = thresholds
        cut = {"color": MUTED, "width": 1.2 * size.scale, "dash": "dash"}
        figure.add_vline(at_x, line=cut, layer="below")
        figure.add_hline(at_y, line=cut, layer="below")
        figure.add_trace(go.Scatter(x=[None], y=[None], mode="lines", name=name, line=cut))
    _mark(figure, go, points, selected, x, y)
    figure.update_xaxes(**_axis(x, size.line))
    figure.update_yaxes(**_axis(y, UP // 2 if size.line else UP))
    return figure


def heatmap(names: Sequence[str], table: pd.DataFrame, *, title: str, subtitle: str, symbol: str = "r") -> go.Figure:
    """The correlation of every pair as a number on a coloured square; the lower half, as the upper is the same.

    Parameters
    ----------
    names
        What the indicators are called, in the order of the rows and columns.
    table
        first, second (positions among the names, first before second), correlation (NaN: none), n.
    symbol
        What the coefficient is called.
    """
    import plotly.graph_objects as go

    size, look = len(names), sizes()
    z: list[list[float | None]] = [[None] * size for _ in range(size)]
    text = [[""] * size for _ in range(size)]
    notes = [[""] * size for _ in range(size)]
    for first, second, correlation, n in table[["first", "second", "correlation", "n"]].itertuples(index=False):
        known = not math.isnan(correlation)
        z[second][first] = round(correlation, 3) if known else None
        text[second][first] = number(correlation, 2, signed=True) if known else NO_VALUE
        reason = "" if known else f"<br>{tr('chart.too_few')}"
        notes[second][first] = f"{names[second]}<br>{names[first]}<br>n = {number(n)}{reason}"
    figure = go.Figure(
        go.Heatmap(
            z=[row[:-1] for row in z[1:]],
            x=[_wrapped(name) for name in names[:-1]],
            y=[_wrapped(name) for name in names[1:]],
            text=[row[:-1] for row in text[1:]],
            customdata=[row[:-1] for row in notes[1:]],
            texttemplate="%{text}",
            hovertemplate="%{customdata}<br><b>%{text}</b><extra></extra>",
            hoverongaps=False,
            zmin=-1,
            zmax=1,
            colorscale=[[0, LOW], [0.5, MIDDLE], [1, HIGH]],
            colorbar={"title": {"text": symbol}, "thickness": 14, "tickvals": [-1, -0.5, 0, 0.5, 1]},
            xgap=2,
            ygap=2,
        ),
        layout=layout(title, subtitle),
    )
    figure.update_yaxes(autorange="reversed", automargin=True, showgrid=False, zeroline=False)
    figure.update_xaxes(automargin=True, showgrid=False, zeroline=False, tickangle=-40)
    return figure.update_layout(height=max(look.height, 170 + round(44 * look.scale * size)), dragmode=False)


def config(name: str) -> dict[str, Any]:
    """How a chart behaves: its tools always in sight, its picture named."""
    return {
        "displayModeBar": True,
        "modeBarButtonsToRemove": ["zoom2d", "zoomIn2d", "zoomOut2d", "autoScale2d"],
        "toImageButtonOptions": {"filename": name, "scale": 2},
    }


def layout(title: str, subtitle: str) -> dict[str, Any]:
    """What all charts have in common: title, fonts, paper, legend."""
    size = sizes()
    title, subtitle = size.wrapped(title), size.wrapped(subtitle, size.title / size.note)
    more = title.count("<br>") * size.title + subtitle.count("<br>") * size.note
    return {
        "template": "none",
        "height": size.height,
        "margin": {
            "l": round(5.4 * size.text),
            "r": 40,
            "t": round(64 * size.scale + 1.3 * more),
            "b": round(4.6 * size.text),
        },
        "modebar": {"orientation": "v", "color": MUTED, "activecolor": INK, "bgcolor": "rgba(255,255,255,0)"},
        "font": {"family": FONT, "size": size.text, "color": INK},
        "title": {
            "text": f"<b>{title}</b>",
            "subtitle": {"text": subtitle, "font": {"size": size.note, "color": MUTED}},
            "font": {"size": size.title},
            "x": 0,
            "xanchor": "left",
            "xref": "container" if size.line else "paper",
            "y": 0.985,
            "yanchor": "top",
            "pad": {"t": lines_down(title, size.title)},
        },
        "separators": ",\u00a0" if language() == "lv" else ".,",
        "paper_bgcolor": PAPER,
        "plot_bgcolor": PAPER,
        "hovermode": "closest",
        "hoverlabel": {
            "bgcolor": PAPER,
            "bordercolor": INK,
            "font": {"color": INK, "family": FONT, "size": size.text},
            "align": "left",
        },
        "legend": {
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "yref": "container",
            "y": 0.005,
            "yanchor": "bottom",
            "font": {"size": size.legend},
        },
    }


def beside(names: Sequence[str]) -> int:
    """Pixels that the longest of some names takes left of a chart.

    Plotly would find them by drawing twice ("automargin"), and Streamlit draws every chart twice already.
    """
    longest = max((len(line) for name in names for line in name.split("<br>")), default=0)
    return round(sizes().text * (0.55 * longest + 1.2))


def vertical(at: float, line: Mapping[str, Any]) -> dict[str, Any]:
    """A line across the whole height of a chart, behind what is drawn."""
    return {
        "type": "line", "x0": at, "x1": at, "y0": 0, "y1": 1, "yref": "y domain", "line": line, "layer": "below",
    }  # fmt: skip


def lines_down(title: str, letters: float) -> float:
    """Pixels by which Plotly must be told to move a title down: it draws the first line of several above its place."""
    return 0.7 * letters if "<br>" in title else 0


def _axis(axis: Axis, width: int | None = None) -> Mapping[str, Any]:
    size = sizes()
    scale = {"type": "log", "dtick": "D2", "minor": {"showgrid": False}} if axis.log else {"zeroline": False}
    title = _wrapped(axis.title, width) if width else axis.title
    return {
        "title": {"text": title, "standoff": 8, "font": {"size": size.text}},
        "nticks": size.ticks,
        "automargin": True,
        "gridcolor": GRID,
        "linecolor": MUTED,
        "ticks": "outside",
        "tickcolor": MUTED,
        "tickformat": ",~r",
        **scale,
    }


def _outlines(group: Group, hollow: Sequence[bool]) -> list[str]:
    return [group.colour if small else PAPER for small in hollow]


def legend_only(name: str, symbol: str) -> dict[str, Any]:
    """An entry of the legend for a mark."""
    scale = sizes().scale
    marker = {"symbol": symbol, "color": MUTED, "size": 9 * scale, "line": {"width": 1.5 * scale}}
    return {"type": "scatter", "x": [None], "y": [None], "mode": "markers", "name": name, "marker": marker}


def _mark(figure: Any, go: Any, points: pd.DataFrame, selected: Sequence[Selected], x: Axis, y: Axis) -> None:
    """The selected places, over all others: their mark with its number, and their name beside it."""
    size = sizes()
    for one in selected:
        if one.code not in points.index:
            continue
        symbol, colour = MARKERS[one.place % len(MARKERS)]
        row = points.loc[one.code]
        figure.add_trace(
            go.Scatter(
                x=[row["x"]],
                y=[row["y"]],
                mode="markers+text",
                text=[str(one.place + 1)],
                textfont={"color": PAPER, "size": size.number, "weight": 700},
                customdata=[[one.code, one.name, ""]],
                hoverinfo="skip",
                showlegend=False,
                name=one.name,
                marker={
                    "symbol": symbol,
                    "size": 20 * size.scale,
                    "color": colour,
                    "line": {"width": 1.5 * size.scale, "color": PAPER},
                },
            )
        )
        figure.add_annotation(
            x=math.log10(row["x"]) if x.log else row["x"],
            y=math.log10(row["y"]) if y.log else row["y"],
            text=f"<b>{one.name}</b>",
            showarrow=False,
            yshift=19 * size.scale,
            font={"size": size.name, "shadow": HALO},
        )


def _wrapped(name: str, width: int = 22) -> str:
    """A name over as many lines as it needs."""
    lines = [""]
    for word in name.split():
        if lines[-1] and len(lines[-1]) + len(word) >= width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return "<br>".join(lines)
