"""Digital capability: broadband that is measured or can be ordered; skills modelled from national rates by age."""

from __future__ import annotations

from functools import partial

import pandas as pd

from data.model import Text
from indicators.model import Goalposts, indicator
from indicators.people import PER_CENT

LEAST_TESTS = (("ookla_tests", 30.0), ("ookla_devices", 10.0))

WHO_TESTS = Text(
    "Mēra tikai tie, kuri paši veic ātruma testu, – biežāk pilsētās un, iespējams, tad, ja ar savienojumu kas nav "
    "kārtībā; rāda lietotos pieslēgumus, nevis to, ko varētu pasūtīt. Zem 30 testiem vai 10 ierīcēm bāze ir maza: "
    "vērtību sauc par aplēsi, un vērtējumos tās vietā lieto vērtību, ko papildina novada pārējie pagasti (pilsētām – "
    "pilsētas).",
    "Only people who run a speed test are measured, more often in towns and perhaps when something is wrong; it shows "
    "connections in use, not what could be ordered. Below 30 tests or 10 devices the base is small: the value is "
    "called an estimate, and scores use one in its place that borrows from the municipality's other parishes (a town: "
    "other towns).",
)
WHERE_MEASURED = Text(
    "Attiecas tikai uz iedzīvotājiem, kuru 1 km šūnā kāds ir mērījis; cik no visiem tie ir, rāda pārklājums. Viens "
    "ātrs pieslēgums nenozīmē, ka tāds ir arī kaimiņam. Zem 30 testiem vai 10 ierīcēm vērtību sauc par aplēsi, un "
    "vērtējumos tās vietā lieto vērtību, ko papildina novada pārējie pagasti (pilsētām – pilsētas).",
    "Speaks only of residents in whose 1 km cell somebody measured; the coverage tells how many they are. One fast "
    "connection does not mean that the neighbour has one. Below 30 tests or 10 devices the value is called an "
    "estimate, and scores use one in its place that borrows from the municipality's other parishes (a town: other "
    "towns).",
)
MEGABITS = Text("Mbit/s", "Mbit/s")


@indicator(
    title=Text("Izmērītais lejupielādes ātrums", "Measured download speed"),
    short=Text("Lejupielāde", "Download"),
    definition=Text(
        "Cik ātri dati vidēji lejupielādēti šeit veiktajos fiksētā interneta ātruma testos.",
        "How fast data came down on average in the fixed-internet speed tests run here.",
    ),
    formula=Text("Σ (testi × lejupielādes ātrums) ÷ testi", "Σ (tests × download speed) ÷ tests"),
    unit=MEGABITS,
    decimals=0,
    better="higher",
    theme="coverage",
    factors=(8,),
    scale="log",
    goalposts=Goalposts(
        10,
        300,
        Text(
            "No ātruma, kas tik tikko der videozvanam, līdz labam optiskajam pieslēgumam; logaritmiski.",
            "From a speed that just carries a video call to a good fibre connection; logarithmic.",
        ),
    ),
    minimum=LEAST_TESTS,
    borrows=True,
    bias=WHO_TESTS,
)
def download_mbps(ookla_download_sum: pd.Series, ookla_tests: pd.Series) -> pd.Series:
    """Mean download speed of the tests (Mbit/s)."""
    return ookla_download_sum / ookla_tests


@indicator(
    title=Text("Izmērītais augšupielādes ātrums", "Measured upload speed"),
    short=Text("Augšupielāde", "Upload"),
    definition=Text(
        "Cik ātri dati vidēji augšupielādēti šeit veiktajos fiksētā interneta ātruma testos.",
        "How fast data went up on average in the fixed-internet speed tests run here.",
    ),
    formula=Text("Σ (testi × augšupielādes ātrums) ÷ testi", "Σ (tests × upload speed) ÷ tests"),
    unit=MEGABITS,
    decimals=0,
    better="higher",
    theme="coverage",
    factors=(8,),
    scale="log",
    goalposts=Goalposts(
        2,
        100,
        Text(
            "No ātruma, kas tik tikko der videozvanam, līdz tādam, ar kuru mājās var strādāt bez ierobežojumiem; "
            "logaritmiski.",
            "From a speed that just carries a video call to one that lets people work at home freely; logarithmic.",
        ),
    ),
    minimum=LEAST_TESTS,
    borrows=True,
    bias=WHO_TESTS,
)
def upload_mbps(ookla_upload_sum: pd.Series, ookla_tests: pd.Series) -> pd.Series:
    """Mean upload speed of the tests (Mbit/s)."""
    return ookla_upload_sum / ookla_tests


