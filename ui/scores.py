"""The scores of the two factors for a visitor's weights: reckoned once for all who choose the same; maps and words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Literal, get_args

import numpy as np
import pandas as pd
import streamlit as st

from data.model import Text
from indicators import peers, success
from indicators.catalogue import sources_of
from indicators.index.sobol import sobol
from indicators.index.uncertainty import CLASSES, INDISTINGUISHABLE, Robustness, Scenarios
from indicators.model import Indicator
from indicators.success import FACTORS, OVERALL, OVERALL_TITLE, Basis, Factor, Scored
from indicators.weighting import DECLARED, Weighting
from reports.exhibit import Described
from ui.assets import DEGURBA, RURAL_AREA
from ui.cache import Loaded
from ui.inline import Inline
from ui.text import NO_VALUE, Language, alphabetical, language, number, period, say, tr
from ui.weights import PARISHES, PEERS, RURAL, UNITS, Choice

LEVEL = "unit"
QUARTERS = (0.25, 0.5, 0.75)
RANK_CLASSES = 5
KEPT = 8
"""How many sets of weights are kept at once: the runs of one hold 7 MB."""
MODELLED = frozenset({"basic_skills_share", "online_share"})
CROWD = 0.1
"""From this share of the places with one and the same score on, the page says that ranks do not tell them apart."""


@dataclass(frozen=True, eq=False)
class Reckoned:
    """The scores and their runs under one set of weights. Shared by all visitors: read it, never change it.

    `standings` keeps what `standing` has worked out, by the aggregate and the reference set.
    """

    weighting: Weighting
    indicators: dict[str, Indicator]
    scored: Scored
    prepared: Scenarios
    runs: Robustness
    standings: dict[tuple[str, bytes], pd.DataFrame] = field(default_factory=dict, repr=False)

    @property
    def basis(self) -> Basis:
        return self.scored.basis

    @cached_property
    def factors(self) -> list[Factor]:
        """The factors somebody has a score of."""
        there = self.scored.scores.notna().any().to_dict()
        return [factor for factor in FACTORS if there.get(factor.id)]

    @cached_property
    def leaf_shares(self) -> dict[str, pd.Series]:
        """For every aggregate the share of its weight that each indicator below it has (0-1)."""
        return success.leaf_shares(self.scored.meta)

    @cached_property
    def shares(self) -> dict[str, float]:
        """What each weight comes to: a factor's share of the overall score, all others' share of their factor (0-1)."""
        meta = self.scored.meta
        weights, below = meta.weights.to_dict(), self.leaf_shares
        found = dict.fromkeys(success.declared(), 0.0)
        for parent in (OVERALL, *meta.at(3)):
            children = meta.children(parent)
            found |= {child: weights[child] / sum(weights[each] for each in children) for child in children}
        for factor in meta.at(3):
            found |= {str(leaf): float(share) for leaf, share in below[factor].items()}
        return found


def reckon(loaded: Loaded, weighting: Weighting) -> Reckoned:
    """The scores under a set of weights.

    Raises
    ------
    ValueError
        If nothing has any weight.
    """
    return _reckon(loaded.snapshot.hash, weighting.key, loaded, weighting)


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def _reckon(stamp: str, key: tuple[object, ...], _loaded: Loaded, _weighting: Weighting) -> Reckoned:
    found = basis(_loaded)
    entering = {name: _loaded.indicators[name] for name in found.periods}
    meta = success.tree(entering, _weighting.weights, _loaded.factors)
    scored = success.score(found, meta, method=_weighting.scaling, methods=_weighting.methods)
    prepared = _prepared(stamp, tuple(meta.codes), _loaded, found, scored)
    return Reckoned(_weighting, entering, scored, prepared, success.robustness(prepared, scored))


def basis(loaded: Loaded) -> Basis:
    """What the scores rest on."""
    return _basis(loaded.snapshot.hash, loaded)


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def _basis(stamp: str, _loaded: Loaded) -> Basis:
    return success.basis(_loaded.values, _loaded.indicators, LEVEL, _loaded.factors)


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def _prepared(stamp: str, codes: tuple[str, ...], _loaded: Loaded, _found: Basis, _scored: Scored) -> Scenarios:
    """The runs of an index of these codes, which follow any weights."""
    return success.scenarios(_found, _scored.meta, _peers(_loaded.shared or stamp, _loaded))


# --- the reference set ---


def units(loaded: Loaded) -> pd.DataFrame:
    """The territories that are scored: name, kind, municipality (its name), parent and residents, by code."""
    return _units(loaded.shared or loaded.snapshot.hash, loaded)


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def _units(stamp: str, _loaded: Loaded) -> pd.DataFrame:
    territories = _loaded.snapshot.territories.set_index("code", drop=False)
    municipalities = territories[territories["level"] == "municipality"]["name"]
    own = territories[territories["level"] == LEVEL]
    table = own[["name", "kind", "parent"]].assign(municipality=own["parent"].map(municipalities))
    for name, indicator in (("residents", "residents"), ("urbanisation", DEGURBA)):
        rows = _loaded.values[
            (_loaded.values["indicator"] == indicator)
            & (_loaded.values["level"] == LEVEL)
            & _loaded.values["value"].notna()
        ]
        newest = rows[rows["period"] == rows["period"].max()].set_index("territory")["value"]
        table[name] = newest.reindex(table.index)
    return table.sort_index()


def sets(loaded: Loaded) -> list[str]:
    """The reference sets there are: names, and the codes of municipalities by name."""
    table = units(loaded)
    parishes = table[table["kind"] == "parish"]
    known = bool(table["urbanisation"].notna().to_numpy().any())
    names = dict(zip(parishes["parent"], parishes["municipality"], strict=True))
    return [
        PARISHES,
        UNITS,
        *([RURAL] if known else []),
        PEERS,
        *sorted(names, key=lambda code: alphabetical(names[code])),
    ]


def within(loaded: Loaded, among: str, chosen: str | None) -> pd.Series:
    """The reference set as True and False by territory.

    Similar parishes are those of the chosen one; all parishes where it has none, as a town has.
    """
    table = units(loaded)
    match among:
        case "units":
            inside = table["kind"].notna()
        case "rural":
            inside = table["urbanisation"] == RURAL_AREA
        case "peers" if chosen and (near := peers_of(loaded, chosen)):
            inside = table.index.isin([chosen, *near])
        case str() if among in set(table["parent"]):
            inside = table["parent"] == among
        case _:
            inside = table["kind"] == "parish"
    return pd.Series(inside, index=table.index)


def peers_of(loaded: Loaded, place: str) -> list[str]:
    """The parishes most like a parish; none for a town."""
    near = _peers(loaded.shared or loaded.snapshot.hash, loaded)
    return near.loc[near["territory"] == place, "peer"].astype(str).tolist()


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def _peers(stamp: str, _loaded: Loaded) -> pd.DataFrame:
    features = peers.features(_loaded.values, _loaded.snapshot.territories)
    parishes = units(_loaded).query("kind == 'parish'").index
    return peers.peers(features.loc[features.index.isin(parishes)])


def standing(found: Reckoned, code: str, inside: pd.Series) -> pd.DataFrame:
    """Where every territory of the reference set stands in a factor or the overall score; see `standings`."""
    key = (code, inside.to_numpy(bool).tobytes())
    if key not in found.standings:
        found.standings[key] = success.standings(found.runs, code, inside)
    return found.standings[key].copy()


# --- as maps ---


def maps_of(
    loaded: Loaded, found: Reckoned, choice: Choice, standing: dict[str, pd.DataFrame]
) -> tuple[list[Inline], dict[str, list[float]]]:
    """The indicators the two maps show, and the fixed limits of their classes, by indicator."""
    made, limits = [], {}
    for factor in found.factors:
        if choice.show == "rank":
            made.append(_rank_map(loaded, found, factor, standing[factor.id]))
            count = max((len(table) for table in standing.values()), default=0)
            steps = [round(count * part / RANK_CLASSES) for part in range(1, RANK_CLASSES)]
            limits[made[-1].id] = sorted({float(step) for step in steps if step > 0})
        else:
            made.append(_score_map(loaded, found, factor, standing[factor.id]))
            limits[made[-1].id] = score_limits(loaded)
    return made, limits


def overall_map(loaded: Loaded, found: Reckoned, standing: pd.DataFrame) -> Inline:
    """The overall score as a map, with the range of each rank in the hover."""
    own = found.scored.scores[OVERALL]
    hover = tr("index.hover", range="{0}")
    said = {code: hover.format(words) for code, words in places(standing).items()}
    when = latest(found)
    return Inline(
        id=f"score_{OVERALL}",
        title=tr("hall.map_title"),
        definition=tr("hall.map_what"),
        formula=tr("index.formula", version=success.VERSION),
        unit=tr("index.unit.score"),
        rows=pd.DataFrame(
            {
                "territory": own.index,
                "level": LEVEL,
                "period": when,
                "value": own.to_numpy(),
                "note": [said.get(code) for code in own.index],
            }
        ),
        missing=tr("index.no_score"),
        sources=sources_behind(loaded, found, OVERALL),
    )


def score_limits(loaded: Loaded) -> list[float]:
    """The limits of the classes of both factors, in whole points: each factor's quarters under the declared weights.

    They stay as they are whatever the weights, so that a moved slider can be seen.
    """
    usual = reckon(loaded, DECLARED)
    scores = usual.scored.scores[[factor.id for factor in usual.factors]].to_numpy()
    return sorted({float(limit) for limit in np.nanquantile(scores, QUARTERS, axis=0).round().ravel()})


def latest(found: Reckoned) -> str:
    """The newest period any figure of the index is of."""
    return max(found.basis.periods.values())


def years(found: Reckoned, factor: Factor) -> str:
    """The years the figures of a factor are of, first to last."""
    own = sorted(found.basis.periods[leaf][:4] for leaf in found.scored.meta.leaves(factor.id))
    return "–".join(dict.fromkeys((own[0], own[-1])))


def map_id(factor: Factor, show: str) -> str:
    """The name of a factor's map."""
    return f"{show}_{factor.id}"


