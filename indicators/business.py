"""Business: enterprises, employers, and what residents earn from work."""

from __future__ import annotations

import pandas as pd

from data.model import Text
from indicators.model import Goalposts, indicator
from indicators.people import PER_1000

LEGAL_ADDRESS = Text(
    "Uzņēmums skaitās tur, kur tas reģistrēts, nevis tur, kur strādā.",
    "An enterprise counts where it is registered, not where it works.",
)
TWENTIETHS = Text(
    "Aptuveni pagastu zemākā un augstākā divdesmitdaļa, noapaļota.",
    "About the lowest and the highest twentieth of parishes, rounded.",
)


@indicator(
    title=Text("Reģistrētie uzņēmumi uz 1000 iedzīvotājiem", "Businesses registered per 1,000 residents"),
    short=Text("Reģistrētie uzņēmumi", "Businesses registered"),
    definition=Text(
        "Cik jaunu uzņēmumu gadā vidēji reģistrē uz katriem 1000 iedzīvotājiem (trīs gadu vidējais).",
        "How many new businesses are registered in a year for every 1,000 residents (mean of three years).",
    ),
    formula=Text(
        "1000 × 3 gados reģistrētie uzņēmumi ÷ iedzīvotāju skaita summa tajos pašos 3 gados",
        "1,000 × businesses registered in 3 years ÷ sum of the residents of the same 3 years",
    ),
    unit=PER_1000,
    better="higher",
    theme="business",
    factors=(2,),
    goalposts=Goalposts(0, 6, TWENTIETHS),
    numerator="businesses_registered__3y",
    base="residents__3y",
    family="rate",
    minimum=(("residents", 100),),
    bias=LEGAL_ADDRESS,
)
def businesses_registered_rate(businesses_registered__3y: pd.Series, residents__3y: pd.Series) -> pd.Series:
    """Newly registered businesses per 1,000 residents, mean of three years."""
    return 1000 * businesses_registered__3y / residents__3y


@indicator(
    title=Text("Likvidētie uzņēmumi uz 1000 iedzīvotājiem", "Businesses closed per 1,000 residents"),
    short=Text("Likvidētie uzņēmumi", "Businesses closed"),
    definition=Text(
        "Cik uzņēmumu gadā vidēji likvidē uz katriem 1000 iedzīvotājiem (trīs gadu vidējais).",
        "How many businesses are closed in a year for every 1,000 residents (mean of three years).",
    ),
    formula=Text(
        "1000 × 3 gados likvidētie uzņēmumi ÷ iedzīvotāju skaita summa tajos pašos 3 gados",
        "1,000 × businesses closed in 3 years ÷ sum of the residents of the same 3 years",
    ),
    unit=PER_1000,
    better="neither",
    theme="business",
    factors=(2,),
    numerator="businesses_closed__3y",
    base="residents__3y",
    family="rate",
    minimum=(("residents", 100),),
    bias=Text(
        "No 2013. līdz 2019. gadam likvidēto uzņēmumu skaits valstī pieauga gandrīz sešas reizes; iespējams, no "
        "reģistra izslēdza sen nedarbojošos uzņēmumus, tāpēc pieaugums vien neliecina par sliktāku uzņēmējdarbību. "
        "Uzņēmums skaitās tur, kur tas reģistrēts.",
        "From 2013 to 2019 the number of businesses closed in the country grew nearly sixfold; possibly long inactive "
        "ones were struck off the register, so the rise alone is no sign of worse business. An enterprise counts "
        "where it is registered.",
    ),
)
def businesses_closed_rate(businesses_closed__3y: pd.Series, residents__3y: pd.Series) -> pd.Series:
    """Businesses closed per 1,000 residents, mean of three years."""
    return 1000 * businesses_closed__3y / residents__3y


