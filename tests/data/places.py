"""Lists of places as their publishers give them: the same few places in every form."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Sequence
from typing import Any

Spot = tuple[float, float]
"""Longitude and latitude (degrees)."""


def table(header: Sequence[str], rows: Sequence[Sequence[object]], separator: str = ",") -> str:
    written = io.StringIO()
    csv.writer(written, delimiter=separator, lineterminator="\r\n").writerows([header, *rows])
    return written.getvalue()


def comma(number: float) -> str:
    return f"{number:.9f}".replace(".", ",")


def pharmacies(spots: Sequence[Spot]) -> bytes:
    """The register of ZVA with its two byte order marks; besides the open pharmacies some that do not count."""
    header = "object_id,object_name,object_type_txt,object_addr_nice,lic_code,lic_status,object_coord_x,object_coord_y"
    kind, (lon, lat) = "Vispārēja tipa aptieka", spots[0]
    rows = [
        [n, f'Aptieka "{n}"', f"{kind}s filiāle", "Iela 1, Ciems", f"A{n}", 4, f"{x:.9f}", f"{y:.9f}"]
        for n, (x, y) in enumerate(spots)
    ]
    rows += [
        [0, 'Aptieka "0"', f"{kind}s filiāle", "Iela 1, Ciems", "A0-2", 4, f"{lon:.9f}", f"{lat:.9f}"],
        [91, "Apturēta", kind, "", "A91", 3, f"{lon + 0.01:.9f}", f"{lat:.9f}"],
        [92, "Slimnīcas", "Slēgta tipa aptieka", "", "A92", 4, f"{lon + 0.01:.9f}", f"{lat:.9f}"],
        [93, "Lieltirgotava", "", "", "", "", "", ""],
    ]
    return ("\ufeff\ufeff" + table(header.split(","), rows)).encode()


def medical_sites(spots: Sequence[Spot]) -> bytes:
    """Family doctors at the spots, a hospital at the first; decimal commas."""
    rows = [[n, f"Ārsts {n}", "Iela 1", "Ģimenes ārstu prakse", comma(y), comma(x)] for n, (x, y) in enumerate(spots)]
    rows.append([99, "Slimnīca", "Iela 2", "Slimnīca", comma(spots[0][1]), comma(spots[0][0])])
    return ("\ufeff" + table(["ID", "Nosaukums", "Adrese", "IestadesTips", "lat", "long"], rows)).encode()


CULTURE = [
    "_id",
    "Objekta nosaukums",
    "Adrese",
    "LAT",
    "LON",
    "Bezmaksas Wi-Fi",
    "Darbojās 2022.gadā",
    "Darbojas 2023.gadā",
]


def culture_rows(spots: Sequence[Spot]) -> list[list[object]]:
    """Centres at the spots, all but the first without Wi-Fi; one more that no longer works."""
    rows: list[list[object]] = [
        [n, f"Tautas nams {n}", "Iela 3", f"{y:.9f}", f"{x:.9f}", "Nē" if n else "Jā", "Jā", "Jā"]
        for n, (x, y) in enumerate(spots)
    ]
    return [*rows, [99, "Slēgtais", "Iela 3", f"{spots[0][1]:.9f}", f"{spots[0][0] + 0.01:.9f}", "Jā", "Jā", "Nē"]]


def culture_centres(spots: Sequence[Spot]) -> bytes:
    """As the portal's table is downloaded."""
    return ("\ufeff" + table(CULTURE, culture_rows(spots))).encode()


def culture_page(spots: Sequence[Spot], offset: int = 0, limit: int = 5000) -> dict[str, Any]:
    """As the portal answers when it is asked for rows."""
    rows = [dict(zip(CULTURE, row, strict=True)) for row in culture_rows(spots)]
    fields = [{"id": name, "type": "text"} for name in CULTURE]
    return {"success": True, "result": {"fields": fields, "records": rows[offset : offset + limit], "total": len(rows)}}


