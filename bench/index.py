"""The bench of the index: the Monte Carlo that follows a slider, its growth with the units, and all indicators."""

from __future__ import annotations

import json as json_format
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import psutil
from rich.console import Console
from rich.table import Table

from data.paths import ROOT, SNAPSHOT
from data.store import open_snapshot
from indicators.evaluate import evaluate
from indicators.index.aggregate import aggregate
from indicators.index.meta import Meta
from indicators.index.normalise import normalise
from indicators.index.sobol import design, indices, rank_shifts, sobol
from indicators.index.uncertainty import Plan, Scaling, Scenarios, Treatment
from ui.cache import registry

UNITS, INDICATORS, RUNS = 592, 40, 1000
LADDER = (1_000, 10_000, 100_000)
LADDER_RUNS = 200
ROUNDS = 9
COINR_N = 30
BARS: dict[str, float] = {
    "runs_1000_ms": 300,
    "evaluate_all_s": 5,
    "units_100k_s": 60,
    "units_100k_gb": 4,
    "coinr_design_s": 1,
}


def run(*, json: bool = False) -> dict[str, Any]:
    """Measure, print the figures beside their bars (or JSON), and return them.

    runs_1000_ms
        1,000 runs for 592 units and 40 indicators and the ranges of the index from them, as while a slider is held:
        what does not depend on the weights is there. `runs_1000_prepare_ms` makes that, `runs_1000_three_ms` is for two
        factors and the index, `sobol_s` says which choice matters.
    evaluate_all_s
        All indicators, all years, units and municipalities, from the open snapshot.
    units_100k_s, units_100k_gb
        Everything for 100,000 units, 40 indicators, 200 runs, from data to ranges, and the most memory the process
        held; `ladder` has 1,000 and 10,000 units too, with the processors' own time, which shows the growth where
        others are at work on the machine (its load is in `machine`).
    coinr_design_s
        COINr's published sensitivity design (180 runs, 51 units, 49 indicators, 8 pillars, 2 sub-indexes), from data to
        Si and STi.

    5 % of the cells are missing and 12 of 40 indicators have noise; times of less than a second are medians of 9.
    """
    say = Console(stderr=True).print
    say("1/4 the runs behind a slider …")
    figures = slider()
    say("2/4 all indicators …")
    figures |= indicators()
    say("3/4 COINr's design …")
    figures |= {"coinr_design_s": round(median(coinr_design, 7), 3)}
    say("4/4 more and more units …")
    figures |= ladder()
    figures["machine"] = machine()
    figures["missed"] = [name for name, bar in BARS.items() if figures[name] > bar]
    if json:
        sys.stdout.write(json_format.dumps(figures, ensure_ascii=False, indent=1) + "\n")
    else:
        show(figures)
    return figures


