"""What a page shows with the borders of its territories: GeoPackage and GeoJSON, made beside the server."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from data.paths import ROOT
from reports.exhibit import Exhibit, buffer_of, indicator_table, source_table, wide

Form = Literal["gpkg", "geojson"]
PATIENCE = 120


def geofile(shown: Exhibit, form: Form, snapshot: Path, vintages: Mapping[str, str]) -> bytes:
    """The wide table with geometry: EPSG:3059 in a GeoPackage, WGS 84 in GeoJSON.

    The GeoPackage has the tables `indicators` and `sources` too; the GeoJSON says in the member `about` what its
    columns are, where they come from and under which licences.

    Raises
    ------
    OSError
        The program that writes it failed.
    """
    indicators = indicator_table(shown.described, shown.sources)
    sources = source_table(shown.sources.values(), shown.language, vintages)
    content = b"".join(
        struct.pack("<Q", len(part)) + part for part in map(buffer_of, (wide(shown), indicators, sources))
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"table.{form}"
        command = [sys.executable, "-m", "data.geofiles", form, str(path), str(snapshot)]
        done = subprocess.run(command, input=content, cwd=ROOT, capture_output=True, timeout=PATIENCE, check=False)
        if done.returncode or not path.is_file():
            raise OSError(f"writing the {form} failed: {done.stderr.decode(errors='replace').strip()[-300:]}")
        written = path.read_bytes()
    if form == "gpkg":
        return written
    about = {
        "title": shown.title,
        "note": shown.note,
        "made": shown.made.isoformat(),
        "version": shown.version,
        "snapshot": shown.snapshot,
        "address": shown.address,
        "indicators": indicators.to_dict("records"),
        "sources": sources.to_dict("records"),
    }
    return json.dumps(json.loads(written) | {"about": about}, ensure_ascii=False, separators=(",", ":")).encode()
