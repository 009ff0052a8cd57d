"""People: how many, how old, more or fewer than before."""

from __future__ import annotations

import pandas as pd

from data.model import Text
from indicators.model import Goalposts, indicator

PER_CENT = Text("%", "%")
PER_1000 = Text("uz 1000 iedzīvotājiem", "per 1,000 residents")

DECLARED = Text(
    "Skaita deklarētos iedzīvotājus; daļa no viņiem patiesībā dzīvo citur: 2021. gadā deklarēto valstī bija par 9 % "
    "vairāk nekā tautas skaitīšanā saskaitīto.",
    "Counts declared residents; some of them actually live elsewhere: in 2021 the country had 9% more declared "
    "residents than the census counted.",
)
MOVED_BORDERS = Text(
    "Skaita deklarētos iedzīvotājus. Ja šajos gados pārcelta robeža starp pilsētu un pagastu (piemēram, Siguldā "
    "2021. gadā), šo vietu vērtības nerāda, jo mainījusies robeža, nevis iedzīvotāju skaits, un visu pagastu kopējā "
    "vērtībā tās nepiedalās; novada vērtība paliek.",
    "Counts declared residents. Where the border between a town and a parish moved in these years (Sigulda in 2021, "
    "for example), the values of both are withheld, because the border changed and not the residents, and they have "
    "no part in the value of all parishes together; that of the municipality stays.",
)
RETIREMENT_AGE = Text(
    "Darbspējas vecuma augšējā robeža ir pensijas vecums, kas mainās, tāpēc gadi pirms 2022. gada nav tieši "
    "salīdzināmi ar vēlākajiem. Skaita deklarētos iedzīvotājus.",
    "The upper end of working age is the retirement age, which moves, so years before 2022 do not compare directly "
    "with later ones. Counts declared residents.",
)
CENSUS_CELLS = Text(
    "Šūnas, kurās dati ir konfidenciāli, nav ieskaitītas; cik iedzīvotāju aptverts, rāda pārklājums.",
    "Cells with suppressed figures are left out; the coverage tells how many residents are spoken for.",
)
GRID_BORDERS = Text(
    "Ja šūna skar vairākas teritorijas, tās iedzīvotāji sadalīti starp tām pēc platības un apdzīvotības blīvuma, "
    "tāpēc mazās pilsētās un tām blakus esošajos pagastos skaitlis ir aptuvens.",
    "Where a cell touches several territories, its residents are divided by area and density of settlement, so "
    "figures of small towns and of the parishes around them are approximate.",
)


@indicator(
    title=Text("Iedzīvotāju skaits", "Residents"),
    definition=Text(
        "Cik iedzīvotāju gada sākumā šeit ir deklarējuši savu dzīvesvietu.",
        "How many people have their declared place of residence here at the beginning of the year.",
    ),
    formula=Text("Deklarēto iedzīvotāju skaits", "Number of declared residents"),
    unit=Text("iedzīvotāji", "residents"),
    decimals=0,
    better="neither",
    theme="people",
    mark="circles",
    scale="log",
    bias=DECLARED,
)
def residents(residents: pd.Series) -> pd.Series:
    """Declared residents at the beginning of the year (number)."""
    return residents


@indicator(
    title=Text("Iedzīvotāju blīvums", "Population density"),
    definition=Text(
        "Cik deklarēto iedzīvotāju ir uz vienu kvadrātkilometru.",
        "How many declared residents there are on each square kilometre.",
    ),
    formula=Text(
        "Deklarētie iedzīvotāji, dalīti ar teritorijas platību (km²)", "Declared residents divided by the area in km²"
    ),
    unit=Text("iedz./km²", "per km²"),
    better="neither",
    theme="people",
    scale="log",
    bias=Text(
        "Platība mērīta tagadējās, vispārinātās robežās un ietver arī iekšzemes ūdeņus; gadus pirms robežas "
        "pārcelšanas nerāda.",
        "The area is that within the present, generalised boundaries and includes inland waters; years before a "
        "border moved are not shown.",
    ),
)
def density(residents: pd.Series, area_km2: pd.Series) -> pd.Series:
    """Declared residents per square kilometre."""
    return residents / area_km2


