"""Services: how near they are, and how many there are for those who need them."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from data.model import Text
from indicators.business import TWENTIETHS
from indicators.model import Better, Goalposts, indicator
from indicators.people import PER_1000, PER_CENT

Compute = Callable[..., pd.Series]

INSTITUTION = Text(
    "Skaita tur, kur atrodas iestāde, nevis kur dzīvo bērns: to var apmeklēt arī kaimiņu pagastu bērni, bet vietējie "
    "var braukt citur.",
    "Counts where the institution stands, not where the child lives: children may come from neighbouring parishes, and "
    "local ones may go elsewhere.",
)
POINTS_ONLY = Text(
    "Brīvprātīgo veidota karte: kas kartē nav, šeit trūkst, tāpēc patiesais attālums var būt mazāks. 2019. gadā "
    "trūkst arī tā, kas uzzīmēts kā ēka, nevis atzīmēts ar punktu. Attālumu mēra taisnā līnijā.",
    "A volunteers' map: what is not mapped is missing, so the true distance can be shorter. In 2019 what is drawn as a "
    "building and not as a point is missing too. Distances are straight lines.",
)
MANY_GAPS = Text(
    "2019. gadā šeit ir tikai ar punktu atzīmētās vietas, un to visā valstī ir maz – mazāk nekā 200; daudzas citas, "
    "visticamāk, uzzīmētas kā ēkas. Attālums tāpēc drīzāk rāda kartes robus nekā pakalpojumu, un vērtējumā to "
    "neizmanto. Attālumu mēra taisnā līnijā.",
    "In 2019 only places drawn as points are here, and there are few of them, under 200 in the whole country; many "
    "others are probably drawn as buildings. So the distance shows gaps of the map rather than of the service, and is "
    "not used for scores. Distances are straight lines.",
)
LOCKERS = Text(
    "Tikai viena uzņēmuma („Omniva”) pakomāti; kopš 2019. gada to ir vairāk. Attālumu mēra taisnā līnijā.",
    "Parcel lockers of one company (Omniva); there are more since 2019. Distances are straight lines.",
)
REGISTERED = Text(
    "Vietas no oficiāla saraksta; darba laiks nav zināms, un laukos tas var būt dažas stundas nedēļā. Vietas bez "
    "koordinātām izlaistas. Attālumu mēra taisnā līnijā.",
    "Places of an official list; opening hours are not known, and in the country they may be a few hours a week. "
    "Places without coordinates are left out. Distances are straight lines.",
)
WALK_TO_DRIVE = Text(
    "No īsa gājiena (0,5 km) līdz attālumam, ko bez auto parasti neveic (15 km).",
    "From a short walk (0.5 km) to a distance hardly anybody covers without a car (15 km).",
)
NONE_TO_ALL = Text("No neviena līdz visiem iedzīvotājiem.", "From no resident to all of them.")


def distance_to(
    title: Text,
    short: Text,
    nearest: Text,
    bias: Text = POINTS_ONLY,
    better: Better = "lower",
    factors: tuple[int, ...] = (),
) -> Callable[[Compute], Compute]:
    """Declare a mean distance from home to the nearest place of a kind."""
    return indicator(
        title=title,
        short=short,
        definition=Text(
            f"Cik kilometru taisnā līnijā no mājām vidēji ir līdz {nearest.lv}, arī pāri pagasta robežai.",
            f"How many kilometres in a straight line it is on average from home to {nearest.en}, also across the "
            "parish border.",
        ),
        formula=Text(
            "Σ (1 km šūnas iedzīvotāji × attālums no šūnas centra līdz tuvākajai vietai) ÷ iedzīvotāji",
            "Σ (residents of a 1 km cell × distance from its centre to the nearest place) ÷ residents",
        ),
        unit=Text("km", "km"),
        better=better,
        theme="services",
        factors=factors,
        goalposts=None if better == "neither" else Goalposts(15, 0.5, WALK_TO_DRIVE),
        bias=bias,
    )


def within_5km_of(
    title: Text,
    short: Text,
    nearest: Text,
    bias: Text = POINTS_ONLY,
    better: Better = "higher",
    factors: tuple[int, ...] = (),
) -> Callable[[Compute], Compute]:
    """Declare the share of residents who live within 5 km of the nearest place of a kind."""
    return indicator(
        title=title,
        short=short,
        definition=Text(
            f"Cik no katriem 100 iedzīvotājiem dzīvo ne tālāk kā 5 km taisnā līnijā no vietas, kur ir {nearest.lv}.",
            f"How many of every 100 residents live within 5 km, in a straight line, of {nearest.en}.",
        ),
        formula=Text(
            "100 × iedzīvotāji 1 km šūnās, kuru centrs ir līdz 5 km no tuvākās vietas ÷ iedzīvotāji",
            "100 × residents of 1 km cells whose centre is within 5 km of the nearest place ÷ residents",
        ),
        unit=PER_CENT,
        decimals=0,
        better=better,
        theme="services",
        factors=factors,
        goalposts=None if better == "neither" else Goalposts(0, 100, NONE_TO_ALL),
        bias=bias,
    )


def catchment_of(
    title: Text, short: Text, places: Text, goalposts: Goalposts | None = None, bias: Text = POINTS_ONLY
) -> Callable[[Compute], Compute]:
    """Declare how many places of a kind are within reach, shared with everybody else who reaches them."""
    return indicator(
        title=title,
        short=short,
        definition=Text(
            f"Cik {places.lv} 10 km attālumā no mājām ir uz katriem 1000 iedzīvotājiem, ja katru vietu dala visi, kas "
            "to sasniedz, arī no citiem pagastiem.",
            f"How many {places.en} within 10 km of home there are for every 1,000 residents, when each is shared by "
            "everybody who reaches it, also from other parishes.",
        ),
        formula=Text(
            "Iedzīvotāju vidējais no Σ (1000 ÷ iedzīvotāji 10 km ap vietu) pa vietām 10 km ap 1 km šūnas centru "
            "(divpakāpju sasniedzamība, 2SFCA)",
            "Residents' mean of Σ (1,000 ÷ residents within 10 km of the place) over the places within 10 km of the "
            "centre of a 1 km cell (two-step floating catchment, 2SFCA)",
        ),
        unit=PER_1000,
        decimals=2,
        better="higher" if goalposts else "neither",
        theme="services",
        goalposts=goalposts,
        bias=Text(
            f"Taisnā līnijā 10 km ir aptuveni ceturtdaļstunda ar auto pa lauku ceļiem; vietas lielums nav zināms. "
            f"{bias.lv}",
            f"In a straight line 10 km are about a quarter of an hour by car on country roads; the size of a place is "
            f"not known. {bias.en}",
        ),
    )


@indicator(
    title=Text("Pirmsskolas uz 100 bērniem", "Pre-schools per 100 children"),
    definition=Text(
        "Cik pirmsskolas izglītības iestāžu ir uz katriem 100 šeit deklarētajiem bērniem 0–6 gadu vecumā.",
        "How many pre-schools there are for every 100 children aged 0-6 declared here.",
    ),
    formula=Text(
        "100 × pirmsskolas izglītības iestādes ÷ iedzīvotāji 0–6 gadu vecumā", "100 × pre-schools ÷ residents aged 0-6"
    ),
    unit=Text("uz 100 bērniem", "per 100 children"),
    decimals=2,
    better="higher",
    theme="services",
    goalposts=Goalposts(
        0,
        2,
        Text(
            "No nevienas līdz vienai iestādei uz 50 bērniem: aptuveni ceturtdaļā pagastu pirmsskolu audzēkņu ir tik "
            "vai mazāk.",
            "From none to one for 50 children: about a quarter of the pre-schools in parishes have that many or fewer.",
        ),
    ),
    base="residents_0_6",
    bias=INSTITUTION,
)
def preschools_per_100_children(preschools: pd.Series, residents_0_6: pd.Series) -> pd.Series:
    """Pre-schools per 100 residents aged 0-6."""
    return 100 * preschools / residents_0_6


@indicator(
    title=Text("Pirmsskolas audzēkņi uz 100 bērniem", "Pre-school pupils per 100 children"),
    short=Text("Pirmsskolas audzēkņi", "Pre-school pupils"),
    definition=Text(
        "Cik audzēkņu ir šejienes pirmsskolās uz katriem 100 šeit deklarētajiem bērniem 0–6 gadu vecumā.",
        "How many pupils attend the pre-schools here for every 100 children aged 0-6 declared here.",
    ),
    formula=Text(
        "100 × pirmsskolas audzēkņi ÷ iedzīvotāji 0–6 gadu vecumā", "100 × pre-school pupils ÷ residents aged 0-6"
    ),
    unit=Text("uz 100 bērniem", "per 100 children"),
    decimals=0,
    better="higher",
    theme="services",
    goalposts=Goalposts(
        0,
        80,
        Text(
            "No neviena līdz gandrīz visiem bērniem, kuri vecāki par pusotru gadu.",
            "From none to nearly all children older than a year and a half.",
        ),
    ),
    base="residents_0_6",
    bias=INSTITUTION,
)
def preschool_pupils_per_100_children(preschool_pupils: pd.Series, residents_0_6: pd.Series) -> pd.Series:
    """Pupils of the pre-schools here per 100 residents aged 0-6."""
    return 100 * preschool_pupils / residents_0_6


@indicator(
    title=Text("Skolēni uz 1000 iedzīvotājiem", "School pupils per 1,000 residents"),
    short=Text("Skolēni uz 1000 iedz.", "School pupils per 1,000"),
    definition=Text(
        "Cik skolēnu mācās šejienes vispārizglītojošajās skolās uz katriem 1000 iedzīvotājiem.",
        "How many pupils attend the general schools here for every 1,000 residents.",
    ),
    formula=Text(
        "1000 × skolēni vispārizglītojošajās skolās ÷ iedzīvotāji", "1,000 × pupils of general schools ÷ residents"
    ),
    unit=Text("uz 1000 iedzīvotājiem", "per 1,000 residents"),
    decimals=0,
    better="neither",
    theme="services",
    base="residents",
    bias=INSTITUTION,
)
def school_pupils_rate(school_pupils: pd.Series, residents: pd.Series) -> pd.Series:
    """Pupils of the general schools here per 1,000 residents."""
    return 1000 * school_pupils / residents


@distance_to(
    title=Text("Attālums līdz pārtikas veikalam", "Distance to a grocery"),
    short=Text("Līdz pārtikas veikalam", "To a grocery"),
    nearest=Text("tuvākajam pārtikas veikalam", "the nearest grocery shop"),
)
def distance_grocery_km(grocery_person_km: pd.Series, access_residents: pd.Series) -> pd.Series:
    """Mean distance from home to the nearest grocery shop (km)."""
    return grocery_person_km / access_residents


@within_5km_of(
    title=Text("Pārtikas veikals 5 km attālumā", "Within 5 km of a grocery"),
    short=Text("Pārtikas veikals 5 km attālumā", "Within 5 km of a grocery"),
    nearest=Text("pārtikas veikals", "a grocery shop"),
)
def within5km_grocery_share(grocery_residents_5km: pd.Series, access_residents: pd.Series) -> pd.Series:
    """Residents within 5 km of a grocery shop per 100 residents (%)."""
    return 100 * grocery_residents_5km / access_residents


@distance_to(
    title=Text("Attālums līdz aptiekai", "Distance to a pharmacy"),
    short=Text("Līdz aptiekai", "To a pharmacy"),
    nearest=Text("tuvākajai aptiekai", "the nearest pharmacy"),
)
def distance_pharmacy_km(pharmacy_person_km: pd.Series, access_residents: pd.Series) -> pd.Series:
    """Mean distance from home to the nearest pharmacy (km)."""
    return pharmacy_person_km / access_residents


@within_5km_of(
    title=Text("Aptieka 5 km attālumā", "Within 5 km of a pharmacy"),
    short=Text("Aptieka 5 km attālumā", "Within 5 km of a pharmacy"),
    nearest=Text("aptieka", "a pharmacy"),
)
def within5km_pharmacy_share(pharmacy_residents_5km: pd.Series, access_residents: pd.Series) -> pd.Series:
    """Residents within 5 km of a pharmacy per 100 residents (%)."""
    return 100 * pharmacy_residents_5km / access_residents


@distance_to(
    title=Text("Attālums līdz pasta nodaļai", "Distance to a post office"),
    short=Text("Līdz pasta nodaļai", "To a post office"),
    nearest=Text("tuvākajai pasta nodaļai", "the nearest post office"),
)
def distance_post_km(post_person_km: pd.Series, access_residents: pd.Series) -> pd.Series:
    """Mean distance from home to the nearest post office (km)."""
    return post_person_km / access_residents


@within_5km_of(
    title=Text("Pasta nodaļa 5 km attālumā", "Within 5 km of a post office"),
    short=Text("Pasta nodaļa 5 km attālumā", "Within 5 km of a post office"),
    nearest=Text("pasta nodaļa", "a post office"),
)
def within5km_post_share(post_residents_5km: pd.Series, access_residents: pd.Series) -> pd.Series:
    """Residents within 5 km of a post office per 100 residents (%)."""
    return 100 * post_residents_5km / access_residents


@distance_to(
    title=Text("Attālums līdz bankomātam vai bankai", "Distance to a cash machine or bank"),
    short=Text("Līdz bankomātam vai bankai", "To a cash machine or bank"),
    nearest=Text("tuvākajam bankomātam vai bankai", "the nearest cash machine or bank"),
)
def distance_cash_km(cash_person_km: pd.Series, access_residents: pd.Series) -> pd.Series:
    """Mean distance from home to the nearest cash machine or bank (km)."""
    return cash_person_km / access_residents


@within_5km_of(
    title=Text("Bankomāts vai banka 5 km attālumā", "Within 5 km of cash"),
    short=Text("Bankomāts, banka 5 km attālumā", "Within 5 km of cash"),
    nearest=Text("bankomāts vai banka", "a cash machine or bank"),
)
def within5km_cash_share(cash_residents_5km: pd.Series, access_residents: pd.Series) -> pd.Series:
    """Residents within 5 km of a cash machine or bank per 100 residents (%)."""
    return 100 * cash_residents_5km / access_residents


@distance_to(
    title=Text("Attālums līdz kartētai skolai", "Distance to a mapped school"),
    short=Text("Līdz kartētai skolai", "To a mapped school"),
    nearest=Text("tuvākajai kartē atzīmētajai skolai", "the nearest school on the map"),
    bias=MANY_GAPS,
    better="neither",
)
def distance_school_km(school_person_km: pd.Series, access_residents: pd.Series) -> pd.Series:
    """Mean distance from home to the nearest school on the map (km)."""
    return school_person_km / access_residents


@within_5km_of(
    title=Text("Kartēta skola 5 km attālumā", "Within 5 km of a mapped school"),
    short=Text("Kartēta skola 5 km attālumā", "Within 5 km of a mapped school"),
    nearest=Text("kartē atzīmēta skola", "a school on the map"),
    bias=MANY_GAPS,
    better="neither",
)
def within5km_school_share(school_residents_5km: pd.Series, access_residents: pd.Series) -> pd.Series:
    """Residents within 5 km of a school on the map per 100 residents (%)."""
    return 100 * school_residents_5km / access_residents


@distance_to(
    title=Text("Attālums līdz kartētai bibliotēkai", "Distance to a mapped library"),
    short=Text("Līdz kartētai bibliotēkai", "To a mapped library"),
    nearest=Text("tuvākajai kartē atzīmētajai bibliotēkai", "the nearest library on the map"),
    bias=MANY_GAPS,
    better="neither",
)
def distance_library_km(library_person_km: pd.Series, access_residents: pd.Series) -> pd.Series:
    """Mean distance from home to the nearest library on the map (km)."""
    return library_person_km / access_residents


@within_5km_of(
    title=Text("Kartēta bibliotēka 5 km attālumā", "Within 5 km of a mapped library"),
    short=Text("Kartēta bibliotēka 5 km attālumā", "Within 5 km of a mapped library"),
    nearest=Text("kartē atzīmēta bibliotēka", "a library on the map"),
    bias=MANY_GAPS,
    better="neither",
)
def within5km_library_share(library_residents_5km: pd.Series, access_residents: pd.Series) -> pd.Series:
    """Residents within 5 km of a library on the map per 100 residents (%)."""
    return 100 * library_residents_5km / access_residents


@distance_to(
    title=Text("Attālums līdz kartētam ārstam", "Distance to a mapped doctor"),
    short=Text("Līdz kartētam ārstam", "To a mapped doctor"),
    nearest=Text(
        "tuvākajai kartē atzīmētajai ārsta praksei, klīnikai vai slimnīcai",
        "the nearest doctor, clinic or hospital on the map",
    ),
    bias=MANY_GAPS,
    better="neither",
)
def distance_doctor_km(doctor_person_km: pd.Series, access_residents: pd.Series) -> pd.Series:
    """Mean distance from home to the nearest doctor, clinic or hospital on the map (km)."""
    return doctor_person_km / access_residents


@within_5km_of(
    title=Text("Kartēts ārsts 5 km attālumā", "Within 5 km of a mapped doctor"),
    short=Text("Kartēts ārsts 5 km attālumā", "Within 5 km of a mapped doctor"),
    nearest=Text("kartē atzīmēta ārsta prakse, klīnika vai slimnīca", "a doctor, clinic or hospital on the map"),
    bias=MANY_GAPS,
    better="neither",
)
def within5km_doctor_share(doctor_residents_5km: pd.Series, access_residents: pd.Series) -> pd.Series:
    """Residents within 5 km of a doctor, clinic or hospital on the map per 100 residents (%)."""
    return 100 * doctor_residents_5km / access_residents


@distance_to(
    title=Text("Attālums līdz pakomātam", "Distance to a parcel locker"),
    short=Text("Līdz pakomātam", "To a parcel locker"),
    nearest=Text("tuvākajam pakomātam", "the nearest parcel locker"),
    bias=LOCKERS,
)
def distance_locker_km(locker_person_km: pd.Series, locker_access_residents: pd.Series) -> pd.Series:
    """Mean distance from home to the nearest parcel locker (km)."""
    return locker_person_km / locker_access_residents


@within_5km_of(
    title=Text("Pakomāts 5 km attālumā", "Within 5 km of a parcel locker"),
    short=Text("Pakomāts 5 km attālumā", "Within 5 km of a parcel locker"),
    nearest=Text("pakomāts", "a parcel locker"),
    bias=LOCKERS,
)
def within5km_locker_share(locker_residents_5km: pd.Series, locker_access_residents: pd.Series) -> pd.Series:
    """Residents within 5 km of a parcel locker per 100 residents (%)."""
    return 100 * locker_residents_5km / locker_access_residents


@within_5km_of(
    title=Text("Publiskā piekļuves vieta 5 km attālumā", "Within 5 km of a public access point"),
    short=Text("Piekļuves vieta 5 km attālumā", "Within 5 km of an access point"),
    nearest=Text(
        "kartē atzīmēta bibliotēka, kultūras nams, pārvalde vai interneta kafejnīca",
        "a library, community centre, town hall or internet café on the map",
    ),
    bias=Text(
        "Bibliotēkās internets ir bez maksas; vai to var lietot arī kultūras namā vai pārvaldē, nav zināms. Kartē ar "
        "punktu atzīmēta tikai daļa šo vietu – ap 250 visā valstī 2019. gadā –, tāpēc zema vērtība var nozīmēt robu "
        "kartē, nevis to, ka vietas nav. Attālumu mēra taisnā līnijā.",
        "Libraries offer free internet; whether a community centre or town hall does is not known. Only some of these "
        "places are drawn as points, about 250 in the whole country in 2019, so a low figure may be a gap of the map "
        "rather than of the place. Distances are straight lines.",
    ),
    factors=(8,),
)
def within5km_access_point_share(access_point_residents_5km: pd.Series, access_residents: pd.Series) -> pd.Series:
    """Residents within 5 km of a public access point per 100 residents (%)."""
    return 100 * access_point_residents_5km / access_residents


@catchment_of(
    title=Text("Sasniedzami pārtikas veikali uz 1000 iedz.", "Groceries within reach per 1,000 residents"),
    short=Text("Sasniedzami pārtikas veikali", "Groceries within reach"),
    places=Text("pārtikas veikalu", "grocery shops"),
    goalposts=Goalposts(0, 1.6, TWENTIETHS),
)
def catchment_grocery(grocery_person_catchment: pd.Series, access_residents: pd.Series) -> pd.Series:
    """Grocery shops per 1,000 residents within reach (two-step floating catchment of 10 km)."""
    return grocery_person_catchment / access_residents


@catchment_of(
    title=Text("Sasniedzamas aptiekas uz 1000 iedzīvotājiem", "Pharmacies within reach per 1,000 residents"),
    short=Text("Sasniedzamas aptiekas", "Pharmacies within reach"),
    places=Text("aptieku", "pharmacies"),
    goalposts=Goalposts(0, 0.4, TWENTIETHS),
)
def catchment_pharmacy(pharmacy_person_catchment: pd.Series, access_residents: pd.Series) -> pd.Series:
    """Pharmacies per 1,000 residents within reach (two-step floating catchment of 10 km)."""
    return pharmacy_person_catchment / access_residents


@catchment_of(
    title=Text("Sasniedzamas kartētas bibliotēkas uz 1000 iedz.", "Mapped libraries within reach per 1,000"),
    short=Text("Sasniedzamas bibliotēkas", "Libraries within reach"),
    places=Text("kartē atzīmētu bibliotēku", "libraries on the map"),
    bias=MANY_GAPS,
)
def catchment_library(library_person_catchment: pd.Series, access_residents: pd.Series) -> pd.Series:
    """Libraries on the map per 1,000 residents within reach (two-step floating catchment of 10 km)."""
    return library_person_catchment / access_residents


@catchment_of(
    title=Text("Sasniedzami kartēti ārsti uz 1000 iedzīvotājiem", "Mapped doctors within reach per 1,000"),
    short=Text("Sasniedzami ārsti", "Doctors within reach"),
    places=Text("kartē atzīmētu ārsta prakšu, klīniku un slimnīcu", "doctors, clinics and hospitals on the map"),
    bias=MANY_GAPS,
)
def catchment_doctor(doctor_person_catchment: pd.Series, access_residents: pd.Series) -> pd.Series:
    """Doctors, clinics and hospitals on the map per 1,000 residents within reach (two-step catchment of 10 km)."""
    return doctor_person_catchment / access_residents


@distance_to(
    title=Text("Attālums līdz pilsētai", "Distance to a town"),
    short=Text("Līdz tuvākajai pilsētai", "To the nearest town"),
    nearest=Text("tuvākās pilsētas centram", "the centre of the nearest town"),
    bias=Text(
        "Pilsētas centrs ir punkts brīvprātīgo veidotā kartē; pilsētas aiz valsts robežas netiek skaitītas. Attālumu "
        "mēra taisnā līnijā.",
        "The centre of a town is a point on a volunteers' map; towns across the state border do not count. Distances "
        "are straight lines.",
    ),
    better="neither",
    factors=(4,),
)
def distance_town_km(town_person_km: pd.Series, town_access_residents: pd.Series) -> pd.Series:
    """Mean distance from home to the centre of the nearest town (km)."""
    return town_person_km / town_access_residents


@distance_to(
    title=Text("Attālums līdz licencētai aptiekai", "Distance to a licensed pharmacy"),
    short=Text("Līdz licencētai aptiekai", "To a licensed pharmacy"),
    nearest=Text("tuvākajai licencētajai aptiekai", "the nearest licensed pharmacy"),
    bias=REGISTERED,
)
def distance_licensed_pharmacy_km(
    licensed_pharmacy_person_km: pd.Series, licensed_pharmacy_access_residents: pd.Series
) -> pd.Series:
    """Mean distance from home to the nearest pharmacy with a licence in force (km)."""
    return licensed_pharmacy_person_km / licensed_pharmacy_access_residents


@within_5km_of(
    title=Text("Licencēta aptieka 5 km attālumā", "Within 5 km of a licensed pharmacy"),
    short=Text("Licencēta aptieka 5 km attālumā", "Licensed pharmacy within 5 km"),
    nearest=Text("licencēta aptieka", "a licensed pharmacy"),
    bias=REGISTERED,
)
def within5km_licensed_pharmacy_share(
    licensed_pharmacy_residents_5km: pd.Series, licensed_pharmacy_access_residents: pd.Series
) -> pd.Series:
    """Residents within 5 km of a pharmacy with a licence in force per 100 residents (%)."""
    return 100 * licensed_pharmacy_residents_5km / licensed_pharmacy_access_residents


@catchment_of(
    title=Text("Sasniedzamas licencētas aptiekas uz 1000 iedz.", "Licensed pharmacies within reach per 1,000"),
    short=Text("Sasniedzamas licenc. aptiekas", "Licensed pharmacies in reach"),
    places=Text("licencētu aptieku", "licensed pharmacies"),
    bias=REGISTERED,
)
def catchment_licensed_pharmacy(
    licensed_pharmacy_person_catchment: pd.Series, licensed_pharmacy_access_residents: pd.Series
) -> pd.Series:
    """Pharmacies with a licence in force per 1,000 residents within reach (two-step catchment of 10 km)."""
    return licensed_pharmacy_person_catchment / licensed_pharmacy_access_residents


@distance_to(
    title=Text("Attālums līdz ģimenes ārsta praksei", "Distance to a family doctor"),
    short=Text("Līdz ģimenes ārstam", "To a family doctor"),
    nearest=Text("tuvākajai ģimenes ārsta praksei", "the nearest family doctor's practice"),
    bias=REGISTERED,
)
def distance_family_doctor_km(family_doctor_person_km: pd.Series, medical_access_residents: pd.Series) -> pd.Series:
    """Mean distance from home to the nearest family doctor's practice (km)."""
    return family_doctor_person_km / medical_access_residents


