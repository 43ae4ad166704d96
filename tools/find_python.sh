#!/usr/bin/env bash
# Print the path of a Python that this repository runs on. PYTHON, if set, is the only one that is tried.
set -euo pipefail

probe='import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))'

for candidate in ${PYTHON:-python3.13 python3.12 python3.11 python3 python}; do
  # A name may be there and not work: version managers put up names for versions that are not selected.
  if path="$(command -v "$candidate")" && "$path" -c "$probe" > /dev/null 2>&1; then
    "$path" -c 'import sys; print(sys.executable)'
    exit 0
  fi
done

echo "No Python 3.11 or newer with the venv module was found (tried: ${PYTHON:-python3.13 python3.12 python3.11 python3 python})." >&2
echo "Install one (on Debian and Ubuntu: python3 and python3-venv), or name it: make PYTHON=/path/to/python3.12 ..." >&2
exit 1
