"""The other door: refresh, search, fetch, import, own, build, check, diff, values, report, package, compute, bench."""

from __future__ import annotations

import errno
import json as json_format
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, date, datetime
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from time import monotonic
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from data.alone import Busy
from data.model import DataError, DataErrors, Fault, SnapshotError

WIDTH = 140
BENCHES = ("maps", "pages", "group", "index", "ookla")
MOST_ROWS = 20
"""Rows that were not used are shown up to here."""
YEAR_WANTED = "Say which year the figures are of: --period YEAR."
OK, FAILED, BAD_INPUT, PARTLY, STOPPED = 0, 1, 2, 3, 130
EXIT_CODES = """Exit codes: 0 all went well; 1 the machine is at fault (no disk space, no browser, a damaged snapshot,
another command that is still writing); 2 what was given is at fault (an option, a file): the message names file, place
and what to do, and nothing of it was written."""
REFRESH_CODES = f"""{EXIT_CODES} Of refresh, 1 also means that no publisher could be reached, and 3 that some sources
failed or hold a doubtful period back and the others were brought up to date. What failed keeps what it had; run it
again to go on where it stopped."""
COMPUTE_FORMS = """Every field of the files, with an example, stands in docs/compute.md; in short:

data.csv: `unit`, one column per indicator (empty, NA or NaN = missing), `group` for group means and medians, and the
columns that others are divided by.

meta.csv: `code`, `level` (1 = indicator), `parent`, `direction` (1 or -1), `weight`, `type` (indicator, aggregate) and,
if wanted, `denominator`, `lower`, `upper` (goalposts), `scale` (linear, log).

config.json: `normalise` {method: none, goalposts, minmax, zscore, prank, rank, borda, dist2max or fracmax; range:
[a, b] or [mean, sd]; cap}, `treat` {method: none, winsor or winsor_log; winmax, skew, kurt}, `impute` {method: none,
group_mean, group_median, mean or median}, `screen` (least share of indicators), `aggregate` (amean, gmean, hmean, or
one for each level), `dat_thresh` (least share of children, or one for each level), `rank` {ties, descending},
`robustness` {runs, seed, weights, ...} or null. What is absent has its default, null switches off.

DIR: scores.csv, ranks.csv, coverage.csv, log.json, and robustness.csv when asked.

"""
NEXT_STEPS = {
    errno.ENOSPC: "Free some space, then run this again.",
    errno.EACCES: "Check that you may write there.",
    errno.EPERM: "Check that you may write there.",
    errno.EROFS: "Check that you may write there.",
}
USAGE_ERROR: Any = typer.BadParameter.__mro__[1]
"""What typer raises for a command line it cannot read; it does not export the class itself."""

