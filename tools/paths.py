"""Where things are in this repository."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache"
SOURCES = ROOT / "lambda_src"
DIST = SOURCES / "dist"
LAMBDA_REQUIREMENTS = ROOT / "requirements" / "lambda.txt"
