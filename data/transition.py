"""Series carried over changes of territories: figures of former codes under those of the territories of today.

The classifier (its register, its transition tables, the editions of the boundaries) says where the land of a former
territory is now. Codes that changed are replaced, territories that merged are added, one that was split is divided by
the residents of its parts where they are known, else by their area; what was divided is marked estimated.
"""

# pandas' own annotations return wide unions for plain indexing; these rules only repeat that.
# pyright: reportCallIssue=false, reportGeneralTypeIssues=false, reportReturnType=false
# pyright: reportIndexIssue=false, reportAssignmentType=false

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from data.context import Context
from data.model import Level, SchemaError, Source
from data.schema import COLUMNS

COLUMNS_OF_PARTS = ["level", "old", "new", "share", "until"]
LEVEL_COLUMNS = {"unit": "L1_code", "municipality": "L0_code"}
"""Level -> the columns of its codes in the crosswalk, with _old or _new after them."""
NEAR = 1e-6
"""Sums before and after may differ by this part: what a computer rounds."""
OF_FORMER = ("code", "level", "valid_to", "successors")
ORDER = ("final", "provisional", "estimated")


def parts(context: Context, by_residents: bool = True) -> pd.DataFrame:
    """Where former territories are now: level, old, new, share (adds up to 1 over the parts), until (its last day + 1).

    What a territory that took over land and went on under its code was before is among them, as a part of itself. A
    territory that several took over is divided between them by the residents of the units they got of it; where these
    are not known (or not wanted), by area.
    """
    return context.once(f"transition {by_residents}", lambda: _parts(context, by_residents))


def _parts(context: Context, by_residents: bool) -> pd.DataFrame:
    levels = context.former["level"].isin(list(LEVEL_COLUMNS))
    present = {level: set(rows["code"]) for level, rows in context.territories.groupby("level")}
    rows = []
    for code, level, until, successors in context.former.loc[levels, list(OF_FORMER)].to_numpy():
        taken = [new for new in successors.split() if new in present[level]]
        shares = np.ones(1) if len(taken) == 1 else _shares(code, level, taken, context, by_residents)
        rows += [(level, code, new, share, until) for new, share in zip(taken, shares, strict=True) if share > 0]
    found = pd.DataFrame(rows, columns=COLUMNS_OF_PARTS)
    if found.empty:
        return found
    began = context.territories.drop_duplicates(["level", "code"]).set_index(["level", "code"])["valid_from"]
    grew = found.drop_duplicates(["level", "new", "until"]).assign(old=lambda table: table["new"], share=1.0)
    at = pd.MultiIndex.from_frame(grew[["level", "new"]])
    return pd.concat([found, grew[began.reindex(at).to_numpy() < grew["until"].to_numpy()]], ignore_index=True)


def _shares(code: str, level: str, taken: Sequence[str], context: Context, by_residents: bool) -> np.ndarray:
    """The shares of a former territory that each of several took over."""
    column, walk = LEVEL_COLUMNS[level], context.crosswalk
    mine = walk[walk[f"{column}_old"] == code] if len(walk) else walk
    residents = context.residents() if by_residents else None
    weights = None
    if len(mine):
        km2, units = mine["km2"].astype("float64"), mine["L1_code_new"]
        weights = km2.groupby(mine[f"{column}_new"]).sum()
        if residents is not None and units.isin(residents.index).all():
            lived_in = units.map(residents) * mine["share_new"]
            weights = lived_in.groupby(mine[f"{column}_new"]).sum() if lived_in.sum() > 0 else weights
    elif residents is not None and level == "unit" and set(taken) <= set(residents.index):
        weights = residents
    if weights is None or not weights.reindex(list(taken)).sum() > 0:
        weights = context.territories[context.territories["level"] == level].set_index("code")["area_km2"]
    found = weights.reindex(list(taken)).fillna(0.0).to_numpy(dtype=float)
    return found / found.sum()