app = typer.Typer(
    help=f"Latvia's territorial units for smart villages: the data behind the pages.\n\n{EXIT_CODES}",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
stderr = Console(stderr=True, highlight=False)

JSON = Annotated[bool, typer.Option("--json", help="Print the result as JSON on standard output, for machines.")]


@app.command(epilog=EXIT_CODES)
def fetch(
    source: Annotated[
        list[str] | None, typer.Argument(help="Ids of the sources to fetch; all that are in the folder when left out.")
    ] = None,
    directory: Annotated[
        Path | None, typer.Option("--from", metavar="DIR", help="Take the publishers' files from this folder.")
    ] = None,
    json: JSON = False,
) -> None:
    """Check the publishers' files and take them into data/raw, with a lock that says where each came from."""
    from data import paths, sources
    from data.fetch import Folder
    from data.fetch import fetch as fetch_files

    if directory is None:
        raise typer.BadParameter("Say where the files are: fetch --from DIR. `refresh` asks the publishers.")
    known_sources(source or (), sources.available())
    with progress_bar("fetch") as step:
        results = fetch_files(Folder(directory), source or (), paths.RAW, paths.CORRECTIONS, step)
    refused = [result for result in results if result.error]
    if json:
        say_json(
            [
                {
                    "source": result.source,
                    "files": [entry.__dict__ for entry in result.entries],
                    "new": result.new,
                    "error": str(result.error) if result.error else None,
                }
                for result in results
            ]
        )
    else:
        table = Table("source", "files", "new", "size", "licence", box=None, pad_edge=False)
        for result in results:
            size = sum(entry.bytes for entry in result.entries)
            licence = ", ".join(sorted({entry.licence for entry in result.entries}))
            outcome = "refused" if result.error else str(len(result.entries))
            table.add_row(result.source, outcome, str(result.new), f"{size / 1e6:.2f} MB", licence)
        stdout().print(table)
    for error in by_file([result.error for result in refused if result.error]):
        complain(error)
    if refused:
        raise typer.Exit(BAD_INPUT)


@app.command(epilog=REFRESH_CODES)
def refresh(
    source: Annotated[
        list[str] | None, typer.Argument(help="Ids of the sources; all that have a live address when left out.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change; keep nothing.")] = False,
    since: Annotated[
        str, typer.Option(metavar="YEAR", help="Ask for periods from this year on; earlier ones stay.")
    ] = "",
    offline: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Take the files from this folder instead of the network.")
    ] = None,
    json: JSON = False,
) -> None:
    """Bring the sources up to date from their publishers: fetch, build, check, and say what changed."""
    from data import history, paths, sources
    from data.check import check as check_raw
    from data.fetch import Folder
    from data.live import DOWNLOADS, Live, with_address
    from data.refresh import refresh as refresh_data
    from data.store import open_snapshot
    from data.web import Web
    from reports.difference import compare

    known_sources(source or (), sources.available())
    if not offline:
        known_sources(source or (), with_address(), " with a live address (give its files with --offline DIR)")
    if since and (offline or not (len(since) == 4 and since.isdecimal())):
        raise typer.BadParameter("--since takes a year, and needs the network.")
    started = datetime.now(UTC).isoformat(timespec="seconds")
    with progress_bar("refresh") as step, Web(paths.RAW / DOWNLOADS) as web:
        fetcher = Folder(offline) if offline else Live(web, paths.RAW, since)
        result = refresh_data(
            fetcher, source or (), paths.RAW, paths.SNAPSHOT, paths.CORRECTIONS, dry_run=dry_run, progress=step
        )
    findings: dict[str, int] | None = None
    if result.after != result.before:
        try:
            report = check_raw(paths.RAW, paths.SNAPSHOT, paths.CORRECTIONS)
            findings = {severity: report.count(severity) for severity in ("fault", "warning", "note")}
        except DataError as error:
            findings = None
            complain(f"check: {error}")
    code = result.exit_code
    if not dry_run:
        exchanged = result.old and result.after != result.before
        changed = compare(result.old, open_snapshot(paths.SNAPSHOT)) if exchanged else None
        record = {**result.as_dict(), "time": started, "offline": bool(offline), "since": since, "exit_code": code}
        record["sources"] = [change for change in record["sources"] if change["outcome"] != "no live address"]
        record["indicators"] = [asdict(entry) for entry in changed.indicators] if changed else []
        history.append(history.beside(paths.RAW), record)
    if json:
        say_json({**result.as_dict(), "dry_run": dry_run, "check": findings, "exit_code": code})
    else:
        columns = ("source", "outcome", "new periods", "held", "changed", "gone", "rows", "bytes", "seconds", "licence")
        table = Table(*columns, box=None, pad_edge=False)
        for change in result.changes:
            table.add_row(*change.cells())
        stdout().print(table)
        if dry_run:
            say("Nothing was written.")
        elif result.after == result.before:
            say("The snapshot stays as it is.")
        else:
            say(f"Snapshot {result.after[:12]}" + (f", before {result.before[:12]}." if result.before else "."))
        reasons: dict[str, list[str]] = {}
        for held in (entry for change in result.changes for entry in change.held):
            reasons.setdefault(f"{held.measure} {held.period}", []).append(held.reason)
        for period, why in reasons.items():
            say(f"Held back: {period}: {'; '.join(why)}.")
        if reasons:
            say("Look at the publisher's page; docs/operate.md says how to let pass what is right.")
        if findings:
            say(f"check: {', '.join(f'{count} {severity}s' for severity, count in findings.items())}.")
    for error in by_file(result.errors):
        complain(error)
    if code:
        raise typer.Exit(code)


