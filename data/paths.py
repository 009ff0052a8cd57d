"""Where the project keeps its files. Every path is absolute, so the working directory never matters."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = "SMART_VILLAGES_DATA"
"""Environment variable: the folder of raw files, snapshot and history, where it is not the project's own."""
DATA = Path(os.environ.get(HOME) or ROOT / "data").resolve()
RAW = DATA / "raw"
SNAPSHOT = DATA / "snapshot"
OWN = RAW / "own"
CORRECTIONS = ROOT / "data" / "corrections.csv"
LOCALE = ROOT / "locale"
