"""Quotas that people are told to look at: Lambda's account settings, and the vCPUs of Fargate on-demand."""

from __future__ import annotations

import json
from typing import Any

from moto.awslambda import urls
from moto.awslambda.responses import LambdaResponse
from moto.servicequotas.models import ServiceQuotasBackend

CONCURRENCY = 1000
"""An account's concurrent executions in a Region (Lambda developer guide, "Lambda quotas")."""
FARGATE_VCPU = "L-3032A538"
"""Its default is what Service Quotas calls "Fargate On-Demand vCPU resource count"."""

_get_service_quota = ServiceQuotasBackend.get_service_quota
_ACCOUNT_SETTINGS = r"{0}/(?P<api_version>[^/]+)/account-settings/?$"


def install() -> None:
    """Answer GetAccountSettings and GetServiceQuota, which moto has not or not for these."""
    urls.url_paths.setdefault(_ACCOUNT_SETTINGS, LambdaResponse.dispatch)
    LambdaResponse.get_account_settings = _account_settings  # type: ignore[attr-defined]
    ServiceQuotasBackend.get_service_quota = _service_quota  # type: ignore[method-assign]


def _account_settings(self: LambdaResponse) -> str:
    functions = self.backend.list_functions()
    reserved = sum(int(one.reserved_concurrency or 0) for one in functions)
    limit = {
        "TotalCodeSize": 80_530_636_800,
        "CodeSizeUnzipped": 262_144_000,
        "CodeSizeZipped": 52_428_800,
        "ConcurrentExecutions": CONCURRENCY,
        "UnreservedConcurrentExecutions": CONCURRENCY - reserved,
    }
    usage = {"TotalCodeSize": 0, "FunctionCount": len(list(functions))}
    return json.dumps({"AccountLimit": limit, "AccountUsage": usage})


def _service_quota(self: ServiceQuotasBackend, service_code: str, quota_code: str) -> dict[str, Any]:
    if (service_code, quota_code) != ("fargate", FARGATE_VCPU):
        return _get_service_quota(self, service_code, quota_code)
    place = f"{self.region_name}:{self.account_id}"
    return {
        "ServiceCode": service_code,
        "ServiceName": "AWS Fargate",
        "QuotaArn": f"arn:aws:servicequotas:{place}:{service_code}/{quota_code}",
        "QuotaCode": quota_code,
        "QuotaName": "Fargate On-Demand vCPU resource count",
        "Value": 6.0,
        "Unit": "None",
        "Adjustable": True,
        "GlobalQuota": False,
    }
