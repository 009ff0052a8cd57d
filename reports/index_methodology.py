"""How the index is made, in words and formulas, written from its declaration (`indicators.success`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from data.model import Text
from indicators import success
from indicators.index.uncertainty import CLASSES, INDISTINGUISHABLE, STABLE, Plan
from indicators.model import Indicator

LOW, HIGH = (f"{end:g}" for end in success.LIMITS)
LEAST, MOST = INDISTINGUISHABLE
STEPS = f"{success.LIMITS[1] - success.LIMITS[0]:g}"

INTRO = Text(
    "Indekss vērtē divus no desmit veiksmes faktoriem – tos, par kuriem ir atvērti dati par katru pagastu. Galvenais "
    "rezultāts ir divi atsevišķi vērtējumi; kopējais skaitlis ir otrajā vietā. Pārējos faktorus vērtē kopiena pati.",
    "The index scores two of the ten success factors: those for which there are open data on every parish. The product "
    "is the two separate scores; the overall number comes second. The other factors are judged by the community.",
)
STEPS_OF_SCORE: tuple[tuple[Text, Text, str], ...] = (
    (
        Text("Rādītāja punkti", "Score of an indicator"),
        Text(
            f"Katram rādītājam ir nemainīgi skalas gali (sliktākais x₀ un labākais x₁). Punkti ir no {LOW} līdz "
            f"{HIGH}; kas ir aiz skalas gala, saņem gala punktus, bet pati vērtība paliek redzama. Cita vieta pagasta "
            "punktus neietekmē. Logaritmiskā skalā x un abu galu vietā ir to logaritmi. Mazu skaitļu rādītājiem ņem "
            "izlīdzināto vērtību.",
            f"Every indicator has fixed goalposts (worst x₀ and best x₁). Scores run from {LOW} to {HIGH}; what lies "
            "beyond a goalpost gets the score of that end, while the value itself stays visible. No other place has "
            "any influence on a parish's score. On a logarithmic scale x and both ends are replaced by their "
            "logarithms. For small-number indicators the smoothed value is scored.",
        ),
        rf"s = {LOW} + {STEPS} \cdot \frac{{x - x_0}}{{x_1 - x_0}}",
    ),
    (
        Text("Apakšdimensija un faktors", "Sub-dimension and factor"),
        Text(
            "Svērtais aritmētiskais vidējais no tā, kas ir: trūkstoša rādītāja svaru sadala pārējie.",
            "The weighted arithmetic mean of what is there: the others share the weight of a missing indicator.",
        ),
        r"F = \frac{\sum_i w_i s_i}{\sum_i w_i}",
    ),
    (
        Text("Abi faktori kopā", "Both factors together"),
        Text(
            "Svērtais ģeometriskais vidējais: viena faktora vājumu otrs pilnībā neatsver.",
            "The weighted geometric mean: one factor does not fully make up for the weakness of the other.",
        ),
        r"I = \exp \frac{\sum_f w_f \ln F_f}{\sum_f w_f}",
    ),
)
MISSING = Text(
    f"Rādītāju ņem vērā, ja tas ir zināms vismaz {100 * success.LEAST_UNITS:.0f} % pagastu un pilsētu; ņem jaunāko "
    f"tādu periodu. Apakšdimensijai vajag vismaz {100 * success.LEAST_OF_DIMENSION:.0f} % tās svara, faktoram – vismaz "
    "divas trešdaļas svara un katrā apakšdimensijā vismaz vienu rādītāju, kas raksturo pašu vietu, nevis novadu. "
    "Citādi ir „nepietiek datu”: ne punktu, ne vietas. Trūkstošo neaizpilda ar minējumu.",
    f"An indicator enters if at least {success.LEAST_UNITS:.0%} of the parishes and towns have it, in the newest such "
    f"period. A sub-dimension needs at least {success.LEAST_OF_DIMENSION:.0%} of its weight, a factor at least two "
    "thirds of its weight and, in each sub-dimension, at least one indicator of the place itself rather than of its "
    'municipality. Otherwise it says "not enough data": neither score nor rank. Nothing is filled in by guessing.',
)
UNCERTAINTY = Text(
    f"Vietu (rangu) pārbauda ar {Plan().runs} aprēķiniem, kuros reizē maina izvēles, par kurām var strīdēties: svarus "
    f"par ±{100 * Plan().weights:.0f} %, normalizāciju (skalas gali, z-vērtības, procentiļi), vidējo (aritmētiskais "
    "vai ģeometriskais), galējo vērtību apstrādi, vienu izlaistu rādītāju, trūkstošo aizpildīšanu ar mediānu un mazu "
    "skaitļu nejaušību. Rāda vidējo (mediānas) vietu, intervālu no 5 līdz 95 %, varbūtību būt labākajā ceturtdaļā un "
    f"{CLASSES} klases; klase ir stabila, ja tajā pagasts nonāk vismaz {100 * STABLE:.0f} % aprēķinu. Divi pagasti ir "
    f"„neatšķirami”, ja viens ir augstāk par otru {100 * LEAST:.0f}–{100 * MOST:.0f} % aprēķinu.",
    f"A rank is tested by {Plan().runs:,} runs that vary at once the choices one may argue about: weights by "
    f"±{Plan().weights:.0%}, normalisation (goalposts, z-scores, percentiles), mean (arithmetic or geometric), the "
    "treatment of extremes, one indicator left out, gaps filled with the median, and the chance in small numbers. "
    "Shown are the median rank, the interval from 5 to 95%, the probability of the top quarter, and "
    f"{CLASSES} classes; a class is stable where at least {STABLE:.0%} of the runs agree on it. Two parishes are "
    f'"indistinguishable" where one ranks above the other in {LEAST:.0%} to {MOST:.0%} of the runs.',
)
USE = (
    Text("Atrast vietas, kurām pajautāt, kā tām izdevies.", "To find places to ask how they did it."),
    Text(
        "Salīdzināt pagastu ar tam līdzīgiem pagastiem un ar Latvijas laukiem.",
        "To compare a parish with parishes like it and with rural Latvia.",
    ),
    Text(
        "Ieraudzīt, kuri rādītāji pagasta vērtējumu ceļ un kuri velk uz leju, un kā pagastam vispār trūkst.",
        "To see which indicators lift a parish's score, which pull it down, and what is not known of it at all.",
    ),
    Text(
        "Pārbaudīt savu viedokli: mainīt svarus un redzēt, kas mainās un kas paliek.",
        "To test one's own opinion: change the weights and see what moves and what stays.",
    ),
)
NOT_USE = (
    Text(
        "Nerindot atsevišķus pagastus pēc viena vai diviem punktiem: skatieties vietas intervālu.",
        "Not to rank single parishes by a point or two: look at the interval of the rank.",
    ),
    Text(
        "Nelikt finansējuma formulās un nesodīt vai nebalvot pēc tā: indekss mēra tikai divus faktorus un tikai to, "
        "par ko ir dati.",
        "Not in funding formulas, nor to reward or punish: the index measures two factors only, and only what there "
        "are data on.",
    ),
    Text(
        "Nesalīdzināt gadus pāri sērijas pārtraukumam vai starp dažādām metodes versijām.",
        "Not to compare years across a break in a series, or between versions of the method.",
    ),
    Text(
        "Nesecināt par cēloni: saistība nav cēlonis.",
        "Not to conclude what causes what: a relation is not a cause.",
    ),
    Text(
        "Nespriest par atsevišķiem cilvēkiem: pagasta vidējais nav neviena iedzīvotāja rādītājs.",
        "Not to judge single people: a parish's mean is no resident's figure.",
    ),
)
WEIGHTS = Text("Rādītāji un svari", "Indicators and weights")
HEADS = (
    Text("Rādītājs", "Indicator"),
    Text("Svars", "Weight"),
    Text("Daļa faktorā", "Share of the factor"),
    Text("Skalas gali", "Goalposts"),
    Text("Periods", "Period"),
)
WITHHELD = Text("netiek ņemts vērā: nav pietiekami daudz vietu", "does not enter: too few places have it")
RULES = (Text("Trūkstošie dati", "Missing data"), Text("Cik droša ir vieta", "How sure a rank is"))
USE_TITLES = (Text("Kā lietot", "How to use it"), Text("Kā nelietot", "How not to use it"))
CHANGES = Text("Metodes izmaiņas", "Changes of the method")
VERSION = Text("Metodes versija", "Version of the method")


def use_lines(language: str) -> Iterator[str]:
    """What the index is good for, and what it is not, as Markdown."""
    for title, entries in zip(USE_TITLES, (USE, NOT_USE), strict=True):
        yield from (f"**{title[language]}**", "", *(f"- {entry[language]}" for entry in entries), "")


def change_lines(language: str) -> Iterator[str]:
    """The versions of the method, the newest first, as Markdown."""
    for version, date, text in reversed(success.CHANGES):
        yield f"- **{version}** ({date}): {text[language]}"


def index_lines(indicators: Mapping[str, Indicator], values: pd.DataFrame, language: str) -> Iterator[str]:
    """How the index is made, as Markdown; `values` as `evaluate` gives them."""
    yield from (f"{VERSION[language]}: **{success.VERSION}**. {INTRO[language]}", "")
    for title, text, formula in STEPS_OF_SCORE:
        yield from (f"**{title[language]}.** {text[language]}", "", f"$$ {formula} $$", "")
    for title, text in zip(RULES, (MISSING, UNCERTAINTY), strict=True):
        yield from (f"**{title[language]}.** {text[language]}", "")
    yield from (f"### {WEIGHTS[language]}", "")
    found = success.basis(values, indicators)
    meta = success.tree(indicators)
    shares = success.leaf_shares(meta)
    top = sum(factor.weight for factor in success.FACTORS)
    for factor in success.FACTORS:
        yield f"**{factor.number}. {factor.title[language]}** – {_percent(factor.weight / top, language)}"
        yield from ("", f"| {' | '.join(head[language] for head in HEADS)} |", "|---|--:|--:|---|---|")
        within = sum(dimension.weight for dimension in factor.dimensions)
        for dimension in factor.dimensions:
            part = _percent(dimension.weight / within, language)
            yield f"| **{dimension.title[language]}** | {dimension.weight:g} | **{part}** | | |"
            for name, weight in dimension.weights.items():
                if name in indicators:
                    share = shares[factor.id].get(name, 0.0)
                    period = found.periods.get(name, WITHHELD[language])
                    yield _row(indicators[name], weight, _percent(share, language), period, language)
        yield ""


def number(value: float, language: str) -> str:
    """A number as the language writes it, as short as it is."""
    text = f"{value:g}".replace("-", "−")
    return text.replace(".", ",") if language == "lv" else text


def amount(value: float, unit: str, language: str) -> str:
    """A value with its unit: 12,5 %, in English 12.5%."""
    return f"{number(value, language)}{'' if unit == '%' and language == 'en' else ' '}{unit}"


def _row(entry: Indicator, weight: float, share: str, period: str, language: str) -> str:
    ends = entry.goalposts
    scale = f"{number(ends.worst, language)} → {amount(ends.best, entry.unit[language], language)}" if ends else ""
    return f"| {entry.title[language]} | {weight:g} | {share} | {scale} | {period} |"


def _percent(share: float, language: str) -> str:
    return amount(round(100 * share, 2), "%", language)
