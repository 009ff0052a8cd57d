"""The start page: what this is, what is measured for each success factor, the country in six figures."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from indicators.catalogue import FACTORS, NO_DATA, breaks_of, by_factor
from indicators.model import Indicator
from ui import cache, frame
from ui.address import encode, sanitise
from ui.sparkline import sparkline
from ui.text import amount, number, period, say, tr, trn

frame.guard()
loaded = cache.current()
FIGURES = (
    "residents",
    "population_change_5y",
    "older_share",
    "company_taxpayers_rate",
    "download_mbps",
    "basic_skills_share",
)
FACTOR_WIDTH = 380
LIMITS = ("small", "declared", "speed", "registered", "services", "modelled", "boundaries", "cause")


def map_link(indicator: Indicator) -> None:
    """A link to the maps with this indicator first."""
    beside = next(name for name in loaded.known.first if name != indicator.id)
    state = sanitise({"panes": [{"indicator": indicator.id}, {"indicator": beside}]}, loaded.known)
    st.page_link("pages/map.py", label=say(indicator.short), icon=":material/map:", query_params=encode(state))


def figure(indicator: Indicator, values: pd.Series) -> None:
    """One figure of the whole country, its change since the period before, and its course."""
    unit = say(indicator.unit)
    name, when, worded = say(indicator.short), period(values.index[-1]), " " in unit
    points = tr("overview.points") if unit == "%" else ""
    since = max((found.period for found in breaks_of(indicator, loaded.snapshot.measures)), default="")
    comparable = values[values.index >= since] if str(values.index[-1]) >= since else values
    change = comparable.iloc[-1] - comparable.iloc[-2] if len(comparable) > 1 else 0.0
    with st.container(border=True, height="stretch", gap="xsmall"):
        st.metric(
            ", ".join([name, unit, when] if worded else [name, when]),
            amount(values.iloc[-1], indicator.decimals, "" if worded else unit),
            delta=amount(change, indicator.decimals, points, signed=True) if len(comparable) > 1 else None,
            delta_color="off",
            delta_arrow="up" if change > 0 else "down" if change < 0 else "off",
            delta_description=tr("overview.against", period=period(comparable.index[-2]))
            if len(comparable) > 1
            else None,
        )
        if len(comparable) > 2:
            ends = (comparable.iloc[0], comparable.iloc[-1], comparable.min(), comparable.max())
            first, last, low, high = (number(end, indicator.decimals) for end in ends)
            alt = tr("overview.course", since=period(comparable.index[0]), first=first, last=last, low=low, high=high)
            st.image(sparkline(comparable.to_list()), alt=alt)


def last_period(source: str) -> str:
    """The last period of a source, empty where it has none."""
    return max(loaded.snapshot.manifest["sources"][source]["vintage"]["periods"], default="")


units = number(len(loaded.snapshot.territories.query("level == 'unit'")))
declared = trn("overview.indicators", len(loaded.known.latest))
st.title(tr("overview.title"))
st.markdown(tr("overview.what", units=units, indicators=declared))
st.page_link("pages/map.py", label=tr("overview.open_map"), icon=":material/map:")

st.header(tr("overview.figures"))
shown = [name for name in FIGURES if name in loaded.country and name in loaded.known.latest]
for row in (shown[:3], shown[3:]):
    for column, name in zip(st.columns(3), row, strict=False):
        with column:
            figure(loaded.indicators[name], loaded.country[name])
counted = loaded.snapshot.observations.query("measure == 'census_residents' and value == value")
if len(counted) and "residents" in loaded.country:
    census = {"residents": number(counted["value"].sum()), "period": period(counted["period"].iloc[-1])}
    declared_in = period(loaded.country["residents"].index[-1])
    st.caption(tr("overview.declared_and_usual", declared=declared_in, **census))

st.header(tr("overview.factors"))
st.markdown(tr("overview.factors_how"))
measurable = by_factor(entry for entry in loaded.indicators.values() if entry.id in loaded.known.latest)
for factor, measured in measurable.items():
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key=f"factor_{factor}"):
        st.markdown(f"**{factor}.** {say(FACTORS[factor])}", width=FACTOR_WIDTH)
        with st.container(horizontal=True, gap="small"):
            for entry in measured:
                map_link(entry)
            if not measured:
                st.markdown(f":gray-badge[{say(NO_DATA)}]")

st.header(tr("overview.freshest"))
dated = [source for source in loaded.snapshot.sources.values() if last_period(source.id)]
rows = [
    {
        tr("overview.source"): say(source.title),
        tr("overview.latest"): period(last_period(source.id)).replace(".", r"\."),
        tr("overview.updates"): say(source.updates),
    }
    for source in sorted(dated, key=lambda source: last_period(source.id), reverse=True)
]
st.table(pd.DataFrame(rows), border="horizontal", hide_index=True)

st.header(tr("overview.limits"))
st.markdown("\n".join(f"- {tr(f'limit.{name}')}" for name in LIMITS))
