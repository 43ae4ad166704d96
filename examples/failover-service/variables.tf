variable "region" {
  description = "Region of the installation and of the cluster."
  type        = string
  default     = "us-east-1"
}

variable "name" {
  description = "Name of the cluster, and what the names of all that belongs to it begin with."
  type        = string
  default     = "shop"

  validation {
    condition     = can(regex("^[A-Za-z](-?[A-Za-z0-9]){0,19}$", var.name)) && !startswith(lower(var.name), "internal-")
    error_message = "name is ${jsonencode(var.name)}. Give 1 to 20 letters and digits, with single - between them, beginning with a letter, but not with internal-: the load balancer takes no other name."
  }
}

variable "vpc_cidr" {
  description = "Addresses of the VPC that is made, from /16 to /24."
  type        = string
  default     = "10.41.0.0/16"

  validation {
    condition     = can(cidrsubnet(var.vpc_cidr, 4, 2)) && can(regex("/(1[6-9]|2[0-4])$", var.vpc_cidr))
    error_message = "vpc_cidr is ${jsonencode(var.vpc_cidr)}. Give an IPv4 range from /16 to /24, such as 10.41.0.0/16."
  }
}

variable "allowed_cidrs" {
  description = "Who may reach the load balancer, which speaks plain HTTP: by default nobody. Your own address is [\"203.0.113.7/32\"], say; everybody [\"0.0.0.0/0\"]."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for range in var.allowed_cidrs : can(cidrhost(range, 0))])
    error_message = "allowed_cidrs is ${jsonencode(var.allowed_cidrs)}. Give IPv4 ranges, such as [\"203.0.113.0/24\"]."
  }
}

variable "desired_count" {
  description = "Tasks of the service."
  type        = number
  default     = 5

  validation {
    condition     = var.desired_count >= 0 && var.desired_count <= 20 && floor(var.desired_count) == var.desired_count
    error_message = "desired_count is ${var.desired_count}. Give a whole number from 0 to 20: more than the twin may carry (failover_service.max_tasks in main.tf) would be missing in a shortage."
  }
}

variable "image" {
  description = "Image of the service and of its twin, pinned: tasks of the twin that start in a shortage must be the ones that run already."
  type        = string
  default     = "public.ecr.aws/nginx/nginx:1.27.4"
}

variable "alarm_actions" {
  description = "ARNs that the alarms notify, such as an SNS topic's."
  type        = list(string)
  default     = []
}
