"""RAIM's indicator atlas: people, taxes, businesses and schools by parish and municipality, from exported workbooks.

A workbook holds one sheet per series and level: a header row (Reģions, Pašvaldība, [Teritoriālais iedalījums], ATVK,
years), a row per territory, a blank row, and rows that name the series, its unit and its register. Sheet names are cut
off, so a series is known by the name in its sheet, and its level by the column of territorial units.

What the workbooks say is not always what they mean; `tidy` lists the rules that put it right, in their order.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from typing import Any, Literal

import numpy as np
import pandas as pd

from data.context import Context, RawFile
from data.memory import Content, content_of
from data.model import (
    ABSENT,
    BORDER_MOVES,
    GATES,
    Break,
    Fault,
    Gates,
    Kind,
    Level,
    Licence,
    Measure,
    SchemaError,
    Source,
    Text,
)
from data.read import AGAIN
from data.schema import COLUMNS, KEY, became
from data.transition import carried, parts
from data.workbook import cell, open_workbook, text_of

RETIREMENT_AGE = Break(
    "2022",
    Text(
        lv="No 2022. gada darbspējas vecuma augšējā robeža RAIM datos ir paaugstinātais pensionēšanās vecums, tāpēc "
        "iepriekšējie gadi ar to nav salīdzināmi.",
        en="From 2022 the upper end of working age in RAIM is the raised retirement age, so earlier years do not "
        "compare.",
    ),
)
COMPANY_TAX = Break(
    "2018",
    Text(
        lv="2018. gada reforma atlika peļņas aplikšanu līdz tās sadalei, un avansi tika atmaksāti: pirms un pēc 2018. "
        "gada summa nozīmē ko citu, bet pašā 2018. gadā tā daudzviet ir negatīva.",
        en="The reform of 2018 taxes profit only when it is paid out, and advances were paid back: the sum means "
        "something else before and after 2018, and is negative in many places in 2018 itself.",
    ),
)
INVESTMENT = Break(
    "2017",
    Text(
        lv="Datu rinda pa gadiem aizpildīta dažādi: 2015. gadā valsts kopsumma ir 2,4 miljardi eiro, 2016. gadā 39 "
        "miljoni, 2017. gadā 1,8 miljardi.",
        en="The series is filled differently from year to year: the national total is 2.4 billion euro in 2015, 39 "
        "million in 2016 and 1.8 billion in 2017.",
    ),
)
VOCATIONAL = Break(
    "2012",
    Text(
        lv="2011. gadā uzskaitīta tikai daļa profesionālās izglītības: nākamajā gadā audzēkņu ir 2,6 reizes vairāk.",
        en="In 2011 only a part of vocational education was counted: the next year has 2.6 times as many pupils.",
    ),
)
COUNTED_TWICE = ("2014", "2015")
"""Years in which the education series count (nearly) every pupil twice; their figures are withheld."""


YEAR_START, YEAR_END, TAX_RETURN = 0, 1, 2
"""How many years ahead the borders of a figure are: residents are counted on 1 January; births, payers and pensioners
stand in the borders of the year's end; company tax in those of the end of the next year, when it is declared. Read off
the nine places whose border moved (see `border_moves`): that is when each series jumps there."""


@dataclass(frozen=True)
class Series:
    """A published series: the measure it becomes, its full name in the workbooks, and years it withholds as useless."""

    measure: Measure
    name: str
    withheld: tuple[str, ...] = ()


def series(
    id: str,
    name: str,
    lv: str,
    en: str,
    unit: str = "",
    kind: Kind = "count",
    *,
    level: Level = "unit",
    additive: bool = True,
    breaks: tuple[Break, ...] = (),
    withheld: tuple[str, ...] = (),
    lead: int = YEAR_END,
    gates: Gates | None = None,
) -> Series:
    measure = Measure(id, Text(lv, en), unit, kind, level, additive, breaks=breaks, lead=lead, gates=gates)
    return Series(measure, name, withheld)


SERIES = (
    series(
        "residents",
        "Iedzīvotāju skaits (skaits, PMLP)",
        "Deklarētie iedzīvotāji",
        "Declared residents",
        lead=YEAR_START,
    ),
    series(
        "residents_under_working_age",
        "Iedzīvotāju skaits līdz darbspējas vecumam (skaits, PMLP)",
        "Deklarētie iedzīvotāji līdz darbspējas vecumam",
        "Declared residents under working age",
        lead=YEAR_START,
    ),
    series(
        "residents_working_age",
        "Iedzīvotāju skaits darbspējas vecumā (skaits, PMLP)",
        "Deklarētie iedzīvotāji darbspējas vecumā",
        "Declared residents of working age",
        breaks=(RETIREMENT_AGE,),
        lead=YEAR_START,
    ),
    series(
        "residents_over_working_age",
        "Iedzīvotāju skaits virs darbspējas vecuma (skaits, PMLP)",
        "Deklarētie iedzīvotāji virs darbspējas vecuma",
        "Declared residents over working age",
        breaks=(RETIREMENT_AGE,),
        lead=YEAR_START,
    ),
    series(
        "residents_0_6",
        "Iedzīvotāju skaits (0-6 gadu vecumā) (skaits, PMLP)",
        "Deklarētie iedzīvotāji 0–6 gadu vecumā",
        "Declared residents aged 0–6",
        lead=YEAR_START,
    ),
    series(
        "residents_15_18",
        "Iedzīvotāju skaits (15-18 gadu vecumā) (skaits, PMLP)",
        "Deklarētie iedzīvotāji 15–18 gadu vecumā",
        "Declared residents aged 15–18",
        lead=YEAR_START,
    ),
    series("births", "Dzimušo skaits (skaits, PMLP)", "Dzimušie", "Births"),
    series("births_girls", "Dzimušo meiteņu skaits (skaits, PMLP)", "Dzimušās meitenes", "Girls born"),
    series("births_boys", "Dzimušo zēnu skaits (skaits, PMLP)", "Dzimušie zēni", "Boys born"),
    series(
        "businesses_registered",
        "Reģistrēto uzņēmumu skaits (skaits, UR)",
        "Gada laikā reģistrētie uzņēmumi",
        "Businesses registered during the year",
    ),
    series(
        "businesses_closed",
        "Likvidēto uzņēmumu skaits (skaits, UR)",
        "Gada laikā likvidētie uzņēmumi",
        "Businesses closed during the year",
    ),
    series(
        "company_tax_payers",
        "Uzņēmuma ienākuma nodokļa maksātāju skaits (skaits, VID)",
        "Uzņēmumu ienākuma nodokļa maksātāji",
        "Payers of company income tax",
        lead=TAX_RETURN,
    ),
    series(
        "company_tax_eur",
        "Uzņēmuma ienākuma nodokļa aprēķinātā summa (EUR, VID)",
        "Aprēķinātais uzņēmumu ienākuma nodoklis",
        "Company income tax assessed",
        "EUR",
        "money",
        breaks=(COMPANY_TAX,),
        lead=TAX_RETURN,
    ),
    series(
        "income_tax_payers",
        "Iedzīvotāju ienākuma nodokļa maksātāju skaits pēc darba ņēmēja deklarētās dzīvesvietas (skaits, VID)",
        "Iedzīvotāju ienākuma nodokļa maksātāji pēc deklarētās dzīvesvietas",
        "Payers of income tax by their declared residence",
    ),
    series(
        "employers",
        "Iedzīvotāju ienākuma nodokļa maksātāju skaits pēc uzņēmuma reģistrācijas vietas (skaits, VID)",
        "Darba devēji, kas ietur iedzīvotāju ienākuma nodokli, pēc reģistrācijas vietas (nevis darbvietas)",
        "Employers that withhold income tax, by place of registration (not jobs)",
    ),
    series(
        "income_tax_by_employer_eur",
        "Ieturētā iedzīvotāju ienākuma nodokļa summa (pēc darba devēja juridiskās adreses) (EUR, VID)",
        "Ieturētais iedzīvotāju ienākuma nodoklis pēc darba devēja juridiskās adreses",
        "Income tax withheld, by the employer's legal address",
        "EUR",
        "money",
    ),
    series(
        "income_tax_by_resident_eur",
        "Ieturētā iedzīvotāju ienākuma nodokļa summa (pēc darba ņēmēja deklarētās adreses) (EUR, VID)",
        "Ieturētais iedzīvotāju ienākuma nodoklis pēc darba ņēmēja deklarētās dzīvesvietas",
        "Income tax withheld, by the employee's declared residence",
        "EUR",
        "money",
    ),
    series(
        "pensioners",
        "Visu pensiju saņēmēju skaits vidēji mēnesī (skaits, VSAA)",
        "Pensiju saņēmēji vidēji mēnesī",
        "Recipients of a pension, monthly mean",
    ),
    series(
        "raim_area_km2", "Teritorijas platība (km2, TAPIS)", "Platība RAIM datos", "Area as RAIM has it", "km²", "area"
    ),
    series(
        "preschools",
        "Pirmsskolas izglītības iestāžu skaits (skaits, IZM)",
        "Pirmsskolas izglītības iestādes",
        "Pre-schools",
        withheld=COUNTED_TWICE,
    ),
    series(
        "preschool_pupils",
        "Audzēkņu skaits pirmsskolas izglītības iestādēs (skaits, IZM)",
        "Audzēkņi pirmsskolas izglītības iestādēs (pēc iestādes vietas)",
        "Children in pre-schools (where the pre-school stands)",
        withheld=COUNTED_TWICE,
    ),
    series(
        "vocational_schools",
        "Profesionālās izglītības programmu realizējošo izglītības iestāžu skaits (skaits, IZM)",
        "Profesionālās izglītības iestādes",
        "Vocational schools",
        breaks=(VOCATIONAL,),
        withheld=COUNTED_TWICE,
    ),
    series(
        "vocational_pupils",
        "Audzēkņu skaits profesionālās izglītības programmu realizējošās izglītības iestādēs (skaits, IZM)",
        "Audzēkņi profesionālās izglītības iestādēs (pēc iestādes vietas)",
        "Pupils of vocational schools (where the school stands)",
        breaks=(VOCATIONAL,),
        withheld=COUNTED_TWICE,
    ),
    series(
        "school_pupils",
        "Audzēkņu skaits vispārējās izglītības iestādēs (skaits, IZM)",
        "Skolēni vispārējās izglītības iestādēs (pēc iestādes vietas)",
        "Pupils of general schools (where the school stands)",
        withheld=COUNTED_TWICE,
    ),
    series(
        "foreign_investment_eur",
        "Ārvalstu tiešo investīciju ieguldījumu kopsumma (EUR, UR)",
        "Ārvalstu tiešās investīcijas uzņēmumu pamatkapitālā",
        "Foreign direct investment in companies' capital",
        "EUR",
        "money",
        breaks=(INVESTMENT,),
        gates=replace(GATES["money"], jump=None),  # filled in differently from year to year: its sum leaps as a rule
    ),
    series(
        "unemployed",
        "Bezdarbnieku skaits (skaits, NVA)",
        "Reģistrētie bezdarbnieki",
        "Registered unemployed",
        level="municipality",
    ),
    series(
        "unemployment_rate",
        "Bezdarba līmenis (%, RAIM aprēķins)",
        "Reģistrētā bezdarba līmenis",
        "Registered unemployment rate",
        "%",
        "share",
        level="municipality",
        additive=False,
    ),
    series(
        "crimes",
        "Reģistrēto noziedzīgo nodarījumu skaits (skaits, IeM IC)",
        "Reģistrētie noziedzīgie nodarījumi",
        "Recorded crimes",
        level="municipality",
    ),
    series(
        "crimes_grave",
        "Reģistrēto smago noziedzīgo nodarījumu skaits (skaits, IeM IC)",
        "Reģistrētie smagie noziegumi",
        "Recorded serious crimes",
        level="municipality",
    ),
    series(
        "crimes_especially_grave",
        "Reģistrēto sevišķi smago noziedzīgo nodarījumu skaits (skaits, IeM IC)",
        "Reģistrētie sevišķi smagie noziegumi",
        "Recorded especially serious crimes",
        level="municipality",
    ),
    series(
        "property_tax_eur",
        "Nekustamā īpašuma nodokļa ieņēmumi (EUR, Valsts kase)",
        "Nekustamā īpašuma nodokļa ieņēmumi",
        "Revenue from property tax",
        "EUR",
        "money",
        level="municipality",
    ),
    series(
        "municipal_income_tax_eur",
        "Pašvaldības budžeta IIN ieņēmumi (EUR, Valsts kase)",
        "Iedzīvotāju ienākuma nodokļa ieņēmumi pašvaldības budžetā",
        "Municipal budget's revenue from income tax",
        "EUR",
        "money",
        level="municipality",
    ),
    series(
        "social_spending_eur",
        "Pašvaldības budžeta izdevumi sociālajiem pakalpojumiem un sociālajai palīdzībai (EUR, LM)",
        "Pašvaldības izdevumi sociālajiem pakalpojumiem un palīdzībai",
        "Municipal spending on social services and assistance",
        "EUR",
        "money",
        level="municipality",
    ),
    series(
        "social_workers",
        "Darbinieku skaits pašvaldības institūcijās, kas sniedz sociālos pakalpojumus un sociālo palīdzību "
        "(skaits, LM)",
        "Darbinieki pašvaldības sociālo pakalpojumu un palīdzības iestādēs",
        "Staff of municipal social services",
        level="municipality",
    ),
    series(
        "housing_benefit_households",
        "Mājsaimniecību skaits, kas saņem mājokļa pabalstu (skaits, LM)",
        "Mājsaimniecības, kas saņem mājokļa pabalstu",
        "Households that receive housing benefit",
        level="municipality",
    ),
    series(
        "gmi_benefit_eur",
        "Pabalstu summa garantētā minimālā ienākumu līmeņa nodrošināšanai (EUR, LM)",
        "Garantētā minimālā ienākuma pabalsti",
        "Guaranteed minimum income benefits",
        "EUR",
        "money",
        level="municipality",
    ),
)

MOVES = Measure(
    BORDER_MOVES,
    Text(lv="Robeža ar kaimiņu novada iekšienē gada laikā pārcelta", en="Border inside the municipality moved"),
    "",
    "count",
    additive=False,
    lead=YEAR_START,
)


@dataclass(frozen=True)
class Derived:
    """A series RAIM computes from others: name, and the formula that its figures follow (checked on the data)."""

    name: str
    parts: tuple[str, ...]
    formula: str
    factor: float = 1.0
    """With two parts: factor x first / second. The net change of businesses is a difference instead."""
    recovers: bool = False
    """Whether its first part is worked out from it for years in which only the derived figure is published."""

    def recompute(self, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
        """The derived figures from tables (territory x period) of the parts; NaN where nothing can be divided."""
        first, second = (tables[part] for part in self.parts)
        if self.name == NET_CHANGE:
            return first - second
        return (self.factor * first / second).replace([np.inf, -np.inf], np.nan)


NET_CHANGE = "Uzņēmumu skaita izmaiņas (reģistrēto un likvidēto uzņēmumu starpība) (skaits, RAIM aprēķins)"
DERIVED = (
    Derived(
        "Dzimušo skaits uz 1000 iedzīvotājiem (skaits, RAIM aprēķins)",
        ("births", "residents"),
        "1000 × births ÷ residents of the same year",
        1000,
        recovers=True,
    ),
    Derived(
        "Iedzīvotāju īpatsvars darbspējas vecumā (%, RAIM aprēķins)",
        ("residents_working_age", "residents"),
        "100 × residents of working age ÷ residents of the same year",
        100,
        recovers=True,
    ),
    Derived(
        "Iedzīvotāju īpatsvars līdz darbspējas vecumam (%, RAIM aprēķins)",
        ("residents_under_working_age", "residents"),
        "100 × residents under working age ÷ residents of the same year",
        100,
    ),
    Derived(
        "Iedzīvotāju īpatsvars virs darbspējas vecuma (%, RAIM aprēķins)",
        ("residents_over_working_age", "residents"),
        "100 × residents over working age ÷ residents of the same year",
        100,
    ),
    Derived(NET_CHANGE, ("businesses_registered", "businesses_closed"), "registered − closed"),
    Derived(
        "Ārvalstu tiešās investīcijas uz 1000 iedzīvotājiem (EUR, RAIM aprēķins)",
        ("foreign_investment_eur", "residents"),
        "1000 × investment ÷ residents of the same year",
        1000,
    ),
)

SOURCE = Source(
    id="raim",
    publisher=Text(
        lv="Viedās administrācijas un reģionālās attīstības ministrija (VARAM): Reģionālās attīstības indikatoru "
        "modulis (RAIM)",
        en="Ministry of Smart Administration and Regional Development (VARAM): Regional Development Indicator Module "
        "(RAIM)",
    ),
    title=Text(lv="RAIM rādītāju atlase", en="RAIM indicator atlas"),
    address="https://raim.gov.lv/",
    licence=Licence("RAIM public data", "https://raim.gov.lv/"),
    credit=Text(
        lv="RAIM (raim.gov.lv); reģistri: PMLP, VID, Uzņēmumu reģistrs, IZM, VSAA, NVA, LM, IeM IC, Valsts kase",
        en="RAIM (raim.gov.lv); registers: PMLP, VID, Register of Enterprises, IZM, VSAA, NVA, LM, IeM IC, State "
        "Treasury",
    ),
    updates=Text(
        lv="reizi gadā, katrai datu rindai savā laikā; darbgrāmatas eksportē ar roku",
        en="yearly, each series at its own time; workbooks are exported by hand",
    ),
    files=("raditaju_atlase_*.xlsx",),
    provides=(*(entry.measure for entry in SERIES), MOVES),
    known_problems=(
        Text(
            lv="Iedzīvotāji ir deklarētie iedzīvotāji (PMLP, 2,04 miljoni), nevis pastāvīgie iedzīvotāji, kādus skaita "
            "tautas skaitīšana (1,89 miljoni). Vienu ar otru nedrīkst dalīt, to nepasakot.",
            en="Residents are declared residents (PMLP, 2.04 million), not the usual residents the census counts "
            "(1.89 million). One must never be divided by the other without saying so.",
        ),
        Text(
            lv="Nodokļa maksātāji pēc uzņēmuma reģistrācijas vietas ir darba devēji (2022. gadā 102 370), nevis "
            "darbvietas: par nodarbinātību tie neko nesaka. Ieturētā nodokļa summās dominē Rīga, kur reģistrēti "
            "galvenie biroji.",
            en="Tax payers by the company's place of registration are employers (102,370 in 2022), not jobs: they say "
            "nothing about employment. In the sums of tax withheld Rīga's head offices dominate.",
        ),
        Text(
            lv="Gads, kurā visa rinda ir nulles vai tukša, nav publicēts (uzņēmumi 2020. un 2021. gadā, pensijas un "
            "izglītība 2021. gadā, vecuma grupas 2013. gadā); nulle vienā pagastā publicētā gadā ir nulle.",
            en="A year in which a whole series is zero or empty is not published (businesses in 2020 and 2021, "
            "pensions and education in 2021, age groups in 2013); a zero of one parish in a published year is a zero.",
        ),
        Text(
            lv="2014. un 2015. gadā izglītības rindās audzēkņi ieskaitīti divreiz (186 tūkstoši pirmsskolā, gadu pirms "
            "un pēc tam 95 tūkstoši), tāpēc šo gadu izglītības skaitļi šeit aizturēti kā nepublicēti.",
            en="In 2014 and 2015 the education series count pupils twice (186 thousand in pre-schools, 95 thousand the "
            "year before and after), so education figures of these years are withheld here as not published.",
        ),
        Text(
            lv="Skolas, pirmsskolas un to audzēkņi skaitīti tur, kur atrodas iestāde, nevis tur, kur bērns dzīvo.",
            en="Schools, pre-schools and their pupils are counted where the institution stands, not where the child "
            "lives.",
        ),
        Text(
            lv="Koknese, Iecava, Ādaži, Ķekava un Mārupe no saviem pagastiem nodalītas 2021.–2022. gadā, bet RAIM "
            "iepriekšējos gados tām uzrāda nulli. Šo gadu skaitļi starp pilsētu un pagastu sadalīti tādā attiecībā, "
            "kāda ir iedzīvotāju skaitam pirmajā gadā pēc nodalīšanas, un atzīmēti kā aplēse.",
            en="Koknese, Iecava, Ādaži, Ķekava and Mārupe were split from their parishes in 2021–2022, but RAIM shows "
            "zero for them in earlier years. The figures of those years were divided between town and parish in the "
            "proportion of their residents in the first year after the split, and are marked estimated.",
        ),
        Text(
            lv="Robeža starp pilsētu un pagastu pārcelta arī citur, un iepriekšējie gadi nav pārrēķināti: Ogre un "
            "Ogresgala pagasts (2012), Valdemārpils un Ārlavas pagasts (2013), Ikšķile un Tīnūžu pagasts (2014), "
            "Sabile un Abavas pagasts (2014), Līvāni un Jersikas pagasts (2016), Baldone un Baldones pagasts (2017), "
            "Salaspils un Salaspils pagasts (2018), Bauska ar Ceraukstes, Codes un Īslīces pagastu (2021), Sigulda un "
            "Siguldas pagasts (2021 un 2023). Vietas atrastas pēc iedzīvotāju skaita lēciena, ko līdzsvaro kaimiņš. "
            "Gadu iepriekš nodokļi, dzimušie un pensionāri jau ir jaunajās, iedzīvotāji vēl vecajās robežās, tāpēc "
            "šīm vietām nerāda rādītājus, kuros saskaitītas vai dalītas dažādu robežu vērtības.",
            en="The border between a town and a parish moved elsewhere too, and earlier years were not recomputed: "
            "Ogre and Ogresgala pagasts (2012), Valdemārpils and Ārlavas pagasts (2013), Ikšķile and Tīnūžu pagasts "
            "(2014), Sabile and Abavas pagasts (2014), Līvāni and Jersikas pagasts (2016), Baldone and Baldones "
            "pagasts (2017), Salaspils and Salaspils pagasts (2018), Bauska with Ceraukstes, Codes and Īslīces "
            "pagasts (2021), Sigulda and Siguldas pagasts (2021 and 2023). They were found by a jump of the residents "
            "that a neighbour balances. A year before, taxes, births and pensioners are already within the new "
            "borders, residents still within the old ones, so indicators that add or divide figures of different "
            "borders are not shown there.",
        ),
        Text(
            lv="Krāslavas, Preiļu, Ropažu un Siguldas novadam noziegumu rindās līdz 2021. gadam un sociālo izdevumu, "
            "darbinieku un pabalstu rindās līdz 2020. gadam ir tikai nulles, bet pēc tam – desmiti un simti gadījumu. "
            "Šīs nulles šeit ir nepublicēti dati, un Latvijas kopējā vērtība aprēķināta bez šiem novadiem.",
            en="For the municipalities of Krāslava, Preiļi, Ropaži and Sigulda the crime series hold nothing but zeros "
            "up to 2021 and those of social spending, staff and benefits up to 2020, then tens or hundreds of cases. "
            "Here these zeros are unpublished figures, and Latvia's value is computed without these municipalities.",
        ),
        Text(
            lv="Vecuma grupas, kas nesaskan ar iedzīvotāju skaitu, nav lietotas: Kubulu un Salgales pagastā 2011. gadā "
            "(nulles), Pilskalnes pagastā (Aizkraukles novads) un Salas pagastā (Jēkabpils novads) 2011.–2012. gadā "
            "(tāda paša nosaukuma cita pagasta skaitļi).",
            en="Age groups that do not add up to the residents are not used: Kubulu and Salgales pagasts in 2011 "
            "(zeros), Pilskalnes pagasts (Aizkraukles novads) and Salas pagasts (Jēkabpils novads) in 2011–2012 "
            "(figures of another parish of the same name).",
        ),
        Text(
            lv="Salaspils un Salaspils pagasta vecuma grupas 2022. un 2023. gadā un iedzīvotāju skaits 2023. gadā "
            "publicēti samainīti vietām; šeit tas izlabots (data/corrections.csv).",
            en="The age groups of Salaspils and Salaspils pagasts in 2022 and 2023, and their residents in 2023, are "
            "published in each other's place; here they are put right (data/corrections.csv).",
        ),
        Text(
            lv="Dzimušo skaits 2023. gadā un iedzīvotāju skaits darbspējas vecumā 2024. gadā publicēts tikai kā "
            "attiecība; skaits no tās atgūts (reizināts ar tā paša gada iedzīvotāju skaitu, iznāk vesels skaitlis).",
            en="Births in 2023 and residents of working age in 2024 are published as a ratio only; the count was "
            "worked out from it (times the residents of that year, which gives a whole number).",
        ),
        Text(
            lv="RAIM rādītājs „Ārvalstu tiešās investīcijas uz 1000 iedzīvotājiem” pagastiem ar iedzīvotāju skaitu "
            "dalīts divreiz, tāpēc šeit netiek lietots.",
            en="RAIM's “foreign direct investment per 1,000 residents” of parishes is divided by the residents twice, "
            "so it is not used here.",
        ),
        Text(
            lv="Iedzīvotāju skaits 2023. gadā vietām strauji pieaug (Zilupe no 1374 uz 2739), un 2024. gadā daļēji "
            "krītas. Carnikavas (2017), Saulkrastu (2019) un Skultes pagastā (2020) iedzīvotāju skaits gada laikā "
            "pieaug par 16–25 %, un gandrīz visi klāt nākušie ir pieaugušie. Deklarētā dzīvesvieta nenozīmē, ka "
            "cilvēki tur dzīvo.",
            en="In 2023 residents rise steeply in places (Zilupe from 1,374 to 2,739) and partly fall again in 2024. "
            "In Carnikavas (2017), Saulkrastu (2019) and Skultes pagasts (2020) they rise by 16–25% in a year, nearly "
            "all of them adults. A declared residence does not mean that people live there.",
        ),
        Text(
            lv="RAIM darbgrāmatās datu licence nav norādīta.",
            en="RAIM's workbooks state no licence of the data.",
        ),
    ),
)

Published = Literal["unit", "municipality"]
UNIT_COLUMN = "Teritoriālais iedalījums"
CODE_COLUMN = "ATVK"
METADATA = ("Nosaukums", "Mērvienība", "Datu avots")
YEAR = re.compile(r"(?:19|20)\d\d")
AGE_GROUPS = ("residents_under_working_age", "residents_working_age", "residents_over_working_age")
AGE_TOLERANCE = 0.01
JUMP = 0.1
"""A unit's residents change by more than usual by this part of them where its border moved."""
LEAST_MOVED = 100
"""Fewer people come and go by themselves."""
MADE_UP_FOR = 0.35
"""The town and the parishes next to it balance to within this part of the people moved."""
LASTING = 0.5
"""What is undone by more than this part a year later was a slip of the figures, not a border."""
EARLY_ZEROS = 3
FIRST_FIGURE = 10
"""A municipality's series that starts with so many zero years and then has at least so much was not empty before."""
WHOLE = 0.01
"""How far from a whole number a recovered count may lie."""
LETTERS: Mapping[Published, str] = {"unit": "territorial units", "municipality": "municipalities"}
WORKBOOKS = 16
"""How many workbooks are remembered as they were read."""


