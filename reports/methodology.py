"""The methodology as text, written from the declarations so that it cannot say anything else than the numbers do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd

from data.model import COUNTRY, Measure, Source, Text
from data.paths import ROOT
from data.store import Snapshot, open_snapshot
from indicators import registry
from indicators.catalogue import (
    FACTORS,
    NO_DATA,
    THEMES,
    breaks_of,
    by_factor,
    computable,
    native_level,
    sources_of,
)
from indicators.evaluate import LEAST_COVERAGE, SMALL_BASE, SMALL_NUMERATOR, evaluate
from indicators.model import Family, Indicator, Input
from indicators.own_tables import reads_own_tables
from reports.index_methodology import amount, change_lines, index_lines, number, use_lines

FILES = {"lv": ROOT / "docs" / "methodology.md", "en": ROOT / "docs" / "methodology.en.md"}
REFRESH = "python -m reports.methodology"

TITLE = Text("Metodika", "Methodology")
GENERATED = Text(
    f"Šo lapu raksta `{REFRESH}` no rādītāju deklarācijām; nelabojiet to ar roku.",
    f"This page is written by `{REFRESH}` from the declarations of the indicators; do not edit it by hand.",
)
SHRUNK = "\n\n" + r"$$ \hat{x} = m + (x - m) \cdot \frac{a}{a + m / n} $$"
PRINCIPLES = (
    (
        Text("Summas, nevis vidējie", "Sums, not means of rates"),
        Text(
            "Novada, Latvijas un visu pagastu kopējo vērtību aprēķina no skaitļu summām, nevis kā pagastu rādītāju "
            "vidējo. Skaitītājs un bāze vienmēr attiecas uz tām pašām vietām: summē tikai tās teritorijas, par kurām "
            "ir zināmi visi vajadzīgie skaitļi. „Latvijas lauki” ir visi pagasti kopā, bez pilsētām.",
            "The value of a municipality, of Latvia and of all parishes together is computed from sums of counts, "
            "never as "
            "a mean of rates. Numerator and base always speak of the same places: only territories for which all "
            "needed "
            'counts are known are summed. "Rural Latvia" is all parishes together, without the towns.',
        ),
    ),
    (
        Text("Pārklājums", "Coverage"),
        Text(
            "Pārklājums ir to iedzīvotāju daļa, uz kuriem vērtība attiecas. Ja summā nav vismaz "
            f"{100 * LEAST_COVERAGE:.0f} % iedzīvotāju, vērtību nerāda un norāda iemeslu; ja trūkstošo daļu neviens "
            "nav vācis, iemesls ir „nav publicēts”.",
            f"Coverage is the share of residents a value speaks for. Where a sum covers less than {LEAST_COVERAGE:.0%} "
            'of them there is no value but the reason; where nobody collected the missing part, that is "not '
            'published".',
        ),
    ),
    (
        Text("Trūkstošas vērtības", "Missing values"),
        Text(
            "Nulle ir vērtība. Gads, kas avotā ir tukšs vai sastāv no nullēm, ir „nav publicēts”. „Konfidenciāls” "
            "nozīmē, ka skaitli slēpj publicētājs; „nav aprēķināms” – ka nav ar ko dalīt (neviena testa, neviena "
            "bērna) vai ka vajadzīgie skaitļi ir dažādās robežās, jo tās pa vidu pārceltas. Ja rindas vispār nav, "
            "dati nav vākti. Neko neaizpilda ar minējumu.",
            'Zero is a value. A year that is empty or all zero in the source is "not published". "Suppressed" means '
            'that the publisher hides the figure, "not computable" that there is nothing to divide by (no test, no '
            "child) or that the figures needed stand in different borders, which moved in between. Where there is no "
            "row at all, nothing was collected. Nothing is filled in by guessing.",
        ),
    ),
    (
        Text("Maza bāze", "Small base"),
        Text(
            f"Vērtību atzīmē, ja skaitītājs ir {SMALL_NUMERATOR} vai mazāk, bāze ir zem {SMALL_BASE} vai nav "
            "sasniegts rādītājam noteiktais mazākais skaits. Dzimušajiem un uzņēmumiem ņem trīs gadu vidējo.",
            f"A value is marked where the numerator is {SMALL_NUMERATOR} or less, the base under {SMALL_BASE}, or the "
            "indicator's own minimum is not reached. Births and businesses are means of three years.",
        ),
    ),
    (
        Text("Izlīdzināta vērtība", "Smoothed value"),
        Text(
            "Mazās vietās rādītājs svārstās nejauši, un saraksta abos galos nonāk galvenokārt mazākie pagasti. Tāpēc "
            "blakus vērtībai, ko var salīdzināt ar publicēto, stāv izlīdzinātā: tā ir tuvināta visu pagastu (vai visu "
            "pilsētu, visu novadu) kopējai vērtībai – jo mazāka bāze, jo vairāk (empīriskā Beijesa metode: Marshall "
            "1991 biežumiem, Martuzzi un Elliott 1996 īpatsvariem). Deviņos gadījumos no desmit patiesā vērtība ir "
            "intervālā no 5 līdz 95 %. Vērtējumā izmanto izlīdzināto vērtību. Biežumiem formulā x ir vietas vērtība, "
            "m – kopējā vērtība, n – vietas bāze, a – cik vietas patiesi atšķiras (dispersija); īpatsvariem m ÷ n "
            f"vietā ir (m (1 − m) − a) ÷ n.{SHRUNK}",
            "In small places a figure varies by chance, and both ends of a list fill with the smallest parishes. So "
            "beside the value that can be checked against the publisher stands the smoothed one: it is drawn towards "
            "that of all parishes (of all towns, of all municipalities) together, the more so the smaller its base "
            "(empirical Bayes: Marshall 1991 for rates, Martuzzi and Elliott 1996 for shares). Nine times in ten the "
            "true value lies in the interval from 5 to 95%. Scores use the smoothed value. In the formula for rates x "
            "is the place's value, m that of all, n the place's base, a how far places truly differ (variance); for "
            f"shares (m (1 − m) − a) ÷ n takes the place of m ÷ n.{SHRUNK}",
        ),
    ),
    (
        Text("Papildināta vērtība", "Borrowed strength"),
        Text(
            "Ja pagastā ir pārāk maz mērījumu, blakus paša vērtībai stāv papildināta: (w × paša vērtība + o × novada "
            "pārējo pagastu kopējā vērtība) ÷ (w + o), kur w ir paša skaitļu attiecība pret noteikto mazāko (mazākā no "
            "visām), o – tā pati attiecība pārējiem pagastiem, bet ne vairāk par 1. Abas sauc par aplēsēm; "
            "vērtējumos lieto papildināto. Pilsētu papildina novada pārējās pilsētas, nevis pagasti: pilsētas tīkls "
            "par apkārtējiem laukiem liecina maz. Kur nav neviena mērījuma (daļām pa 1 km šūnām – neviena šūnās, kas "
            "vienību skar), vērtības nav. Cik tālu vērtība var būt no patiesās, mēra vietās, kurās mērījumu "
            "pietiek: pēc tā, par cik tās atšķiras no novada pārējām. Jo mazāk mērījumu, jo tālāk; tā tas ieiet arī "
            "vietu robežās.",
            "Where a parish has too few tests, beside its own value stands one that borrows strength: (w × own value + "
            "o × value of the municipality's other parishes together) ÷ (w + o), with w the ratio of its own figures "
            "to the required minimum (the least of them) and o the same ratio of the other parishes, at most 1. Both "
            "are called estimates; scores use the one that borrows. A town borrows from other towns of its "
            "municipality, not from parishes: a town's network says little of the country around it. Where there is no "
            "test (for shares by 1 km cell: none in the cells that touch the unit) there is no value. How far a value "
            "may be from the true one is measured at places with enough tests, by how much they differ from the rest "
            "of their municipality. The fewer the tests, the farther; so it enters the ranges of ranks.",
        ),
    ),
    (
        Text("Novada vērtība", "Municipality's value"),
        Text(
            "Ko publicē tikai novadiem, to pagastos rāda kā novada vērtību un iesvītro; visu pagastu kopējās vērtības "
            "tad nav.",
            "What is published for municipalities only is shown in the parishes as the municipality's value, hatched; "
            "then there is no value of all parishes together.",
        ),
    ),
    (
        Text("Aplēse", "Estimate"),
        Text(
            "Aplēse ir aprēķināta, nevis izmērīta. Novada vai Latvijas summu par aplēsi sauc, ja aplēstas ir daļas ar "
            f"vairāk nekā {100 * (1 - LEAST_COVERAGE):.0f} % iedzīvotāju. Tas attiecas arī uz gadiem, kuros vienas "
            "vienības publicētais skaitlis sadalīts starp pilsētu un pagastu, kaut arī abu summa ir publicētā.",
            "An estimate is computed, not measured. The sum for a municipality or for Latvia is called an estimate if "
            f"parts with more than {1 - LEAST_COVERAGE:.0%} of the residents are. So it is in years in which the "
            "published figure of one unit was divided between a town and a parish, though both together are as "
            "published.",
        ),
    ),
    (
        Text("Sērijas pārtraukums", "Break in a series"),
        Text(
            "No norādītā gada rādītājs nozīmē ko citu; pāri pārtraukumam tendenci neaprēķina.",
            "From the given year on the figure means something else; no trend is computed across it.",
        ),
    ),
)
LABELS: dict[str, Text] = {
    "formula": Text("Formula", "Formula"),
    "theme": Text("Tēma", "Theme"),
    "unit": Text("Mērvienība", "Unit"),
    "decimals": Text("Zīmes aiz komata", "Decimals"),
    "direction": Text("Virziens", "Direction"),
    "goalposts": Text("Skalas gali", "Goalposts"),
    "level": Text("Sīkākais līmenis", "Finest level"),
    "sources": Text("Avoti", "Sources"),
    "bias": Text("Zināmie trūkumi", "Known bias"),
    "breaks": Text("Sērijas pārtraukumi", "Breaks"),
    "factors": Text("Veiksmes faktori", "Success factors"),
    "coverage": Text("Pārklājums", "Coverage"),
    "minimum": Text("Mazākais skaits (zem tā – maza bāze)", "Least number (below it a small base)"),
    "inputs": Text("Ievaddati", "Inputs"),
    "smoothed": Text("Izlīdzināšana", "Smoothing"),
    "national": Text("Valsts rādītāji, no kuriem rēķināts", "National figures it rests on"),
    "residents": Text("Saistība ar iedzīvotāju skaitu", "Correlation with residents"),
}
SUMMED = Text("{} gados kopā", "in {} years together")
EARLIER = Text("pirms {} gadiem", "{} years before")
NO_MINIMUM = Text("nav noteikts", "none is set")
FAMILIES: dict[Family, Text] = {
    "rate": Text("biežums (Puasona sadalījums)", "rate (Poisson)"),
    "share": Text("īpatsvars (binomiālais sadalījums)", "share (binomial)"),
}
BORROWED = Text(
    "zem mazākā skaita vērtību papildina novada pārējie pagasti",
    "below the minimum the municipality's other parishes lend",
)
RANKS = Text("pagastu un pilsētu rangu korelācija (Spīrmens): {}", "Spearman's rank correlation over units: {}")
ALIKE = Text("nav, jo visās vietās vērtība ir vienāda", "none, because all places have the same value")
DIRECTIONS: dict[str, Text] = {
    "higher": Text("vairāk ir labāk", "higher is better"),
    "lower": Text("mazāk ir labāk", "lower is better"),
    "neither": Text("konteksts, netiek vērtēts", "context, not scored"),
}
LEVELS: dict[str, Text] = {
    "unit": Text("pagasts vai pilsēta", "parish or town"),
    "municipality": Text("novads", "municipality"),
    "country": Text("Latvija (aplēse pa pagastiem)", "Latvia (estimated for parishes)"),
}
WAITING_TITLE = Text("Gaida datus", "Waiting for data")
WAITING = Text(
    "Šie rādītāji ir sagatavoti, bet to dati vēl nav šajā datu kopā, tāpēc kartēs un tabulās to nav. Tos ieraksta "
    "`python cli.py refresh`, kas datus prasa publicētājam.",
    "These indicators are ready, but their data are not in this data set yet, so maps and tables do not have them. "
    "`python cli.py refresh` asks the publisher for them.",
)
LOGARITHMIC = Text("logaritmiska skala", "logarithmic scale")
Part = Literal["use", "values", "factors", "index", "indicators", "changes"]
PARTS: dict[Part, Text] = {
    "use": Text("Kā lietot un kā nelietot", "How to use and how not to use"),
    "values": Text("Kā rodas vērtības", "How values come about"),
    "factors": Text("Desmit veiksmes faktori", "The ten success factors"),
    "index": Text("Indekss", "The index"),
    "indicators": Text("Rādītāji", "Indicators"),
    "changes": Text("Metodes izmaiņas", "Changes of the method"),
}
"""What the methodology consists of, in this order."""


@dataclass(frozen=True)
class Ground:
    """What the text rests on: declarations, the observations of the snapshot, and the values computed from them.

    `waiting` are indicators whose sources are not in the snapshot yet.
    """

    indicators: Mapping[str, Indicator]
    sources: Mapping[str, Source]
    measures: Mapping[str, Measure]
    observations: pd.DataFrame
    values: pd.DataFrame
    waiting: Mapping[str, Indicator] = field(default_factory=dict)


def methodology(ground: Ground, language: str) -> str:
    """The methodology page in one language, as Markdown."""
    return "\n".join(_lines(ground, language)) + "\n"


def part(name: Part, ground: Ground, language: str) -> str:
    """One part of the methodology without its heading, as Markdown."""
    match name:
        case "use":
            lines = use_lines(language)
        case "values":
            lines = (f"**{heading[language]}.** {text[language]}\n" for heading, text in PRINCIPLES)
        case "factors":
            lines = _factors(ground, language)
        case "index":
            lines = index_lines(ground.indicators, ground.values, language)
        case "changes":
            lines = change_lines(language)
        case _:
            lines = _themes(ground, language)
    return "\n".join(lines).strip()


def described(entry: Indicator, ground: Ground, language: str) -> str:
    """Everything an indicator declares about itself, without its title, as Markdown."""
    facts = (f"- {LABELS[key][language]}: {text}" for key, text in _facts(entry, ground, language))
    return "\n".join([entry.definition[language], "", *facts])


def _lines(ground: Ground, language: str) -> Iterator[str]:
    yield from (f"# {TITLE[language]}", "", GENERATED[language])
    for name, title in PARTS.items():
        yield from ("", f"## {title[language]}", "", part(name, ground, language))


def _factors(ground: Ground, language: str) -> Iterator[str]:
    for factor, entries in by_factor(ground.indicators.values()).items():
        named = ", ".join(entry.title[language] for entry in entries) or NO_DATA[language]
        yield f"{factor}. **{FACTORS[factor][language]}** – {named}"


def _themes(ground: Ground, language: str) -> Iterator[str]:
    for theme, title in THEMES.items():
        entries = [entry for entry in ground.indicators.values() if entry.theme == theme]
        if entries:
            yield from (f"### {title[language]}", "")
        for entry in entries:
            yield from (f"#### {entry.title[language]} (`{entry.id}`)", "", described(entry, ground, language), "")
    if ground.waiting:
        yield from (f"### {WAITING_TITLE[language]}", "", waiting(ground.waiting, language), "")


def waiting(indicators: Mapping[str, Indicator], language: str) -> str:
    """What the indicators without data would say, as Markdown."""
    rows = (
        f"- **{entry.title[language]}** (`{entry.id}`): {entry.definition[language]} {entry.formula[language]}."
        for entry in indicators.values()
    )
    return "\n".join([WAITING[language], "", *rows])


def _facts(entry: Indicator, ground: Ground, language: str) -> Iterator[tuple[str, str]]:
    measures = ground.measures
    yield "formula", entry.formula[language]
    yield "theme", THEMES[entry.theme][language]
    yield "unit", entry.unit[language]
    yield "decimals", str(entry.decimals)
    yield "direction", DIRECTIONS[entry.better][language]
    if entry.goalposts:
        scale = f" ({LOGARITHMIC[language]})" if entry.scale == "log" else ""
        ends = f"{number(entry.goalposts.worst, language)} → {number(entry.goalposts.best, language)}"
        yield "goalposts", f"{ends}{scale}. {entry.goalposts.reason[language]}"
    yield "level", LEVELS[native_level(entry, measures)][language]
    if entry.coverage:
        part, whole = (measures[name].title[language] for name in entry.coverage)
        yield "coverage", f"{part} ÷ {whole}"
    least = {_named(name, measures, language): f"{below:g}" for name, below in _minimum(entry)}
    yield "minimum", "; ".join(f"{what}: {below}" for what, below in least.items()) or NO_MINIMUM[language]
    if entry.family:
        yield "smoothed", FAMILIES[entry.family][language]
    if entry.borrows:
        yield "smoothed", BORROWED[language]
    if entry.factors:
        yield "factors", "; ".join(f"{factor}. {FACTORS[factor][language]}" for factor in entry.factors)
    yield "inputs", "; ".join(dict.fromkeys(measures[name.measure].title[language] for name in entry.inputs))
    used = sources_of(entry, ground.sources)
    credits = (", ".join(filter(None, (source.publisher[language], source.licence.id))) for source in used)
    yield "sources", "; ".join(f"{s.title[language]} ({credit})" for s, credit in zip(used, credits, strict=True))
    if breaks := breaks_of(entry, measures):
        yield "breaks", " ".join(f"{entry.period} – {entry.reason[language]}" for entry in breaks)
    if entry.estimated:
        yield "national", "; ".join(_national(entry, ground, language))
    if reads_own_tables(entry.measures):
        found = _with_residents(entry, ground.values)
        yield "residents", ALIKE[language] if found is None else RANKS[language].format(number(found, language))
    if entry.bias:
        yield "bias", entry.bias[language]


def _minimum(entry: Indicator) -> Iterator[tuple[str, float]]:
    """The inputs of an indicator with the figures below which its value rests on a small base."""
    if entry.numerator:
        yield entry.numerator, SMALL_NUMERATOR + 1
    if entry.base:
        yield entry.base, SMALL_BASE
    yield from entry.minimum


def _named(name: str, measures: Mapping[str, Measure], language: str) -> str:
    """An input in words, with the years it sums or looks back."""
    asked = Input.parse(name)
    title = measures[asked.measure].title[language]
    words = [SUMMED[language].format(asked.window)] if asked.window > 1 else []
    words += [EARLIER[language].format(asked.lag)] if asked.lag else []
    return f"{title} ({', '.join(words)})" if words else title


def _national(entry: Indicator, ground: Ground, language: str) -> Iterator[str]:
    """The published figures of the country an estimate is made from, with their years."""
    rows = ground.observations[(ground.observations["territory"] == COUNTRY) & ground.observations["value"].notna()]
    periods = set(ground.values.loc[ground.values["indicator"] == entry.id, "period"])
    for name in (name.measure for name in entry.inputs if ground.measures[name.measure].level == "country"):
        own = rows[(rows["measure"] == name) & rows["period"].isin(periods)]
        by_period = sorted(zip(own["period"], own["value"], strict=True))
        figures = ", ".join(f"{amount(value, '%', language)} ({period})" for period, value in by_period)
        yield f"{ground.measures[name].title[language]} – {figures}"


def _with_residents(entry: Indicator, values: pd.DataFrame) -> float | None:
    """Spearman's correlation of the newest values of units with their residents; None where all are alike."""
    units = values[(values["level"] == "unit") & values["value"].notna()]
    newest = [
        rows[rows["period"] == rows["period"].max()].set_index("territory")["value"]
        for rows in (units[units["indicator"] == name] for name in (entry.id, "residents"))
    ]
    own, residents = pd.concat(newest, axis=1, join="inner").rank().to_numpy().T
    return round(float(np.corrcoef(own, residents)[0, 1]), 2) if np.ptp(own) > 0 else None


def ground_of(snapshot: Snapshot) -> Ground:
    """What the text rests on, computed from a snapshot."""
    declared = computable(registry(), snapshot.measures)
    values = evaluate(declared, snapshot.observations, snapshot.territories, snapshot.measures)
    waits = {name: entry for name, entry in registry().items() if name not in declared}
    return Ground(declared, snapshot.sources, snapshot.measures, snapshot.observations, values, waits)


def main() -> None:
    """Write the pages from the snapshot."""
    ground = ground_of(open_snapshot())
    for language, path in FILES.items():
        path.write_text(methodology(ground, language), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
