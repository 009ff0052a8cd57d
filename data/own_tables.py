"""The product's own tables as a source: what is known of each territory. `indicators.own_tables` counts it."""

from __future__ import annotations

from data.model import Licence, Measure, Source, Text

SOURCE = Source(
    id="own_tables",
    publisher=Text(lv="Šis rīks", en="This tool"),
    title=Text(lv="Šī rīka rādītāju tabulas", en="The tables of indicators in this tool"),
    address="https://creativecommons.org/publicdomain/zero/1.0/",
    licence=Licence("CC0-1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
    credit=Text(lv="Aprēķināts no šī rīka rādītāju tabulām", en="Computed from the tables of indicators in this tool"),
    updates=Text(lv="ar katru datu krājuma izveidi", en="with every build of the data"),
    files=(),
    provides=(
        Measure("reference_indicators", Text(lv="Rādītāji sarakstā", en="Indicators on the list"), "", "count"),
        Measure("reference_usable", Text(lv="Rādītāji, kuriem ir vērtība", en="Indicators with a value"), "", "count"),
        Measure(
            "reference_native",
            Text(lv="Rādītāji, kuru vērtība ir pašas vietas", en="Indicators whose value is the place's own"),
            "",
            "count",
        ),
        Measure(
            "reference_estimated",
            Text(lv="Aplēsti vai konfidenciāli rādītāji", en="Indicators that are estimated or suppressed"),
            "",
            "count",
        ),
        Measure(
            "reference_age_years",
            Text(lv="Vidējais (mediānais) datu vecums", en="Median age of the data"),
            "years",
            "share",
            additive=False,
        ),
    ),
    known_problems=(
        Text(
            lv="Rāda, kas par vietu ir zināms šajā rīkā, nevis to, kādus datus krāj vai atver pašvaldība.",
            en="Shows what this tool knows of a place, not which data the municipality keeps or opens.",
        ),
    ),
)