def known_sources(asked: Sequence[str], known: Sequence[str], kind: str = "") -> None:
    """Refuse ids that are not among those known."""
    unknown = sorted(set(asked) - set(known))
    if unknown:
        raise typer.BadParameter(f"There is no source {', '.join(unknown)}{kind}. Give some of: {', '.join(known)}.")


@app.command(epilog=EXIT_CODES)
def search(
    text: Annotated[str, typer.Argument(help="Words of a table's title, in Latvian or English; * ends a part of one.")],
    json: JSON = False,
) -> None:
    """Find tables of the statistics portal by their titles: id, years, where they stand, and who uses them here."""
    import tempfile

    from rich.text import Text

    from data import pxweb, sources
    from data.model import DownloadError
    from data.web import Web

    if not text.strip():
        raise typer.BadParameter("Say what to search for.")
    tables = {id: getattr(sources.load(id), "TABLES", ()) for id in sources.available()}
    users = {table.id: id for id, declared in tables.items() for table in declared}
    with tempfile.TemporaryDirectory() as folder, Web(Path(folder)) as web:
        try:
            hits = pxweb.search(text, web)
        except DownloadError as error:
            complain(error)
            raise typer.Exit(FAILED) from None
    if json:
        say_json([{**asdict(hit), "source": users.get(hit.id)} for hit in hits])
        return
    table = Table("table", "years", "path", "source", "title", box=None, pad_edge=False)
    for hit in hits:
        years = "–".join(dict.fromkeys(year for year in (hit.first, hit.last) if year))
        table.add_row(*map(Text, (hit.id, years, hit.path, users.get(hit.id, ""), printable(hit.title))))
    if hits:
        stdout().print(table)
    else:
        say(f"No table has {text!r} in its title. Try fewer words, or the beginning of one with *.")


@app.command("import", epilog=EXIT_CODES)
def import_(
    file: Annotated[Path, typer.Argument(help="A publisher's file of any name, or a table, points or areas of yours.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only check the file; write nothing.")] = False,
    period: Annotated[str, typer.Option(metavar="YEAR", help="The year of figures that have none in the file.")] = "",
    sheet: Annotated[str, typer.Option(metavar="NAME", help="The only sheet (or layer) to read.")] = "",
    json: JSON = False,
) -> None:
    """Recognise and check one file, and keep it: a publisher's for the next build, another as own data.

    Own data are shown on the pages of this machine with a mark; docs/own-data.md tells which files can be read.
    """
    from data import paths
    from data.model import PERIOD
    from data.own.bring import take
    from data.own.model import Answers

    if period and not PERIOD.fullmatch(period):
        raise typer.BadParameter(f"--period takes a year or a quarter (2024, 2024-Q2), not {period!r}.")
    answers = Answers(period=period, sheet=sheet)
    taken = take(file, paths.RAW, paths.CORRECTIONS, paths.SNAPSHOT, paths.RAW / paths.OWN.name, answers, dry_run)
    imported, reading = taken.imported, taken.reading
    if json:
        say_json(
            {
                "source": "own",
                "name": file.name,
                **(imported.__dict__ if imported else {}),
                "kind": reading.kind if reading else "source",
                "series": [one.described() for one in reading.series] if reading else [],
                "unmatched": [asdict(row) for row in reading.unmatched] if reading else [],
                "warnings": [str(note) for note in reading.notes] if reading else [],
                "kept": taken.kept or None,
                "dry_run": dry_run,
            }
        )
        return
    if imported:
        what = "no observations, but what others stand on"
        if imported.periods:
            span = imported.periods[0]
            span = span if len(imported.periods) == 1 else f"{span} to {imported.periods[-1]}"
            what = f"{imported.rows:,} observations with it ({span}), {imported.changed:,} of them new or changed"
        say(f"{imported.name}: a file of {imported.source}; {what}.")
        say("Nothing was written." if dry_run else "Kept in data/raw; run `python cli.py build` to use it.")
        return
    assert reading
    table = Table("series", "level", "unit", "first", "last", "rows", "source", box=None, pad_edge=False)
    for one in reading.series:
        told = one.described()
        table.add_row(
            *(
                printable(str(told[name] or "–"))
                for name in ("name", "level", "unit", "first", "last", "rows", "source")
            )
        )
    stdout().print(table)
    for note in reading.notes:
        say(f"Note: {note}")
    for row in reading.unmatched[:MOST_ROWS]:
        offered = ", ".join(f"{each.code} {each.name}" for each in row.candidates)
        detail = f" ({row.detail})" if row.detail else ""
        say(
            f"Not used: {row.sheet}, row {row.row}: {row.text}: {row.reason}{detail}"
            + (f"; {offered}?" if offered else "")
        )
    if len(reading.unmatched) > MOST_ROWS:
        say(f"… and {len(reading.unmatched) - MOST_ROWS:,} more rows that were not used; --json lists all.")
    if dry_run:
        say("Nothing was written.")
    elif taken.kept:
        say(f"Kept as own data {taken.kept}; `python cli.py own` lists them, `own --forget ID` removes them.")
    else:
        step = YEAR_WANTED if reading.series else "Correct the rows that were not used, then import the file again."
        raise DataError.of(file.name, "", "nothing was kept", step)


