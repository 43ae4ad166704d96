"""The command `spotctl`: options of all commands, and how errors end."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import Any

import click
from botocore.exceptions import BotoCoreError, ClientError

from spot_failover.core.errors import BusyError, ConflictError, SpotFailoverError, TransientError
from spotctl.exits import Exit, Failure
from spotctl.installation import RESTORE_FUNCTION, Installation, open_session


@dataclass
class Target:
    """Which installation the command is for; it is looked for when a command needs it."""

    profile: str | None
    region: str | None
    function: str

    @cached_property
    def installation(self) -> Installation:
        """The installation."""
        return Installation(open_session(self.profile, self.region), self.function)


class Commands(click.Group):
    """Ends every expected error with a message and an exit status, and no traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as error:
            # Click would end with 1, which says that doctor has found something.
            raise Failure(
                "interrupted: a change that had begun is finished by the next tick", Exit.INTERRUPTED
            ) from error
        except (BusyError, ConflictError, TransientError) as error:
            raise Failure(f"{error}. Try again.", Exit.BUSY) from error
        except SpotFailoverError as error:
            raise Failure(str(error)) from error
        except (ClientError, BotoCoreError) as error:
            raise Failure(f"AWS: {error}") from error


def _version() -> str:
    """That of the package, or, where it runs from a clone, of the clone."""
    file = Path(__file__).parents[1] / "VERSION"
    return file.read_text().strip() if file.exists() else metadata.version("ecs-spot-failover-spotctl")


@click.group(cls=Commands, context_settings={"auto_envvar_prefix": "SPOTCTL", "help_option_names": ["-h", "--help"]})
@click.option("--profile", help="Profile of the AWS CLI, for the central account. Default: AWS_PROFILE.")
@click.option(
    "--region",
    help="Region of the central installation. Default: AWS_REGION, AWS_DEFAULT_REGION, or the profile's.",
)
@click.option("--name-prefix", default="", help="The installation's name_prefix, such as dev-.")
@click.option("--function", help=f"Its restore function, where `names` changes it. Default: PREFIX{RESTORE_FUNCTION}.")
@click.version_option(_version(), prog_name="spotctl")
@click.pass_context
def spotctl(
    context: click.Context, profile: str | None, region: str | None, name_prefix: str, function: str | None
) -> None:
    """See, hold and move ECS services between Spot and on-demand capacity.

    SERVICE is a service's ARN, or account/region/cluster/service.
    """
    context.obj = Target(profile, region, function or name_prefix + RESTORE_FUNCTION)