@indicator(
    title=Text("Izmērītais latentums (aizture)", "Measured latency"),
    short=Text("Latentums", "Latency"),
    definition=Text(
        "Cik milisekunžu vidēji paiet, līdz pienāk atbilde no tīkla (jo mazāk, jo labāk).",
        "How many milliseconds pass on average until an answer arrives from the network (the fewer, the better).",
    ),
    formula=Text("Σ (testi × latentums) ÷ testi", "Σ (tests × latency) ÷ tests"),
    unit=Text("ms", "ms"),
    decimals=0,
    better="lower",
    theme="coverage",
    factors=(8,),
    goalposts=Goalposts(
        80,
        5,
        Text(
            "No aiztures, kas traucē sarunai, līdz tādai, kāda ir parastam optiskajam pieslēgumam.",
            "From a delay that disturbs a conversation to that of an ordinary fibre connection.",
        ),
    ),
    minimum=LEAST_TESTS,
    borrows=True,
    bias=WHO_TESTS,
)
def latency_ms(ookla_latency_sum: pd.Series, ookla_tests: pd.Series) -> pd.Series:
    """Mean latency of the tests (ms)."""
    return ookla_latency_sum / ookla_tests


@indicator(
    title=Text("Interneta ātruma mērījumi", "Broadband speed tests"),
    short=Text("Ātruma mērījumi", "Speed tests"),
    definition=Text(
        "Cik fiksētā interneta ātruma testu ceturksnī šeit veikts.",
        "How many speed tests of fixed internet were run here in the quarter.",
    ),
    formula=Text("Testu skaits", "Number of tests"),
    unit=Text("testi", "tests"),
    decimals=0,
    better="neither",
    theme="coverage",
    mark="circles",
    scale="log",
    bias=Text(
        "Šūnas pieskaitītas teritorijai, kurā ir to centrs; šūnas ārpus Latvijas nav ieskaitītas.",
        "A cell belongs to the territory of its centre; cells outside Latvia are left out.",
    ),
)
def broadband_tests(ookla_tests: pd.Series) -> pd.Series:
    """Speed tests of fixed internet in the quarter (number)."""
    return ookla_tests


@indicator(
    title=Text("Ierīces, ar kurām mērīts internets", "Devices that ran speed tests"),
    short=Text("Mērījumu ierīces", "Devices with tests"),
    definition=Text(
        "Ar cik ierīcēm ceturksnī šeit mērīts fiksētā interneta ātrums.",
        "How many devices were used for the speed tests of fixed internet run here in the quarter.",
    ),
    formula=Text("Σ ierīces pa 350 m šūnām", "Σ devices over the cells of 350 m"),
    unit=Text("ierīces", "devices"),
    decimals=0,
    better="neither",
    theme="coverage",
    mark="circles",
    scale="log",
    bias=Text(
        "Ierīce, ar kuru mērīts vairākās šūnās, skaitīta katrā no tām.",
        "A device that was used in several cells counts in each of them.",
    ),
)
def broadband_devices(ookla_devices: pd.Series) -> pd.Series:
    """Devices that ran speed tests of fixed internet in the quarter (number)."""
    return ookla_devices