@app.command(epilog=EXIT_CODES)
def own(
    forget: Annotated[str, typer.Option(metavar="ID", help="No longer keep the own data of this id.")] = "",
    json: JSON = False,
) -> None:
    """List the own data that are kept on this machine, or forget some of them."""
    from data import paths
    from data.own import saved

    if forget and not saved.forget(forget, paths.RAW / paths.OWN.name):
        raise typer.BadParameter(f"No own data {forget!r} are kept; `python cli.py own` lists them.")
    kept = saved.kept(paths.RAW / paths.OWN.name)
    if json:
        say_json([{"id": one.id, "file": one.file, "series": [s.described() for s in one.series]} for one in kept])
        return
    table = Table("id", "file", "series", box=None, pad_edge=False)
    for one in kept:
        table.add_row(one.id, printable(one.file), str(len(one.series)))
    stdout().print(table)


@app.command(epilog=EXIT_CODES)
def build(json: JSON = False) -> None:
    """Build data/snapshot from the raw files: all of it is replaced, or nothing."""
    from data import paths
    from data.build import build as build_snapshot

    with progress_bar("build") as step:
        report = build_snapshot(paths.RAW, paths.SNAPSHOT, paths.CORRECTIONS, progress=step)
    if json:
        say_json({**report.__dict__, "sources": [source.__dict__ for source in report.sources], "bytes": report.bytes})
        return
    table = Table("source", "files", "measures", "periods", "rows", "corrected", "seconds", box=None, pad_edge=False)
    for built in report.sources:
        periods = f"{built.periods[0]} … {built.periods[-1]}" if len(built.periods) > 1 else "".join(built.periods)
        cells = (built.files, built.measures, periods, f"{built.rows:,}", built.corrections, f"{built.seconds:.1f}")
        table.add_row(built.id, *map(str, cells))
    stdout().print(table)
    for id in report.skipped:
        say(f"Left out: {id} (no raw files; fetch it first).")
    memory = f", at most {report.peak_megabytes:,.0f} MB of memory" if report.peak_megabytes else ""
    say(f"Snapshot {report.hash[:12]}: {report.bytes / 1e6:.2f} MB in {report.seconds:.1f} s{memory}.")


@app.command(epilog=EXIT_CODES)
def check(json: JSON = False) -> None:
    """Compare the raw files with what was made of them, and list what a reader should know."""
    from data import paths
    from data.check import check as check_raw

    report = check_raw(paths.RAW, paths.SNAPSHOT, paths.CORRECTIONS)
    if json:
        say_json(report.as_dict())
    else:
        report.print(stdout())
    raise typer.Exit(report.exit_code)


