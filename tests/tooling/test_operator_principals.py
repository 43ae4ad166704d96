"""The pattern for a permission set that the docs name fits the roles of IAM Identity Center, wherever it lives."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

import pytest

from tools import paths

PATTERN = re.compile(r'arn:aws:iam::[^`"\s]*AWSReservedSSO_[^`"\s]*')
FILES = ("docs/spotctl.md", "docs/inputs.md", "modules/central/README.md", "variables_operations.tf")
RESERVED = "arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com"


@pytest.mark.parametrize("file", [*FILES, "modules/central/variables_operations.tf"])
def test_a_permission_set_of_any_region(file: str) -> None:
    patterns = PATTERN.findall((paths.ROOT / file).read_text())
    assert patterns
    for pattern in patterns:
        # Where Identity Center is in us-east-1, its roles' path has no Region.
        assert fnmatchcase(f"{RESERVED}/AWSReservedSSO_Platform_0123456789abcdef", pattern)
        assert fnmatchcase(f"{RESERVED}/eu-west-1/AWSReservedSSO_Platform_0123456789abcdef", pattern)
        assert not fnmatchcase(f"{RESERVED}/AWSReservedSSO_Others_0123456789abcdef", pattern)
        assert not fnmatchcase(f"{RESERVED}/AWSReservedSSO_Platform_ReadOnly_0123456789abcdef", pattern)