@indicator(
    title=Text("Ātruma mērījumi uz 1000 iedzīvotājiem", "Speed tests per 1,000 residents"),
    short=Text("Mērījumi uz 1000 iedz.", "Tests per 1,000"),
    definition=Text(
        "Cik fiksētā interneta ātruma testu ceturksnī veikts uz katriem 1000 iedzīvotājiem.",
        "How many speed tests of fixed internet were run in the quarter for every 1,000 residents.",
    ),
    formula=Text("1000 × testi ÷ iedzīvotāji 2021. gada režģī", "1,000 × tests ÷ residents of the 2021 grid"),
    unit=Text("uz 1000 iedzīvotājiem", "per 1,000 residents"),
    decimals=0,
    better="neither",
    theme="coverage",
    numerator="ookla_tests",
    base="ookla_grid_residents",
    bias=WHO_TESTS,
)
def broadband_tests_rate(ookla_tests: pd.Series, ookla_grid_residents: pd.Series) -> pd.Series:
    """Speed tests in the quarter per 1,000 residents of the 2021 grid."""
    return 1000 * ookla_tests / ookla_grid_residents


@indicator(
    title=Text("Iedzīvotāji vietās, kur mērīts internets", "Residents where internet was measured"),
    short=Text("Kur mērīts internets", "Where it was measured"),
    definition=Text(
        "Cik no katriem 100 iedzīvotājiem dzīvo kvadrātkilometrā, kurā ceturksnī veikts vismaz viens ātruma tests.",
        "How many of every 100 residents live in a square kilometre with at least one speed test in the quarter.",
    ),
    formula=Text(
        "100 × iedzīvotāji 1 km šūnās ar vismaz vienu mērījumu ÷ iedzīvotāji",
        "100 × residents of 1 km cells with at least one test ÷ residents",
    ),
    unit=PER_CENT,
    decimals=0,
    better="neither",
    theme="coverage",
    factors=(7,),
    base="ookla_grid_residents",
    bias=Text("Vieta bez mērījuma nav vieta bez interneta.", "A place without a test is not a place without internet."),
)
def broadband_measured_share(ookla_residents_measured: pd.Series, ookla_grid_residents: pd.Series) -> pd.Series:
    """Residents of 1 km cells with a test per 100 residents (%)."""
    return 100 * ookla_residents_measured / ookla_grid_residents


@indicator(
    title=Text("Iedzīvotāji vietās ar vismaz 30 Mbit/s", "Residents where at least 30 Mbit/s is measured"),
    short=Text("Vismaz 30 Mbit/s", "At least 30 Mbit/s"),
    definition=Text(
        "Cik no katriem 100 iedzīvotājiem, kuru apkaimē internets ir mērīts, dzīvo kvadrātkilometrā, kur izmērītā "
        "lejupielāde vidēji ir vismaz 30 Mbit/s.",
        "Of every 100 residents around whom internet was measured, how many live in a square kilometre with a mean "
        "measured download of at least 30 Mbit/s.",
    ),
    formula=Text(
        "100 × iedzīvotāji 1 km šūnās ar vidējo lejupielādi ≥ 30 Mbit/s ÷ iedzīvotāji 1 km šūnās ar mērījumiem",
        "100 × residents of 1 km cells with a mean download ≥ 30 Mbit/s ÷ residents of 1 km cells with tests",
    ),
    unit=PER_CENT,
    decimals=0,
    better="higher",
    theme="coverage",
    factors=(8,),
    goalposts=Goalposts(
        0,
        100,
        Text(
            "30 Mbit/s visiem bija Eiropas digitālās programmas mērķis 2020. gadam.",
            "30 Mbit/s for all was the goal of the Digital Agenda for Europe for 2020.",
        ),
    ),
    base="ookla_residents_measured",
    minimum=LEAST_TESTS,
    borrows=True,
    coverage=("ookla_residents_measured", "ookla_grid_residents"),
    bias=WHERE_MEASURED,
)
def residents_30mbps_share(ookla_residents_30mbps: pd.Series, ookla_residents_measured: pd.Series) -> pd.Series:
    """Residents of cells measured at 30 Mbit/s or more per 100 residents of measured cells (%)."""
    return 100 * ookla_residents_30mbps / ookla_residents_measured