@app.command(epilog=EXIT_CODES)
def diff(
    before: Annotated[Path, typer.Argument(metavar="A", help="The folder of the earlier snapshot.")],
    after: Annotated[Path, typer.Argument(metavar="B", help="The folder of the later snapshot.")],
    json: JSON = False,
) -> None:
    """Compare two snapshots: territories, measures, periods, cells that changed, and values of indicators."""
    from data.store import open_snapshot
    from reports.difference import compare, lines

    for folder in (before, after):
        if not folder.is_dir():
            raise typer.BadParameter(f"There is no folder {folder}.")
    found = compare(open_snapshot(before), open_snapshot(after))
    if json:
        say_json(found.as_dict())
        return
    say(f"A is {found.before[:12]}, B is {found.after[:12]}" + ("; they are the same." if found.same else "."))
    parts = ("new territories", "gone territories", "changed territories", "new measures", "gone measures")
    for part in parts:
        entries = getattr(found, part.replace(" ", "_"))
        if entries:
            say(f"{part.capitalize()} ({len(entries)}): {'; '.join(entries[:20])}{' …' if len(entries) > 20 else ''}")
    for kind, changed in (("measure", found.measures), ("indicator", found.indicators)):
        if changed:
            table = Table(kind, "new", "gone", "changed", "periods", "largest difference", box=None, pad_edge=False)
            for row in lines(changed):
                table.add_row(*row)
            stdout().print(table)


@app.command(epilog=EXIT_CODES)
def values(
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE", help="Where to write: .csv, .parquet, or .zip for a data package.")
    ],
    json: JSON = False,
) -> None:
    """Write everything the pages can show as one table, with status, native level, coverage and sources.

    A data package (Frictionless) holds the table as CSV with the territories, indicators, sources and the methodology.
    """
    from data import paths
    from data.store import open_snapshot
    from indicators import registry
    from indicators.evaluate import evaluate
    from reports.files import replacing
    from reports.values import values_table, write_values

    if out.suffix.lower() not in {".csv", ".parquet", ".zip"}:
        raise typer.BadParameter(f"{out.name}: give a name that ends with .csv, .parquet or .zip.")
    if not out.parent.is_dir():
        raise typer.BadParameter(f"There is no folder {out.parent}.")
    snapshot = open_snapshot(paths.SNAPSHOT)
    values = evaluate(registry(), snapshot.observations, snapshot.territories, snapshot.measures)
    table = values_table(snapshot, values)
    if out.suffix.lower() == ".zip":
        from reports.data_package import data_package
        from ui.cache import project

        with replacing(out) as part:
            part.write_bytes(data_package(snapshot, registry(), "en", project().version, date.today(), values))
    else:
        write_values(table, out)
    summary = {"file": str(out), "rows": len(table), "indicators": int(table["indicator"].nunique())}
    if json:
        say_json(summary)
    else:
        say(f"{out}: {len(table):,} rows, {summary['indicators']} indicators.")


@app.command(epilog=f"{EXIT_CODES} Profiles that were finished before a fault stay where they are.")
def report(
    code: Annotated[list[str] | None, typer.Argument(help="Codes of territories, as LV0033400.")] = None,
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Folder to write to; made where there is none.")
    ] = ...,
    municipality: Annotated[
        str, typer.Option(metavar="CODE", help="This municipality and every parish and town in it.")
    ] = "",
    every: Annotated[bool, typer.Option("--all", help="All parishes, towns and cities.")] = False,
    language: Annotated[Literal["lv", "en"], typer.Option(help="Language of the profiles.")] = "lv",
    address: Annotated[
        str, typer.Option(metavar="URL", help="Where the dashboard is found, for the link and its QR code.")
    ] = "http://localhost:8501",
    day: Annotated[
        datetime | None,
        typer.Option(
            "--date", formats=["%Y-%m-%d"], metavar="DATE", help="The day the profiles bear; today if left out."
        ),
    ] = None,
    json: JSON = False,
) -> None:
    """Write profiles of territories as PDF: DIR/CODE.lv.pdf, two pages of A4 each."""
    from data import paths
    from reports.profile_files import Order, ground_of, write_profiles
    from ui.cache import project

    if sum((bool(code), bool(municipality), every)) != 1:
        raise typer.BadParameter("Give codes, or --municipality CODE, or --all.")
    if urlsplit(address).scheme not in {"http", "https"} or not urlsplit(address).hostname:
        raise typer.BadParameter(f"{address!r} is no address; one is like http://localhost:8501.")
    ground = ground_of(paths.SNAPSHOT)
    codes = ground.asked(code or (), municipality, every)
    order = Order(paths.SNAPSHOT, out, language, address, project().version, (day or datetime.now()).date())
    written, begun = [], monotonic()
    try:
        with progress_bar("report") as step:
            written.extend(write_profiles(ground, codes, order, step))
    except KeyboardInterrupt:
        complain(f"stopped: {len(written)} of {len(codes)} profiles are in {out}; run it again for all of them")
        raise typer.Exit(STOPPED) from None
    seconds = monotonic() - begun
    if json:
        say_json(
            {"out": str(out), "language": language, "seconds": seconds, "files": [asdict(made) for made in written]}
        )
    else:
        size = sum(made.bytes for made in written)
        say(f"{out}: {len(written)} profiles, {size / 1e6:.1f} MB, in {seconds:.1f} s.")


