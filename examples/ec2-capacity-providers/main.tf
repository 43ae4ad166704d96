provider "aws" {
  region = var.region

  default_tags {
    tags = { application = "ecs-spot-failover" }
  }
}

locals {
  spot      = "${var.name}-spot"
  on_demand = "${var.name}-on-demand"
}

# The installation, and the onboarding of the account that holds it.
module "spot_failover" {
  source = "../.."

  fallback_pairs = {
    # Services on Fargate are looked after as they are without this input: it replaces the default.
    FARGATE_SPOT = "FARGATE"

    # The pair holds wherever a cluster has a provider of that name. Where one cluster pairs it with another on-demand
    # provider, say so for that cluster: "reports/workers-spot" = "reports-on-demand".
    (local.spot) = local.on_demand
  }

  alarm_actions = var.alarm_actions
}