@dataclass(frozen=True)
class Sheet:
    """One sheet as published: values by territory (rows) and year (columns), NaN where the cell is empty."""

    workbook: str
    name: str
    level: Published
    series: str
    unit: str
    register: str
    values: pd.DataFrame
    divided: frozenset[str] = frozenset()
    """Territories whose figures are parts of those of a former one."""

    @property
    def place(self) -> str:
        return f"sheet {self.name!r}"

    @property
    def precedence(self) -> tuple[int, str]:
        """The sheet of a series with the latest last year comes first, then the workbook's name decides."""
        return -int(self.values.columns[-1]), self.workbook


@dataclass(frozen=True)
class Codes:
    """The codes a sheet of either level may hold, and what to advise about any other.

    The advice makes no difference to sheets without faults, so it does not tell codes apart.
    """

    unit: frozenset[str]
    municipality: frozenset[str]
    advise: Callable[[str | None], str] = field(default=became, compare=False)

    def of(self, level: Published) -> frozenset[str]:
        return self.unit if level == "unit" else self.municipality


class Atlas:
    """All sheets of all workbooks; of a series that stands in several of them, the latest workbook speaks."""

    def __init__(self, sheets: Sequence[Sheet]) -> None:
        self.sheets = tuple(sheets)
        self._found: dict[tuple[str, str], list[Sheet]] = {}
        for sheet in sorted(sheets, key=lambda sheet: sheet.precedence):
            self._found.setdefault((sheet.level, sheet.series), []).append(sheet)

    def has(self, level: Published, name: str) -> bool:
        return (level, name) in self._found

    def table(self, level: Published, name: str) -> pd.DataFrame:
        """The figures of a series (territory x year); what the latest workbook lacks is taken from the next."""
        first, *others = self._found[level, name]
        values = first.values
        for other in others:
            rows = values.index.union(other.values.index)
            years = values.columns.union(other.values.columns)
            if len(rows) > len(values.index) or len(years) > len(values.columns):
                mine = rows.isin(values.index)[:, None] & years.isin(values.columns)[None, :]
                values = values.reindex(index=rows, columns=years).where(
                    mine, other.values.reindex(rows, columns=years)
                )
        return values.sort_index()

    def divided(self, level: Published, name: str) -> frozenset[str]:
        """The territories whose figures of a series are parts of those of a former one."""
        return frozenset().union(*(sheet.divided for sheet in self._found[level, name]))

    def repeated(self) -> Iterator[tuple[Sheet, Sheet]]:
        """Pairs of sheets that hold the same series: the one that speaks, and another."""
        for first, *others in self._found.values():
            for other in others:
                yield first, other

    def unpublished(self, level: Published, name: str) -> list[str]:
        """Years of a series that were not published: all zero or empty, at this level or in the other's sheet."""
        years = set(blank_years(self.table(level, name)))
        other: Published = "municipality" if level == "unit" else "unit"
        if self.has(other, name):
            years |= set(blank_years(self.table(other, name))) & set(self.table(level, name).columns)
        return sorted(years)