@indicator(
    title=Text("Iedzīvotāji vietās ar vismaz 100 Mbit/s", "Residents where at least 100 Mbit/s is measured"),
    short=Text("Vismaz 100 Mbit/s", "At least 100 Mbit/s"),
    definition=Text(
        "Cik no katriem 100 iedzīvotājiem, kuru apkaimē internets ir mērīts, dzīvo kvadrātkilometrā, kur izmērītā "
        "lejupielāde vidēji ir vismaz 100 Mbit/s.",
        "Of every 100 residents around whom internet was measured, how many live in a square kilometre with a mean "
        "measured download of at least 100 Mbit/s.",
    ),
    formula=Text(
        "100 × iedzīvotāji 1 km šūnās ar vidējo lejupielādi ≥ 100 Mbit/s ÷ iedzīvotāji 1 km šūnās ar mērījumiem",
        "100 × residents of 1 km cells with a mean download ≥ 100 Mbit/s ÷ residents of 1 km cells with tests",
    ),
    unit=PER_CENT,
    decimals=0,
    better="higher",
    theme="coverage",
    factors=(8,),
    goalposts=Goalposts(
        0,
        100,
        Text(
            "100 Mbit/s visām mājsaimniecībām ir Eiropas gigabitu sabiedrības mērķis 2025. gadam.",
            "100 Mbit/s for all households is the goal of the European gigabit society for 2025.",
        ),
    ),
    base="ookla_residents_measured",
    minimum=LEAST_TESTS,
    borrows=True,
    coverage=("ookla_residents_measured", "ookla_grid_residents"),
    bias=WHERE_MEASURED,
)
def residents_100mbps_share(ookla_residents_100mbps: pd.Series, ookla_residents_measured: pd.Series) -> pd.Series:
    """Residents of cells measured at 100 Mbit/s or more per 100 residents of measured cells (%)."""
    return 100 * ookla_residents_100mbps / ookla_residents_measured


CAN_BE_ORDERED = Text(
    "Rāda, ko adresē var pasūtīt, nevis to, ko cilvēki lieto vai kāds ātrums izmērīts. Atklāta faila ar šiem skaitļiem "
    "nav: tos iesniedz tas, kam tie ir, un pārbaudīt tos šeit nevar.",
    "Shows what can be ordered at an address, not what people use or what speed is measured. There is no open file of "
    "these figures: whoever has them supplies them, and they cannot be checked here.",
)
DECADE = Text(
    "Digitālās desmitgades mērķis 2030. gadam: ļoti ātrs tīkls visām mājsaimniecībām.",
    "The Digital Decade goal for 2030: a very fast network for all households.",
)
OF_ADDRESSES = "100 × adreses, kurās tas pieejams ÷ visas saskaitītās adreses"
OF_ADDRESSES_EN = "100 × addresses where it is available ÷ all addresses counted"
available = partial(
    indicator,
    formula=Text(OF_ADDRESSES, OF_ADDRESSES_EN),
    unit=PER_CENT,
    decimals=0,
    better="higher",
    theme="coverage",
    factors=(8,),
    goalposts=Goalposts(0, 100, DECADE),
    bias=CAN_BE_ORDERED,
)
"""Declares what can be ordered: only title, short name and definition differ."""


@available(
    title=Text("Adreses, kur var pasūtīt vismaz 30 Mbit/s", "Addresses that can order at least 30 Mbit/s"),
    short=Text("Var pasūtīt 30 Mbit/s", "30 Mbit/s available"),
    definition=Text(
        "Cik no katrām 100 adresēm var pasūtīt internetu ar ātrumu vismaz 30 Mbit/s.",
        "Of every 100 addresses, how many can order internet of at least 30 Mbit/s.",
    ),
)
def available_30mbps_share(addresses_30mbps: pd.Series, addresses: pd.Series) -> pd.Series:
    """Addresses of that availability per 100 addresses (%)."""
    return 100 * addresses_30mbps / addresses