@indicator(
    title=Text("Uzņēmumu skaita izmaiņas uz 1000 iedzīvotājiem", "Net change of businesses per 1,000 residents"),
    short=Text("Uzņēmumu skaita izmaiņas", "Net change of businesses"),
    definition=Text(
        "Par cik vairāk (vai mazāk) uzņēmumu gadā vidēji reģistrē, nekā likvidē, uz katriem 1000 iedzīvotājiem (trīs "
        "gadu vidējais).",
        "How many more (or fewer) businesses are registered than closed in a year for every 1,000 residents (mean of "
        "three years).",
    ),
    formula=Text(
        "1000 × (3 gados reģistrētie − likvidētie uzņēmumi) ÷ iedzīvotāju skaita summa tajos pašos 3 gados",
        "1,000 × (businesses registered − closed in 3 years) ÷ sum of the residents of the same 3 years",
    ),
    unit=PER_1000,
    better="neither",
    theme="business",
    factors=(2,),
    minimum=(("residents", 100),),
    bias=Text(
        "No 2016. gada valstī likvidēto uzņēmumu ir vairāk nekā reģistrēto; iespējams, no reģistra izslēdza sen "
        "nedarbojošos uzņēmumus. Uzņēmums skaitās tur, kur tas reģistrēts.",
        "From 2016 more businesses are closed in the country than registered; possibly long inactive ones were struck "
        "off the register. An enterprise counts where it is registered.",
    ),
)
def businesses_net_rate(
    businesses_registered__3y: pd.Series, businesses_closed__3y: pd.Series, residents__3y: pd.Series
) -> pd.Series:
    """Businesses registered less closed per 1,000 residents, mean of three years."""
    return 1000 * (businesses_registered__3y - businesses_closed__3y) / residents__3y


@indicator(
    title=Text("Uzņēmumu ienākuma nodokļa maksātāji uz 1000 iedz.", "Company-tax payers per 1,000 residents"),
    short=Text("Uzņēmumu nodokļa maksātāji", "Company-tax payers"),
    definition=Text(
        "Cik uzņēmumu ienākuma nodokļa maksātāju ir uz katriem 1000 iedzīvotājiem.",
        "How many payers of company income tax there are for every 1,000 residents.",
    ),
    formula=Text(
        "1000 × uzņēmumu ienākuma nodokļa maksātāji ÷ iedzīvotāji", "1,000 × payers of company income tax ÷ residents"
    ),
    unit=PER_1000,
    better="higher",
    theme="business",
    factors=(2,),
    goalposts=Goalposts(
        0,
        120,
        Text(
            "Apakšā – neviena uzņēmuma; augšā – aptuveni divreiz vairāk nekā Latvijā vidēji.",
            "Below: no company at all; above: about twice Latvia's rate.",
        ),
    ),
    numerator="company_tax_payers",
    base="residents",
    family="rate",
    bias=LEGAL_ADDRESS,
)
def company_taxpayers_rate(company_tax_payers: pd.Series, residents: pd.Series) -> pd.Series:
    """Payers of company income tax per 1,000 residents."""
    return 1000 * company_tax_payers / residents


@indicator(
    title=Text("Darba devēji uz 1000 iedzīvotājiem", "Employers per 1,000 residents"),
    short=Text("Darba devēji", "Employers"),
    definition=Text(
        "Cik darba devēju, kuri ietur darbinieku ienākuma nodokli, ir uz katriem 1000 iedzīvotājiem.",
        "How many employers that withhold income tax for their staff there are for every 1,000 residents.",
    ),
    formula=Text(
        "1000 × ienākuma nodokļa maksātāji pēc uzņēmuma reģistrācijas vietas ÷ iedzīvotāji",
        "1,000 × payers of income tax by the company's place of registration ÷ residents",
    ),
    unit=PER_1000,
    better="higher",
    theme="business",
    factors=(2,),
    goalposts=Goalposts(
        0,
        55,
        Text(
            "Apakšā – neviena darba devēja; augšā – aptuveni pagastu augstākā divdesmitdaļa.",
            "Below: no employer at all; above: about the highest twentieth of parishes.",
        ),
    ),
    numerator="employers",
    base="residents",
    family="rate",
    bias=Text(
        "Skaita darba devējus, nevis darbavietas; darba devējs skaitās tur, kur tas reģistrēts.",
        "Counts employers, not jobs; an employer counts where it is registered.",
    ),
)
def employers_rate(employers: pd.Series, residents: pd.Series) -> pd.Series:
    """Employers that withhold income tax per 1,000 residents."""
    return 1000 * employers / residents