CHANGE_REASON = Text(
    "Aptuveni pagastu sliktākā un labākā divdesmitdaļa, noapaļota.",
    "About the worst and the best twentieth of parishes, rounded.",
)


@indicator(
    title=Text("Iedzīvotāju skaita izmaiņas 5 gados", "Population change over 5 years"),
    short=Text("Izmaiņas 5 gados", "Change over 5 years"),
    definition=Text(
        "Par cik procentiem deklarēto iedzīvotāju skaits mainījies piecos gados.",
        "By how many per cent the number of declared residents changed in five years.",
    ),
    formula=Text(
        "100 × (iedzīvotāji šogad ÷ iedzīvotāji pirms 5 gadiem − 1)",
        "100 × (residents this year ÷ residents 5 years before − 1)",
    ),
    unit=PER_CENT,
    better="higher",
    theme="people",
    goalposts=Goalposts(-20, 5, CHANGE_REASON),
    base="residents__lag5",
    bias=MOVED_BORDERS,
)
def population_change_5y(residents: pd.Series, residents__lag5: pd.Series) -> pd.Series:
    """Change of the number of declared residents against five years before (%)."""
    return 100 * (residents / residents__lag5 - 1)


@indicator(
    title=Text("Iedzīvotāju skaita izmaiņas 10 gados", "Population change over 10 years"),
    short=Text("Izmaiņas 10 gados", "Change over 10 years"),
    definition=Text(
        "Par cik procentiem deklarēto iedzīvotāju skaits mainījies desmit gados.",
        "By how many per cent the number of declared residents changed in ten years.",
    ),
    formula=Text(
        "100 × (iedzīvotāji šogad ÷ iedzīvotāji pirms 10 gadiem − 1)",
        "100 × (residents this year ÷ residents 10 years before − 1)",
    ),
    unit=PER_CENT,
    better="higher",
    theme="people",
    goalposts=Goalposts(-30, 5, CHANGE_REASON),
    base="residents__lag10",
    bias=MOVED_BORDERS,
)
def population_change_10y(residents: pd.Series, residents__lag10: pd.Series) -> pd.Series:
    """Change of the number of declared residents against ten years before (%)."""
    return 100 * (residents / residents__lag10 - 1)


@indicator(
    title=Text("Iedzīvotāji līdz darbspējas vecumam", "Residents under working age"),
    short=Text("Līdz darbspējas vecumam", "Under working age"),
    definition=Text(
        "Cik no katriem 100 deklarētajiem iedzīvotājiem ir bērni līdz 14 gadu vecumam.",
        "How many of every 100 declared residents are children aged up to 14.",
    ),
    formula=Text(
        "100 × iedzīvotāji līdz darbspējas vecumam ÷ visi iedzīvotāji",
        "100 × residents under working age ÷ all residents",
    ),
    unit=PER_CENT,
    better="neither",
    theme="people",
    numerator="residents_under_working_age",
    base="residents",
    family="share",
    bias=DECLARED,
)
def children_share(residents_under_working_age: pd.Series, residents: pd.Series) -> pd.Series:
    """Residents under working age per 100 residents (%)."""
    return 100 * residents_under_working_age / residents