def blank_years(values: pd.DataFrame) -> list[str]:
    """Years in which every cell is zero or empty."""
    figured = np.nan_to_num(values.to_numpy(dtype=float)).any(axis=0)
    return [str(year) for year, there in zip(values.columns, figured, strict=True) if not there]


def read(files: Sequence[RawFile], context: Context) -> Atlas:
    """All sheets of all workbooks; read once per build.

    Raises
    ------
    UnsafeFile
        A workbook that is refused before it is read.
    SchemaError
        All faults of all workbooks at once: a series without a sheet, a header or metadata row that is missing, text
        among numbers, an unknown or repeated code, each with workbook, sheet, cell and value.
    """
    return context.once("raim atlas", lambda: _read(files, context))


def _read(files: Sequence[RawFile], context: Context) -> Atlas:
    if not files:
        raise SchemaError.of(SOURCE.id, "", "no workbook", f"Fetch {SOURCE.files[0]} first.")
    territories = context.territories
    former = parts(context, by_residents=False)
    changed = {level: frozenset(former.loc[former["level"] == level, "old"]) for level in LETTERS}
    known = {level: changed[level] | set(territories.loc[territories["level"] == level, "code"]) for level in LETTERS}
    codes = Codes(**known, advise=partial(became, territories=territories, former=context.former))
    wrong: dict[str, Sequence[Fault]] = {}
    sheets: list[Sheet] = []
    for file in sorted(files, key=lambda file: file.name):
        try:
            sheets += sheets_of(content_of(file), codes)
        except SchemaError as error:
            wrong[file.name] = error.faults
    if len(wrong) == 1:
        raise SchemaError(*wrong.popitem())
    if wrong:
        of_each = [(name, fault) for name, faults in wrong.items() for fault in faults]
        faults = [replace(fault, place=", ".join(filter(None, (name, fault.place)))) for name, fault in of_each]
        raise SchemaError(", ".join(wrong), faults)
    if missing := missing_sheets(Atlas(sheets)):
        raise SchemaError(", ".join(file.name for file in files), missing)
    return Atlas(
        [sheet if changed[sheet.level].isdisjoint(sheet.values.index) else of_today(sheet, context) for sheet in sheets]
    )