@app.command(epilog=EXIT_CODES)
def package(
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where to write; a name that ends with .zip.")],
    municipality: Annotated[
        str, typer.Option(metavar="CODE", help="With the profiles of this municipality and all in it.")
    ] = "",
    every: Annotated[bool, typer.Option("--all", help="With the profiles of all of Latvia.")] = False,
    day: Annotated[
        datetime | None,
        typer.Option(
            "--date", formats=["%Y-%m-%d"], metavar="DATE", help="The day the package bears; today if left out."
        ),
    ] = None,
    json: JSON = False,
) -> None:
    """Write the offline package: maps, comparison, profiles and sources in a folder that opens without a network.

    The folder in the zip opens by a double click on index.html, in Latvian or English. Maps and comparison always have
    all of Latvia and all indicators.
    """
    from reports.files import replacing
    from ui import cache
    from ui.offline import package as offline

    if bool(municipality) == every:
        raise typer.BadParameter("Give --municipality CODE, or --all.")
    if out.suffix.lower() != ".zip":
        raise typer.BadParameter(f"{out.name}: give a name that ends with .zip.")
    if not out.parent.is_dir():
        raise typer.BadParameter(f"There is no folder {out.parent}.")
    begun, loaded = monotonic(), cache.current()
    chosen = offline.municipalities(loaded) if every else [offline.known(loaded, municipality)]
    with progress_bar("package") as step:
        content = offline.package(loaded, chosen, made=(day or datetime.now()).date(), progress=step)
    with replacing(out) as part:
        part.write_bytes(content)
    seconds = monotonic() - begun
    if json:
        say_json(
            {
                "file": str(out),
                "folder": offline.name_of(loaded, chosen),
                "municipalities": chosen,
                "bytes": len(content),
                "seconds": seconds,
            }
        )
    else:
        say(f"{out}: {offline.name_of(loaded, chosen)}, {len(content) / 1e6:.1f} MB, in {seconds:.1f} s.")