def carried(
    rows: pd.DataFrame,
    level: Level,
    context: Context,
    *,
    keys: Sequence[str] = (),
    additive: bool = True,
    by_residents: bool = True,
) -> pd.DataFrame:
    """Figures of former territories as those of the territories that took over their land.

    Parameters
    ----------
    rows
        territory, period, value, status, and `keys`; unique by territory, period and keys. Codes that belong to no
        territory of any time stay as they are.
    keys
        Further columns that tell figures apart (a measure, a surface of roads).
    additive
        Whether figures of several territories may be added; otherwise only a code that changed is carried.

    Returns
    -------
    DataFrame
        The same columns. The status is "estimated" where a former territory was divided, "not_published" where one of
        those that merged has no figure, "not_applicable" where what cannot be added would have to be.

    Raises
    ------
    SchemaError
        Sums that differ before and after.

    Notes
    -----
    A publisher may give a figure in former and in present borders: the figure of a territory that began when the former
    ones ended counts, and theirs do not. Where a territory went on under its code, figures up to then that stand beside
    those of the territories it took in are added to them. Former territories of several times (2021, 2025) are not
    mixed within a period: the latest that have figures count.
    """
    table = parts(context, by_residents)
    table = table[table["level"] == level].drop(columns="level")
    if table.empty or not rows["territory"].isin(table["old"]).any():
        return rows
    key, group = ["territory", "period", *keys], ["period", *keys]
    former = table.loc[table["old"] != table["new"], "old"]
    valued = rows[rows["value"].notna()]
    moved = valued.merge(table, left_on="territory", right_on="old").drop(columns="territory")
    moved = moved.assign(territory=moved["new"], value=moved["value"] * moved["share"])
    moved["foreign"] = moved["old"] != moved["new"]
    moved = moved[moved["foreign"] | (moved["period"] < moved["until"])]
    by_key = moved.groupby(key)
    moved = moved[(moved["until"] == by_key["until"].transform("max")) & by_key["foreign"].transform("any")]
    grew = pd.MultiIndex.from_frame(table.loc[table["old"] == table["new"], ["new", "until"]])
    anew = ~pd.MultiIndex.from_frame(moved[["territory", "until"]]).isin(grew)
    moved = moved[~(anew & among(moved, valued, key))]
    ranks = moved["status"].map(dict(zip(ORDER, range(len(ORDER)), strict=True))).fillna(0)
    grouped = moved.assign(rank=ranks).groupby(key, as_index=False)
    result = grouped.agg(
        value=("value", "sum"),
        rank=("rank", "max"),
        count=("old", "nunique"),
        least=("share", "min"),
        until=("until", "first"),
    )
    needed = table.groupby(["new", "until"])["old"].nunique()
    wanted = needed.reindex(pd.MultiIndex.from_frame(result[["territory", "until"]])).to_numpy()
    incomplete = result["count"].to_numpy() < wanted
    mixed = ((wanted > 1) | (result["least"] < 1).to_numpy()) & (not additive)
    status = np.where(result["least"] < 1, "estimated", np.array(ORDER)[result["rank"].astype(int)])
    status = np.select([mixed, incomplete], ["not_applicable", "not_published"], status)
    result = result.assign(status=status, value=result["value"].mask(incomplete | mixed))
    untouched = rows[~among(rows, result, key) & ~rows["territory"].isin(former)]
    out = pd.concat([untouched, result], ignore_index=True).reindex(columns=list(rows.columns))
    if additive:
        used = moved.loc[~among(moved, result[incomplete], key), ["old", *group]].rename(columns={"old": "territory"})
        left_out = valued[valued["territory"].isin(former) & ~among(valued, used, key)]
        whole = ~among(valued, pd.concat([left_out, result[incomplete]]), group)
        check_sums(valued[whole], out, group, level)
    return out


def among(rows: pd.DataFrame, others: pd.DataFrame, key: Sequence[str]) -> np.ndarray:
    """Which rows have a key that stands among those of others."""
    wanted = pd.MultiIndex.from_frame(others[list(key)])
    return pd.MultiIndex.from_frame(rows[list(key)]).isin(wanted)


def check_sums(before: pd.DataFrame, after: pd.DataFrame, by: Sequence[str], level: str) -> None:
    """What the figures add up to may not change by being carried."""
    was, now = (rows.groupby(list(by), dropna=False)["value"].sum() for rows in (before, after))
    now = now.reindex(was.index).fillna(0.0)
    wrong = (now - was).abs() > NEAR * was.abs().clip(lower=1)
    if wrong.any():
        where = wrong.idxmax()
        problem = f"carried to the territories of today, {where} adds up to {now[where]:g}, before to {was[where]:g}"
        step = "Check the transition tables of the classifier."
        raise SchemaError.of(f"transition of {level} codes", "", problem, step)


def carried_observations(table: pd.DataFrame, source: Source, context: Context) -> pd.DataFrame:
    """A source's observations with the figures of former territories carried to those of today."""
    former = set(context.former["code"])
    if table.empty or not table["territory"].isin(former).any():
        return table
    found = [table[~table["measure"].isin([measure.id for measure in source.provides])]]
    for measure in source.provides:
        rows = table[table["measure"] == measure.id]
        if measure.level in LEVEL_COLUMNS and len(rows):
            rows = carried(rows, measure.level, context, keys=("measure",), additive=measure.additive)
        found.append(rows)
    result = pd.concat([rows for rows in found if len(rows)], ignore_index=True).reindex(columns=list(COLUMNS))
    result.attrs = table.attrs
    return result