@within_5km_of(
    title=Text("Ģimenes ārsta prakse 5 km attālumā", "Within 5 km of a family doctor"),
    short=Text("Ģimenes ārsts 5 km attālumā", "Family doctor within 5 km"),
    nearest=Text("ģimenes ārsta prakse", "a family doctor's practice"),
    bias=REGISTERED,
)
def within5km_family_doctor_share(
    family_doctor_residents_5km: pd.Series, medical_access_residents: pd.Series
) -> pd.Series:
    """Residents within 5 km of a family doctor's practice per 100 residents (%)."""
    return 100 * family_doctor_residents_5km / medical_access_residents


@catchment_of(
    title=Text("Sasniedzamas ģimenes ārstu prakses uz 1000 iedz.", "Family doctors within reach per 1,000"),
    short=Text("Sasniedzami ģimenes ārsti", "Family doctors within reach"),
    places=Text("ģimenes ārstu prakšu", "family doctors' practices"),
    bias=REGISTERED,
)
def catchment_family_doctor(
    family_doctor_person_catchment: pd.Series, medical_access_residents: pd.Series
) -> pd.Series:
    """Family doctors' practices per 1,000 residents within reach (two-step floating catchment of 10 km)."""
    return family_doctor_person_catchment / medical_access_residents


@distance_to(
    title=Text("Attālums līdz Latvijas Pasta nodaļai", "Distance to an office of Latvijas Pasts"),
    short=Text("Līdz Latvijas Pasta nodaļai", "To an office of Latvijas Pasts"),
    nearest=Text("tuvākajai Latvijas Pasta nodaļai", "the nearest office of Latvijas Pasts"),
    bias=REGISTERED,
)
def distance_post_office_km(post_office_person_km: pd.Series, post_office_access_residents: pd.Series) -> pd.Series:
    """Mean distance from home to the nearest office of Latvijas Pasts (km)."""
    return post_office_person_km / post_office_access_residents