@indicator(
    title=Text("Iedzīvotāji, kuri maksā ienākuma nodokli", "Residents who pay income tax"),
    short=Text("Ienākuma nodokļa maksātāji", "Income-tax payers"),
    definition=Text(
        "Cik iedzīvotāju, no kuru ienākuma darba devējs ietur nodokli, ir uz katriem 100 iedzīvotājiem darbspējas "
        "vecumā.",
        "How many residents from whose pay an employer withholds income tax there are for every 100 of working age.",
    ),
    formula=Text(
        "100 × nodokļa maksātāji pēc deklarētās dzīvesvietas ÷ iedzīvotāji darbspējas vecumā",
        "100 × tax payers by declared residence ÷ residents of working age",
    ),
    unit=Text("uz 100 darbspējas vecumā", "per 100 of working age"),
    better="higher",
    theme="business",
    factors=(2,),
    goalposts=Goalposts(
        45,
        90,
        Text(
            "Aptuveni no pagastu zemākās divdesmitdaļas līdz gandrīz visiem darbspējas vecumā.",
            "From about the lowest twentieth of parishes to nearly everybody of working age.",
        ),
    ),
    numerator="income_tax_payers",
    base="residents_working_age",
    family="rate",
    bias=Text(
        "Maksātāji var būt arī vecāki par darbspējas vecumu; tos, kuri strādā ārzemēs vai maksā citu nodokli, šeit "
        "neskaita. Bāze mainījās 2022. gadā līdz ar darbspējas vecuma robežu.",
        "Payers may be over working age too; those who work abroad or pay another tax are not counted here. The base "
        "changed in 2022 with the limit of working age.",
    ),
)
def income_tax_payers_share(income_tax_payers: pd.Series, residents_working_age: pd.Series) -> pd.Series:
    """Residents who pay income tax per 100 residents of working age."""
    return 100 * income_tax_payers / residents_working_age


@indicator(
    title=Text("Vietējo darba devēju ieturētais nodoklis", "Tax withheld by local employers"),
    short=Text("Vietējo darba devēju nodoklis", "Tax of local employers"),
    definition=Text(
        "Cik eiro ienākuma nodokļa ietur šeit reģistrētie darba devēji uz katriem 100 eiro, ko ietur no šejienes "
        "iedzīvotāju algām.",
        "How many euros of income tax employers registered here withhold for every 100 euros withheld from the wages "
        "of the residents.",
    ),
    formula=Text(
        "100 × ieturētais nodoklis pēc darba devēja adreses ÷ ieturētais nodoklis pēc darba ņēmēja dzīvesvietas",
        "100 × tax withheld by the employer's address ÷ tax withheld by the employee's residence",
    ),
    unit=Text("EUR uz 100 EUR", "EUR per 100 EUR"),
    decimals=0,
    better="higher",
    theme="business",
    factors=(2, 4),
    scale="log",
    goalposts=Goalposts(
        5,
        200,
        Text(
            "Apakšā – gandrīz visi strādā pie citur reģistrētiem darba devējiem; augšā – vietējie darba devēji ietur "
            "divreiz vairāk, nekā ietur no iedzīvotāju algām.",
            "Below: nearly all work for employers registered elsewhere; above: local employers withhold twice what is "
            "withheld from the residents.",
        ),
    ),
    minimum=(("income_tax_payers", 100),),
    bias=Text(
        "Nodoklis skaitās darba devēja juridiskajā adresē, tāpēc to stipri izkropļo galvenie biroji Rīgā un lieli "
        "uzņēmumi mazos pagastos.",
        "The tax counts at the employer's legal address, so head offices in Rīga and large companies in small "
        "parishes distort it strongly.",
    ),
)
def local_income_tax_ratio(income_tax_by_employer_eur: pd.Series, income_tax_by_resident_eur: pd.Series) -> pd.Series:
    """Tax withheld by employers registered here per 100 EUR withheld from residents."""
    return 100 * income_tax_by_employer_eur / income_tax_by_resident_eur


