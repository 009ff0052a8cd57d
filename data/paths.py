"""Where the project keeps its files. Every path is absolute, so the working directory never matters."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RAW = ROOT / "data" / "raw"
SNAPSHOT = ROOT / "data" / "snapshot"
OWN = RAW / "own"
CORRECTIONS = ROOT / "data" / "corrections.csv"
LOCALE = ROOT / "locale"
