"""Data: how well a place is documented, and where two counts of the same thing differ."""

from __future__ import annotations

import pandas as pd

from data.model import Text
from indicators.model import indicator
from indicators.people import GRID_BORDERS, PER_CENT


@indicator(
    title=Text("Deklarētie uz 100 pastāvīgajiem iedzīvotājiem", "Declared per 100 usual residents"),
    short=Text("Deklarētie pret pastāvīgajiem", "Declared against usual"),
    definition=Text(
        "Cik deklarēto iedzīvotāju 2021. gadā bija uz katriem 100 cilvēkiem, kuri šeit pastāvīgi dzīvoja.",
        "How many declared residents there were in 2021 for every 100 people who usually lived here.",
    ),
    formula=Text(
        "100 × deklarētie iedzīvotāji ÷ tautas skaitīšanas iedzīvotāji", "100 × declared residents ÷ census residents"
    ),
    unit=Text("uz 100 pastāvīgajiem", "per 100 usual residents"),
    decimals=0,
    better="neither",
    theme="data",
    factors=(7,),
    base="census_residents",
    bias=Text(
        "Salīdzina divus dažādus skaitīšanas veidus, lai rādītu to starpību. " + GRID_BORDERS.lv,
        "Compares two different ways of counting in order to show their difference. " + GRID_BORDERS.en,
    ),
)
def declared_per_100_usual(residents: pd.Series, census_residents: pd.Series) -> pd.Series:
    """Declared residents per 100 usual residents of the census."""
    return 100 * residents / census_residents


@indicator(
    title=Text("Iedzīvotāji ar publicētu vecumstruktūru", "Residents with published ages"),
    short=Text("Publicēta vecumstruktūra", "Published ages"),
    definition=Text(
        "Cik no katriem 100 iedzīvotājiem dzīvo 1 km šūnās, kuru vecumstruktūra tautas skaitīšanā nav konfidenciāla.",
        "How many of every 100 residents live in 1 km cells whose census ages are not suppressed.",
    ),
    formula=Text(
        "100 × iedzīvotāji šūnās ar zināmu vecumstruktūru ÷ visi režģa iedzīvotāji",
        "100 × residents of cells whose ages are known ÷ all residents of the grid",
    ),
    unit=PER_CENT,
    decimals=0,
    better="neither",
    theme="data",
    factors=(7,),
    base="census_residents",
    bias=Text(
        "Konfidencialitāte skar galvenokārt reti apdzīvotas vietas; zema vērtība nav pašvaldības vaina.",
        "Confidentiality hits mainly thinly settled places; a low figure is no fault of the municipality.",
    ),
)
def census_known_share(census_residents_known: pd.Series, census_residents: pd.Series) -> pd.Series:
    """Residents of cells whose ages are published per 100 residents (%)."""
    return 100 * census_residents_known / census_residents


@indicator(
    title=Text("Kartē atzīmētie pakalpojumi uz 1000 iedzīvotājiem", "Mapped services per 1,000 residents"),
    short=Text("Kartē atzīmētie pakalpojumi", "Mapped services"),
    definition=Text(
        "Cik veikalu, aptieku, pasta nodaļu, bankomātu, banku, skolu, bibliotēku un ārstu brīvprātīgie kartē "
        "atzīmējuši uz katriem 1000 iedzīvotājiem.",
        "How many shops, pharmacies, post offices, cash machines, banks, schools, libraries and doctors volunteers "
        "have put on the map for every 1,000 residents.",
    ),
    formula=Text(
        "1000 × kartē atzīmētās pakalpojumu vietas ÷ iedzīvotāji 2021. gada režģī",
        "1,000 × service places on the map ÷ residents of the 2021 grid",
    ),
    unit=Text("uz 1000 iedzīvotājiem", "per 1,000 residents"),
    better="neither",
    theme="data",
    factors=(7,),
    base="access_residents",
    bias=Text(
        "Rāda gan pakalpojumus, gan kartētāju čaklumu: kas nav atzīmēts, var tomēr būt.",
        "Shows both the services and the diligence of the mappers: what is not on the map may still exist.",
    ),
)
def mapped_services_rate(
    grocery_points: pd.Series,
    pharmacy_points: pd.Series,
    post_points: pd.Series,
    cash_points: pd.Series,
    school_points: pd.Series,
    library_points: pd.Series,
    doctor_points: pd.Series,
    access_residents: pd.Series,
) -> pd.Series:
    """Service points on the map per 1,000 residents of the 2021 grid."""
    services = grocery_points + pharmacy_points + post_points + cash_points
    return 1000 * (services + school_points + library_points + doctor_points) / access_residents
