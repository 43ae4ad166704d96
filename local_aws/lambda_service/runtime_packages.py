"""What Lambda's Python runtime provides, as a folder that shows a sandbox this and nothing else.

The packages themselves are those of this interpreter. A sandbox that saw all of its site-packages would also find
what the deployed zip forgot.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

# boto3 with what it needs, and the runtime interface client with what it needs:
# https://docs.aws.amazon.com/lambda/latest/dg/python-package.html#python-package-searchpath
PROVIDED = (
    "boto3",
    "botocore",
    "s3transfer",
    "jmespath",
    "dateutil",
    "six",
    "urllib3",
    "awslambdaric",
    "runtime_client",
    "simplejson",
    "snapshot_restore_py",
)
# What keeps a sandbox on virtual time.
OURS = ("time_machine", "_time_machine")


def link_runtime_packages(folder: Path) -> None:
    """Fill ``folder`` with links; ``ModuleNotFoundError`` names what this interpreter lacks."""
    folder.mkdir(parents=True)
    for name in PROVIDED + OURS:
        spec = importlib.util.find_spec(name)
        if spec is None or spec.origin is None:
            raise ModuleNotFoundError(
                f"Lambda sandboxes need the package {name}: install the project's development requirements", name=name
            )
        origin = Path(spec.origin)
        source = origin.parent if origin.name == "__init__.py" else origin
        (folder / source.name).symlink_to(source)