@available(
    title=Text("Adreses, kur var pasūtīt vismaz 100 Mbit/s", "Addresses that can order at least 100 Mbit/s"),
    short=Text("Var pasūtīt 100 Mbit/s", "100 Mbit/s available"),
    definition=Text(
        "Cik no katrām 100 adresēm var pasūtīt internetu ar ātrumu vismaz 100 Mbit/s.",
        "Of every 100 addresses, how many can order internet of at least 100 Mbit/s.",
    ),
)
def available_100mbps_share(addresses_100mbps: pd.Series, addresses: pd.Series) -> pd.Series:
    """Addresses of that availability per 100 addresses (%)."""
    return 100 * addresses_100mbps / addresses


@available(
    title=Text("Adreses, kur var pasūtīt vismaz 1000 Mbit/s", "Addresses that can order at least 1,000 Mbit/s"),
    short=Text("Var pasūtīt 1000 Mbit/s", "1,000 Mbit/s available"),
    definition=Text(
        "Cik no katrām 100 adresēm var pasūtīt internetu ar ātrumu vismaz 1000 Mbit/s.",
        "Of every 100 addresses, how many can order internet of at least 1,000 Mbit/s.",
    ),
)
def available_1000mbps_share(addresses_1000mbps: pd.Series, addresses: pd.Series) -> pd.Series:
    """Addresses of that availability per 100 addresses (%)."""
    return 100 * addresses_1000mbps / addresses


@available(
    title=Text("Adreses, kur pieejams ļoti augstas veiktspējas tīkls", "Addresses with a very high capacity network"),
    short=Text("Ļoti augstas veiktspējas tīkls", "Very high capacity network"),
    definition=Text(
        "Cik no katrām 100 adresēm sasniedz ļoti augstas veiktspējas tīkls (optika līdz ēkai vai līdzvērtīgs).",
        "Of every 100 addresses, how many a very high capacity network reaches (fibre to the building, or as good).",
    ),
)
def available_vhcn_share(addresses_vhcn: pd.Series, addresses: pd.Series) -> pd.Series:
    """Addresses of that availability per 100 addresses (%)."""
    return 100 * addresses_vhcn / addresses


LEAST_MOBILE_TESTS = (("mobile_tests", 30.0), ("mobile_devices", 10.0))
WHO_TESTS_MOBILE = Text(
    "Mēra tikai tie, kuri paši ar tālruni veic ātruma testu, un tur, kur tobrīd atrodas, – arī caurbraucēji. Operatori "
    "nav nošķirti. Zem 30 testiem vai 10 ierīcēm bāze ir maza: vērtību sauc par aplēsi, un vērtējumos tās vietā lieto "
    "vērtību, ko papildina novada pārējie pagasti (pilsētām – pilsētas).",
    "Only people who run a speed test on a phone are measured, and where they are at that time, passers-by included. "
    "Operators are not told apart. Below 30 tests or 10 devices the base is small: the value is called an estimate, "
    "and scores use one in its place that borrows from the municipality's other parishes (a town: other towns).",
)


@indicator(
    title=Text("Izmērītā mobilā lejupielāde", "Measured mobile download speed"),
    short=Text("Mobilā lejupielāde", "Mobile download"),
    definition=Text(
        "Cik ātri dati vidēji lejupielādēti šeit veiktajos mobilā interneta ātruma testos.",
        "How fast data came down on average in the mobile-internet speed tests run here.",
    ),
    formula=Text("Σ (mobilie testi × lejupielādes ātrums) ÷ testi", "Σ (mobile tests × download speed) ÷ tests"),
    unit=MEGABITS,
    decimals=0,
    better="higher",
    theme="coverage",
    factors=(8,),
    scale="log",
    goalposts=Goalposts(
        5,
        200,
        Text(
            "No ātruma, kas tik tikko der videozvanam ceļā, līdz labam 5G savienojumam; logaritmiski.",
            "From a speed that just carries a video call on the way to a good 5G connection; logarithmic.",
        ),
    ),
    minimum=LEAST_MOBILE_TESTS,
    borrows=True,
    bias=WHO_TESTS_MOBILE,
)
def mobile_download_mbps(mobile_download_sum: pd.Series, mobile_tests: pd.Series) -> pd.Series:
    """Mean download speed of the mobile tests (Mbit/s)."""
    return mobile_download_sum / mobile_tests