@indicator(
    title=Text("Ienākuma nodoklis uz maksātāju mēnesī", "Income tax per payer and month"),
    short=Text("Nodoklis uz maksātāju mēnesī", "Tax per payer and month"),
    definition=Text(
        "Cik eiro ienākuma nodokļa mēnesī vidēji ietur no viena iedzīvotāja, kurš to maksā.",
        "How many euros of income tax are withheld in a month from the average resident who pays it.",
    ),
    formula=Text(
        "Ieturētais nodoklis pēc dzīvesvietas ÷ nodokļa maksātāji ÷ 12",
        "Tax withheld by residence ÷ tax payers ÷ 12",
    ),
    unit=Text("EUR mēnesī", "EUR a month"),
    decimals=0,
    better="higher",
    theme="business",
    factors=(2,),
    goalposts=Goalposts(90, 190, TWENTIETHS),
    base="income_tax_payers",
    bias=Text(
        "Rāda nodokli, nevis algu: ja mainās nodokļa likmes un atvieglojumi, mainās arī rādītājs. Cenu pieaugums nav "
        "izslēgts.",
        "Shows the tax, not the wage: when rates and allowances change, so does the figure. Rising prices are not "
        "taken out.",
    ),
)
def income_tax_per_payer(income_tax_by_resident_eur: pd.Series, income_tax_payers: pd.Series) -> pd.Series:
    """Income tax withheld per resident payer and month (EUR)."""
    return income_tax_by_resident_eur / income_tax_payers / 12


EXPERIMENTAL = Text(
    "Eksperimentālā statistika: nav finanšu uzņēmumu un valsts pārvaldes; kas strādā vairākās vietās, ieskaitīts "
    "katrā; "
    "pašnodarbinātie ieskaitīti dzīvesvietā.",
    "Experimental statistics: finance and public administration are left out; who works in several places is counted "
    "in "
    "each; the self-employed are counted where they live.",
)


@indicator(
    title=Text("Darbvietas uz 100 strādājošiem iedzīvotājiem", "Jobs per 100 working residents"),
    short=Text("Darbvietas uz 100 strādājošiem", "Jobs per 100 working residents"),
    definition=Text(
        "Cik darbvietu šeit ir uz katriem 100 iedzīvotājiem, kuri strādā; zem 100 nozīmē, ka darbvietu ir mazāk nekā "
        "strādājošo un daudzi brauc strādāt citur.",
        "How many jobs there are here for every 100 residents who work; below 100 there are fewer jobs than workers, "
        "and "
        "many travel to work elsewhere.",
    ),
    formula=Text(
        "100 × darbvietas pēc darba vietas ÷ nodarbinātie pēc dzīvesvietas",
        "100 × jobs by place of work ÷ employed people by residence",
    ),
    unit=Text("uz 100 strādājošiem", "per 100 working residents"),
    decimals=0,
    better="higher",
    theme="business",
    factors=(2, 4),
    scale="log",
    goalposts=Goalposts(
        10,
        150,
        Text(
            "Apakšā – gandrīz visi strādā citur; augšā – darbvietu ir par pusi vairāk nekā strādājošo.",
            "Below: nearly all work elsewhere; above: half as many jobs again as working residents.",
        ),
    ),
    numerator="jobs_here",
    base="employed_residents",
    bias=EXPERIMENTAL,
)
def jobs_per_100_workers(jobs_here: pd.Series, employed_residents: pd.Series) -> pd.Series:
    """Jobs by place of work per 100 employed residents."""
    return 100 * jobs_here / employed_residents


