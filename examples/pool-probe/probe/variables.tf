variable "name" {
  description = "Name of the probe's cluster, service and task definition. The cluster must be in the installation's scope, where that is limited."
  type        = string
  default     = "spot-probe"
}

variable "subnet_ids" {
  description = "Subnets of the probe: those of your services, since Spot capacity differs from one Availability Zone to another."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) > 0
    error_message = "subnet_ids is empty. Give the subnets of your services, such as [\"subnet-0a1b2c3d4e5f60718\"]."
  }
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

variable "cpu_architecture" {
  description = "X86_64 or ARM64, as your services have it: each is a Spot pool of its own."
  type        = string
  default     = "X86_64"
}

variable "image" {
  description = "An image that has `sleep`."
  type        = string
  default     = "public.ecr.aws/docker/library/busybox:1.37.0"
}