@lru_cache(WORKBOOKS)
def sheets_of(file: Content, codes: Codes) -> tuple[Sheet, ...]:
    """The sheets of a workbook, read once for the same bytes and codes; their values are not to be changed.

    Raises
    ------
    UnsafeFile, SchemaError
        All faults of the workbook at once.
    """
    workbook = open_workbook(RawFile(file.name, file.path))
    faults: list[Fault] = []
    sheets: dict[tuple[str, str], Sheet] = {}
    for name in workbook.sheets:
        sheet = read_sheet(file.name, name, workbook.rows(name), codes, faults)
        if sheet is None:
            continue
        twin = sheets.get((sheet.level, sheet.series))
        if twin:
            faults.append(Fault(sheet.place, f"the series of sheet {twin.name!r} again: {sheet.series}", AGAIN))
        sheets[sheet.level, sheet.series] = sheet
    if faults:
        raise SchemaError(file.name, faults)
    return tuple(sheets.values())


def of_today(sheet: Sheet, context: Context) -> Sheet:
    """A sheet with its territories of today; of series that cannot be added only codes that changed are carried."""
    long = sheet.values.melt(var_name="period", value_name="value", ignore_index=False).reset_index(names="territory")
    long = long.assign(status="final")
    additive = any(entry.name == sheet.series and entry.measure.additive for entry in SERIES)
    rows = carried(long, sheet.level, context, additive=additive, by_residents=False)
    values = rows.pivot_table(index="territory", columns="period", values="value", dropna=False, aggfunc="first")
    values = values.reindex(columns=sheet.values.columns).rename_axis(columns=None)
    return replace(sheet, values=values, divided=frozenset(rows.loc[rows["status"] == "estimated", "territory"]))


