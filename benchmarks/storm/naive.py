"""The handler that is usually written first: for every event look, assume the role, and switch.

It stands here for comparison, in the same harness: batches, clients and retries as boto3 makes them.
"""

from __future__ import annotations

import json
import os
from typing import Any

import boto3


def handler(batch: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Handle a batch; what fails comes again."""
    failed = []
    for record in batch["Records"]:
        try:
            _switch(json.loads(record["body"]))
        except Exception:  # noqa: BLE001 - comes again
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


def _switch(event: dict[str, Any]) -> None:
    account, region, detail = event["account"], event["region"], event["detail"]
    service = str(detail.get("group") or event["resources"][0].rsplit("/", 1)[1]).removeprefix("service:")
    given = boto3.client("sts").assume_role(
        RoleArn=f"arn:aws:iam::{account}:role/{os.environ['AUTOMATION_ROLE_NAME']}",
        RoleSessionName="naive",
        ExternalId=os.environ["EXTERNAL_ID"],
    )["Credentials"]
    ecs = boto3.client(
        "ecs",
        region_name=region,
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
    )
    cluster = detail["clusterArn"].rsplit("/", 1)[1]
    if not ecs.describe_services(cluster=cluster, services=[service])["services"]:
        return
    ecs.update_service(
        cluster=cluster,
        service=service,
        capacityProviderStrategy=[{"capacityProvider": "FARGATE", "weight": 1, "base": 0}],
        forceNewDeployment=True,
    )
