"""How every service of a scenario is to end, as data. `demo.verdict` holds what happened against it."""

from __future__ import annotations

from dataclasses import dataclass

from demo.evidence import ServiceId
from demo.services import ACCOUNT_A, ACCOUNT_B, twin_of
from demo.strategy import ON_DEMAND, SPOT, Item, Strategy

ALL_ON_DEMAND: Strategy = (Item(SPOT, 0), Item(ON_DEMAND, 10))
MIXED_ON_DEMAND: Strategy = (Item(ON_DEMAND, 10, base=1), Item(SPOT, 0))


@dataclass(frozen=True)
class Expectation:
    """What has to become of one service.

    ``during`` is the strategy it is to fail over to, from where it is to come back to exactly its own; None: its
    strategy is never to change. ``redeployments`` is the exact number of forced deployments on an unchanged strategy.
    ``twin`` is its on-demand twin, which is to carry exactly what it lacks, ``carries`` tasks at most, and to end
    without any. ``reasons`` are codes that have to stand among the decisions about it, of each set at least one.
    ``failover_within`` and ``restore_within`` are seconds.
    """

    service: ServiceId
    story: str
    during: Strategy | None = None
    twin: ServiceId | None = None
    carries: int = 0
    redeployments: int = 0
    reasons: tuple[frozenset[str], ...] = ()
    failover_within: float = 300
    restore_within: float = 3 * 3600


def _shop(name: str) -> ServiceId:
    return ServiceId(ACCOUNT_A, "us-east-1", "shop", name)


def _edge(region: str) -> ServiceId:
    return ServiceId(ACCOUNT_B, region, "edge", "gateway")


# The placement failure and the look after the interruption tell of the same shortage: whichever finds it first acts.
FOUND_SHORT = frozenset({"FAILED_OVER", "INTERRUPTED_SHORT"})
MOVED = (FOUND_SHORT, frozenset({"RESTORED"}))

FAILOVER = (
    Expectation(_shop("web"), "all on Spot", ALL_ON_DEMAND, reasons=MOVED),
    Expectation(_shop("api"), "a base on on-demand, the rest on Spot", MIXED_ON_DEMAND, reasons=MOVED),
    Expectation(_shop("batch"), "scaled to zero"),
    Expectation(_shop("admin"), "on-demand by choice"),
    Expectation(_shop("legacy"), "opted out by a tag", reasons=(frozenset({"OUT_OF_SCOPE"}),)),
    Expectation(_shop("preview"), "observed only, by a tag", reasons=(FOUND_SHORT,)),
    Expectation(_edge("eu-west-1"), "all on Spot", ALL_ON_DEMAND, reasons=MOVED),
    Expectation(_edge("us-west-2"), "all on Spot, the account's second Region", ALL_ON_DEMAND, reasons=MOVED),
)

INTERRUPTION = (
    Expectation(_shop("web"), "auto: its tasks are replaced in time", reasons=(frozenset({"NOT_SHORT"}),)),
    Expectation(
        _shop("search"),
        "redeploy: one deployment, not one per task",
        redeployments=1,
        reasons=(frozenset({"REDEPLOYED"}),),
    ),
    Expectation(_shop("worker"), "none: counted only", reasons=(frozenset({"RESPONSE_NONE"}),)),
    Expectation(
        _edge("eu-west-1"),
        "auto: loses most of its tasks, and no placement failure is told",
        ALL_ON_DEMAND,
        reasons=(frozenset({"INTERRUPTED_SHORT", "INTERRUPTION_STORM"}), frozenset({"RESTORED"})),
    ),
)

CARRIED = (frozenset({"TWIN_RAISED"}), frozenset({"TWIN_STEPPED_DOWN"}))


def _twin(service: ServiceId, story: str, carries: int) -> Expectation:
    return Expectation(service, story, twin=twin_of(service), carries=carries, reasons=CARRIED, failover_within=60)


FAILOVER_SERVICE = (
    _twin(_shop("web"), "a twin; three tasks of five on Spot", 3),
    _twin(_shop("api"), "a twin; all on Spot", 4),
    Expectation(_shop("search"), "strategy switch; otherwise as shop/web", MIXED_ON_DEMAND, reasons=MOVED),
    _twin(_edge("eu-west-1"), "a twin; all on Spot, and no placement failure is told", 6),
    _twin(_edge("us-west-2"), "a twin; five tasks of eight on Spot, some of which come back early", 5),
)