@indicator(
    title=Text("Iedzīvotāji darbspējas vecumā", "Residents of working age"),
    short=Text("Darbspējas vecumā", "Of working age"),
    definition=Text(
        "Cik no katriem 100 deklarētajiem iedzīvotājiem ir vecumā no 15 gadiem līdz pensijas vecumam.",
        "How many of every 100 declared residents are between 15 and the retirement age.",
    ),
    formula=Text(
        "100 × iedzīvotāji darbspējas vecumā ÷ visi iedzīvotāji", "100 × residents of working age ÷ all residents"
    ),
    unit=PER_CENT,
    better="neither",
    theme="people",
    numerator="residents_working_age",
    base="residents",
    family="share",
    bias=RETIREMENT_AGE,
)
def working_age_share(residents_working_age: pd.Series, residents: pd.Series) -> pd.Series:
    """Residents of working age per 100 residents (%)."""
    return 100 * residents_working_age / residents


@indicator(
    title=Text("Iedzīvotāji virs darbspējas vecuma", "Residents over working age"),
    short=Text("Virs darbspējas vecuma", "Over working age"),
    definition=Text(
        "Cik no katriem 100 deklarētajiem iedzīvotājiem ir sasnieguši pensijas vecumu.",
        "How many of every 100 declared residents have reached the retirement age.",
    ),
    formula=Text(
        "100 × iedzīvotāji virs darbspējas vecuma ÷ visi iedzīvotāji",
        "100 × residents over working age ÷ all residents",
    ),
    unit=PER_CENT,
    better="neither",
    theme="people",
    numerator="residents_over_working_age",
    base="residents",
    family="share",
    bias=RETIREMENT_AGE,
)
def older_share(residents_over_working_age: pd.Series, residents: pd.Series) -> pd.Series:
    """Residents over working age per 100 residents (%)."""
    return 100 * residents_over_working_age / residents


@indicator(
    title=Text("Demogrāfiskā slodze", "Dependants per 1,000 of working age"),
    short=Text("Demogrāfiskā slodze", "Dependants per 1,000"),
    definition=Text(
        "Cik bērnu un pensijas vecuma iedzīvotāju ir uz katriem 1000 iedzīvotājiem darbspējas vecumā.",
        "How many children and people of retirement age there are for every 1,000 residents of working age.",
    ),
    formula=Text(
        "1000 × (iedzīvotāji līdz darbspējas vecumam + virs darbspējas vecuma) ÷ iedzīvotāji darbspējas vecumā",
        "1,000 × (residents under + over working age) ÷ residents of working age",
    ),
    unit=Text("uz 1000 darbspējas vecumā", "per 1,000 of working age"),
    decimals=0,
    better="neither",
    theme="people",
    base="residents_working_age",
    bias=RETIREMENT_AGE,
)
def dependency_ratio(
    residents_under_working_age: pd.Series, residents_over_working_age: pd.Series, residents_working_age: pd.Series
) -> pd.Series:
    """Residents under and over working age per 1,000 of working age."""
    return 1000 * (residents_under_working_age + residents_over_working_age) / residents_working_age


@indicator(
    title=Text("Dzimušie uz 1000 iedzīvotājiem", "Births per 1,000 residents"),
    short=Text("Dzimušie uz 1000 iedz.", "Births per 1,000"),
    definition=Text(
        "Cik bērnu gadā vidēji piedzimst uz katriem 1000 deklarētajiem iedzīvotājiem (trīs gadu vidējais).",
        "How many children are born in a year for every 1,000 declared residents (mean of three years).",
    ),
    formula=Text(
        "1000 × dzimušie 3 gados ÷ iedzīvotāju skaita summa tajos pašos 3 gados",
        "1,000 × births in 3 years ÷ sum of the residents of the same 3 years",
    ),
    unit=PER_1000,
    better="higher",
    theme="people",
    goalposts=Goalposts(
        2,
        14,
        Text(
            "Apakšā – aptuveni ceturtdaļa no Latvijas līmeņa 2023. gadā; augšā – nedaudz mazāk par divkāršu līmeni.",
            "Below: about a quarter of Latvia's rate in 2023; above: a little less than twice that rate.",
        ),
    ),
    numerator="births__3y",
    base="residents__3y",
    family="rate",
    minimum=(("residents", 100),),
    bias=Text(
        "Mazā pagastā pat trīs gadu vidējais balstās uz dažiem bērniem.",
        "In a small parish even the mean of three years rests on a few children.",
    ),
)
def births_rate(births__3y: pd.Series, residents__3y: pd.Series) -> pd.Series:
    """Births per 1,000 residents, mean of three years."""
    return 1000 * births__3y / residents__3y


