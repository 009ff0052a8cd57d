"""Data: how well a place is documented, and where two counts of the same thing differ."""

from __future__ import annotations

import pandas as pd

from data.model import Text
from indicators.model import Goalposts, indicator
from indicators.people import GRID_BORDERS, PER_CENT

REFERENCE = Text(
    "Sarakstā ir visi šī rīka rādītāji, kuriem ir vērtības pagastos un pilsētās, bez šiem četriem.",
    "The list holds all indicators of this tool with values for parishes and towns, without these four.",
)
NONE_OR_ALL = Text("No neviena līdz visiem saraksta rādītājiem.", "From none to all indicators on the list.")
OWN_TABLES = Text(
    "Rāda, kas par vietu ir zināms šajā rīkā, nevis to, kā dati tiek izmantoti. " + REFERENCE.lv,
    "Shows what this tool knows of a place, not how data are used there. " + REFERENCE.en,
)


@indicator(
    title=Text("Rādītāji, kuriem ir vērtība", "Indicators with a value"),
    short=Text("Rādītāji ar vērtību", "Indicators with a value"),
    definition=Text(
        "Par cik no katriem 100 šī rīka rādītājiem ir zināma vērtība šai vietai.",
        "For how many of every 100 indicators of this tool there is a value of this place.",
    ),
    formula=Text(
        "100 × rādītāji, kuriem kādā gadā ir vērtība ÷ rādītāji sarakstā",
        "100 × indicators with a value in any year ÷ indicators on the list",
    ),
    unit=PER_CENT,
    better="higher",
    theme="data",
    factors=(7,),
    goalposts=Goalposts(0, 100, NONE_OR_ALL),
    bias=Text(
        "Par lielākām vietām zināms vairāk, jo mazi skaitļi ir konfidenciāli un mērījumu ir maz; cik cieši tas "
        "saistīts ar iedzīvotāju skaitu, rāda metodika. " + OWN_TABLES.lv,
        "More is known of larger places, because small counts are suppressed and tests are few; the methodology tells "
        "how closely it goes with the number of residents. " + OWN_TABLES.en,
    ),
)
def reference_usable_share(reference_usable: pd.Series, reference_indicators: pd.Series) -> pd.Series:
    """Indicators with a value per 100 of the reference list (%)."""
    return 100 * reference_usable / reference_indicators


@indicator(
    title=Text("Rādītāji ar pašas vietas vērtību", "Indicators with the place's own value"),
    short=Text("Pašas vietas vērtības", "The place's own values"),
    definition=Text(
        "Par cik no katriem 100 šī rīka rādītājiem vērtība attiecas tieši uz šo vietu, nevis uz visu novadu vai "
        "valsti.",
        "For how many of every 100 indicators of this tool the value speaks of this very place and not of its whole "
        "municipality or the country.",
    ),
    formula=Text(
        "100 × rādītāji, kuru jaunākā vērtība ir pašas vietas ÷ rādītāji sarakstā",
        "100 × indicators whose newest value is the place's own ÷ indicators on the list",
    ),
    unit=PER_CENT,
    better="higher",
    theme="data",
    factors=(7,),
    goalposts=Goalposts(0, 100, NONE_OR_ALL),
    bias=Text(
        "Valstspilsētām novada rādītāji ir pašu rādītāji, tāpēc tām vērtība ir augstāka. " + OWN_TABLES.lv,
        "What is published for municipalities is the state cities' own, so their value is higher. " + OWN_TABLES.en,
    ),
)
def reference_native_share(reference_native: pd.Series, reference_indicators: pd.Series) -> pd.Series:
    """Indicators whose newest value is of the unit's own level per 100 of the reference list (%)."""
    return 100 * reference_native / reference_indicators


