"""Long-lived connections through a Network Load Balancer: what cuts them, what does not, and where clients go then."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from tests.local_aws.ecs.balancers import Network, behind, network
from tests.local_aws.ecs.simulation import ACCOUNT, CLUSTER, ON_DEMAND, REGION, Ecs

DELAY = 60


def _open(simulation: Ecs, count: int, port: int = 443) -> dict[str, int]:
    where = {"account": ACCOUNT, "region": REGION, "load_balancer": "nlb", "port": port}
    return dict(simulation.control("POST", "connections/open", **where, count=count))


def _flow(simulation: Ecs) -> dict[str, Any]:
    (flow,) = simulation.control("GET", "connections")["listeners"]
    return dict(flow)


def _total(simulation: Ecs, what: str) -> int:
    return sum(point[what] for point in _flow(simulation)["timeline"])


def _swap(net: Network, group: str, port: int = 443) -> None:
    forward: Any = [{"Type": "forward", "TargetGroupArn": group}]
    boto3.client("elbv2", region_name=REGION).modify_listener(ListenerArn=net.listeners[port], DefaultActions=forward)


def _on_two_groups(simulation: Ecs, desired: int) -> tuple[Network, dict[str, Any]]:
    """An old task set on blue, which production's listener forwards to, and a new one on green."""
    net = network("nlb", ports=(443, 8443), delay=DELAY)
    _swap(net, net.green, 8443)
    simulation.external(desired=desired)
    old = simulation.task_set(**behind(net.blue))
    simulation.task_set(strategy=ON_DEMAND, **behind(net.green))
    simulation.advance(60)
    return net, old


def test_targets_take_turns(simulation: Ecs) -> None:
    net, _ = _on_two_groups(simulation, desired=4)
    assert _open(simulation, 2000) == {"open": 2000, "waiting": 0}
    flow = _flow(simulation)
    assert flow["target_groups"] == {net.blue: 2000}
    assert [item["open"] for item in flow["targets"]] == [500] * 4
    assert flow["timeline"] == [
        {"t": int(simulation.clock.now()), "opened": 2000, "ended": 0, "reconnected": 0, "refused": 0}
    ]


def test_a_swap_cuts_none_and_a_step_cuts_those_of_its_tasks(simulation: Ecs) -> None:
    net, old = _on_two_groups(simulation, desired=10)
    _open(simulation, 2000)
    _swap(net, net.green)
    simulation.advance(3600)
    assert (_flow(simulation)["open"], _total(simulation, "ended")) == (2000, 0)
    _open(simulation, 10)
    assert _flow(simulation)["target_groups"] == {net.blue: 2000, net.green: 10}
    for percent in (80, 60, 40, 20, 0):
        before = _total(simulation, "ended")
        simulation.scale(old, percent)
        simulation.advance(DELAY)
        assert _total(simulation, "ended") == before  # they drain
        simulation.advance(60)
        assert _total(simulation, "ended") == before + 400
    flow = _flow(simulation)
    assert (flow["open"], flow["target_groups"]) == (2010, {net.green: 2010})
    assert max(point["reconnected"] for point in flow["timeline"]) == 400
    assert _total(simulation, "reconnected") == 2000


def test_a_client_comes_back_through_the_listener_as_it_is_by_then(simulation: Ecs) -> None:
    net, old = _on_two_groups(simulation, desired=2)
    _open(simulation, 100)
    simulation.scale(old, 50)
    simulation.advance(200)
    assert _flow(simulation)["target_groups"] == {net.blue: 100}
    _swap(net, net.green)
    simulation.scale(old, 0)
    simulation.advance(200)
    assert _flow(simulation)["target_groups"] == {net.green: 100}


def test_a_rolling_update_cuts_all_connections(simulation: Ecs) -> None:
    net = network("nlb", delay=DELAY)
    simulation.create(desired=4, **behind(net.blue))
    simulation.advance(60)
    _open(simulation, 400)
    simulation.update(forceNewDeployment=True)
    simulation.advance(900)
    flow = _flow(simulation)
    assert flow["open"] == 400
    assert _total(simulation, "ended") >= 400
    new = {task["attachments"][0]["details"][0]["value"] for task in simulation.tasks()}
    assert {item["id"] for item in flow["targets"]} <= new


def test_an_interruption_cuts_after_the_notice(simulation: Ecs) -> None:
    _on_two_groups(simulation, desired=2)
    _open(simulation, 100)
    simulation.interrupt(1)
    simulation.advance(110)
    assert _total(simulation, "ended") == 0
    simulation.advance(20)
    assert _total(simulation, "ended") == 50
    assert _flow(simulation)["open"] == 100


def test_clients_without_a_target_try_again(simulation: Ecs) -> None:
    net = network("nlb", delay=DELAY)
    assert _open(simulation, 5) == {"open": 0, "waiting": 5}
    simulation.create(desired=1, **behind(net.blue))
    simulation.advance(60)
    flow = _flow(simulation)
    assert (flow["open"], flow["waiting"]) == (5, 0)
    assert _total(simulation, "refused") >= 25
    simulation.client.delete_service(cluster=CLUSTER, service="web", force=True)
    simulation.advance(60)
    flow = _flow(simulation)
    assert (flow["open"], flow["waiting"]) == (0, 5)
    simulation.control("POST", "connections/close")
    assert simulation.control("GET", "connections") == {"listeners": []}
    simulation.advance(10)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"load_balancer": "ghost"}, "no load balancer ghost"),
        ({"port": 80}, "no listener on port 80"),
        ({"count": 0}, "count must be"),
        ({"account": ""}, "account is missing"),
        ({"port": "443"}, "port must be"),
    ],
)
def test_what_cannot_be_connected_to(simulation: Ecs, wrong: dict[str, Any], message: str) -> None:
    network("nlb")
    request = {"account": ACCOUNT, "region": REGION, "load_balancer": "nlb", "port": 443, "count": 1, **wrong}
    with pytest.raises(ValueError, match=message):
        simulation.control("POST", "connections/open", **request)
