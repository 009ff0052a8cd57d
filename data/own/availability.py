"""The form of broadband availability, and its source: what must be known without reading a file."""

from __future__ import annotations

import re

from data.model import Licence, Measure, Source, Text

NAMES = {
    "share_30": "addresses_30mbps",
    "share_100": "addresses_100mbps",
    "share_1000": "addresses_1000mbps",
    "share_vhcn": "addresses_vhcn",
}
"""The columns of shares and the measures they become."""
ADDRESSES = "addresses"
TITLES = {
    ADDRESSES: Text(lv="Adreses, kurām zināma interneta pieejamība", en="Addresses whose broadband is known"),
    "addresses_30mbps": Text(lv="Adreses ar vismaz 30 Mbit/s", en="Addresses with at least 30 Mbit/s"),
    "addresses_100mbps": Text(lv="Adreses ar vismaz 100 Mbit/s", en="Addresses with at least 100 Mbit/s"),
    "addresses_1000mbps": Text(lv="Adreses ar vismaz 1000 Mbit/s", en="Addresses with at least 1,000 Mbit/s"),
    "addresses_vhcn": Text(
        lv="Adreses ar ļoti augstas veiktspējas tīklu", en="Addresses with a very high capacity network"
    ),
}
WRITTEN = {
    ADDRESSES: re.compile(r"addresses(?:[ _]counted)?|adreses|adrešu[ _]skaits|adreses[ _]kopā", re.I),
    "share_vhcn": re.compile(r".*vhcn.*|.*ļoti augstas veiktspējas.*|.*very high capacity.*", re.I),
    "share_1000": re.compile(
        r"(?=.*(?:share|%|mbit|īpatsv|gbit|pieejam))(?:.*(?<!\d)1[  ]?000(?!\d).*|.*(?<!\d)1 gbit.*)", re.I
    ),
    "share_100": re.compile(r"(?=.*(?:share|%|mbit|īpatsv|pieejam)).*(?<!\d)100(?!\d).*", re.I),
    "share_30": re.compile(r"(?=.*(?:share|%|mbit|īpatsv|pieejam)).*(?<!\d)30(?!\d).*", re.I),
}
"""How the columns may be called in a file that keeps to the form otherwise."""

SOURCE = Source(
    id="availability",
    publisher=Text(
        lv="Datu iesniedzējs, no PPĢIS vai SPRK skaitļiem", en="Whoever supplied them, from figures of PPĢIS or SPRK"
    ),
    title=Text(lv="Platjoslas pieejamība pēc adresēm", en="Broadband availability by address"),
    address="https://www.sprk.gov.lv/",
    licence=Licence("not stated", "https://www.sprk.gov.lv/"),
    credit=Text(lv="Platjoslas pieejamība: iesniegtie dati", en="Broadband availability: supplied figures"),
    updates=Text(lv="kad kāds iesniedz datus", en="whenever somebody supplies them"),
    files=("availability*.csv",),
    provides=tuple(Measure(id, title, "", "count") for id, title in TITLES.items()),
    known_problems=(
        Text(
            lv="Atklāta faila ar šiem skaitļiem nav: tos iesniedz tas, kam tie ir, un pārbaudīt tos šeit nevar.",
            en="There is no open file of these figures: whoever has them supplies them, and they cannot be checked "
            "here.",
        ),
        Text(
            lv="Rāda, ko adresē var pasūtīt, nevis to, ko cilvēki lieto vai kāds ātrums izmērīts.",
            en="Shows what can be ordered at an address, not what people use or what speed is measured.",
        ),
    ),
)


def column_of(label: str) -> str | None:
    """Which column of the form a header means; None if none of them."""
    text = label.strip()
    if text in (*NAMES, ADDRESSES):
        return text
    return next((name for name, pattern in WRITTEN.items() if pattern.fullmatch(text)), None)
