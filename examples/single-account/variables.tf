variable "region" {
  description = "Region of the installation; it serves the services of every Region that is onboarded."
  type        = string
  default     = "us-east-1"
}

variable "alarm_actions" {
  description = "ARNs that the alarms notify, such as an SNS topic's."
  type        = list(string)
  default     = []
}

variable "operator_principals" {
  description = "ARNs of the IAM roles and users that may use the command line `spotctl`."
  type        = list(string)
  default     = []
}

variable "accept_synthetic_events" {
  description = "Accept made-up events of source test.aws.ecs, to verify the installation and for `spotctl drill`."
  type        = bool
  default     = false
}

variable "controlled_scaledown_state_machine_arn" {
  description = "State machine of the module `controlled-scaledown`, its output `state_machine_arn`: it replaces the task sets of services with the `EXTERNAL` deployment controller. null: such services are reported, not switched."
  type        = string
  default     = null
}
