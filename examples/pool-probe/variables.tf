variable "region" {
  description = "Region of the installation and of the probe."
  type        = string
  default     = "us-east-1"
}

variable "probe_minutes" {
  description = "How long the probe's task must have run before services are restored."
  type        = number
  default     = 10
}

variable "subnet_ids" {
  description = "Subnets of the probe: those of your services, since Spot capacity differs from one Availability Zone to another."
  type        = list(string)
}

variable "security_group_ids" {
  description = "Security groups of the probe; it listens on nothing, and reaches out for its image. None: the VPC's default one."
  type        = list(string)
  default     = []
}

variable "assign_public_ip" {
  description = "Whether the probe gets a public address: needed in subnets without a NAT gateway, to pull its image."
  type        = bool
  default     = false
}

variable "alarm_actions" {
  description = "ARNs that the alarms notify, such as an SNS topic's."
  type        = list(string)
  default     = []
}