def _score_map(loaded: Loaded, found: Reckoned, factor: Factor, standing: pd.DataFrame) -> Inline:
    scores = found.scored.scores[factor.id]
    rows = _rows(found, factor, scores)
    hover = tr("index.hover", range="{0}")
    said: dict[object, str] = {code: hover.format(words) for code, words in places(standing).items()}
    said |= {gap: reason(gap) for gap in get_args(success.Gap)}
    rows["note"] = [said.get(code, said.get(gap)) for code, gap in found.scored.gaps[factor.id].items()]
    return _inline(loaded, found, factor, "score", rows, decimals=1, better="higher")


def _rank_map(loaded: Loaded, found: Reckoned, factor: Factor, standing: pd.DataFrame) -> Inline:
    at = standing.reindex(found.scored.scores.index)
    rows = _rows(found, factor, at["median"]).assign(low=at["first"].to_numpy(), high=at["last"].to_numpy())
    why = {gap: reason(gap) for gap in get_args(success.Gap)}
    scored = found.scored.scores[factor.id].notna()
    outside = scored & at["rank"].isna().to_numpy()
    rows["note"] = [why.get(gap) for gap in found.scored.gaps[factor.id]]
    rows["note"] = rows["note"].mask(outside.to_numpy(), tr("index.not_compared"))
    return _inline(loaded, found, factor, "rank", rows, decimals=0, better="lower")