@indicator(
    title=Text("Izmērītā mobilā augšupielāde", "Measured mobile upload speed"),
    short=Text("Mobilā augšupielāde", "Mobile upload"),
    definition=Text(
        "Cik ātri dati vidēji augšupielādēti šeit veiktajos mobilā interneta ātruma testos.",
        "How fast data went up on average in the mobile-internet speed tests run here.",
    ),
    formula=Text("Σ (mobilie testi × augšupielādes ātrums) ÷ testi", "Σ (mobile tests × upload speed) ÷ tests"),
    unit=MEGABITS,
    decimals=0,
    better="higher",
    theme="coverage",
    factors=(8,),
    scale="log",
    goalposts=Goalposts(
        1,
        50,
        Text(
            "No ātruma, kas tik tikko der sarunai, līdz tādam, ar kuru ātri nosūta attēlus un video; logaritmiski.",
            "From a speed that just carries a conversation to one that sends pictures and video quickly; logarithmic.",
        ),
    ),
    minimum=LEAST_MOBILE_TESTS,
    borrows=True,
    bias=WHO_TESTS_MOBILE,
)
def mobile_upload_mbps(mobile_upload_sum: pd.Series, mobile_tests: pd.Series) -> pd.Series:
    """Mean upload speed of the mobile tests (Mbit/s)."""
    return mobile_upload_sum / mobile_tests


@indicator(
    title=Text("Izmērītais mobilais latentums", "Measured mobile latency"),
    short=Text("Mobilais latentums", "Mobile latency"),
    definition=Text(
        "Cik milisekunžu vidēji paiet, līdz mobilajā tīklā pienāk atbilde (jo mazāk, jo labāk).",
        "How many milliseconds pass on average until an answer arrives by the mobile network (the fewer, the better).",
    ),
    formula=Text("Σ (mobilie testi × latentums) ÷ testi", "Σ (mobile tests × latency) ÷ tests"),
    unit=Text("ms", "ms"),
    decimals=0,
    better="lower",
    theme="coverage",
    factors=(8,),
    goalposts=Goalposts(
        100,
        15,
        Text(
            "No aiztures, kas traucē sarunai, līdz labam mobilajam tīklam.",
            "From a delay that disturbs a conversation to a good mobile network.",
        ),
    ),
    minimum=LEAST_MOBILE_TESTS,
    borrows=True,
    bias=WHO_TESTS_MOBILE,
)
def mobile_latency_ms(mobile_latency_sum: pd.Series, mobile_tests: pd.Series) -> pd.Series:
    """Mean latency of the mobile tests (ms)."""
    return mobile_latency_sum / mobile_tests