def post_offices(spots: Sequence[Spot]) -> bytes:
    """Offices of both types at the spots; a locker and an office abroad."""
    (lon, lat) = spots[0]

    def entry(id: int, kind: int, country: str, spot: Spot) -> dict[str, Any]:
        place = {"longitude": spot[0], "latitude": spot[1]}
        more = {"readableAddress": "Iela 1, Ciems", "label": "Ciema pasta nodaļa", "workingHours": None, "info": ""}
        return {"@type": "ServiceLocation", "id": str(id), "type": kind, "countryCode": country, **place, **more}

    entries = [entry(n, 1 + n % 2, "LV", spot) for n, spot in enumerate(spots)]
    return packed([*entries, entry(98, 6, "LV", (lon + 0.01, lat)), entry(99, 1, "LT", (25.28, 54.69))])


def lockers(spots: Sequence[Spot]) -> bytes:
    """Omniva's list for three countries; everything in it is text."""

    def entry(name: str, kind: str, country: str, spot: Spot) -> dict[str, str]:
        place = {"X_COORDINATE": f"{spot[0]:.9f}", "Y_COORDINATE": f"{spot[1]:.9f}"}
        return {"ZIP": "9950", "NAME": name, "TYPE": kind, "A0_NAME": country, "A1_NAME": "Ciems", **place}

    entries = [entry(f"pakomāts {n}", "0", "LV", spot) for n, spot in enumerate(spots)]
    lon, lat = spots[0]
    return packed([*entries, entry("pasts", "1", "LV", (lon + 0.01, lat)), entry("Tallinn", "0", "EE", (24.7, 59.4))])


def stops(spots: Sequence[Spot], latitude: str = "stop_lat") -> bytes:
    """A timetable whose stops have blanks after commas and names in quotation marks; one stop is in Warsaw."""
    lines = [f"stop_id, stop_code, stop_name, {latitude}, stop_lon"]
    lines += [f'{n}, , "Ciems, ""Kalni""", {y:.9f}, {x:.9f}' for n, (x, y) in enumerate(spots)]
    lines.append('99, , "Varšava", 52.23, 21.01')
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("agency.txt", "agency_id, agency_name\r\n1, ATD\r\n")
        archive.writestr("stops.txt", "\ufeff" + "\r\n".join(lines) + "\r\n")
    return written.getvalue()


def elements(spots: Sequence[Spot], **tags: str) -> list[dict[str, Any]]:
    """A node at the first spot, ways at the others, relations from the third on."""
    found: list[dict[str, Any]] = []
    for n, (lon, lat) in enumerate(spots):
        place = {"lat": lat, "lon": lon}
        kind = ("node", "way", "relation")[min(n, 2)]
        found.append({"type": kind, "id": n + 1, "tags": tags} | (place if n == 0 else {"center": place}))
    return found


def overpass(found: Sequence[dict[str, Any]], **more: str) -> bytes:
    """An answer of Overpass."""
    stamp = {"timestamp_osm_base": "2025-11-27T08:00:00Z"}
    return packed({"version": 0.6, "osm3s": stamp, "elements": list(found), **more})


def datasets(counts: dict[str, int]) -> bytes:
    """The portal's count of datasets by organisation."""
    items = [
        {"name": f"org-{n}", "display_name": name, "count": count} for n, (name, count) in enumerate(counts.items())
    ]
    facets = {"organization": {"title": "organization", "items": items}}
    return packed({"success": True, "result": {"count": 9, "results": [], "search_facets": facets}})


REGISTER = (
    "regcode;sepa;name;name_before_quotes;name_in_quotes;name_after_quotes;without_quotes;regtype;regtype_text;type;"
    "type_text;registered;terminated;closed;address;index;addressid;region;city;atvk;reregistration_term"
)


def entry(form: str, atvk: str, registered: str, terminated: str = "", closed: str = " ") -> str:
    """A line of the business register; the name holds the separator and quotation marks."""
    name = f'"{form} ""Kalns; un Leja"""'
    return (
        f'40000000001;;{name};{form};"Kalns; un Leja";"";0;K;Komercreģistrs;{form};Forma;{registered};{terminated};'
        f'{closed};"Ciems, ""Kalni""";1019;112303082;0;100003003;{atvk};""'
    )


def register(*entries: str) -> bytes:
    return "\n".join([REGISTER, *entries, ""]).encode()


def packed(answer: Any) -> bytes:
    return json.dumps(answer, ensure_ascii=False).encode()
