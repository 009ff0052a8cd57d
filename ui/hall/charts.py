"""What a group says, as figures that can be read from the back row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from indicators.opinion import HIGHEST, IMPORTANT, WEAK, Answers, counts
from ui.charts import FONT, GRID, INK, MUTED, PAPER, lines_down, sizes
from ui.text import number, tr

if TYPE_CHECKING:
    import plotly.graph_objects as go

Box = tuple[float, float, float, float]
"""The middle of a box across and down, and half of its width and height."""

TEXT, TITLE = 24, 32
"""Sizes in pixels; nothing is smaller than TEXT."""
IMPORTANCE, HERE = ("circle", "#12436d"), ("diamond", "#a23a06")
APART = 0.2
ROW_HEIGHT = 72
LEGEND_ROOM = 60
"""Pixels above the axis for what the marks mean; people read from the top."""
POINT, FIGURE, GAP = (0.2, 0.25), (0.29, 0.5), 0.12
"""In points of the scale, across and down: half of a mark, a figure of its name, and what is between the two."""
SIDES = {"top center": (0, 1), "bottom center": (0, -1), "middle right": (1, 0), "middle left": (-1, 0)}
"""Where the name of a mark may stand, and the way there; the first is the usual one."""


def spread(importance: Answers, here: Answers, table: pd.DataFrame, names: Mapping[int, str], title: str) -> go.Figure:
    """Every factor a row: how often each number was given, as dots, above for importance and below for the state.

    The medians are marked by a line with their figure.
    """
    import plotly.graph_objects as go

    rows = ROW_HEIGHT * len(names)
    layout = _layout(title, 60 + LEGEND_ROOM + rows)
    layout["margin"] |= {"t": layout["margin"]["t"] + LEGEND_ROOM, "b": 10}
    layout["legend"] |= {"y": 1 + 50 / rows, "yanchor": "bottom"}
    figure = go.Figure(layout=layout)
    order = list(names)
    most = max((n for answers in (importance, here) for f in order for n in counts(answers, f)), default=0)
    marks, line = [], {"color": INK, "width": 5}
    for answers, kind, (symbol, colour), shift in (
        (importance, "importance", IMPORTANCE, -APART),
        (here, "here", HERE, APART),
    ):
        x, y, size, said = [], [], [], []
        for place, factor in enumerate(order):
            for value, n in enumerate(counts(answers, factor)):
                if n:
                    x.append(value)
                    y.append(place + shift)
                    size.append(10 + 24 * (n / most) ** 0.5)
                    said.append(n)
        figure.add_trace(
            go.Scatter(
                x=x,
                y=y,
                mode="markers",
                name=tr(f"hall.{kind}"),
                customdata=said,
                hovertemplate="%{x}: %{customdata}<extra></extra>",
                marker={"symbol": symbol, "color": colour, "size": size, "opacity": 0.75, "line": {"width": 0}},
            )
        )
        for place, factor in enumerate(order):
            median = table.loc[factor, f"{kind}_median"]
            if pd.notna(median):
                at = place + shift
                marks.append(
                    {"type": "line", "x0": median, "x1": median, "y0": at - 0.18, "y1": at + 0.18, "line": line}
                )
    figure.update_layout(shapes=marks)
    figure.update_yaxes(
        tickvals=list(range(len(order))),
        ticktext=[_two_lines(f"{factor}. {names[factor]}") for factor in order],
        range=[len(order) - 0.5, -0.5],
        showgrid=False,
        zeroline=False,
        automargin=True,
    )
    figure.update_xaxes(range=[-0.5, HIGHEST + 0.5], dtick=1, gridcolor=GRID, zeroline=False, side="top")
    return figure


def priorities(table: pd.DataFrame, names: Mapping[int, str], title: str) -> go.Figure:
    """Importance against the present state; what matters and is weak lies in the shaded corner."""
    import plotly.graph_objects as go

    layout = _layout(title, 660)
    layout["margin"] |= {"b": 75}
    figure = go.Figure(layout=layout)
    known = table.dropna(subset=["importance_median", "here_median"])
    corner = {"x0": -0.5, "x1": WEAK, "y0": IMPORTANT, "y1": HIGHEST + 0.8}
    figure.add_shape(type="rect", **corner, fillcolor="#f6d9c7", line={"width": 0}, layer="below")
    figure.add_annotation(
        x=-0.4, y=HIGHEST + 0.5, text=tr("hall.corner"), showarrow=False, xanchor="left", font={"size": TEXT}
    )
    seen: dict[tuple[float, float], list[int]] = {}
    for factor, row in known.iterrows():
        seen.setdefault((float(row["here_median"]), float(row["importance_median"])), []).append(int(str(factor)))
    numbers = {point: ", ".join(map(str, factors)) for point, factors in seen.items()}
    figure.add_trace(
        go.Scatter(
            x=[here for here, _ in seen],
            y=[importance for _, importance in seen],
            mode="markers+text",
            text=list(numbers.values()),
            textposition=sides(numbers),
            textfont={"size": TEXT + 4, "color": INK},
            hovertext=["<br>".join(f"{f}. {names[f]}" for f in factors) for factors in seen.values()],
            hoverinfo="text",
            marker={"size": 22, "color": IMPORTANCE[1]},
            showlegend=False,
        )
    )
    scale = {"dtick": 1, "gridcolor": GRID, "zeroline": False, "range": [-0.5, HIGHEST + 0.8]}
    figure.update_xaxes(title={"text": tr("hall.here")}, **scale)
    figure.update_yaxes(title={"text": tr("hall.importance")}, automargin=True, **scale)
    return figure


def beside(rows: Sequence[tuple[str, float, float]], title: str) -> go.Figure:
    """The group's view beside the measured score, both from 0 to 100: (name, opinion, score)."""
    import plotly.graph_objects as go

    figure = go.Figure(layout=_layout(title, 200 + 130 * len(rows)))
    names = [_two_lines(name) for name, _, _ in rows]
    for at, (kind, (symbol, colour)) in enumerate((("opinion", HERE), ("score", IMPORTANCE)), start=1):
        values = [row[at] for row in rows]
        figure.add_trace(
            go.Scatter(
                x=values,
                y=names,
                mode="markers+text",
                name=tr(f"hall.{kind}"),
                text=[number(value) for value in values],
                textposition="top center" if at == 1 else "bottom center",
                textfont={"size": TEXT, "color": INK},
                marker={"symbol": symbol, "color": colour, "size": 24},
            )
        )
    figure.update_traces(cliponaxis=False)
    figure.update_layout(legend={"yref": "container", "y": 0.02, "yanchor": "bottom"})
    figure.update_xaxes(range=[-3, 103], gridcolor=GRID, zeroline=False)
    figure.update_yaxes(range=[len(rows) - 0.4, -0.6], automargin=True)
    return figure


