"""The business register in its own form, counted by hand, and what is refused of it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from data.context import FORMER, Context, RawFile
from data.model import SchemaError
from data.schema import observations
from data.sources import business_register
from tests.data.ground import draw, value
from tests.data.places import REGISTER, entry, register

HILL, DALE = "LV0000410", "LV0000420"
UNITS = draw(LV0000410=(0, 0, 1, 1), LV0000420=(1, 0, 2, 1))
FORMER_UNITS = pd.DataFrame(
    [
        ("LV0990410", "Vecais", "unit", "2021-01-01", "2022-07-01", HILL),
        ("LV0990420", "Dalītais", "unit", "2021-01-01", "2022-07-01", f"{HILL} {DALE}"),
    ],
    columns=FORMER,
)
ENTRIES = (
    entry("SIA", "0000410", "2015-03-02"),
    entry("SIA", "410", "2025-11-27"),  # without its leading zeros; the newest entry
    entry("AS", "0990410", "2012-01-01"),  # a former code whose land all went to one unit
    entry("ZEM", "0000420", "1999-05-05"),
    entry("IK", "0000410", "2015-06-01", terminated="2020-02-02"),
    entry("IND", "0000410", "2009-06-01", closed="L"),
    entry("BDR", "0000420", "2018-01-01"),
    entry("NOD", "0000420", "2018-01-01"),
    entry("FIL", "0000420", "2018-01-01"),  # a branch is no enterprise of its own
    entry("SIA", "0990420", "2016-01-01"),  # split between two units: nobody's
    entry("SIA", "", "2016-01-01"),
)


def tidy(folder: Path, content: bytes, name: str = "register.csv") -> pd.DataFrame:
    path = folder / name
    path.write_bytes(content)
    ground = Context(pd.DataFrame(), UNITS, pd.DataFrame(), {}, FORMER_UNITS)
    return business_register.tidy([RawFile(name, path)], ground)


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_active_by_form_and_unit(tmp_path: Path, mark: str) -> None:
    found = tidy(tmp_path, mark.encode() + register(*ENTRIES))
    tidied = observations(found, business_register.SOURCE)
    expected = {
        "register_businesses": (3, 1),
        "register_companies": (3, 0),
        "register_farms": (0, 1),
        "register_sole_traders": (0, 0),
        "register_societies": (0, 1),
        "register_foundations": (0, 1),
        "register_civil": (0, 2),
    }
    for measure, values in expected.items():
        assert tuple(value(tidied, unit, measure) for unit in UNITS.index) == values, measure
    assert set(tidied.loc[tidied["measure"] == "register_civil", "period"]) == {"2025"}
    assert found.attrs["notes"] == {
        "entries": 11,
        "newest entry, year": 2025,
        "active, of a form that is counted": 8,
        "active, of a form that is counted, of no unit": 2,
        "active, of other forms": 1,
    }


def test_who_came_and_went_in_the_years_that_are_over(tmp_path: Path) -> None:
    tidied = tidy(tmp_path, register(*ENTRIES))
    assert [value(tidied, HILL, "register_businesses_registered", year) for year in ("2012", "2015", "2024")] == [
        1,
        2,
        0,
    ]
    assert [value(tidied, HILL, "register_businesses_ended", year) for year in ("2019", "2020")] == [0, 1]
    flows = tidied[tidied["measure"] == "register_businesses_registered"]
    assert (flows["period"].min(), flows["period"].max()) == ("2010", "2024")


FAULTS = {
    "a column renamed": (REGISTER.replace("atvk", "atvk_kods"), "no column 'atvk'"),
    "a column missing": (REGISTER.replace(";closed", ""), "no column 'closed'"),
    "another separator": (REGISTER.replace(";", ","), "no column 'type', 'registered'"),
}


@pytest.mark.parametrize("what", FAULTS)
def test_a_header_that_changed(tmp_path: Path, what: str) -> None:
    header, said = FAULTS[what]
    with pytest.raises(SchemaError, match=said) as error:
        tidy(tmp_path, register(*ENTRIES).replace(REGISTER.encode(), header.encode()))
    assert "The publisher may have renamed it" in str(error.value)


def test_a_further_column_does_no_harm(tmp_path: Path) -> None:
    lines = register(*ENTRIES).decode().split("\n")
    wider = "\n".join(f"{line};jauns" if line else "" for line in lines).encode()
    pd.testing.assert_frame_equal(tidy(tmp_path, wider), tidy(tmp_path, register(*ENTRIES)))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (register(), "no data under the header"),
        (register(*ENTRIES)[:-40], "not valid CSV"),
        (register(*ENTRIES).replace("Komercreģistrs".encode(), b"\xff\xfe"), None),
        (register(*(line.replace("2015-03-02", "02.03.2015") for line in ENTRIES[:1])), "no entry has a date"),
        (register(*(entry("LTD", "0000410", "2015-01-01") for _ in range(3))), "no known legal form"),
        (register(entry("SIA", "0000410", "2015-01-01", terminated="2016-01-01")), "no entry is active"),
        (register(*(entry("SIA", code, "2015-01-01") for code in ("1", "2", "0000410"))), "most codes are of no unit"),
        (b"", "0 bytes"),
    ],
)
def test_ill_registers(tmp_path: Path, content: bytes, said: str | None) -> None:
    if said is None:  # a column that is not read may hold anything
        assert value(tidy(tmp_path, content), HILL, "register_businesses") == 3
        return
    with pytest.raises(SchemaError, match=said) as error:
        tidy(tmp_path, content)
    assert "register.csv" in str(error.value)


def test_one_register_is_enough(tmp_path: Path) -> None:
    files = [RawFile(name, tmp_path / name) for name in ("register.csv", "register_old.csv")]
    with pytest.raises(SchemaError, match="one file is needed"):
        business_register.tidy(files, Context(pd.DataFrame(), UNITS, pd.DataFrame(), {}))


def test_a_large_register_is_read_in_batches(tmp_path: Path) -> None:
    """More than one batch, and the same counts as the lines put together."""
    lines = [entry(form, code, "2015-03-02") for form in ("SIA", "BDR") for code in ("0000410", "0000420")] * 12_000
    content = register(*lines, ENTRIES[1])
    assert len(content) > 4 << 20
    tidied = tidy(tmp_path, content)
    assert value(tidied, HILL, "register_businesses") == 12_001
    assert value(tidied, DALE, "register_civil") == 12_000
