"""`python -m benchmarks.storm`: the small storm alone. Exit status 1 where a bound is missed."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

from benchmarks.storm.measure import SMALL, small_claims
from benchmarks.storm.storm import PRODUCT, storm


def main() -> int:
    """Run it, and print figures and claims as one JSON object."""
    result = storm(SMALL, PRODUCT)
    claims = small_claims(result)
    print(json.dumps({"result": asdict(result), "claims": [claim.as_json() for claim in claims]}))
    return 0 if all(claim.holds for claim in claims) else 1


if __name__ == "__main__":
    sys.exit(main())