def median(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """The median time in s, after one round that does not count."""
    work()
    taken = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def tree(indicators: int, pillars: int, factors: int) -> Meta:
    """Indicators in pillars, pillars in factors, factors in the index."""
    rows = [(f"i{n:02}", 1, f"p{n % pillars}", 1 if n % 5 else -1, 1 + n % 3, "indicator") for n in range(indicators)]
    rows += [(f"p{n}", 2, f"f{n % factors}", 1, 1, "aggregate") for n in range(pillars)]
    rows += [(f"f{n}", 3, "index", 1, 1, "aggregate") for n in range(factors)]
    columns = ["code", "level", "parent", "direction", "weight", "type"]
    table = pd.DataFrame([*rows, ("index", 4, "", 1, 1, "aggregate")], columns=columns)
    leaf = table["level"] == 1
    return Meta.of(table.assign(lower=np.where(leaf, 0.0, np.nan), upper=np.where(leaf, 100.0, np.nan)))


def sample(units: int, meta: Meta, missing: float = 0.05) -> pd.DataFrame:
    """Values around 50 that hang together a little; every eighth indicator has a long tail."""
    rng = np.random.default_rng(1)
    common = rng.standard_normal((units, 1))
    values = 50 + 12 * (0.6 * common + rng.standard_normal((units, len(meta.indicators))))
    values[:, ::8] = np.exp(values[:, ::8] / 14)
    values[rng.random(values.shape) < missing] = np.nan
    return pd.DataFrame(values, columns=meta.indicators).set_axis([f"u{n:06}" for n in range(units)])


def scored(data: pd.DataFrame, meta: Meta) -> pd.DataFrame:
    goals = {"directions": meta.directions, "lower": meta.lower, "upper": meta.upper}
    scores = normalise(data, "goalposts", limits=(1, 100), **goals)
    return scores.join(aggregate(scores, meta, ("amean", "amean", "gmean"), 0.5))


def prepare(data: pd.DataFrame, meta: Meta, runs: int) -> Scenarios:
    noise = pd.DataFrame(4.0, data.index, meta.indicators[1 : 1 + 3 * len(meta.indicators) // 10])
    return Scenarios.of(data, meta, Plan(runs=runs), noise=noise, filled=data.fillna(data.median()))


def slider() -> dict[str, Any]:
    meta = tree(INDICATORS, 8, 2)
    data = sample(UNITS, meta)
    nominal, prepared = scored(data, meta), prepare(data, meta, RUNS)

    def move(*codes: str) -> None:
        found = prepared.run(nominal, meta.weights * 1.1, codes)
        for code in codes:
            found.ranges(code)

    return {
        "runs_1000_ms": round(1000 * median(lambda: move("index"))),
        "runs_1000_three_ms": round(1000 * median(lambda: move("f0", "f1", "index"))),
        "runs_1000_prepare_ms": round(1000 * median(lambda: prepare(data, meta, RUNS))),
        "sobol_s": round(median(lambda: sobol(prepared, nominal), 3), 2),
    }


def indicators() -> dict[str, Any]:
    snapshot = open_snapshot(SNAPSHOT)
    declared = {
        name: entry for name, entry in registry().items() if all(one in snapshot.measures for one in entry.measures)
    }
    observations, territories = snapshot.observations, snapshot.territories
    seconds = median(lambda: evaluate(declared, observations, territories, snapshot.measures), 7)
    return {"evaluate_all_s": round(seconds, 2), "evaluated_indicators": len(declared)}


def coinr_design() -> None:
    """Outlier treatment, normalisation, weights and mean as inputs of 30 (4 + 2) runs."""
    meta = tree(49, 8, 2)
    data = sample(51, meta, missing=0)
    plan = replace(
        Plan(drop_one=False, missing=("available",)),
        treat=tuple(Treatment("winsor_log", winmax) for winmax in range(1, 6)),
        normalise=(Scaling("minmax", (1, 100)), Scaling("zscore", (10, 2))),
    )
    scenarios = Scenarios.of(data, meta, plan)
    draws = scenarios.draw(design(COINR_N, len(scenarios.inputs), plan.seed), sets=1000)
    a, b, *mixed = rank_shifts(scenarios, draws, scored(data, meta)).reshape(-1, COINR_N)
    indices(a, b, mixed)


def ladder() -> dict[str, Any]:
    """Each number of units in a process of its own, whose memory is its own."""
    steps = []
    for units in LADDER:
        command = [sys.executable, "-m", "bench.index", str(units)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
        steps.append(json_format.loads(done.stdout))
    return {"units_100k_s": steps[-1]["seconds"], "units_100k_gb": steps[-1]["gb"], "ladder": steps}


def step(units: int) -> dict[str, Any]:
    meta = tree(INDICATORS, 8, 2)
    data = sample(units, meta)
    nominal = scored(data, meta)
    began, worked = time.perf_counter(), time.process_time()
    prepare(data, meta, LADDER_RUNS).run(nominal, codes=["index"]).ranges("index")
    seconds, worked = time.perf_counter() - began, time.process_time() - worked
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return {
        "units": units,
        "seconds": round(seconds, 2),
        "cpu_seconds": round(worked, 2),
        "cpu_us_per_unit": round(1e6 * worked / units),
        "gb": round(peak / 1e9, 2),
    }


def machine() -> dict[str, Any]:
    """What it was measured on."""
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "processors": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "memory_gb": round(psutil.virtual_memory().total / 1e9),
        "python": platform.python_version(),
        "numpy": np.__version__,
    }


def show(figures: dict[str, Any]) -> None:
    """The figures, their bars and the ladder as tables."""
    console = Console()
    bars = Table("", "measured", "at most", "", box=None, pad_edge=False)
    for name, bar in BARS.items():
        bars.add_row(name, f"{figures[name]:,}", f"{bar:,}", "missed" if name in figures["missed"] else "met")
    for name in ("runs_1000_three_ms", "runs_1000_prepare_ms", "sobol_s", "evaluated_indicators"):
        bars.add_row(name, f"{figures[name]:,}")
    console.print(bars)
    steps = Table("units", "seconds", "of all processors", "µs per unit of them", "GB", box=None, pad_edge=False)
    for one in figures["ladder"]:
        cells = (one["seconds"], one["cpu_seconds"], one["cpu_us_per_unit"], one["gb"])
        steps.add_row(f"{one['units']:,}", *map(str, cells))
    console.print(steps)
    console.print(", ".join(f"{name} {value}" for name, value in figures["machine"].items()))


if __name__ == "__main__":
    sys.stdout.write(json_format.dumps(step(int(sys.argv[1]))) + "\n")