@indicator(
    title=Text("Pirmsskolas vecuma bērni", "Pre-school children"),
    short=Text("Bērni 0–6 gadu vecumā", "Children aged 0-6"),
    definition=Text(
        "Cik no katriem 100 deklarētajiem iedzīvotājiem ir 0–6 gadus veci bērni.",
        "How many of every 100 declared residents are children aged 0-6.",
    ),
    formula=Text("100 × iedzīvotāji 0–6 gadu vecumā ÷ visi iedzīvotāji", "100 × residents aged 0-6 ÷ all residents"),
    unit=PER_CENT,
    better="neither",
    theme="people",
    numerator="residents_0_6",
    base="residents",
    family="share",
    bias=DECLARED,
)
def preschool_age_share(residents_0_6: pd.Series, residents: pd.Series) -> pd.Series:
    """Residents aged 0-6 per 100 residents (%)."""
    return 100 * residents_0_6 / residents


@indicator(
    title=Text("Jaunieši 15–18 gadu vecumā", "Young people aged 15-18"),
    short=Text("Jaunieši 15–18", "Aged 15-18"),
    definition=Text(
        "Cik no katriem 100 deklarētajiem iedzīvotājiem ir 15–18 gadus veci jaunieši.",
        "How many of every 100 declared residents are aged 15-18.",
    ),
    formula=Text(
        "100 × iedzīvotāji 15–18 gadu vecumā ÷ visi iedzīvotāji", "100 × residents aged 15-18 ÷ all residents"
    ),
    unit=PER_CENT,
    better="neither",
    theme="people",
    numerator="residents_15_18",
    base="residents",
    family="share",
    bias=DECLARED,
)
def youth_share(residents_15_18: pd.Series, residents: pd.Series) -> pd.Series:
    """Residents aged 15-18 per 100 residents (%)."""
    return 100 * residents_15_18 / residents


@indicator(
    title=Text("Pensiju saņēmēji uz 1000 iedzīvotājiem", "Pension recipients per 1,000 residents"),
    short=Text("Pensiju saņēmēji", "Pension recipients"),
    definition=Text(
        "Cik cilvēku vidēji mēnesī saņem jebkāda veida pensiju uz katriem 1000 deklarētajiem iedzīvotājiem.",
        "How many people receive a pension of any kind in an average month for every 1,000 declared residents.",
    ),
    formula=Text(
        "1000 × pensiju saņēmēji vidēji mēnesī ÷ iedzīvotāji", "1,000 × mean monthly pension recipients ÷ residents"
    ),
    unit=PER_1000,
    decimals=0,
    better="neither",
    theme="people",
    numerator="pensioners",
    base="residents",
    family="share",
    bias=Text(
        "Ietver arī invaliditātes un apgādnieka zaudējuma pensijas; pēc 2020. gada pagastu dati nav publicēti.",
        "Includes disability and survivors' pensions; nothing has been published for parishes after 2020.",
    ),
)
def pensioners_rate(pensioners: pd.Series, residents: pd.Series) -> pd.Series:
    """Recipients of any pension per 1,000 residents."""
    return 1000 * pensioners / residents


