"""The programming interface described in OpenAPI 3.1, from what the snapshot holds."""

from __future__ import annotations

from typing import Any

from data.model import PERIOD, STATUSES
from reports.api import FURTHEST, LEVELS, MOST, USUAL, VALUE_COLUMNS, Api

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": ["number", "null"]}
MAYBE: Schema = {"type": ["string", "null"]}
BOTH: Schema = {
    "type": "object",
    "description": "A text in Latvian and English.",
    "properties": {"lv": TEXT, "en": TEXT},
    "required": ["lv", "en"],
}
HASH: Schema = {"type": "string", "pattern": "^[0-9a-f]{64}$", "description": "The snapshot that was asked."}
MANY = "Several may be given, one after the other (a=1&a=2) or with commas (a=1,2)."


BOOL: Schema = {"type": "boolean"}
ANY: Schema = {"type": "object"}
SNAP = {"snapshot": HASH}
PAGED: Schema = {
    "X-Total-Count": {"description": "How many rows fit in all.", "schema": {"type": "string", "pattern": r"^\d+$"}},
    "Link": {"description": 'The next page, as <…>; rel="next".', "schema": {"type": "string"}},
}


def obj(**properties: Schema) -> Schema:
    """An object with these properties, all of them there."""
    return {"type": "object", "properties": properties, "required": list(properties)}


def array(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def listed(name: str, items: Schema, description: str) -> Schema:
    """A parameter that may be given several times."""
    return {
        "name": name,
        "in": "query",
        "description": f"{description} {MANY}",
        "schema": {"type": "array", "items": items, "minItems": 1},
        "style": "form",
        "explode": True,
    }


LEVEL = listed("level", {"enum": list(LEVELS)}, "Levels of territories; all when left out.")
FAULT = obj(error=TEXT, faults=array(obj(parameter=TEXT, problem=TEXT)))


def number(name: str, least: int, most: int, usual: int, description: str) -> Schema:
    schema = {"type": "integer", "minimum": least, "maximum": most, "default": usual}
    return {"name": name, "in": "query", "description": description, "schema": schema}


def got(
    summary: str,
    schema: Schema,
    parameters: list[Schema] | None = None,
    headers: Schema | None = None,
    media_type: str = "application/json",
) -> Schema:
    """An address that can be read, and what it answers."""
    tag = {"ETag": {"description": "This version of the answer.", "schema": TEXT}}
    unchanged = {"description": "What was sent in If-None-Match is still the newest."}
    bad = {"description": "The query has faults: all of them.", "content": {"application/json": {"schema": FAULT}}}
    down = {"description": "The snapshot cannot be read.", "content": {"application/json": {"schema": obj(error=TEXT)}}}
    answer = {"description": summary, "headers": tag | (headers or {}), "content": {media_type: {"schema": schema}}}
    responses = {"200": answer, "304": unchanged, "400": bad, "503": down}
    return {"get": {"summary": summary, "parameters": parameters or [], "responses": responses}}


def document(api: Api, title: str, version: str, server: str) -> Schema:
    """The description of every address below `/api/v1`; indicators, territories and levels are named one by one."""
    columns: Schema = dict.fromkeys(VALUE_COLUMNS, TEXT)
    columns |= dict.fromkeys(("value", "smoothed", "low", "high", "coverage"), NUMBER)
    columns |= {"status": {"enum": list(STATUSES)}, "level": {"enum": list(LEVELS)}, "small_base": {"type": "boolean"}}
    licence = obj(licence=TEXT, licence_address=TEXT, non_commercial=BOOL, share_alike=BOOL, credit=BOTH)
    source = obj(
        id=TEXT,
        publisher=BOTH,
        title=BOTH,
        address=TEXT,
        **licence["properties"],
        periods=array(TEXT),
        held_back=array(obj(measure=TEXT, period=TEXT, gate=TEXT, reason=TEXT)),
    )
    indicator = obj(
        id=TEXT,
        title=BOTH,
        definition=BOTH,
        formula=BOTH,
        unit=BOTH,
        decimals={"type": "integer"},
        better={"enum": ["higher", "lower", "neither"]},
        theme=BOTH,
        factors={"type": "array"},
        goalposts={"type": ["object", "null"]},
        estimated=BOOL,
        bias={"type": ["object", "null"]},
        breaks=array(obj(period=TEXT, reason=BOTH)),
        levels={"type": "object", "additionalProperties": obj(first=TEXT, last=TEXT)},
        sources=array(TEXT),
    )
    territory = obj(
        code=TEXT,
        name=TEXT,
        full_name=TEXT,
        level={"enum": list(LEVELS)},
        kind=MAYBE,
        parent=MAYBE,
        region=MAYBE,
        area_km2=NUMBER,
        valid_from=MAYBE,
        valid_to=MAYBE,
        successors=array(TEXT),
    )
    whole = {"type": "integer"}
    values = obj(
        total=whole,
        limit=whole,
        offset=whole,
        next=MAYBE,
        values=array(obj(**columns)),
        sources={"type": "object", "additionalProperties": licence},
        snapshot=HASH,
    )
    asked = [
        listed("indicator", {"enum": sorted(api.indicators)}, "Ids of indicators; all when left out."),
        listed("territory", {"enum": sorted(api.territories)}, "Codes of territories (ATVK); all when left out."),
        listed("period", {"type": "string", "pattern": f"^({PERIOD.pattern})$"}, "Years or quarters; all by default."),
        LEVEL,
        number("limit", 1, MOST, USUAL, "Most rows in one answer."),
        number("offset", 0, FURTHEST, 0, "How many of the rows that fit to pass over."),
    ]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": title,
            "version": version,
            "description": (
                "Read only. Rows come sorted by indicator, level, period and territory; `next` and the header Link "
                f"lead to the next page. At most {MOST:,} rows an answer. Every answer has an ETag: send it back in "
                "If-None-Match and nothing is transferred until the data change. No keys and no accounts. Every "
                "source keeps its own licence: it stands beside the values and has to be respected."
            ),
        },
        "servers": [{"url": server}],
        "paths": {
            "/api/v1": got("What there is", obj(title=TEXT, version=TEXT, snapshot=HASH, edition=TEXT, links=ANY)),
            "/api/v1/indicators": got("Every indicator as it is declared", obj(indicators=array(indicator), **SNAP)),
            "/api/v1/territories": got("The territories", obj(territories=array(territory), **SNAP), [LEVEL]),
            "/api/v1/sources": got("Every source with its licence and credit", obj(sources=array(source), **SNAP)),
            "/api/v1/values": got("Values of indicators", values, asked, PAGED),
            "/api/v1/values.csv": got("Values of indicators as CSV", TEXT, asked, PAGED, "text/csv"),
            "/api/v1/openapi.json": got("This description", ANY),
        },
    }