def _rows(found: Reckoned, factor: Factor, values: pd.Series) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "territory": values.index,
            "level": LEVEL,
            "period": latest(found),
            "value": values.to_numpy(),
            "coverage": found.scored.coverage[factor.id].to_numpy(),
        }
    )


def _inline(
    loaded: Loaded,
    found: Reckoned,
    factor: Factor,
    show: str,
    rows: pd.DataFrame,
    decimals: int,
    better: Literal["higher", "lower"],
) -> Inline:
    title = tr(f"index.map.{show}", factor=say(factor.title))
    if found.weighting != DECLARED:
        title = f"{title} ({tr('index.map.changed')})"
    return Inline(
        id=map_id(factor, show),
        title=title,
        short=title,
        definition=tr(f"index.definition.{factor.id}"),
        formula=tr("index.formula", version=success.VERSION),
        unit=tr(f"index.unit.{show}"),
        rows=rows,
        decimals=decimals,
        better=better,
        darker=better,
        bias=tr(f"index.bias.{factor.id}"),
        missing=tr("index.no_score" if show == "score" else "index.no_rank"),
        when=tr("index.when", span=years(found, factor)),
        sources=sources_behind(loaded, found, factor.id),
    )


# --- as files ---

EXPORTED = {"score": 1, "rank": 0, "median": 1, "first": 0, "last": 0, "quarter": 0, "coverage": 0, "class": 0}
"""What a file says of each place, and with how many decimals it is shown."""


