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

  # Where the module controlled-scaledown is deployed: for services with the EXTERNAL deployment controller.
  account_overrides = { for task_sets in var.orders_task_sets[*] : (var.orders_account_id) => { task_set = true } }
  task_set = {
    state_machine_name     = try(split(":", var.orders_task_sets.state_machine_arn)[6], null)
    scaledown_decrement    = try(var.orders_task_sets.scaledown_decrement, null)
    scaledown_wait_seconds = try(var.orders_task_sets.scaledown_wait_seconds, null)
  }
}

# One block per account and Region.
module "orders" {
  source    = "../../modules/workload-onboarding"
  providers = { aws = aws.orders }

  central          = module.central.onboarding
  failover_service = var.on_demand_twins
  tags             = local.tags

  controlled_scaledown_state_machine_arns = var.orders_task_sets[*].state_machine_arn
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
