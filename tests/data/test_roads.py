from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data import schema
from data.context import Context, RawFile
from data.gates import doubtful
from data.model import SchemaError
from data.sources import boundaries, classifier, roads
from tests.data.atlas import CITY, KALNU, UPES, context
from tests.data.ground import real_files

Writer = Callable[[str, str], RawFile]
TITLE = '"Length of state and municipal roads and streets (km) by Territorial unit"\n\n'
HEADER = '"Territorial unit","Types of surface","Indicator","2024"\n'
LENGTHS = {"Kalna municipality": "10", "Upe municipality": "20", "Pils": "3"}


def export(lengths: Mapping[str, str], total: str = "33", more: str = "") -> str:
    """An export of the statistics portal: every length for all surfaces and kinds."""
    rows = [
        f'"{name}","{surface}","{kind}",{length}\n'
        for name, length in ({"Latvia": total} | dict(lengths)).items()
        for surface in roads.SURFACES
        for kind in roads.KINDS
    ]
    return "\ufeff" + TITLE + HEADER + "".join(rows) + more


def tidy(file: RawFile) -> pd.DataFrame:
    return roads.tidy([file], context())


def test_municipalities_are_found_by_their_english_names(file: Writer) -> None:
    table = tidy(file("TRS020.csv", export(LENGTHS)))
    assert len(table) == 3 * 12
    lengths = table[table["measure"] == "roads_paved_state_km"].set_index("territory")["value"]
    assert lengths.to_dict() == {KALNU: 10, UPES: 20, CITY: 3}
    assert set(table["period"]) == {"2024"}


def test_regions_and_the_country_are_left_out(file: Writer) -> None:
    regions = {
        "Augšzeme statistical region (from 01.01.2024.)": "30",
        "Rīga statistical region (Riga) (before 01.01.2024.)  ": "…",
        "Latgale statistical region": "1000",
    }
    assert set(tidy(file("TRS020.csv", export(LENGTHS | regions)))["territory"]) == {KALNU, UPES, CITY}


@pytest.mark.parametrize("mark", ["…", "..", "...", ""])
def test_hidden_lengths_are_not_published(file: Writer, mark: str) -> None:
    table = tidy(file("TRS020.csv", export(LENGTHS | {"Pils": mark})))
    hidden = table[table["territory"] == CITY]
    assert set(hidden["status"]) == {"not_published"}
    assert hidden["value"].isna().all()


def test_all_unmatched_names_are_told(file: Writer) -> None:
    with pytest.raises(SchemaError) as caught:
        tidy(file("TRS020.csv", export(LENGTHS | {"Atlantis municipality": "1", "Upe": "2"})))
    assert "'Atlantis municipality' matches no municipality" in str(caught.value)
    assert "'Upe' matches no municipality" in str(caught.value)  # a municipality is no state city
    assert len(caught.value.faults) == 2


def test_two_names_for_one_municipality(file: Writer) -> None:
    with pytest.raises(SchemaError, match=f"'Upe municipality', 'Upes municipality' all match {UPES}"):
        tidy(file("TRS020.csv", export(LENGTHS | {"Upes municipality": "0"})))


def test_sums_that_miss_latvias_total_are_not_believed(file: Writer) -> None:
    table = tidy(file("TRS020.csv", export(LENGTHS, total="35")))  # within the rounding of three lengths and a total
    assert table.attrs["notes"] == {"2024: largest distance of a sum from Latvia's total (km)": 2.0}
    assert table.attrs["totals"]["roads_km", "2024"] == (35.0, 2.0)
    assert doubtful(table, roads.SOURCE.provides, table.attrs["totals"]) == []
    table = tidy(file("TRS020.csv", export(LENGTHS, total="36")))  # 33 km, one more than rounding: 1/36 of the total
    (held, *_) = doubtful(table, roads.SOURCE.provides, table.attrs["totals"])
    assert (held.measure, held.gate, held.found) == ("roads_km", "total", 0.0278)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (TITLE, "no line that begins with 'Territorial unit'"),
        (TITLE + HEADER.replace("2024", "Total"), "no data"),
        (export(LENGTHS).replace('"2024"', '"length"'), "column 'length' is not a year"),
        (export(LENGTHS, more='"Pils","Total","Total",3\n'), "the same territory, surface and kind again"),
        (export(LENGTHS, more='"Pils","Mud","Total",3\n'), "column 'Types of surface': unknown: 'Mud'"),
        (export(LENGTHS | {"Pils": "garš"}), "'garš' is not a number"),
        (export(LENGTHS).replace('"Latvia"', '"Latgale statistical region"'), "no rows of 'Latvia'"),
    ],
)
def test_other_forms_are_refused(file: Writer, text: str, problem: str) -> None:
    with pytest.raises(SchemaError, match=problem):
        tidy(file("TRS020.csv", text))


@pytest.mark.parametrize(
    ("english", "latvian"),
    [
        ("Riga", "Rīga"),
        ("Alūksne municipality", "Alūksnes novads"),
        ("Cēsis municipality", "Cēsu novads"),
        ("Tukums municipality", "Tukuma novads"),
        ("Saldus municipality", "Saldus novads"),
        ("Talsi municipality", "Talsu novads"),
        ("Salaspils municipality", "Salaspils novads"),
        ("Ventspils (state city)", "Ventspils"),
    ],
)
def test_stems(english: str, latvian: str) -> None:
    assert roads.stem(english) == roads.stem(latvian)


@settings(max_examples=10, deadline=None)
@given(st.permutations(["Latvia", *LENGTHS]))
def test_the_order_of_rows_does_not_matter(order: list[str]) -> None:
    lengths = {"Latvia": "33"} | LENGTHS
    top = export({}).splitlines(keepends=True)[:3]
    rows = [
        f'"{name}","{surface}","{kind}",{lengths[name]}\n'
        for name in order
        for surface in roads.SURFACES
        for kind in roads.KINDS
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "TRS020.csv")
        path.write_text("".join(top + rows), encoding="utf-8")
        table = tidy(RawFile(path.name, path))
    assert table[table["measure"] == "roads_km"]["value"].tolist() == [3, 10, 20]


def test_the_real_table(shared: Path) -> None:
    editions = boundaries.editions(real_files(boundaries.SOURCE))
    places = classifier.territories(editions)
    ground = Context(places, editions[-1].units, pd.DataFrame(), {})
    table = schema.observations(roads.tidy(real_files(roads.SOURCE), ground), roads.SOURCE, places)
    total = table[table["measure"] == "roads_km"].set_index("territory")["value"]
    assert len(total) == 43
    assert total.sum() == pytest.approx(57_564, abs=22)
    assert total["LV0001000"] == 1205
    assert not {"LV0031010", "LV0040010", "LV0054010"} & set(total.index)  # towns inside their municipality