@app.command(epilog=COMPUTE_FORMS + EXIT_CODES)
def compute(
    data: Annotated[Path, typer.Option("--data", metavar="FILE", help="Table of units and their figures (CSV).")],
    meta: Annotated[Path, typer.Option("--meta", metavar="FILE", help="Table of indicators and aggregates (CSV).")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder to write to; made where there is none.")],
    config: Annotated[
        Path | None,
        typer.Option("--config", metavar="FILE", help="How the index is computed (JSON); without it all defaults."),
    ] = None,
    json: JSON = False,
) -> None:
    """Compute any composite index: scores, ranks, coverage and a log of everything that was done."""
    from data import batch
    from indicators.index import pipeline

    files = batch.read(data, meta, config)
    inputs = pipeline.read(files.data, files.meta, files.config, files.names, files.faults)
    result = pipeline.compute(inputs.data, inputs.meta, inputs.config, inputs.groups, files.names)
    tables = {f"{name}.csv": table for name, table in result.tables().items()}
    log = {"inputs": files.told, "ignored_columns": inputs.ignored, **result.log}
    batch.write(out, tables, log, inputs=tuple(filter(None, (data, meta, config))))
    if json:
        say_json({"out": str(out), "files": [*tables, "log.json"], **result.summary()})
        return
    for line in result.remarks(inputs.ignored):
        say(line)
    say(f"{out}: {', '.join([*tables, 'log.json'])}.")


@app.command(epilog=EXIT_CODES)
def bench(
    name: Annotated[str, typer.Argument(help=f"What to measure: {', '.join(BENCHES)}.")],
    json: JSON = False,
) -> None:
    """Measure the maps beside the yardstick, other pages, a focus group, the index engine, or reading Ookla's tiles."""
    if name not in BENCHES:
        raise typer.BadParameter(f"There is no bench {name!r}; there are {', '.join(BENCHES)}.")
    import_module(f"bench.{name}").run(json=json)


def stdout() -> Console:
    """Standard output; wide enough for the tables where it is no terminal."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH)


def say(text: str) -> None:
    stdout().print(printable(text), markup=False, soft_wrap=True)


def say_json(value: Any) -> None:
    sys.stdout.write(json_format.dumps(value, indent=1, default=str) + "\n")


def by_file(errors: Sequence[DataError]) -> list[DataError]:
    """One error for each file (or folder), with all its faults, each once."""
    faults: dict[str, dict[Fault, None]] = {}
    for error in errors:
        faults.setdefault(error.file, {}).update(dict.fromkeys(error.faults))
    return [DataError(file, list(found)) for file, found in faults.items()]


def complain(error: object) -> None:
    stderr.print("error: " + printable(str(error), keep="\n"), style="red", markup=False, soft_wrap=True)


def printable(text: str, keep: str = "") -> str:
    """Text whose control characters (a file's name may hold any) reach the terminal as escapes, not as commands."""
    return "".join(c if c.isprintable() or c in keep else c.encode("unicode_escape").decode() for c in text)


@contextmanager
def progress_bar(title: str) -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar on standard error; gives a callable taking a step's name, how many are done and in all."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=stderr, transient=True, disable=not stderr.is_terminal) as progress:
        task = progress.add_task(title, total=None)

        def step(name: str, done: int, total: int) -> None:
            progress.update(task, description=f"{title} {name}", completed=done, total=total)

        yield step


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and give its exit code. Whatever goes wrong ends in one message, never in a traceback."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        code = app(args=arguments, prog_name="cli.py", standalone_mode=False) or OK
        if code != STOPPED:
            return code
        raise KeyboardInterrupt
    except USAGE_ERROR as error:
        code, problem = BAD_INPUT, error.format_message()
        error.show()
    except (typer.Abort, KeyboardInterrupt):
        code, problem = STOPPED, "stopped before the end: nothing was written"
        complain(problem)
    except Exception as error:
        code, problem = explained(error)
        complain(problem)
    if "--json" in arguments:
        say_json({"error": str(problem), "faults": faults_of(problem), "exit_code": code})
    return code


def explained(error: Exception) -> tuple[int, object]:
    """The exit code for what went wrong, and what to say about it."""
    match error:
        case SnapshotError() | Busy():
            return FAILED, error
        case DataError():
            return BAD_INPUT, error
        case OSError():
            step = NEXT_STEPS.get(error.errno or 0, "Mend that, then run this again.")
            where = printable(str(error.filename or "the machine"))
            return FAILED, f"{where}: {error.strerror or error}. {step}"
        case MemoryError():
            return FAILED, "the machine: not enough memory. Close other programs, then run this again."
    *_, last = traceback.extract_tb(error.__traceback__)
    where = f"{Path(last.filename).name}, line {last.lineno}"
    return FAILED, f"a fault of this program, please report it: {type(error).__name__}: {error} ({where})"


def faults_of(problem: object) -> list[dict[str, str]]:
    """The faults of bad input one by one, for machines."""
    if not isinstance(problem, DataError):
        return []
    errors = problem.errors if isinstance(problem, DataErrors) else [problem]
    return [{"file": error.file, **asdict(fault)} for error in errors for fault in error.faults]


if __name__ == "__main__":
    sys.exit(main())
