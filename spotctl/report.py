"""`spotctl report`: what Spot saved and what failovers cost, by service and account, as far as the history knows."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from spotctl import installation as clock
from spotctl import output
from spotctl.cli import Target
from spotctl.exits import Failure
from spotctl.report_data import material
from spotctl.report_figures import Period, Prices, of_service
from spotctl.report_html import page_of
from spotctl.report_text import Report, as_csv, as_document, as_tables
from spotctl.times import Since

RELATIVE = "hours of an on-demand task"


@click.command()
@click.option("--from", "begin", type=Since(), default="7d", show_default=True, help="90min, 2h, 3d, or ISO 8601.")
@click.option("--to", "end", type=Since(), help="The same; default: now.")
@click.option("--all", "everything", is_flag=True, help="Also services with active Spot that were not moved.")
@click.option(
    "--on-demand-price", type=click.FloatRange(min=0), metavar="PRICE", help="Of a task on on-demand, an hour."
)
@click.option("--spot-price", type=click.FloatRange(min=0), metavar="PRICE", help="Of a task on Spot, an hour.")
@click.option(
    "--spot-discount",
    type=click.FloatRange(0, 100),
    metavar="PERCENT",
    help="What Spot is cheaper by, in place of --spot-price. Without --on-demand-price costs are in hours of an "
    "on-demand task.",
)
@click.option("--csv", "csv_", is_flag=True, help="Write a line for each service, as CSV.")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Write a page with charts to this file.")
@output.json_option
@click.pass_obj
def report(
    target: Target,
    /,
    *,
    begin: datetime,
    end: datetime | None,
    everything: bool,
    csv_: bool,
    html: Path | None,
    json_: bool,
    **given: float | None,
) -> None:
    """Show hours on Spot and on-demand, failovers, shortfall and, with prices, costs. Changes nothing.

    From the functions' logs, as far as these are kept, and from the records. Task hours are estimated with the desired
    count at each failover, and else with today's.
    """
    if csv_ and json_:
        raise click.UsageError("give either --csv or --json")
    prices = _prices(given["on_demand_price"], given["spot_price"], given["spot_discount"])
    now = clock.now()
    period = Period(begin, min(end or now, now))
    if period.hours <= 0:
        raise click.UsageError("--from is not before --to")
    installation = target.installation
    found = material(installation, period, everything=everything)
    figures = {
        history.key: of_service(history, period, installation.policy.of(history.key).spot_providers, prices)
        for history in found.histories
    }
    made = Report(period, prices, found, figures, everything=everything)
    if html is not None:
        spot = {key: installation.policy.of(key).spot_providers for key in figures}
        try:
            html.write_text(page_of(made, spot))
        except OSError as error:
            raise Failure(f"{html} can't be written: {error.strerror}") from error
        click.echo(f"written: {html}", err=True)
    if json_:
        output.as_json(as_document(made))
    elif csv_:
        click.echo(as_csv(made), nl=False)
    elif html is None:
        as_tables(made)


def _prices(on_demand: float | None, spot: float | None, discount: float | None) -> Prices | None:
    if spot is not None and discount is not None:
        raise click.UsageError("give either --spot-price or --spot-discount")
    if spot is not None and on_demand is None:
        raise click.UsageError("--spot-price needs --on-demand-price: costs are compared")
    if on_demand is not None and spot is None and discount is None:
        raise click.UsageError("--on-demand-price needs --spot-price or --spot-discount")
    if on_demand is not None and spot is not None:
        return Prices(on_demand, spot)
    if discount is None:
        return None
    price = 1.0 if on_demand is None else on_demand
    return Prices(price, price * (1 - discount / 100), RELATIVE if on_demand is None else "")
