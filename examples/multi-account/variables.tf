variable "organization_id" {
  description = "The organization whose accounts may send events to the central account, `o-...`."
  type        = string
}

variable "central_account_id" {
  description = "Account that holds the automation."
  type        = string
}

variable "orders_account_id" {
  description = "Workload account with services in the central Region."
  type        = string
}

variable "media_account_id" {
  description = "Workload account with services in eu-west-1 and us-west-2."
  type        = string
}

variable "central_region" {
  description = "Region of the automation; it serves every Region."
  type        = string
  default     = "us-east-1"
}

variable "provisioning_role_name" {
  description = "Role that Terraform assumes in each of the accounts."
  type        = string
  default     = "OrganizationAccountAccessRole"
}

variable "accept_synthetic_events" {
  description = "Accept made-up events of source test.aws.ecs, to verify the installation."
  type        = bool
  default     = false
}

variable "on_demand_twins" {
  description = "Let services have on-demand twins (see the example failover-service): switched on once in the central account, and in each account and Region whose starts and stops of tasks are to be forwarded."
  type        = bool
  default     = false
}

variable "orders_task_sets" {
  description = "Replace the task sets of services with the `EXTERNAL` deployment controller in the orders account by this state machine of the module `controlled-scaledown` there, so many percent points at a time. null: such services are reported, not switched."
  type = object({
    state_machine_arn      = string
    scaledown_decrement    = optional(number, 10)
    scaledown_wait_seconds = optional(number, 60)
  })
  default = null
}

variable "alarm_actions" {
  description = "ARNs that the alarms of the central account notify, such as an SNS topic's."
  type        = list(string)
  default     = []
}
