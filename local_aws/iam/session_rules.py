"""What AWS demands of an AssumeRole that the policies allow: how long a session may last, what it may carry."""

from __future__ import annotations

from local_aws.iam.actions import Call
from local_aws.iam.identity import Caller, find_role
from local_aws.iam.refusals import invalid

SHORTEST_SESSION = 900
CHAINED_SESSION = 3600
DEFAULT_SESSION = 3600


def check_session_request(call: Call, caller: Caller) -> None:
    """Raise a RefusalError when the session would last too short or too long, or cannot be made here.

    A role's sessions last up to its maximum; one hour when the caller is itself a session of a role ("role chaining").
    """
    duration = int(call.text("DurationSeconds", str(DEFAULT_SESSION)))
    role = find_role(call.text("RoleArn"))
    longest = int(role.max_session_duration or DEFAULT_SESSION) if role else DEFAULT_SESSION
    if duration < SHORTEST_SESSION:
        raise invalid(f"durationSeconds must be at least {SHORTEST_SESSION}, it is {duration}")
    if caller.chained and duration > CHAINED_SESSION:
        raise invalid(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining"
        )
    if duration > longest:
        raise invalid("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
    if call.params.get("PolicyArns"):
        raise invalid("local_aws knows no managed session policies (PolicyArns): pass the policy as Policy")