@indicator(
    title=Text("Aplēsti vai konfidenciāli rādītāji", "Estimated or suppressed indicators"),
    short=Text("Aplēsts vai konfidenciāls", "Estimated or suppressed"),
    definition=Text(
        "Cik no katriem 100 šī rīka rādītājiem par šo vietu ir tikai aplēsti vai ir konfidenciāli.",
        "How many of every 100 indicators of this tool are only estimated for this place, or suppressed.",
    ),
    formula=Text(
        "100 × rādītāji, kuru jaunākā vērtība ir aplēse vai kuri ir konfidenciāli ÷ rādītāji sarakstā",
        "100 × indicators whose newest value is an estimate, or that are suppressed ÷ indicators on the list",
    ),
    unit=PER_CENT,
    better="lower",
    theme="data",
    factors=(7,),
    goalposts=Goalposts(
        100,
        0,
        Text("No visiem līdz nevienam saraksta rādītājam.", "From all to none of the indicators on the list."),
    ),
    bias=OWN_TABLES,
)
def reference_estimated_share(reference_estimated: pd.Series, reference_indicators: pd.Series) -> pd.Series:
    """Indicators that are estimated or suppressed per 100 of the reference list (%)."""
    return 100 * reference_estimated / reference_indicators


@indicator(
    title=Text("Jaunāko datu vecums", "Age of the latest data"),
    short=Text("Datu vecums", "Age of the data"),
    definition=Text(
        "Cik gadu veca ir jaunākā vērtība pusei no šīs vietas rādītājiem vai vairāk, skaitot no jaunākā gada šajā "
        "rīkā.",
        "How many years old the newest value is for half of the place's indicators or more, counted from the newest "
        "year in this tool.",
    ),
    formula=Text(
        "Mediāna no (jaunākais gads šajā rīkā − rādītāja jaunākās vērtības gads)",
        "Median of (newest year in this tool − year of the indicator's newest value)",
    ),
    unit=Text("gadi", "years"),
    better="lower",
    theme="data",
    factors=(7,),
    goalposts=Goalposts(
        8,
        0,
        Text("No diviem četru gadu plāniem līdz šī gada datiem.", "From two plans of four years to data of this year."),
    ),
    bias=Text(
        "Gandrīz visām vietām ir tie paši gadi, jo avoti tos publicē visiem reizē. " + OWN_TABLES.lv,
        "Nearly all places have the same years, because sources publish for all at once. " + OWN_TABLES.en,
    ),
)
def reference_age_years(reference_age_years: pd.Series) -> pd.Series:
    """Median age of the newest values of a unit's indicators (years)."""
    return reference_age_years


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


@indicator(
    title=Text("Pašvaldības atvērto datu kopas", "Open datasets of the municipality"),
    short=Text("Atvērto datu kopas", "Open datasets"),
    definition=Text(
        "Cik datu kopu pašvaldība pati publicējusi Latvijas Atvērto datu portālā.",
        "How many datasets the municipality itself has published at Latvia's Open Data Portal.",
    ),
    formula=Text(
        "Pašvaldības datu kopu skaits portālā data.gov.lv", "Number of the municipality's datasets at data.gov.lv"
    ),
    unit=Text("kopas", "datasets"),
    decimals=0,
    better="higher",
    theme="data",
    factors=(7,),
    goalposts=Goalposts(
        0,
        20,
        Text(
            "No nevienas līdz divdesmit kopām; mērķa nav, skaitlis ir šī rīka izvēle.",
            "From none to twenty; there is no target, the number is this tool's choice.",
        ),
    ),
    bias=Text(
        "Kopu skaits nerāda, cik tās ir labas un vai tās lieto; vienu datu kopu var sadalīt desmit kopās. Kopas "
        "pašvaldības mājaslapā un tās, ko par novadu publicē valsts, nav skaitītas.",
        "The number does not tell how good they are or whether anybody uses them; one dataset can be split into ten. "
        "Datasets on the municipality's own website, and those the state publishes about it, do not count.",
    ),
)
def municipality_open_datasets(open_datasets: pd.Series) -> pd.Series:
    """Datasets that the municipality published at the open data portal (number)."""
    return open_datasets