def sides(names: Mapping[tuple[float, float], str]) -> list[str]:
    """Where the name of each point stands: on the first side where it meets no point and no name placed before."""
    taken: list[Box] = [(*point, *POINT) for point in names]
    found = []
    for (x, y), name in names.items():
        half = FIGURE[0] * len(name) / 2, FIGURE[1] / 2
        rooms = {
            side: (x + right * (POINT[0] + GAP + half[0]), y + up * (POINT[1] + GAP + half[1]), *half)
            for side, (right, up) in SIDES.items()
        }
        free = (side for side, room in rooms.items() if not any(_meet(room, other) for other in taken))
        side = next(free, next(iter(SIDES)))
        taken.append(rooms[side])
        found.append(side)
    return found


def _layout(title: str, height: int) -> dict[str, Any]:
    size = sizes()
    letters, title = max(TITLE, size.title), size.wrapped(title)
    further = round(1.3 * (letters - TITLE + letters * title.count("<br>")))
    return {
        "template": "none",
        "height": height + further,
        "margin": {"l": 40, "r": 30, "t": 90 + further, "b": 110},
        "font": {"family": FONT, "size": TEXT, "color": INK},
        "title": {
            "text": f"<b>{title}</b>",
            "font": {"size": letters},
            "x": 0,
            "xref": "container",
            "y": 0.985,
            "yanchor": "top",
            "pad": {"t": lines_down(title, letters)},
        },
        "legend": {
            "orientation": "h",
            "x": 0,
            "y": -0.06,
            "yanchor": "top",
            "itemsizing": "constant",
            "font": {"size": max(TEXT, size.legend)},
        },
        "paper_bgcolor": PAPER,
        "plot_bgcolor": PAPER,
        "hoverlabel": {"bgcolor": PAPER, "bordercolor": MUTED, "font": {"size": TEXT, "color": INK}},
        "dragmode": False,
    }


def _meet(one: Box, other: Box) -> bool:
    """Whether two boxes share more than an edge."""
    return all(one[2 + way] + other[2 + way] - abs(one[way] - other[way]) > 0.001 for way in (0, 1))


def _two_lines(text: str, width: int = 34) -> str:
    """A text over two lines of about equal length where it is long."""
    if len(text) <= width:
        return text
    middle = min((place for place, c in enumerate(text) if c == " "), key=lambda place: abs(place - len(text) / 2))
    return f"{text[:middle]}<br>{text[middle + 1 :]}"
