"""What follows from the declarations: themes, success factors, and the sources, licences and breaks of an indicator."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping

from data.model import LEVELS, Break, Level, Licence, Measure, Source, Text, unique
from indicators.model import Indicator

THEMES: dict[str, Text] = {
    "people": Text("Iedzīvotāji", "People"),
    "business": Text("Uzņēmējdarbība un ienākumi", "Business and income"),
    "services": Text("Pakalpojumi", "Services"),
    "coverage": Text("Digitālais pārklājums", "Digital coverage"),
    "skills": Text("Digitālās prasmes", "Digital skills"),
    "data": Text("Datu pieejamība", "Data"),
    "economy": Text("Ekonomika un drošība", "Economy and safety"),
    "own": Text("Jūsu dati", "Your data"),
}

FACTORS: dict[int, Text] = {
    1: Text("ir kopienas vadīta un vērsta uz tās iedzīvotājiem", "is led by its community and serves its residents"),
    2: Text("veicina vietējo uzņēmējdarbību", "fosters local business"),
    3: Text("izmanto digitālās tehnoloģijas un inovācijas", "uses digital technologies and innovation"),
    4: Text(
        "izmanto ieguvumus no saiknes starp pilsētu un lauku teritorijām",
        "benefits from the links between town and country",
    ),
    5: Text("investē starpsektoru risinājumos", "invests in solutions across sectors"),
    6: Text("piesaista dažādus sadarbības partnerus", "attracts diverse partners"),
    7: Text("ir balstīta uz datiem", "is data-based"),
    8: Text(
        "ir digitāli spējīga (labs digitālais pārklājums un digitālās prasmes)",
        "is digitally capable (good digital coverage and digital skills)",
    ),
    9: Text("līdzfinansēts no valdības fondiem un ārējiem avotiem", "is co-funded by government and outside sources"),
    10: Text(
        "sadarbojas ar valdības iestādēm, lai nodrošinātu iedzīvotāju vajadzības",
        "works with government bodies to meet residents' needs",
    ),
}
"""The ten success factors of a smart village, each completing "Viedais ciems …" / "A smart village …"."""

NO_DATA = Text("vērtē kopiena", "judged by the community")
"""Said of a success factor that no indicator speaks for."""


def measures_of(sources: Mapping[str, Source]) -> dict[str, Measure]:
    """Every measure the sources provide, by id."""
    return {measure.id: measure for source in sources.values() for measure in source.provides}


def computable(indicators: Mapping[str, Indicator], measures: Container[str]) -> dict[str, Indicator]:
    """The indicators whose measures are all there; the others wait for a source to be filled."""
    return {name: entry for name, entry in indicators.items() if all(needed in measures for needed in entry.measures)}


def sources_of(indicator: Indicator, sources: Mapping[str, Source]) -> list[Source]:
    """The sources an indicator's values rest on: `providers_of`, and those their figures were made with.

    Raises
    ------
    KeyError
        As `providers_of`.
    """
    found = {source.id: source for source in providers_of(indicator, sources)}
    declared = measures_of(found)
    made_with = (id for measure in indicator.measures for id in declared[measure].made_with)
    return list({**found, **{id: sources[id] for id in made_with if id in sources}}.values())


def providers_of(indicator: Indicator, sources: Mapping[str, Source]) -> list[Source]:
    """The sources of an indicator's measures, each once, in the order of the measures; then those that continue them.

    Raises
    ------
    KeyError
        Naming the indicator and the measure that no source provides.
    """
    provider = {measure.id: source for source in sources.values() for measure in source.provides}
    missing = [measure for measure in indicator.measures if measure not in provider]
    if missing:
        raise KeyError(f"{indicator.id}: no source provides {', '.join(missing)}")
    declared = measures_of(sources)
    later = (measure for name in indicator.measures for measure in declared[name].continued_by)
    needed = unique([*indicator.measures, *later])
    return list({provider[measure].id: provider[measure] for measure in needed}.values())


def licences_of(indicator: Indicator, sources: Mapping[str, Source]) -> list[Licence]:
    """The licences that bind an indicator's values, each once."""
    return list({source.licence.id: source.licence for source in sources_of(indicator, sources)}.values())


def breaks_of(indicator: Indicator, measures: Mapping[str, Measure]) -> tuple[Break, ...]:
    """The periods no trend may cross: the indicator's own and those of its measures, by period."""
    own = [*indicator.breaks, *(entry for name in indicator.measures for entry in measures[name].breaks)]
    return tuple(sorted({(entry.period, entry.reason.en): entry for entry in own}.values(), key=lambda b: b.period))


def native_level(indicator: Indicator, measures: Mapping[str, Measure]) -> Level:
    """The coarsest level among the inputs: values below it are copied or modelled."""
    return LEVELS[max(LEVELS.index(measures[entry.measure].level) for entry in indicator.inputs)]


def by_factor(indicators: Iterable[Indicator]) -> dict[int, list[Indicator]]:
    """The indicators that speak for each of the ten success factors; a factor without any keeps an empty list."""
    chosen = list(indicators)
    return {factor: [entry for entry in chosen if factor in entry.factors] for factor in FACTORS}