@indicator(
    title=Text("Iedzīvotāji vietās ar vismaz 30 Mbit/s mobilajā tīklā", "Residents where mobile reaches 30 Mbit/s"),
    short=Text("Mobilais vismaz 30 Mbit/s", "Mobile at least 30 Mbit/s"),
    definition=Text(
        "Cik no katriem 100 iedzīvotājiem, kuru apkaimē mobilais internets ir mērīts, dzīvo kvadrātkilometrā, kur "
        "izmērītā lejupielāde vidēji ir vismaz 30 Mbit/s.",
        "Of every 100 residents around whom mobile internet was measured, how many live in a square kilometre with a "
        "mean measured download of at least 30 Mbit/s.",
    ),
    formula=Text(
        "100 × iedzīvotāji 1 km šūnās ar vidējo mobilo lejupielādi ≥ 30 Mbit/s ÷ iedzīvotāji šūnās ar mērījumiem",
        "100 × residents of 1 km cells with a mean mobile download ≥ 30 Mbit/s ÷ residents of cells with tests",
    ),
    unit=PER_CENT,
    decimals=0,
    better="higher",
    theme="coverage",
    factors=(8,),
    goalposts=Goalposts(0, 100, Text("No neviena līdz visiem iedzīvotājiem.", "From no resident to all of them.")),
    base="mobile_residents_measured",
    minimum=LEAST_MOBILE_TESTS,
    borrows=True,
    coverage=("mobile_residents_measured", "mobile_grid_residents"),
    bias=WHO_TESTS_MOBILE,
)
def mobile_30mbps_share(mobile_residents_30mbps: pd.Series, mobile_residents_measured: pd.Series) -> pd.Series:
    """Residents of cells with mobile tests at 30 Mbit/s or more per 100 residents of cells with mobile tests (%)."""
    return 100 * mobile_residents_30mbps / mobile_residents_measured


YOUNG_OF_WORKING_AGE, MIDDLE_OF_WORKING_AGE, LATE_OF_WORKING_AGE = 0.2, 0.6, 0.2
"""Ages 15-24, 25-54 and 55-64 within working age, in years of age: ten, thirty and ten of fifty."""

ONLY_AGE = Text(
    "Atšķirības starp vietām rodas tikai no iedzīvotāju vecuma: izglītība, ienākumi un interneta pieejamība nav ņemta "
    "vērā, tāpēc īstās atšķirības, visticamāk, ir lielākas, un laukos kopumā aplēse, iespējams, ir par augstu. "
    "Pensijas vecumam izmantots 55–74 gadu vecuma rādītājs, lai gan daļa ir vecāki. Ja šī gada vecumstruktūra nav "
    "publicēta, ņemta jaunākā, ne vairāk kā divus gadus veca. Valsts rādītāji, no kuriem rēķināts, ir nosaukti "
    "metodikā.",
    "Places differ only by the age of their residents: education, income and access to internet are left out, so the "
    "true differences are probably larger and the estimate for the countryside may be too high. For retirement age "
    "the rate of ages 55-74 is used, though some are older. Where the age structure of the year is unpublished, the "
    "newest at most two years old is taken. The methodology names the national figures it rests on.",
)
BENCHMARKED = Text(
    "k × (darbspējas vecuma īpatsvars × (0,2 × rādītājs 16–24 + 0,6 × rādītājs 25–54 + 0,2 × rādītājs 55–74) + "
    "pensijas vecuma īpatsvars × rādītājs 55–74); īpatsvari pieaugušo vidū; k ir viens visai Latvijai un tāds, ka tās "
    "kopējā vērtība sakrīt ar publicēto",
    "k × (share of working age × (0.2 × rate at 16-24 + 0.6 × rate at 25-54 + 0.2 × rate at 55-74) + share over "
    "working age × rate at 55-74); shares among adults; k is one for all Latvia, such that its total equals the "
    "published rate",
)


def modelled_from_age(
    young: pd.Series,
    middle: pd.Series,
    late: pd.Series,
    published: pd.Series,
    working: pd.Series,
    older: pd.Series,
    working_lv: pd.Series,
    older_lv: pd.Series,
) -> pd.Series:
    """A share estimated from national rates by age and the place's own ages, benchmarked to the national rate (%).

    Parameters
    ----------
    young, middle, late, published
        National rates (%) at ages 16-24, 25-54, 55-74 and 16-74.
    working, older, working_lv, older_lv
        Residents of and over working age, here and in the country.

    Notes
    -----
    A synthetic estimate with a ratio benchmark: the expected rate e = (W r_W + O r_O) / (W + O) with
    r_W = 0.2 young + 0.6 middle + 0.2 late and r_O = late, times published / e of the country.
    """
    rate = YOUNG_OF_WORKING_AGE * young + MIDDLE_OF_WORKING_AGE * middle + LATE_OF_WORKING_AGE * late
    expected = (working * rate + older * late) / (working + older)
    national = (working_lv * rate + older_lv * late) / (working_lv + older_lv)
    return expected * published / national