@indicator(
    title=Text("Pastāvīgie iedzīvotāji tautas skaitīšanā", "Usual residents at the census"),
    short=Text("Tautas skaitīšanas iedzīvotāji", "Census residents"),
    definition=Text(
        "Cik cilvēku 2021. gada tautas skaitīšanā šeit pastāvīgi dzīvoja.",
        "How many people usually lived here at the 2021 census.",
    ),
    formula=Text(
        "1 km šūnu iedzīvotāju summa, šūnas sadalot pa teritorijām",
        "Sum of the residents of 1 km cells, divided by territory",
    ),
    unit=Text("iedzīvotāji", "residents"),
    decimals=0,
    better="neither",
    theme="people",
    mark="circles",
    scale="log",
    bias=GRID_BORDERS,
)
def census_residents(census_residents: pd.Series) -> pd.Series:
    """Usual residents at the 2021 census (number)."""
    return census_residents


@indicator(
    title=Text("Iedzīvotāji no 65 gadu vecuma (tautas skaitīšana)", "Residents aged 65 and over (census)"),
    short=Text("65 gadi un vairāk", "Aged 65 and over"),
    definition=Text(
        "Cik no katriem 100 pastāvīgajiem iedzīvotājiem 2021. gadā bija vismaz 65 gadus veci.",
        "How many of every 100 usual residents were 65 or older in 2021.",
    ),
    formula=Text(
        "100 × iedzīvotāji no 65 gadu vecuma ÷ iedzīvotāji šūnās, kurās vecums ir zināms",
        "100 × residents aged 65 and over ÷ residents of cells whose ages are known",
    ),
    unit=PER_CENT,
    better="neither",
    theme="people",
    numerator="census_65_plus",
    base="census_residents_known",
    family="share",
    coverage=("census_residents_known", "census_residents"),
    bias=CENSUS_CELLS,
)
def census_older_share(census_65_plus: pd.Series, census_residents_known: pd.Series) -> pd.Series:
    """Usual residents aged 65 and over per 100 whose age is known (%)."""
    return 100 * census_65_plus / census_residents_known


@indicator(
    title=Text("Apdzīvotā platība", "Inhabited area"),
    definition=Text(
        "Cik procentu teritorijas atrodas viena kvadrātkilometra šūnās, kurās kāds dzīvo.",
        "How many per cent of the area lie in 1 km² cells where somebody lives.",
    ),
    formula=Text(
        "100 × platība apdzīvotās 1 km šūnās ÷ visa platība", "100 × area in inhabited 1 km cells ÷ whole area"
    ),
    unit=PER_CENT,
    better="neither",
    theme="people",
    bias=Text(
        "Vienas viensētas dēļ visa šūna skaitās apdzīvota; rādītājs parāda, cik izkliedēti cilvēki dzīvo, nevis cik "
        "viņu ir.",
        "A single farm makes its whole cell inhabited; this shows how scattered people live, not how many.",
    ),
)
def inhabited_area_share(inhabited_km2: pd.Series, area_km2: pd.Series) -> pd.Series:
    """Area in inhabited 1 km cells per 100 km2 (%); overlays that round to more than the whole count as the whole."""
    return (100 * inhabited_km2 / area_km2).clip(upper=100)