def exported(
    found: Reckoned, codes: Sequence[str], standing: Mapping[str, pd.DataFrame], order: Sequence[str]
) -> pd.DataFrame:
    """The scores and how sure their ranks are as rows of values; the places in this order."""
    tables = []
    for code in codes:
        scored, at = found.scored, standing[code].reindex(order)
        figures = {
            "score": scored.scores[code].reindex(order),
            **{name: at[name] for name in ("rank", "median", "first", "last")},
            "quarter": 100 * at["p_top_quarter"],
            "coverage": 100 * scored.coverage[code].reindex(order),
            "class": at["class"],
        }
        tables += [
            pd.DataFrame(
                {
                    "territory": list(order),
                    "indicator": f"{name}_{code}",
                    "period": latest(found),
                    "level": LEVEL,
                    "value": pd.to_numeric(figures[name]).astype("float64").to_numpy(),
                }
            )
            for name in EXPORTED
        ]
    return pd.concat(tables, ignore_index=True)


def exported_words(loaded: Loaded, found: Reckoned, codes: Sequence[str]) -> dict[str, Described]:
    """What the figures of `exported` are."""
    return {
        f"{name}_{code}": Described(
            title=f"{title_of(code, found.indicators)}: {tr(f'index.file.{name}')}",
            unit=tr(f"index.file_unit.{name}"),
            decimals=decimals,
            formula=tr("index.formula", version=success.VERSION),
            sources=sources,
        )
        for code, sources in ((code, sources_behind(loaded, found, code)) for code in codes)
        for name, decimals in EXPORTED.items()
    }


def sources_behind(loaded: Loaded, found: Reckoned, code: str) -> tuple[str, ...]:
    """The ids of the sources a score rests on: those of what has any weight in it."""
    shares = found.leaf_shares[code].items()
    leaves = [found.indicators[str(leaf)] for leaf, share in shares if share > 0]
    return tuple(sorted({source.id for leaf in leaves for source in sources_of(leaf, loaded.snapshot.sources)}))


# --- in words ---


def places(standing: pd.DataFrame) -> dict[str, str]:
    """Where every territory stands in 90 % of the runs: 9.–23. vieta."""
    return _places(standing.index, standing["first"], standing["last"])


def places_now(standing: pd.DataFrame) -> dict[str, str]:
    """Where every territory stands by its own score, with all that share it: 12. vieta."""
    return _places(standing.index, standing["rank"], standing["rank"] + standing["tied"] - 1)


def _places(codes: pd.Index, first: pd.Series, last: pd.Series) -> dict[str, str]:
    spoken = language()
    return {str(code): _place(int(a), int(b), spoken) for code, a, b in zip(codes, first, last, strict=True)}


@lru_cache(maxsize=2**14)
def _place(first: int, last: int, _language: Language) -> str:
    if first == last:
        return tr("index.place", place=number(first))
    return tr("index.places", first=number(first), last=number(last))


def reason(gap: object) -> str:
    """Why a factor has no score; empty where it has one."""
    return tr(f"index.gap.{gap}") if isinstance(gap, str) else ""