def residents(context: Context) -> pd.Series | None:
    """The declared residents of present units in the latest year; None where there are no workbooks."""
    if not context.files.get(SOURCE.id):
        return None
    return read(context.files[SOURCE.id], context).table("unit", SERIES[0].name).iloc[:, -1].dropna()


def missing_sheets(atlas: Atlas) -> list[Fault]:
    """Series that stand in no sheet at a level where they should."""
    wanted = [(entry.name, entry.measure.level == "unit") for entry in SERIES] + [(d.name, True) for d in DERIVED]
    levels: dict[bool, tuple[Published, ...]] = {True: ("unit", "municipality"), False: ("municipality",)}
    return [
        Fault(
            f"series {name!r}",
            f"no sheet for {LETTERS[level]} in any workbook",
            "Export the series again, or fetch the workbook that holds it.",
            ABSENT,
        )
        for name, both in wanted
        for level in levels[both]
        if not atlas.has(level, name)
    ]


def read_sheet(
    workbook: str,
    name: str,
    rows: list[list[Any]],
    known: Codes,
    faults: list[Fault],
) -> Sheet | None:
    """One sheet, or None after its faults were added."""
    place = f"sheet {name!r}"
    labels = [str(value).strip() for value in rows[0]] if rows else []
    if CODE_COLUMN not in labels:
        faults.append(Fault(f"{place}, row 1", f"no column {CODE_COLUMN!r} in the header", AGAIN))
        return None
    code_at = labels.index(CODE_COLUMN)
    level: Published = "unit" if UNIT_COLUMN in labels else "municipality"
    metadata = {
        key: str(row[1]).strip() for row in rows[1:] if len(row) > 1 and (key := str(row[0]).strip()) in METADATA
    }
    before = len(faults)
    faults += [Fault(place, f"no row {key!r} under the figures", AGAIN) for key in METADATA if not metadata.get(key)]
    years = {position: year_of(value) for position, value in enumerate(rows[0]) if position > code_at}
    for position, year in years.items():
        if year is None:
            where = f"{place}, {cell(0, position)}"
            faults.append(Fault(where, f"{shown(rows[0][position])} is not a year", AGAIN))
    if not years:
        faults.append(Fault(f"{place}, row 1", "no column of a year", AGAIN))
    codes: dict[str, list[float]] = {}
    for number, row in enumerate(rows[1:], start=1):
        if str(row[0]).strip() in METADATA:
            break
        if not any(str(value).strip() for value in row):
            continue
        code = code_of(row[code_at])
        where = f"{place}, row {number + 1}, column {CODE_COLUMN} ({cell(number, code_at)})"
        if code is None or code not in known.of(level):
            faults.append(Fault(where, f"{shown(row[code_at])} is no code of {LETTERS[level]}", known.advise(code)))
            continue
        if code in codes:
            faults.append(Fault(where, f"{shown(row[code_at])} stands there twice", AGAIN))
            continue
        figures = codes[code] = []
        for position, year in years.items():
            value = row[position] if position < len(row) else ""
            if isinstance(value, str) and not value.strip():
                figures.append(np.nan)
            elif isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
                figures.append(float(value))
            else:
                where = f"{place}, row {number + 1}, column {year} ({cell(number, position)})"
                faults.append(Fault(where, f"{value!r} is not a number", "Correct the cell, or export again."))
                figures.append(np.nan)
    if not codes and len(faults) == before:
        faults.append(Fault(f"{place}, row 2", "no figures under the header", AGAIN))
    if len(faults) > before:
        return None
    named = [str(year) for year in years.values()]
    order = sorted(range(len(named)), key=named.__getitem__)
    values = pd.DataFrame(
        np.array([codes[code] for code in sorted(codes)])[:, order],
        index=pd.Index(sorted(codes), name="territory"),
        columns=[named[place] for place in order],
    )
    return Sheet(workbook, name, level, metadata["Nosaukums"], metadata["Mērvienība"], metadata["Datu avots"], values)