@indicator(
    title=Text("Urbanizācijas pakāpe", "Degree of urbanisation"),
    definition=Text(
        "Cik blīvi apdzīvotā vietā dzīvo vairākums iedzīvotāju: 1 – lielpilsētā, 2 – pilsētā vai piepilsētā, 3 – "
        "laukos.",
        "How densely settled the place is where most residents live: 1 – city, 2 – town or suburb, 3 – rural.",
    ),
    formula=Text(
        "1, ja vismaz puse iedzīvotāju dzīvo pilsētu centros (blakus esošās 1 km šūnas ar vismaz 1500 iedzīvotājiem, "
        "kopā vismaz 50 000); citādi 2, ja vismaz puse dzīvo pilsētu kopās (šūnas ar vismaz 300, kopā vismaz 5000); "
        "citādi 3",
        "1 if at least half of the residents live in urban centres (adjoining 1 km cells with at least 1,500 "
        "residents, at least 50,000 together); otherwise 2 if at least half live in urban clusters (cells with at "
        "least 300, at least 5,000 together); otherwise 3",
    ),
    unit=Text("pakāpe (1–3)", "class (1-3)"),
    decimals=0,
    better="neither",
    theme="people",
    bias=Text(
        "Eurostat noteikums, kas domāts pašvaldībām, šeit lietots arī pagastiem un pilsētām: mazpilsēta, kuras "
        "apkaimē kopā nav 5000 iedzīvotāju, pēc tā ir lauki. " + GRID_BORDERS.lv,
        "Eurostat's rule, made for municipalities, is applied to parishes and towns too: by it a small town without "
        "5,000 residents around it is rural. " + GRID_BORDERS.en,
    ),
)
def urbanisation(
    popgrid_urban_centre_residents: pd.Series, popgrid_urban_cluster_residents: pd.Series, grid_residents: pd.Series
) -> pd.Series:
    """Degree of urbanisation: 1 city, 2 town or suburb, 3 rural."""
    half = grid_residents / 2
    in_centres = popgrid_urban_centre_residents >= half
    in_clusters = popgrid_urban_cluster_residents >= half
    return (3.0 - in_centres - in_clusters) * half / half


USUAL = Text(
    "Skaita pastāvīgos iedzīvotājus pēc CSP novērtējuma, nevis deklarētos.",
    "Counts usual residents as CSP estimates them, not declared ones.",
)
USUAL_MUNICIPAL = Text(
    USUAL.lv + " Publicēts tikai novadiem; pagastos rāda novada vērtību.",
    USUAL.en + " Published for municipalities only; parishes show the municipality's value.",
)


@indicator(
    title=Text("Dabiskais pieaugums uz 1000 iedzīvotājiem", "Natural increase per 1,000 residents"),
    short=Text("Dabiskais pieaugums", "Natural increase"),
    definition=Text(
        "Par cik cilvēkiem gadā vairāk piedzimst nekā nomirst uz katriem 1000 iedzīvotājiem (trīs gadu vidējais); "
        "mīnuss "
        "nozīmē, ka vairāk nomirst.",
        "By how many people births exceed deaths in a year for every 1,000 residents (mean of three years); a minus "
        "means that more die.",
    ),
    formula=Text(
        "1000 × (dzimušie − mirušie) 3 gados ÷ iedzīvotāju skaita summa tajos pašos 3 gados",
        "1,000 × (births − deaths) in 3 years ÷ sum of the residents of the same 3 years",
    ),
    unit=PER_1000,
    better="higher",
    theme="people",
    goalposts=Goalposts(
        -20,
        5,
        Text(
            "Apakšā – gadā zūd divi no katriem simt iedzīvotājiem; augšā – neliels pieaugums.",
            "Below: two of every hundred residents are lost in a year; above: a small increase.",
        ),
    ),
    bias=USUAL_MUNICIPAL,
)
def natural_increase_rate(natural_increase__3y: pd.Series, usual_residents_municipal__3y: pd.Series) -> pd.Series:
    """Births less deaths per 1,000 usual residents, mean of three years."""
    return 1000 * natural_increase__3y / usual_residents_municipal__3y


@indicator(
    title=Text("Pastāvīgo iedzīvotāju izmaiņas 5 gados", "Change of usual residents over 5 years"),
    short=Text("Pastāvīgie: izmaiņas 5 gados", "Usual residents: 5 years"),
    definition=Text(
        "Par cik procentiem piecos gados mainījies to iedzīvotāju skaits, kuri šeit tiešām dzīvo.",
        "By how many per cent the number of people who really live here changed in five years.",
    ),
    formula=Text(
        "100 × (pastāvīgie iedzīvotāji šogad ÷ pirms 5 gadiem − 1), abi tagadējās robežās",
        "100 × (usual residents this year ÷ 5 years before − 1), both in present borders",
    ),
    unit=PER_CENT,
    better="higher",
    theme="people",
    goalposts=Goalposts(-20, 5, CHANGE_REASON),
    base="usual_residents_present_borders__lag5",
    bias=Text(
        USUAL.lv + " Pāri novērtēšanas metodes maiņai izmaiņas nerēķina.",
        USUAL.en + " No change is computed across the change of the method of the estimates.",
    ),
)
def usual_change_5y(
    usual_residents_present_borders: pd.Series, usual_residents_present_borders__lag5: pd.Series
) -> pd.Series:
    """Change of the number of usual residents in present borders against five years before (%)."""
    return 100 * (usual_residents_present_borders / usual_residents_present_borders__lag5 - 1)


