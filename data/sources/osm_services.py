"""Services mapped in OpenStreetMap: how many points a unit has, and how far its people live from the nearest one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from data import nearness, overpass
from data.context import Context, RawFile
from data.lock import Found
from data.model import Break, Licence, Measure, Source, Text, unique
from data.nearness import ACROSS_THE_BORDER, LEFT_OUT, STRAIGHT_LINE, Kind
from data.read import Faults, open_csv
from data.sources import popgrid
from data.spatial import located, refuse

if TYPE_CHECKING:
    from data.live import Visit


@dataclass(frozen=True)
class Service:
    """A kind of service: its name in the measures and the OpenStreetMap tags that make it."""

    id: str
    title: Text
    tag: str
    values: tuple[str, ...]


SERVICES = (
    Service("grocery", Text(lv="pārtikas veikals", en="grocery shop"), "shop", ("convenience", "supermarket")),
    Service("pharmacy", Text(lv="aptieka", en="pharmacy"), "amenity", ("pharmacy",)),
    Service("post", Text(lv="pasta nodaļa", en="post office"), "amenity", ("post_office",)),
    Service("cash", Text(lv="bankomāts vai banka", en="cash machine or bank"), "amenity", ("atm", "bank")),
    Service("school", Text(lv="skola", en="school"), "amenity", ("school",)),
    Service("library", Text(lv="bibliotēka", en="library"), "amenity", ("library",)),
    Service(
        "doctor",
        Text(lv="ārsta prakse, klīnika vai slimnīca", en="doctor, clinic or hospital"),
        "amenity",
        ("doctors", "clinic", "hospital"),
    ),
    Service(
        "access_point",
        Text(
            lv="bibliotēka, kultūras nams, pagasta vai pilsētas pārvalde, interneta kafejnīca",
            en="library, community centre, town hall, internet café",
        ),
        "amenity",
        ("library", "community_centre", "townhall", "internet_cafe"),
    ),
)
CAUGHT = ("grocery", "pharmacy", "library", "doctor")
"""Services whose catchments are measured."""
KINDS = tuple(Kind(service.id, service.title, service.id in CAUGHT) for service in SERVICES)
RESIDENTS = "access_residents"
QUERY = overpass.query_of(
    *(
        overpass.Select(tag, unique(value for one in SERVICES if one.tag == tag for value in one.values))
        for tag in unique(service.tag for service in SERVICES)
    )
)
MAPPED_AS_BUILDINGS = Break(
    "2020",
    Text(
        lv="No šejienes skaitītas arī vietas, kas kartē uzzīmētas kā ēkas; 2019. gadā bija tikai ar punktu atzīmētās.",
        en="From here on places drawn as buildings count too; in 2019 there were only those drawn as points.",
    ),
)

OF_KINDS = (
    *(
        Measure(
            f"{service.id}_points",
            Text(lv=f"Kartētas vietas: {service.title.lv}", en=f"Mapped points: {service.title.en}"),
            "",
            "count",
        )
        for service in SERVICES
    ),
    *(measure for kind in KINDS for measure in nearness.access_measures(kind.id, kind.title)),
    *(nearness.catchment_measure(kind.id, kind.title) for kind in KINDS if kind.caught),
)

SOURCE = Source(
    id="osm_services",
    publisher=Text(lv="OpenStreetMap", en="OpenStreetMap"),
    title=Text(lv="Pakalpojumu vietas kartē OpenStreetMap", en="Service points in OpenStreetMap"),
    address="https://www.openstreetmap.org/",
    licence=Licence("ODbL-1.0", "https://opendatacommons.org/licenses/odbl/1-0/", share_alike=True),
    credit=Text(
        lv="© OpenStreetMap contributors (kartes veidotāji), ODbL 1.0", en="© OpenStreetMap contributors, ODbL 1.0"
    ),
    updates=Text(
        lv="nepārtraukti; šeit viena diena gadā, 2019. gadā – septembrī",
        en="continuously; here one day a year, in 2019 a day in September",
    ),
    files=("osm_services_nodes_lv_*.csv",),
    provides=(
        *(replace(measure, breaks=(MAPPED_AS_BUILDINGS,)) for measure in OF_KINDS),
        Measure(
            RESIDENTS,
            Text(lv="Iedzīvotāji, kuriem mērīts attālums", en="Residents whose distances were measured"),
            "",
            "count",
            made_with=popgrid.PEOPLE,
        ),
    ),
    known_problems=(
        Text(
            lv="2019. gadā ir tikai punkti: pakalpojumi, kas kartē iezīmēti kā ēkas, trūkst. Visvairāk tas skar "
            "skolas, bibliotēkas un ārstniecības iestādes, tāpēc attālumi līdz tām ir pārspīlēti. Vēlākos gados ēkas "
            "ir ieskaitītas (to viduspunkts); vieta, kas iezīmēta gan kā punkts, gan kā ēka, skaitīta divreiz.",
            en="In 2019 there are points only: services drawn as buildings are missing. Schools, libraries and medical "
            "sites suffer most, so distances to them are overstated. In later years buildings count (at their "
            "centre); a place drawn both as a point and as a building counts twice.",
        ),
        Text(
            lv="Ja vieta kartē nav atzīmēta, tas nenozīmē, ka pakalpojuma nav; laukos kartēts mazāk nekā pilsētās.",
            en="A missing point is not a missing service; the country is mapped less than towns.",
        ),
        Text(
            lv="Katrs gads rāda kartes stāvokli dienā, kad tā lejupielādēta: kopš tā laika slēgtas un atvērtas "
            "filiāles, veikali un pasta nodaļas.",
            en="Each year shows the map of the day it was downloaded: branches, shops and post offices have closed and "
            "opened since.",
        ),
        LEFT_OUT,
        STRAIGHT_LINE,
        ACROSS_THE_BORDER,
        Text(
            lv="Blakus uzstādīti bankomāti un banka ar bankomātu skaitīti kā vairākas vietas.",
            en="Cash machines side by side, and a bank with its machine, count as several points.",
        ),
    ),
)


LIVE_FILES = ("osm_services_lv_*.json",)
KEEPS_EARLIER = True


def live(visit: Visit) -> list[Found]:
    """All services inside Latvia as the map shows them now, beside those of earlier years."""
    return visit.beside_earlier(overpass.download(QUERY, f"osm_services_lv_{visit.year}.json", visit))


def tidy(files: Sequence[RawFile], context: Context) -> pd.DataFrame:
    """Points by unit, and residents × km, residents within 5 km and catchments by kind of service.

    A kind without a single point in the file was not collected and has no rows. `attrs["notes"]` counts the points
    of each kind, and those in no unit.

    Raises
    ------
    UnsafeFile, SchemaError
        All faults at once.
    """
    return nearness.tidy(files, context, SOURCE, KINDS, RESIDENTS, read)


def read(file: RawFile) -> pd.DataFrame:
    """The points: x, y (EPSG:3059, m), and for each kind of service whether the point is one.

    Raises
    ------
    UnsafeFile, SchemaError
        All faults at once.
    """
    points = of_overpass(file) if file.name.endswith(".json") else of_nodes(file)
    kinds = {
        service.id: pd.Series(
            [tags.get(service.tag) in service.values for tags in points["tags"]], index=points.index, dtype=bool
        )
        for service in SERVICES
    }
    result = points[["x", "y"]].assign(**kinds)
    result.attrs = points.attrs
    return result


def of_overpass(file: RawFile) -> pd.DataFrame:
    """The elements of an answer of Overpass: x, y, tags."""
    return nearness.sited(overpass.read(file), file)


def of_nodes(file: RawFile) -> pd.DataFrame:
    """The nodes of a table, one row a node and tag: x, y, tags."""
    points = open_csv(
        file, {"osm_node_id": "integer", "lat": "number", "lon": "number", "tag": "text", "value": "text"}
    )
    faults = Faults(file.name)
    twice = points.duplicated(["osm_node_id", "tag", "value"])
    refuse(faults, points["osm_node_id"], twice, "the node {} stands there twice with the same tag")
    points = located(points, faults)
    faults.raise_any()
    return points.assign(tags=[{tag: value} for tag, value in zip(points["tag"], points["value"], strict=True)])