def year_of(value: Any) -> str | None:
    """The year of a header: "2023" from 2023, 2023.0 or "2023"; None if it is no year."""
    text = text_of(value)
    return text if YEAR.fullmatch(text) else None


def shown(value: Any) -> str:
    """A cell in a message: text quoted, whole numbers as the workbook shows them."""
    return text_of(value) if isinstance(value, float) else repr(value)


def code_of(value: Any) -> str | None:
    """The ATVK code of a cell that may be a number (27400) or text ("0027400", "LV0027400"): LV0027400."""
    text = text_of(value)
    digits = text.removeprefix("LV")
    return f"LV{digits.zfill(7)}" if digits.isdecimal() and len(digits) <= 7 else None


def tidy(files: Sequence[RawFile], context: Context) -> pd.DataFrame:
    """Observations of all series, after these rules (`attrs["notes"]` counts what each did):

    1. Of a series that stands in several workbooks the one with the latest last year speaks.
    2. A year that is all zero or empty, at either level, is not published; nor are the years a series withholds.
    3. Shares called per cent that are fractions are made per cent.
    4. A count that is published only as a ratio is worked out from it, if that gives a whole number.
    5. Age groups that do not add up to the residents (within 1 %) are not published.
    6. A town that is zero in all years before it was split from a parish was not empty: the parish's figures of those
       years are divided between the two by the residents of the first year, and marked estimated.
    7. Zeros from the start of a municipality's series that then leaps are not published (`refuse_early_zeros`).
    8. Where residents jump between a town and a parish, their border was moved (`border_moves`).

    Raises
    ------
    UnsafeFile, SchemaError
        All faults of all workbooks at once.
    """
    atlas = read(files, context)
    notes: dict[str, Any] = {}
    tables = {entry.measure.id: figures(atlas, entry) for entry in SERIES}
    recover(atlas, tables, notes)
    refuse_age_groups(tables, notes)
    refuse_early_zeros(tables, notes)
    divide_between(tables, late_towns(tables["residents"].value, context), notes)
    tables[MOVES.id] = moved(tables["residents"].value, context, notes)
    cells = [table.cells() for table in tables.values()]
    columns = dict(zip(("territory", "period", "value", "status"), zip(*cells, strict=True), strict=True))
    result = pd.DataFrame({name: np.concatenate(parts) for name, parts in columns.items()})
    result["measure"] = np.repeat(list(tables), [len(territories) for territories, *_ in cells])
    result = result.reindex(columns=list(COLUMNS)).sort_values(KEY, ignore_index=True)
    result.attrs["notes"] = notes
    return result


