"""Economy and safety: what is published for municipalities only."""

from __future__ import annotations

import pandas as pd

from data.model import Text
from indicators.model import Goalposts, indicator
from indicators.people import PER_1000, PER_CENT

PER_RESIDENT = Text("EUR uz iedzīvotāju", "EUR per resident")
MUNICIPAL = Text(
    "Publicēts tikai novadiem; pagastos rāda novada vērtību.",
    "Published for municipalities only; parishes show the municipality's value.",
)
BUDGET = Text(
    "Publicēts tikai novadiem; pagastos rāda novada vērtību. Cenu pieaugums nav izslēgts.",
    "Published for municipalities only; parishes show the municipality's value. Rising prices are not taken out.",
)


@indicator(
    title=Text("Reģistrētie bezdarbnieki darbspējas vecumā", "Registered unemployed of working age"),
    short=Text("Reģistrētie bezdarbnieki", "Registered unemployed"),
    definition=Text(
        "Cik reģistrēto bezdarbnieku ir uz katriem 100 iedzīvotājiem darbspējas vecumā.",
        "How many registered unemployed there are for every 100 residents of working age.",
    ),
    formula=Text(
        "100 × reģistrētie bezdarbnieki ÷ iedzīvotāji darbspējas vecumā",
        "100 × registered unemployed ÷ residents of working age",
    ),
    unit=PER_CENT,
    better="lower",
    theme="economy",
    goalposts=Goalposts(
        12,
        2,
        Text(
            "Aptuveni sliktākie un labākie novadi, noapaļoti.", "About the worst and the best municipalities, rounded."
        ),
    ),
    numerator="unemployed",
    base="residents_working_age",
    family="share",
    bias=Text(
        "Dala ar visiem darbspējas vecumā, nevis tikai ekonomiski aktīvajiem, tāpēc parasti ir zemāks par reģistrētā "
        "bezdarba līmeni. Bāze mainījās 2022. gadā līdz ar darbspējas vecuma robežu. " + MUNICIPAL.lv,
        "Divides by everybody of working age, not only the economically active, so it is usually below the published "
        "rate. The base changed in 2022 with the limit of working age. " + MUNICIPAL.en,
    ),
)
def unemployed_share(unemployed: pd.Series, residents_working_age: pd.Series) -> pd.Series:
    """Registered unemployed per 100 residents of working age (%)."""
    return 100 * unemployed / residents_working_age


@indicator(
    title=Text("Reģistrētie noziegumi uz 1000 iedzīvotājiem", "Recorded crimes per 1,000 residents"),
    short=Text("Noziegumi uz 1000 iedz.", "Crimes per 1,000"),
    definition=Text(
        "Cik noziedzīgu nodarījumu gadā reģistrēts uz katriem 1000 iedzīvotājiem.",
        "How many criminal offences were recorded in the year for every 1,000 residents.",
    ),
    formula=Text("1000 × reģistrētie noziedzīgie nodarījumi ÷ iedzīvotāji", "1,000 × recorded offences ÷ residents"),
    unit=PER_1000,
    better="lower",
    theme="economy",
    goalposts=Goalposts(
        25,
        7,
        Text(
            "Aptuveni sliktākie un labākie novadi, noapaļoti.", "About the worst and the best municipalities, rounded."
        ),
    ),
    numerator="crimes",
    base="residents",
    family="rate",
    bias=Text(
        "Skaita reģistrēto, nevis visu notikušo, un dala ar deklarētajiem iedzīvotājiem, lai gan cietušie var būt arī "
        "iebraucēji. " + MUNICIPAL.lv,
        "Counts what was recorded, not all that happened, and divides by declared residents, though visitors may be "
        "among the victims. " + MUNICIPAL.en,
    ),
)
def crimes_rate(crimes: pd.Series, residents: pd.Series) -> pd.Series:
    """Recorded offences per 1,000 residents."""
    return 1000 * crimes / residents


@indicator(
    title=Text("Ceļi un ielas ar asfalta segumu", "Paved roads and streets"),
    short=Text("Asfaltēti ceļi", "Paved roads"),
    definition=Text(
        "Cik no katriem 100 km valsts un pašvaldības ceļu un ielu ir ar asfalta vai citu bitumena segumu.",
        "How many of every 100 km of state and municipal roads and streets have asphalt or another bituminous surface.",
    ),
    formula=Text(
        "100 × ceļi un ielas ar bitumena segumu ÷ visi ceļi un ielas",
        "100 × bituminous roads and streets ÷ all roads and streets",
    ),
    unit=PER_CENT,
    decimals=0,
    better="higher",
    theme="economy",
    factors=(4,),
    goalposts=Goalposts(
        20,
        75,
        Text(
            "No novadiem, kur asfaltēto ceļu ir vismazāk, līdz lielajām pilsētām.",
            "From the least paved municipalities to the large cities.",
        ),
    ),
    bias=MUNICIPAL,
)
def paved_roads_share(roads_paved_km: pd.Series, roads_km: pd.Series) -> pd.Series:
    """Bituminous roads and streets per 100 km of roads and streets (%)."""
    return 100 * roads_paved_km / roads_km


