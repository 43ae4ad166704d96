"""Application Auto Scaling: what lists knows no resource (Service Authorization Reference)."""

from __future__ import annotations

from local_aws.iam.actions.rows import Table, row, unrestricted

APPLICATION_AUTO_SCALING: Table = {"DescribeScalableTargets": row(unrestricted)}
