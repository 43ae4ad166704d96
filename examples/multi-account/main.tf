locals {
  tags = { application = "ecs-spot-failover" }
}

# The automation, once.
module "central" {
  source    = "../../modules/central"
  providers = { aws = aws.central }

  organization_id  = var.organization_id
  synthetic_events = { enabled = var.accept_synthetic_events }
  failover_service = { enabled = var.on_demand_twins }
  alarm_actions    = var.alarm_actions
  tags             = local.tags
}

# One block per account and Region.
module "orders" {
  source    = "../../modules/workload-onboarding"
  providers = { aws = aws.orders }

  central          = module.central.onboarding
  failover_service = var.on_demand_twins
  tags             = local.tags
}

module "media_eu_west_1" {
  source    = "../../modules/workload-onboarding"
  providers = { aws = aws.media_eu_west_1 }

  central          = module.central.onboarding
  failover_service = var.on_demand_twins
  tags             = local.tags
}

# An account has its roles once: its further Regions refer to them.
module "media_us_west_2" {
  source    = "../../modules/workload-onboarding"
  providers = { aws = aws.media_us_west_2 }

  central             = module.central.onboarding
  create_roles        = false
  forward_role_name   = module.media_eu_west_1.forward_role_name
  heartbeat_role_name = module.media_eu_west_1.heartbeat_role_name
  failover_service    = var.on_demand_twins
  tags                = local.tags
}
