"""Whose access key is it? Sessions that STS made, users' keys, and the keys that stand for the first account's root."""

from __future__ import annotations

import hmac
from datetime import UTC

from moto.iam.models import iam_backends
from moto.sts.models import AssumedRole, sts_backends

from local_aws.iam.identity import Caller, account_root, find_role, role_session, user
from local_aws.iam.refusals import expired_credentials, unknown_credentials
from local_aws.world import World

_TEMPORARY = "ASIA"


class Sessions:
    """Finds the caller of an access key. Sessions are remembered: moto keeps them in a list that only grows."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._known: dict[str, AssumedRole] = {}

    def caller(self, access_key: str, token: str | None, account: str, partition: str) -> Caller:
        """Return the caller whose key this is. `account` is the one moto found the key in.

        Raises a RefusalError for sessions that are over, for temporary keys without their session token or that
        nobody issued, and for keys of a user or role that is gone. Secret keys and signatures are not verified.
        """
        if access_key not in iam_backends[account][partition].access_keys:
            if access_key.startswith(_TEMPORARY) or account != self._world.organization.management:
                raise unknown_credentials()
            return account_root(account, partition)
        session = self._session(access_key, account, partition)
        if session is None:
            owner = iam_backends[account][partition].get_user_from_access_key_id(access_key)
            if owner is None:
                raise unknown_credentials()
            return user(owner)
        if not hmac.compare_digest((token or "").encode(), session.session_token.encode()):
            raise unknown_credentials()
        if self._world.clock.now() >= session.expiration.replace(tzinfo=UTC).timestamp():
            raise expired_credentials()
        role = find_role(session.role_arn)
        if role is None:
            raise unknown_credentials()
        return role_session(role, session)

    def _session(self, access_key: str, account: str, partition: str) -> AssumedRole | None:
        if access_key not in self._known:
            backend = sts_backends[account][partition]
            for session in reversed(backend.assumed_roles):
                if session.access_key_id in self._known:
                    break
                self._known[session.access_key_id] = session
        return self._known.get(access_key)
