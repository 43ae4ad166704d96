"""Who stands behind an access key."""

from __future__ import annotations

from moto.iam.models import iam_backends
from moto.sts.models import sts_backends


def principal_arn(access_key: str, account: str) -> str:
    """The session of an assumed role, the user, or, for a key that nobody was given, the account's root."""
    for session in reversed(sts_backends[account]["aws"].assumed_roles):
        if session.access_key_id == access_key:
            return str(session.arn)
    for user in iam_backends[account]["aws"].users.values():
        if any(key.access_key_id == access_key for key in user.access_keys):
            return str(user.arn)
    return f"arn:aws:iam::{account}:root"
