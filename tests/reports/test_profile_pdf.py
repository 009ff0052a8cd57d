"""The PDF: two pages, the same bytes each time, what the page says, readable in black and white, and as it looked.

`python -m tests.reports.test_profile_pdf` draws the golden pages anew; look at them before you keep them.
"""

from __future__ import annotations

import gzip
import json
import re
from datetime import date
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from reports.profile import Edition, Ground, Profile, link_to, profile_of
from reports.profile_maps import CHANGE_LIMITS, Shapes, place_bar, qr_code, residents_line, small_map
from reports.profile_pdf import TEMPLATE, content_of, pictures, profile_pdf
from reports.typesetting import typeset
from reports.words import LANGUAGES, Language, words

DAY = date(2026, 1, 2)
GOLDEN = Path(__file__).parent / "golden"
ALSUNGA, RIGA, DURBE, KULDIGA = "LV0033400", "LV0001000", "LV0027210", "LV0033000"
SCALE = 0.8
"""Of the golden pictures: 58 points an inch."""


def told(ground: Ground, code: str, language: Language = "lv") -> Profile:
    return profile_of(ground, code, language, Edition("9.9", DAY, link_to("http://localhost:1", code, language)))


def text_of(pdf: bytes) -> list[str]:
    """The words of each page, line ends and hyphens at them taken out."""
    document = pypdfium2.PdfDocument(pdf)
    pages = [page.get_textpage().get_text_bounded() for page in document]
    return [
        re.sub(r"\s+", " ", re.sub(r"[\u00ad\ufffe\u0002]\s*|-?\r\n(?=[a-zāčēģīķļņšūž])", "", page)) for page in pages
    ]


def squeezed(text: str) -> str:
    """Letters and figures alone: what line breaks and hyphens cannot change."""
    return re.sub(r"[\W_]+", "", text)


def drawn(pdf: bytes, scale: float = SCALE) -> list[np.ndarray]:
    """The pages in shades of grey, 0 to 255."""
    return [np.asarray(page.render(scale=scale, grayscale=True).to_pil()) for page in pypdfium2.PdfDocument(pdf)]


@pytest.fixture(scope="module")
def golden() -> dict:
    return json.loads(gzip.decompress((GOLDEN / "profile.json.gz").read_bytes()))


def test_the_golden_profile_says_and_looks_what_it_did(golden: dict) -> None:
    pdf = typeset(TEMPLATE, golden, DAY)
    assert "\n\n".join(text_of(pdf)) + "\n" == (GOLDEN / "profile.txt").read_text(encoding="utf-8")
    for number, page in enumerate(drawn(pdf), start=1):
        before = np.asarray(Image.open(GOLDEN / f"profile.{number}.png").convert("L"))
        assert page.shape == before.shape
        difference = np.abs(page.astype(int) - before)
        assert difference.mean() < 1, number
        assert (difference > 64).mean() < 0.005, number


def test_the_same_profile_and_day_give_the_same_bytes(profiles: Ground) -> None:
    said = told(profiles, DURBE)
    one, other = (profile_pdf(profiles, said, DAY) for _ in range(2))
    assert one == other
    assert profile_pdf(profiles, said, date(2026, 1, 3)) != one


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_pages_say_all_the_page_says(profiles: Ground, language: Language) -> None:
    for code in (RIGA, ALSUNGA, DURBE, KULDIGA, *profiles.codes[7::250]):
        said = told(profiles, code, language)
        pages = text_of(profile_pdf(profiles, said, DAY))
        assert len(pages) == 2, code
        whole = squeezed("".join(pages))
        parts = [said.strengths, said.gaps, said.missing, said.unknown, *said.steps, *said.candidates]
        lines = [line for part in parts for line in (part.title, *part.lines)]
        rows = [
            cell
            for t in (said.services, said.people_table, said.digital_table, said.business_table)
            for r in t.rows
            for cell in r
        ]
        for text in (said.name, said.where, *said.people, *said.digital, *lines, *rows, *said.sources, *said.made[:2]):
            assert squeezed(text) in whole, (code, text)


def test_text_is_never_read_as_markup(golden: dict) -> None:
    nasty = '#panic("x") *bold* _it_ $x$ <label> @ref `raw` \\ [a] = b // c'
    content = json.loads(json.dumps(golden))
    content["profile"]["name"] = content["profile"]["people"][0] = nasty
    content["profile"]["strengths"]["lines"] = [nasty]
    content["profile"]["services"]["rows"][0][0] = nasty
    said = "".join(text_of(typeset(TEMPLATE, content, DAY)))
    assert said.count('#panic("x") *bold* _it_') >= 3
    assert "[a] = b // c" in said