@dataclass
class Figures:
    """A measure as value and status, both territory x year; status is missing where there is no row."""

    value: pd.DataFrame
    status: pd.DataFrame

    def cells(self) -> tuple[np.ndarray, ...]:
        """Territory, year, value and status of every row there is."""
        codes, years = self.value.index.to_numpy(), self.value.columns.to_numpy()
        status = self.status.reindex_like(self.value).to_numpy().ravel(order="F")
        there = pd.notna(status)
        value = self.value.to_numpy(dtype=float).ravel(order="F")
        every = np.tile(codes, len(years)), np.repeat(years, len(codes)), value, status
        return tuple(column[there] for column in every)


def figures(atlas: Atlas, entry: Series) -> Figures:
    """A series at its own level with the years that were not published, as per cent where it is a fraction."""
    level: Published = "municipality" if entry.measure.level == "municipality" else "unit"
    published = atlas.table(level, entry.name)
    codes, years = published.index, published.columns
    value = published.to_numpy(dtype=float, copy=True)
    value[:, years.isin([*atlas.unpublished(level, entry.name), *entry.withheld])] = np.nan
    if entry.measure.kind == "share" and is_fraction(value):
        value = 100 * value
    value = value.round(6)
    divided = codes.isin(list(atlas.divided(level, entry.name)))
    status = np.where(np.isnan(value), "not_published", np.where(divided, "estimated", "final")[:, None])
    return Figures(pd.DataFrame(value, codes, years), pd.DataFrame(status.astype(object), codes, years))


def is_fraction(value: np.ndarray) -> bool:
    """Whether a share that is called per cent runs from 0 to 1: no figure of any territory or year is over 1."""
    return bool(np.nanmax(value, initial=0) <= 1)


def recover(atlas: Atlas, tables: Mapping[str, Figures], notes: dict[str, Any]) -> None:
    """Counts that are published only as a ratio to the residents of the same year, in years after the count's last.

    count = ratio x residents / factor, taken if it lies within 0.01 of a whole number. RAIM leaves the ratio empty
    where the count is zero: an empty cell becomes a zero, provided that holds for every year with both figures.
    """
    residents = tables["residents"].value
    for derived in DERIVED:
        if not derived.recovers:
            continue
        count = tables[derived.parts[0]]
        ratio = atlas.table("unit", derived.name)
        ratio = ratio.drop(columns=blank_years(ratio)).reindex(index=count.value.index)
        known = count.value.columns[count.value.notna().any()]
        shared = ratio.columns.intersection(known)
        lived_in = residents.reindex(index=ratio.index, columns=ratio.columns) > 0
        empty = (ratio[shared].isna() & lived_in[shared]).to_numpy()
        empty_is_zero = bool((count.value[shared].to_numpy()[empty] == 0).all())
        for year in ratio.columns.difference(shared).intersection(residents.columns):
            exact = ratio[year] * residents[year].reindex(ratio.index) / derived.factor
            if empty_is_zero:
                exact = exact.mask(ratio[year].isna() & lived_in[year], 0.0)
            whole = exact.round()
            found = whole.where((exact - whole).abs() < WHOLE)
            found = found.mask(residents[year].reindex(ratio.index).eq(0), 0.0)
            count.value[year] = found
            count.status[year] = np.where(found.notna(), "final", "not_published")
            notes[f"{year}: {derived.parts[0]} worked out from a ratio"] = int(found.gt(0).sum())


def count(notes: dict[str, Any], what: str, times: int) -> None:
    notes[what] = notes.get(what, 0) + times


def refuse_age_groups(tables: Mapping[str, Figures], notes: dict[str, Any]) -> None:
    """Age groups that miss the residents by more than 1 % are not published: zeros, or another place's figures."""
    parts = [tables[id].value for id in AGE_GROUPS]
    total = parts[0] + parts[1] + parts[2]
    residents = tables["residents"].value.reindex_like(total)
    wrong = (total - residents).abs() > AGE_TOLERANCE * residents
    for id in AGE_GROUPS:
        here = wrong.reindex_like(tables[id].value).fillna(False).astype(bool)
        tables[id].value = tables[id].value.mask(here)
        tables[id].status = tables[id].status.mask(here, "not_published")
    for code in wrong.index[wrong.any(axis=1)]:
        notes[f"years in which the age groups of {code} do not add up"] = int(wrong.loc[code].sum())


