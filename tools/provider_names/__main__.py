"""Write names.txt anew: what version 6 of the provider has of the types that modules and examples use."""

from __future__ import annotations

import sys

from tools import paths
from tools.provider_names.check import NAMES, types, used
from tools.provider_names.typings import INTEGRITY, PACKAGE, VERSION, TypingsError, fetch


def main() -> int:
    """Write the list and give the exit status."""
    try:
        typings = fetch(paths.CACHE / "provider-names")
    except TypingsError as error:
        print(error, file=sys.stderr)
        return 1
    lines = [
        f"# What hashicorp/aws {typings.provider} has of the types that modules and examples use.",
        f"# From {PACKAGE} {VERSION} ({INTEGRITY}, MPL-2.0).",
        "# Written by `make provider-names`.",
    ]
    for kind, resource_type in sorted(types(used(paths.ROOT))):
        if names := typings.names(kind, resource_type):
            lines.append(f"{kind} {resource_type}: {' '.join(names)}")
    NAMES.write_text("\n".join(lines) + "\n")
    print(f"{NAMES.relative_to(paths.ROOT)}: {len(lines) - 3} types of version {typings.provider}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