@indicator(
    title=Text("Digitālās pamatprasmes (aplēse)", "Basic digital skills (estimate)"),
    short=Text("Pamatprasmes (aplēse)", "Basic skills (estimate)"),
    definition=Text(
        "Aplēse, nevis mērījums: cik no katriem 100 pieaugušajiem būtu vismaz digitālās pamatprasmes, ja katrā vecumā "
        "tās būtu tādas kā Latvijā vidēji.",
        "An estimate, not a measurement: how many of every 100 adults would have at least basic digital skills if "
        "people of each age had those of Latvia on average.",
    ),
    formula=BENCHMARKED,
    unit=PER_CENT,
    better="higher",
    theme="skills",
    factors=(8,),
    estimated=True,
    goalposts=Goalposts(
        20,
        80,
        Text(
            "80 % ir Eiropas digitālās desmitgades mērķis 2030. gadam.",
            "80% is the goal of the EU Digital Decade for 2030.",
        ),
    ),
    minimum=(("residents__held2", 100),),
    bias=ONLY_AGE,
)
def basic_skills_share(
    ict_basic_skills_16_24: pd.Series,
    ict_basic_skills_25_54: pd.Series,
    ict_basic_skills_55_74: pd.Series,
    ict_basic_skills_16_74: pd.Series,
    residents_working_age__held2: pd.Series,
    residents_over_working_age__held2: pd.Series,
    residents_working_age__held2__lv: pd.Series,
    residents_over_working_age__held2__lv: pd.Series,
) -> pd.Series:
    """Estimated share of adults with at least basic digital skills (%)."""
    return modelled_from_age(
        ict_basic_skills_16_24,
        ict_basic_skills_25_54,
        ict_basic_skills_55_74,
        ict_basic_skills_16_74,
        residents_working_age__held2,
        residents_over_working_age__held2,
        residents_working_age__held2__lv,
        residents_over_working_age__held2__lv,
    )


@indicator(
    title=Text("Interneta lietotāji (aplēse)", "Internet users (estimate)"),
    short=Text("Lieto internetu (aplēse)", "Use internet (estimate)"),
    definition=Text(
        "Aplēse, nevis mērījums: cik no katriem 100 pieaugušajiem pēdējos trīs mēnešos būtu lietojuši internetu, ja "
        "katrā vecumā to darītu tikpat bieži kā Latvijā vidēji.",
        "An estimate, not a measurement: how many of every 100 adults would have used the internet in the last three "
        "months if people of each age did so as in Latvia on average.",
    ),
    formula=BENCHMARKED,
    unit=PER_CENT,
    better="higher",
    theme="skills",
    factors=(8,),
    estimated=True,
    goalposts=Goalposts(
        70,
        100,
        Text(
            "Apakšā – zem 55–74 gadu vecuma grupas līmeņa 2021. gadā (80 %); augšā – visi iedzīvotāji.",
            "Below: less than the rate at ages 55-74 in 2021 (80%); above: everybody.",
        ),
    ),
    minimum=(("residents__held2", 100),),
    bias=ONLY_AGE,
)
def online_share(
    ict_online_16_24: pd.Series,
    ict_online_25_54: pd.Series,
    ict_online_55_74: pd.Series,
    ict_individuals_online: pd.Series,
    residents_working_age__held2: pd.Series,
    residents_over_working_age__held2: pd.Series,
    residents_working_age__held2__lv: pd.Series,
    residents_over_working_age__held2__lv: pd.Series,
) -> pd.Series:
    """Estimated share of adults who used the internet in the last three months (%)."""
    return modelled_from_age(
        ict_online_16_24,
        ict_online_25_54,
        ict_online_55_74,
        ict_individuals_online,
        residents_working_age__held2,
        residents_over_working_age__held2,
        residents_working_age__held2__lv,
        residents_over_working_age__held2__lv,
    )