@indicator(
    title=Text("Iedzīvotāji blīvi apdzīvotās vietās", "Residents in densely populated places"),
    short=Text("Blīvi apdzīvotās vietās", "In dense places"),
    definition=Text(
        "Cik no katriem 100 iedzīvotājiem dzīvo blīvi apdzīvotā vietā, nevis viensētā vai mazā ciemā.",
        "How many of every 100 residents live in a densely populated place, not on a farmstead or in a small village.",
    ),
    formula=Text(
        "100 × pastāvīgie iedzīvotāji blīvi apdzīvotās vietās ÷ visi pastāvīgie iedzīvotāji",
        "100 × usual residents in densely populated places ÷ all usual residents",
    ),
    unit=PER_CENT,
    better="neither",
    theme="people",
    numerator="usual_residents_dense",
    base="usual_residents",
    family="share",
    bias=USUAL,
)
def dense_residents_share(usual_residents_dense: pd.Series, usual_residents: pd.Series) -> pd.Series:
    """Usual residents in densely populated places per 100 usual residents (%)."""
    return 100 * usual_residents_dense / usual_residents


@indicator(
    title=Text("Iedzīvotāji no 80 gadu vecuma", "Residents aged 80 and over"),
    short=Text("80 gadi un vairāk", "Aged 80 and over"),
    definition=Text(
        "Cik no katriem 100 iedzīvotājiem ir vismaz 80 gadus veci.",
        "How many of every 100 residents are 80 or older.",
    ),
    formula=Text(
        "100 × pastāvīgie iedzīvotāji no 80 gadu vecuma ÷ visi pastāvīgie iedzīvotāji",
        "100 × usual residents aged 80 and over ÷ all usual residents",
    ),
    unit=PER_CENT,
    better="neither",
    theme="people",
    numerator="usual_aged_80_plus",
    base="usual_all_ages",
    family="share",
    bias=USUAL,
)
def very_old_share(usual_aged_80_plus: pd.Series, usual_all_ages: pd.Series) -> pd.Series:
    """Usual residents aged 80 and over per 100 usual residents (%)."""
    return 100 * usual_aged_80_plus / usual_all_ages


@indicator(
    title=Text("Skolas vecuma bērni un jaunieši", "Children and young people of school age"),
    short=Text("Skolas vecumā (7–18)", "Of school age (7-18)"),
    definition=Text(
        "Cik no katriem 100 iedzīvotājiem ir 7–18 gadus veci.", "How many of every 100 residents are aged 7-18."
    ),
    formula=Text(
        "100 × pastāvīgie iedzīvotāji 7–18 gadu vecumā ÷ visi pastāvīgie iedzīvotāji",
        "100 × usual residents aged 7-18 ÷ all usual residents",
    ),
    unit=PER_CENT,
    better="neither",
    theme="people",
    numerator="usual_aged_7_18",
    base="usual_single_years",
    family="share",
    bias=USUAL_MUNICIPAL,
)
def school_age_share(usual_aged_7_18: pd.Series, usual_single_years: pd.Series) -> pd.Series:
    """Usual residents aged 7-18 per 100 usual residents (%)."""
    return 100 * usual_aged_7_18 / usual_single_years