def test_much_text_still_fits_on_two_pages(golden: dict) -> None:
    content = json.loads(json.dumps(golden))
    for part in (content["profile"]["gaps"], content["profile"]["strengths"]):
        part["lines"] = (part["lines"] * 4)[:4]
    content["profile"]["missing"]["lines"] *= 2
    assert len(text_of(typeset(TEMPLATE, content, DAY))) == 2


def test_only_fonts_of_the_typesetter_are_in_it(golden: dict) -> None:
    fonts = set(re.findall(rb"/BaseFont\s*/[A-Z]{6}\+([\w-]+)", typeset(TEMPLATE, golden, DAY)))
    assert fonts
    assert all(name.startswith(b"LibertinusSerif") for name in fonts), fonts


def test_maps_are_vectors_and_differ_without_colour(profiles: Ground) -> None:
    drawn_here = pictures(profiles, told(profiles, ALSUNGA))
    assert all(picture.startswith("<svg") and "<image" not in picture for picture in drawn_here.values() if picture)
    assert not re.search(rb"/Subtype\s*/Image", profile_pdf(profiles, told(profiles, ALSUNGA), DAY))
    fills = set(re.findall(r'<rect x="645"[^>]* fill="([^"]+)"', drawn_here["map_digital"]))
    assert fills == {"#ffffff", "url(#sparse)", "url(#dense)", "#12436d", "url(#missing)"}


def test_a_small_map_colours_a_value_at_a_limit_with_those_above(profiles: Ground) -> None:
    shapes = Shapes.of(profiles.snapshot.geometry)
    own = next(iter(shapes.rings["unit"]))
    parent = profiles.units.territories.loc[own, "parent"]
    for value, fill in ((-10.1, "#ffffff"), (-10.0, "url(#sparse)"), (-0.1, "url(#dense)"), (0.0, "#12436d")):
        svg = small_map(shapes, "unit", own, parent, {own: value}, CHANGE_LIMITS, words("en"), 0, "%")
        known = re.findall(r'<path d="[^"]+" fill="([^"]+)" fill-rule', svg)
        assert sorted(set(known)) == sorted({fill, "url(#missing)"})


def test_a_line_stops_where_the_border_moved() -> None:
    counts = {str(year): 100.0 + year for year in range(2011, 2025)}
    assert residents_line({"2024": 5.0}, [], words("lv")) == ""
    assert residents_line(counts, [], words("lv")).count("<polyline") == 1
    broken = residents_line(counts, ["2021"], words("lv"))
    assert broken.count("<polyline") == 2
    assert "pārcelta robeža" in broken
    assert residents_line(counts, ["2009", "2030"], words("lv")).count("<polyline") == 1


def test_a_place_among_all_is_drawn_to_scale() -> None:
    svg = place_bar(1, 101, 51, 101, words("en"))
    (bar,) = re.findall(r'<rect x="([\d.]+)" y="\d+" width="([\d.]+)"', svg)[-1:]
    assert [float(part) for part in bar] == [12.0, 976.0]
    assert "M500.0 " in svg
    assert place_bar(1, 1, 1, 1, words("en")).startswith("<svg")


def test_the_code_leads_to_the_page() -> None:
    link = "http://localhost:1/profile?territory=LV0033400&lang=lv"
    assert qr_code(link).startswith("<svg")
    assert qr_code(link) == qr_code(link)
    assert qr_code(link) != qr_code(link.replace("lv", "en"))


def write_golden() -> None:
    """Draw the golden pages anew from the snapshot."""
    from data.paths import SNAPSHOT
    from reports.profile_files import ground_of

    ground = ground_of(SNAPSHOT)
    content = json.loads(json.dumps(content_of(ground, told(ground, ALSUNGA))))
    GOLDEN.mkdir(exist_ok=True)
    packed = gzip.compress(json.dumps(content, ensure_ascii=False).encode(), 9, mtime=0)
    (GOLDEN / "profile.json.gz").write_bytes(packed)
    pdf = typeset(TEMPLATE, content, DAY)
    (GOLDEN / "profile.txt").write_text("\n\n".join(text_of(pdf)) + "\n", encoding="utf-8", newline="\n")
    for number, page in enumerate(drawn(pdf), start=1):
        Image.fromarray(page).save(GOLDEN / f"profile.{number}.png", optimize=True)


if __name__ == "__main__":
    write_golden()