@within_5km_of(
    title=Text("Latvijas Pasta nodaļa 5 km attālumā", "Within 5 km of an office of Latvijas Pasts"),
    short=Text("Latvijas Pasts 5 km attālumā", "Latvijas Pasts within 5 km"),
    nearest=Text("Latvijas Pasta nodaļa", "an office of Latvijas Pasts"),
    bias=REGISTERED,
)
def within5km_post_office_share(
    post_office_residents_5km: pd.Series, post_office_access_residents: pd.Series
) -> pd.Series:
    """Residents within 5 km of an office of Latvijas Pasts per 100 residents (%)."""
    return 100 * post_office_residents_5km / post_office_access_residents


@distance_to(
    title=Text("Attālums līdz kultūras centram", "Distance to a culture centre"),
    short=Text("Līdz kultūras centram", "To a culture centre"),
    nearest=Text("tuvākajam kultūras centram", "the nearest culture centre"),
    bias=REGISTERED,
)
def distance_culture_centre_km(culture_centre_person_km: pd.Series, culture_access_residents: pd.Series) -> pd.Series:
    """Mean distance from home to the nearest culture centre (km)."""
    return culture_centre_person_km / culture_access_residents


@within_5km_of(
    title=Text("Kultūras centrs ar bezmaksas Wi-Fi 5 km attālumā", "Within 5 km of a culture centre with free Wi-Fi"),
    short=Text("Bezmaksas Wi-Fi 5 km attālumā", "Free Wi-Fi within 5 km"),
    nearest=Text("kultūras centrs ar bezmaksas Wi-Fi", "a culture centre with free Wi-Fi"),
    bias=Text(
        "Kultūras centri paši atbildējuši, vai tajos ir bezmaksas Wi-Fi; cik ilgi tas pieejams un cik ātrs tas ir, "
        "nav zināms. Bibliotēkas, kurās internets ir bez maksas, šeit nav skaitītas. Attālumu mēra taisnā līnijā.",
        "The centres said by themselves whether they have free Wi-Fi; how long it can be used, and how fast it is, is "
        "not known. Libraries, which offer free internet, do not count here. Distances are straight lines.",
    ),
    factors=(8,),
)
def within5km_culture_wifi_share(
    culture_wifi_residents_5km: pd.Series, culture_access_residents: pd.Series
) -> pd.Series:
    """Residents within 5 km of a culture centre with free Wi-Fi per 100 residents (%)."""
    return 100 * culture_wifi_residents_5km / culture_access_residents


@distance_to(
    title=Text("Attālums līdz autobusa pieturai", "Distance to a bus stop"),
    short=Text("Līdz autobusa pieturai", "To a bus stop"),
    nearest=Text("tuvākajai reģionālā autobusa pieturai", "the nearest stop of a regional bus"),
    bias=Text(
        "Skaita pieturas, nevis reisus: autobuss var piestāt reizi nedēļā. Pilsētu pašu satiksmes pieturas lielākoties "
        "nav iekļautas, tāpēc pilsētās attālums ir pārspīlēts. Attālumu mēra taisnā līnijā no 1 km šūnas centra, tāpēc "
        "daži simti metru ir precizitātes robeža.",
        "Counts stops, not trips: a bus may call once a week. Most stops of the towns' own transport are not included, "
        "so distances in towns are overstated. Distances are straight lines from the centre of a 1 km cell, so a few "
        "hundred metres are the limit of precision.",
    ),
    better="neither",
    factors=(4,),
)
def distance_bus_stop_km(bus_stop_person_km: pd.Series, bus_stop_access_residents: pd.Series) -> pd.Series:
    """Mean distance from home to the nearest stop of a regional bus (km)."""
    return bus_stop_person_km / bus_stop_access_residents