def refuse_early_zeros(tables: Mapping[str, Figures], notes: dict[str, Any]) -> None:
    """Zeros of a municipality from a series' first year on are not published, if there are many and a leap follows.

    At least three years, and then at least 10 cases (or euros). A true rate that gives 10 in a year would give none in
    three with a chance of e^-30; the zeros of a rare event go on with a few cases and stay.
    """
    for entry in SERIES:
        if entry.measure.level != "municipality":
            continue
        table = tables[entry.measure.id]
        value = table.value.loc[:, table.value.notna().any()]
        leading = value.eq(0).cummin(axis=1)
        years = leading.sum(axis=1)
        for code in value.index[(years >= EARLY_ZEROS) & (years < len(value.columns))]:
            if not value.loc[code].iloc[years[code]] >= FIRST_FIGURE:
                continue
            void = value.columns[leading.loc[code]]
            table.value.loc[code, void], table.status.loc[code, void] = np.nan, "not_published"
            count(notes, f"zeros before a series of {code} begins", len(void))


def moved(residents: pd.DataFrame, context: Context, notes: dict[str, Any]) -> Figures:
    """The measure of moved borders, 1 or 0, for every unit and year of the residents but the first."""
    moves = border_moves(residents, context.territories)
    for year, here in moves.items():
        places = moves.index[here]
        if len(places):
            notes[f"{year}: borders moved of {', '.join(places)}"] = len(places)
    value = moves.astype("float64")
    return Figures(value, pd.DataFrame("final", index=value.index, columns=value.columns, dtype="object"))


def border_moves(residents: pd.DataFrame, territories: pd.DataFrame) -> pd.DataFrame:
    """Where and when a border between a town and parishes of its municipality moved (unit x year, from the second on).

    A parish (or several) changes by 10 % or more against its usual year, the town of the same municipality by about as
    many people the other way (or a town by 10 %, and a parish), at least 100 of them, and it lasts. RAIM gives no
    other sign of it for residents; its areas follow in most of these places within a year.
    """
    units = territories[territories["level"] == "unit"].set_index("code").reindex(residents.index)
    before = residents.shift(1, axis=1)
    jump = residents - before
    usual = (jump / before).median(axis=1)
    beyond = jump - before.mul(usual, axis=0)
    undone = (residents.shift(-1, axis=1) - before).abs() < LASTING * jump.abs()
    undone |= (residents - residents.shift(2, axis=1)).abs() < LASTING * jump.abs()
    leaps = ((beyond / before).abs() >= JUMP) & ~undone
    found = pd.DataFrame(False, index=residents.index, columns=residents.columns)
    for year in residents.columns[leaps.any()]:
        for owner in units.loc[leaps[year], "parent"].unique():
            near = units.index[units["parent"] == owner]
            people, leap = beyond.loc[near, year].to_numpy(), leaps.loc[near, year].to_numpy()
            kind = units.loc[near, "kind"].to_numpy()
            for unit, own in enumerate(people):
                others = leap & (kind != kind[unit]) & (people * own < 0)
                total = people[others].sum()
                if abs(total) >= LEAST_MOVED and abs(total + own) <= MADE_UP_FOR * abs(total):
                    found.loc[[near[unit], *near[others]], year] = True
    return found.iloc[:, 1:]


@dataclass(frozen=True)
class LateTown:
    """A unit that RAIM lists for years in which it did not exist.

    first: the first year with residents; parish: the unit it was split from; share: its part of both's residents then.
    """

    code: str
    first: str
    parish: str
    share: float


def late_towns(residents: pd.DataFrame, context: Context) -> list[LateTown]:
    """Units whose residents are zero in all years before a first one, and that were split from another unit."""
    crosswalk = context.crosswalk
    towns = []
    for code in residents.index[residents.iloc[:, 0].eq(0)]:
        lived_in = residents.columns[residents.loc[code].gt(0)]
        old = crosswalk.loc[crosswalk["L1_code_new"] == code, "L1_code_old"]
        kin = crosswalk[crosswalk["L1_code_old"].isin(old) & (crosswalk["L1_code_new"] != code)]
        if len(lived_in) and len(kin):
            parish = str(kin.set_index("L1_code_new")["share_old"].sort_index().idxmax())
            of_town, of_parish = residents.loc[[code, parish], lived_in[0]]
            towns.append(LateTown(str(code), str(lived_in[0]), parish, float(of_town / (of_town + of_parish))))
    return towns


def divide_between(tables: Mapping[str, Figures], towns: Sequence[LateTown], notes: dict[str, Any]) -> None:
    """Divide a parish's figures before its town was split off between the two, by their later residents.

    Only where the town has no figure of its own yet. Counts stay whole, the sum of both is kept, both are estimated.
    An area cannot be divided like that: the town has none.
    """
    for entry in SERIES:
        table = tables[entry.measure.id]
        if entry.measure.level == "unit":
            for town in towns:
                divide(table, town, entry.measure.kind, notes)
    for table in tables.values():
        table.value, table.status = table.value.sort_index(), table.status.sort_index()


def divide(table: Figures, town: LateTown, kind: Kind, notes: dict[str, Any]) -> None:
    """Divide the figures of a measure between a town and its parish, in arrays: a frame is slow to be written into."""
    codes, years = table.value.index, table.value.columns
    if town.parish not in codes:
        return
    if town.code not in codes:
        codes = codes.append(pd.Index([town.code]))
    value = table.value.reindex(codes).to_numpy(dtype=float, copy=True)
    status = table.status.reindex(index=codes, columns=years).to_numpy(dtype=object, copy=True)
    ours, theirs = codes.get_loc(town.code), codes.get_loc(town.parish)
    early = (years < town.first) & ~(value[ours] > 0)
    if not early.any():
        return
    whole = value[theirs, early]
    known = ~np.isnan(whole)
    part = (town.share * whole).round(0 if kind == "count" else 2)
    state = np.where(known, "estimated", status[theirs, early])
    if kind == "area":
        part, state = np.full(len(part), np.nan), np.where(known, "not_applicable", status[theirs, early])
    else:
        value[theirs, early], status[theirs, early] = whole - part, state
        count(notes, f"figures divided between {town.parish} and {town.code}", int(known.sum()))
    value[ours, early], status[ours, early] = part, state
    table.value = pd.DataFrame(value, index=codes, columns=years)
    table.status = pd.DataFrame(status, index=codes, columns=years, dtype="object")
