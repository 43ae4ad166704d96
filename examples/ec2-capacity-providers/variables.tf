variable "region" {
  description = "Region of the installation and of the cluster."
  type        = string
  default     = "us-east-1"
}

variable "name" {
  description = "Name of the cluster, and what the names of all that belongs to it begin with. ECS takes no capacity provider that begins with aws, ecs or fargate."
  type        = string
  default     = "workers"

  validation {
    condition     = can(regex("^[A-Za-z][A-Za-z0-9-]{0,19}$", var.name)) && !can(regex("^(aws|ecs|fargate)", lower(var.name)))
    error_message = "name is ${jsonencode(var.name)}. Give 1 to 20 letters, digits and -, beginning with a letter, but not with aws, ecs or fargate."
  }
}

variable "vpc_cidr" {
  description = "Addresses of the VPC that is made."
  type        = string
  default     = "10.40.0.0/16"
}

variable "instance_types" {
  description = "Instance types that the Spot group chooses from, all of one architecture (x86); the on-demand group launches the first."
  type        = list(string)
  default     = ["m6i.large", "m6a.large", "m5.large", "m5a.large", "m7i.large"]

  validation {
    condition     = length(var.instance_types) > 0
    error_message = "instance_types is empty. Give at least one, such as m6i.large."
  }
}

variable "max_instances" {
  description = "Most instances of each group. The on-demand group must be able to carry what the Spot group does."
  type        = number
  default     = 6
}

variable "desired_count" {
  description = "Tasks of the service."
  type        = number
  default     = 4
}

variable "image" {
  description = "Image of the service, pinned: a failover is a forced deployment, and a tag that moves would ship another one."
  type        = string
  default     = "public.ecr.aws/nginx/nginx:1.27.4"
}

variable "alarm_actions" {
  description = "ARNs that the alarms notify, such as an SNS topic's."
  type        = list(string)
  default     = []
}