@indicator(
    title=Text("Ceļi un ielas uz 1000 iedzīvotājiem", "Roads and streets per 1,000 residents"),
    short=Text("Ceļi uz 1000 iedz.", "Roads per 1,000"),
    definition=Text(
        "Cik kilometru valsts un pašvaldības ceļu un ielu jāuztur uz katriem 1000 iedzīvotājiem.",
        "How many kilometres of state and municipal roads and streets there are to keep up for every 1,000 residents.",
    ),
    formula=Text("1000 × visi ceļi un ielas (km) ÷ iedzīvotāji", "1,000 × all roads and streets (km) ÷ residents"),
    unit=Text("km uz 1000 iedzīvotājiem", "km per 1,000 residents"),
    better="neither",
    theme="economy",
    bias=MUNICIPAL,
)
def roads_rate(roads_km: pd.Series, residents: pd.Series) -> pd.Series:
    """Kilometres of roads and streets per 1,000 residents."""
    return 1000 * roads_km / residents


@indicator(
    title=Text("Nekustamā īpašuma nodoklis uz iedzīvotāju", "Property tax per resident"),
    short=Text("Īpašuma nodoklis", "Property tax"),
    definition=Text(
        "Cik eiro nekustamā īpašuma nodokļa gadā pašvaldība saņem uz vienu iedzīvotāju.",
        "How many euros of property tax the municipality receives in the year per resident.",
    ),
    formula=Text("Nekustamā īpašuma nodokļa ieņēmumi ÷ iedzīvotāji", "Property-tax revenue ÷ residents"),
    unit=PER_RESIDENT,
    decimals=0,
    better="neither",
    theme="economy",
    bias=BUDGET,
)
def property_tax_per_resident(property_tax_eur: pd.Series, residents: pd.Series) -> pd.Series:
    """Property-tax revenue per resident (EUR)."""
    return property_tax_eur / residents


@indicator(
    title=Text(
        "Ienākuma nodoklis pašvaldības budžetā uz iedzīvotāju", "Income tax in the municipal budget per resident"
    ),
    short=Text("Ienākuma nodoklis budžetā", "Income tax in the budget"),
    definition=Text(
        "Cik eiro iedzīvotāju ienākuma nodokļa gadā saņem pašvaldības budžets uz vienu iedzīvotāju.",
        "How many euros of residents' income tax reach the municipal budget in the year per resident.",
    ),
    formula=Text("Pašvaldības ienākuma nodokļa ieņēmumi ÷ iedzīvotāji", "Municipal income-tax revenue ÷ residents"),
    unit=PER_RESIDENT,
    decimals=0,
    better="neither",
    theme="economy",
    bias=Text(
        "Tikai nodokļa ieņēmumi, bez citiem budžeta avotiem; atkarīgi arī no tā, kāda nodokļa daļa attiecīgajā gadā "
        "nonāk pašvaldībai. " + MUNICIPAL.lv,
        "Revenue from the tax only, without other sources of the budget; it depends on the part of the tax that goes "
        "to municipalities in the year. " + MUNICIPAL.en,
    ),
)
def municipal_income_tax_per_resident(municipal_income_tax_eur: pd.Series, residents: pd.Series) -> pd.Series:
    """Municipal income-tax revenue per resident (EUR)."""
    return municipal_income_tax_eur / residents


@indicator(
    title=Text("Sociālās palīdzības izdevumi uz iedzīvotāju", "Social spending per resident"),
    short=Text("Sociālie izdevumi", "Social spending"),
    definition=Text(
        "Cik eiro gadā pašvaldība tērē sociālajiem pakalpojumiem un palīdzībai uz vienu iedzīvotāju.",
        "How many euros the municipality spends on social services and assistance in the year per resident.",
    ),
    formula=Text(
        "Pašvaldības izdevumi sociālajiem pakalpojumiem un palīdzībai ÷ iedzīvotāji",
        "Municipal spending on social services and assistance ÷ residents",
    ),
    unit=PER_RESIDENT,
    decimals=0,
    better="neither",
    theme="economy",
    bias=BUDGET,
)
def social_spending_per_resident(social_spending_eur: pd.Series, residents: pd.Series) -> pd.Series:
    """Municipal social spending per resident (EUR)."""
    return social_spending_eur / residents


@indicator(
    title=Text("Mājsaimniecības ar mājokļa pabalstu uz 1000 iedz.", "Households with housing benefit per 1,000"),
    short=Text("Mājokļa pabalsts", "Housing benefit"),
    definition=Text(
        "Cik mājsaimniecību gadā saņem mājokļa pabalstu uz katriem 1000 iedzīvotājiem.",
        "How many households receive housing benefit in the year for every 1,000 residents.",
    ),
    formula=Text(
        "1000 × mājsaimniecības ar mājokļa pabalstu ÷ iedzīvotāji",
        "1,000 × households with housing benefit ÷ residents",
    ),
    unit=Text("uz 1000 iedzīvotājiem", "per 1,000 residents"),
    better="neither",
    theme="economy",
    numerator="housing_benefit_households",
    base="residents",
    family="rate",
    bias=MUNICIPAL,
)
def housing_benefit_rate(housing_benefit_households: pd.Series, residents: pd.Series) -> pd.Series:
    """Households with housing benefit per 1,000 residents."""
    return 1000 * housing_benefit_households / residents