@indicator(
    title=Text("Pievienotā vērtība uz darbvietu", "Value added per job"),
    short=Text("Pievienotā vērtība", "Value added per job"),
    definition=Text(
        "Cik eiro jaunas vērtības gadā rada vidēji viena darbvieta šeit.",
        "How many euros of new value the average job here creates in a year.",
    ),
    formula=Text(
        "Pievienotā vērtība pēc darba vietas ÷ darbvietas pēc darba vietas",
        "Value added by place of work ÷ jobs by place of work",
    ),
    unit=Text("EUR uz darbvietu", "EUR per job"),
    decimals=0,
    better="neither",
    theme="business",
    factors=(2,),
    base="jobs_here",
    bias=Text(
        EXPERIMENTAL.lv + " Viens liels uzņēmums var noteikt visa pagasta vērtību. Cenu pieaugums nav izslēgts.",
        EXPERIMENTAL.en + " One large company can make the value of a parish. Rising prices are not taken out.",
    ),
)
def value_added_per_job(value_added_here_eur: pd.Series, jobs_here: pd.Series) -> pd.Series:
    """Value added by place of work per job (EUR a year)."""
    return value_added_here_eur / jobs_here


@indicator(
    title=Text("Aktīvi uzņēmumi uz 1000 iedzīvotājiem", "Active enterprises per 1,000 residents"),
    short=Text("Aktīvi uzņēmumi", "Active enterprises"),
    definition=Text(
        "Cik uzņēmumu reģistrā aktīvu komercsabiedrību, individuālo komersantu, zemnieku saimniecību un kooperatīvu ir "
        "uz katriem 1000 iedzīvotājiem.",
        "How many companies, sole traders, farms and co-operatives that are active in the business register there are "
        "for every 1,000 residents.",
    ),
    formula=Text(
        "1000 × reģistrā aktīvie uzņēmumi ÷ iedzīvotāji (jaunākais skaits, ne vairāk kā divus gadus vecs)",
        "1,000 × enterprises active in the register ÷ residents (newest figure, at most two years old)",
    ),
    unit=PER_1000,
    decimals=0,
    better="neither",
    theme="business",
    factors=(2,),
    numerator="register_businesses",
    base="residents__held2",
    family="rate",
    bias=Text(
        "Uzņēmums skaitās juridiskajā adresē, nevis tur, kur strādā; reģistrā ir arī tādi, kas vairs nedarbojas, bet "
        "nav izslēgti. Nozare nav zināma.",
        "An enterprise counts at its legal address, not where it works; the register also holds some that no longer do "
        "anything but were not struck off. The industry is not known.",
    ),
)
def active_businesses_rate(register_businesses: pd.Series, residents__held2: pd.Series) -> pd.Series:
    """Enterprises active in the business register per 1,000 residents."""
    return 1000 * register_businesses / residents__held2


@indicator(
    title=Text("Biedrības un nodibinājumi uz 1000 iedzīvotājiem", "Societies and foundations per 1,000 residents"),
    short=Text("Biedrības un nodibinājumi", "Societies and foundations"),
    definition=Text(
        "Cik reģistrā aktīvu biedrību un nodibinājumu ir uz katriem 1000 iedzīvotājiem.",
        "How many societies and foundations that are active in the register there are for every 1,000 residents.",
    ),
    formula=Text(
        "1000 × aktīvās biedrības un nodibinājumi ÷ iedzīvotāji (jaunākais skaits, ne vairāk kā divus gadus vecs)",
        "1,000 × active societies and foundations ÷ residents (newest figure, at most two years old)",
    ),
    unit=PER_1000,
    better="neither",
    theme="people",
    factors=(1,),
    numerator="register_civil",
    base="residents__held2",
    family="rate",
    bias=Text(
        "Rāda, cik biedrību šeit reģistrēts, nevis cik cilvēku tajās darbojas: daļa sen neko nedara, un vienas vietas "
        "ļaudis var rīkoties arī bez biedrības. Ar kopienas iniciatīvu tas nav viens un tas pats.",
        "Shows how many societies are registered here, not how many people are active in them: some have long done "
        "nothing, and people can act together without a society. It is not the same as a community's initiative.",
    ),
)
def societies_rate(register_civil: pd.Series, residents__held2: pd.Series) -> pd.Series:
    """Societies and foundations active in the register per 1,000 residents."""
    return 1000 * register_civil / residents__held2