def title_of(code: str, indicators: dict[str, Indicator]) -> str:
    """The name of anything in the index."""
    titles: dict[str, Text] = {OVERALL: OVERALL_TITLE}
    for factor in FACTORS:
        titles |= {factor.id: factor.title, **{own.id: own.title for own in factor.dimensions}}
    return say(titles[code] if code in titles else indicators[code].short)


def classes(standing: pd.DataFrame) -> dict[str, str]:
    """The fifth every territory belongs to, and whether that is sure."""
    said = {
        (part, sure): tr("index.class.stable" if sure else "index.class.unstable", number=part)
        for part in range(1, CLASSES + 1)
        for sure in (True, False)
    }
    return {
        str(code): NO_VALUE if np.isnan(part) else said[int(part), bool(sure)]
        for code, part, sure in zip(standing.index, standing["class"], standing["stable"], strict=True)
    }


def crowd(standing: pd.DataFrame) -> tuple[int, int] | None:
    """How many places share the commonest score, of how many, where they are many."""
    most, count = int(standing["tied"].max()) if len(standing) else 0, len(standing)
    return (most, count) if count > 2 and most >= CROWD * count else None


def with_size(loaded: Loaded, figures: pd.Series) -> float | None:
    """Spearman's correlation of figures with the number of residents, among parishes; None where all are the same."""
    table = units(loaded)
    parishes = table.loc[table["kind"] == "parish"].index
    both = pd.DataFrame({"own": figures.reindex(parishes), "residents": table["residents"].reindex(parishes)}).dropna()
    if np.ptp(both["own"]) == 0:
        return None
    return float(np.corrcoef(both.rank().to_numpy(), rowvar=False)[0, 1])


def borrowed(found: Reckoned, inside: pd.Series) -> int:
    """In how many places of the reference set a figure that is measured elsewhere is only estimated."""
    names = [name for name in found.scored.meta.indicators if not found.indicators[name].estimated]
    return int((found.basis.status.loc[inside, names] == "estimated").to_numpy().any(axis=1).sum())


def compared(found: Reckoned, code: str, one: str, other: str) -> float | None:
    """The share of runs in which one territory scores higher than another; None where either has no score."""
    if found.scored.scores.loc[[one, other], code].isna().to_numpy().any():
        return None
    return float(found.runs.above(code, one)[other])


def alike(share: float) -> bool:
    """Whether a probability of being above means that two places cannot be told apart."""
    return INDISTINGUISHABLE[0] <= share <= INDISTINGUISHABLE[1]


def share_of(weight: float) -> str:
    """A share (0-1) in per cent without the sign; with one decimal where it is not whole."""
    percent = round(100 * weight, 1)
    return number(percent, 0 if percent == round(percent) else 1)


def with_noise(found: Reckoned, code: str) -> bool:
    """Whether the runs of a factor or the overall score hold the chance of small numbers."""
    meta, noisy = found.scored.meta, set(found.prepared.noisy)
    return any(noisy & set(meta.children(factor)) for factor in meta.at(3) if code in (factor, OVERALL))


def modelled(found: Reckoned) -> bool:
    """Whether figures that are estimated from the residents' ages have any weight."""
    return not MODELLED.isdisjoint(found.scored.meta.indicators)


# --- which choice matters ---


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def _sensitivity(
    stamp: str, key: tuple[object, ...], code: str, among: str, _found: Reckoned, _within: pd.Series
) -> pd.DataFrame:
    meta = _found.scored.meta
    weights = meta.weights[meta.codes].to_dict()
    return sobol(_found.prepared, _found.scored.scores, weights=weights, code=code, within=_within)


def sensitivity(loaded: Loaded, found: Reckoned, code: str, inside: pd.Series) -> pd.DataFrame:
    """Sobol indices of the choices behind the ranks of a factor."""
    among = "".join("1" if member else "0" for member in inside)
    return _sensitivity(loaded.snapshot.hash, found.weighting.key, code, among, found, inside)


def periods(found: Reckoned, name: str) -> str:
    """The period of an indicator's figures, in words."""
    return period(found.basis.periods[name])
