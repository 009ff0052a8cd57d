"""Class breaks against R's classInt and what mapclassify's own tests assert."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from indicators.classes import METHODS, class_of, classify

STYLES = {"quantile": "quantile", "equal": "equal", "jenks": "jenks", "fisher": "jenks"}
"""classInt's styles and our methods; its fisher and jenks have the same members and differ in where breaks stand."""


@pytest.fixture(scope="module")
def data(golden: Path) -> dict[str, np.ndarray]:
    content = json.loads((golden / "classify" / "data.json").read_text(encoding="utf-8"))
    return {name: np.array(values) for name, values in content.items()}


def test_classes_as_classint_has_them(golden: Path, data: dict[str, np.ndarray]) -> None:
    results = json.loads((golden / "classify" / "classInt_results.json").read_text(encoding="utf-8"))
    tried = 0
    for entry in results:
        if entry["style"] not in STYLES:
            continue
        values = data[entry["data"]]
        found = classify(values, STYLES[entry["style"]], entry["k"])  # type: ignore[arg-type]
        assert found.gvf == pytest.approx(entry["gvf"], abs=1e-6), entry["style"]
        assert (class_of(values, found.edges) + 1).tolist() == entry["class"]
        if entry["style"] != "fisher":
            assert found.edges == pytest.approx(entry["brks"])
        tried += 1
    assert tried == 12


def test_jenks_is_the_optimum(data: dict[str, np.ndarray]) -> None:
    assert classify(data["calemp"], "jenks", 5).gvf == pytest.approx(0.998435, abs=1e-6)


@pytest.mark.parametrize(
    ("name", "method"), [("FisherJenks", "jenks"), ("Quantiles", "quantile"), ("EqualInterval", "equal")]
)
def test_classes_as_mapclassify_has_them(golden: Path, data: dict[str, np.ndarray], name: str, method: str) -> None:
    """Its bins are the upper edges."""
    listed = json.loads((golden / "spatial_pysal_published" / "published_values.json").read_text(encoding="utf-8"))
    published = {entry["name"]: entry["published"] for entry in listed}
    assert method in METHODS
    found = classify(data["calemp"], method, 5)  # type: ignore[arg-type]
    assert found.edges[1:] == pytest.approx(published[f"calemp {name} bins"], abs=1e-5)
    assert list(found.counts) == published[f"calemp {name} counts"]
