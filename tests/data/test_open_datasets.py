"""The portal's count of datasets by organisation, as figures of municipalities."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from data.context import Context, RawFile
from data.model import SchemaError
from data.schema import observations
from data.sources import open_datasets
from tests.data.ground import draw, value
from tests.data.places import datasets

NAMES = {
    "LV0001000": "Rīga",
    "LV0002000": "Daugavpils",
    "LV0006000": "Rēzekne",
    "LV0043000": "Rēzeknes novads",
    "LV0022000": "Augšdaugavas novads",
    "LV0056000": "Ventspils novads",
}
TERRITORIES = pd.DataFrame(
    [(code, name, "municipality") for code, name in NAMES.items()], columns=["code", "name", "level"]
)
COUNTS = {
    "Rīgas valstspilsētas pašvaldība": 40,
    "Rīgas domes Satiksmes departaments": 3,
    "Rīgas satiksme": 7,
    "Daugavpils valstspilsētas pašvaldība": 4,
    "Rēzeknes novada pašvaldība": 2,
    "Augšdaugavas novada pašvaldība": 5,
    "Centrālā statistikas pārvalde": 90,
}


def tidy(folder: Path, content: bytes, name: str = "open_datasets_2025.json") -> pd.DataFrame:
    path = folder / name
    path.write_bytes(content)
    units = draw(LV0000001=(0, 0, 1, 1))
    return open_datasets.tidy([RawFile(name, path)], Context(TERRITORIES, units, pd.DataFrame(), {}))


def test_each_municipality_by_the_name_of_its_organisation(tmp_path: Path) -> None:
    found = tidy(tmp_path, datasets(COUNTS))
    tidied = observations(found, open_datasets.SOURCE, TERRITORIES)
    assert {code: value(tidied, code, "open_datasets", "2025") for code in NAMES} == {
        "LV0001000": 43,  # the city's and its department's, not the transport company's
        "LV0002000": 4,
        "LV0006000": 0,
        "LV0043000": 2,
        "LV0022000": 5,
        "LV0056000": 0,
    }
    assert found.attrs["notes"] == {
        "2025: organisations": 7,
        "2025: organisations of municipalities": 5,
        "2025: municipalities without any": 2,
    }


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (datasets({"Centrālā statistikas pārvalde": 90}), "no organisation has the name of a municipality"),
        (datasets({}), "lists no organisation"),
        (datasets(COUNTS).replace(b"search_facets", b"facets"), "not a count of datasets"),
        (b"{", "not a count of datasets"),
    ],
)
def test_ill_answers(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(SchemaError, match=said) as error:
        tidy(tmp_path, content)
    assert "open_datasets_2025.json" in str(error.value)
