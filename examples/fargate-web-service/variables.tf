variable "region" {
  description = "Region of the installation and of the service."
  type        = string
  default     = "us-east-1"
}

variable "name" {
  description = "Name of cluster, load balancer and task definition, and what the names of all else begin with."
  type        = string
  default     = "shop"

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$", var.name)) && !startswith(var.name, "internal-")
    error_message = "name is ${jsonencode(var.name)}. Give 1 to 20 lower-case letters, digits and -, beginning with a letter and not ending with -; load balancers take none that begins with internal-."
  }
}

variable "network" {
  description = "Your own VPC and subnets: the load balancer's in at least two Availability Zones, the tasks' with a way to the image registry, which is a public IP (assign_public_ip) in public subnets and a NAT gateway or endpoints in private ones. Null makes a VPC with two public subnets."
  type = object({
    vpc_id                   = string
    load_balancer_subnet_ids = list(string)
    task_subnet_ids          = list(string)
    assign_public_ip         = optional(bool, false)
  })
  default = null

  validation {
    condition     = var.network == null ? true : length(distinct(var.network.load_balancer_subnet_ids)) >= 2
    error_message = "network.load_balancer_subnet_ids is ${jsonencode(try(var.network.load_balancer_subnet_ids, null))}. An Application Load Balancer needs at least two subnets, in different Availability Zones."
  }

  validation {
    condition     = var.network == null ? true : length(var.network.task_subnet_ids) > 0
    error_message = "network.task_subnet_ids is empty. Give at least one subnet; in several Availability Zones Spot capacity is seldomer gone."
  }
}

variable "vpc_cidr" {
  description = "Addresses of the VPC that is made where network is null."
  type        = string
  default     = "10.60.0.0/16"

  validation {
    condition     = can(cidrsubnet(var.vpc_cidr, 4, 1)) && try(tonumber(split("/", var.vpc_cidr)[1]) >= 16 && tonumber(split("/", var.vpc_cidr)[1]) <= 24, false)
    error_message = "vpc_cidr is ${jsonencode(var.vpc_cidr)}. Give an IPv4 block between /16 and /24, such as 10.60.0.0/16."
  }
}

variable "internal" {
  description = "Whether the load balancer is reached from inside the VPC only."
  type        = bool
  default     = false
}

variable "ingress_cidr_blocks" {
  description = "Who reaches the load balancer, as IPv4 blocks."
  type        = list(string)
  default     = ["0.0.0.0/0"]

  validation {
    condition     = alltrue([for block in var.ingress_cidr_blocks : can(cidrnetmask(block))])
    error_message = "ingress_cidr_blocks is ${jsonencode(var.ingress_cidr_blocks)}. Give IPv4 blocks, such as 10.0.0.0/8; 0.0.0.0/0 is everybody."
  }
}

variable "certificate_arn" {
  description = "ARN of an ACM certificate of this Region. With it the load balancer answers on HTTPS, and HTTP redirects there; null is HTTP only."
  type        = string
  default     = null

  validation {
    condition     = var.certificate_arn == null ? true : can(regex("^arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/.+$", var.certificate_arn))
    error_message = "certificate_arn is ${jsonencode(var.certificate_arn)}. Give the ARN of an ACM certificate, such as arn:aws:acm:us-east-1:123456789012:certificate/1a2b3c4d-..., or null for HTTP only."
  }
}

variable "container_insights" {
  description = "Container Insights of the cluster: enabled, enhanced (with metrics of tasks and containers) or disabled. Autoscaling does not need it: CPU and memory of services come without."
  type        = string
  default     = "disabled"

  validation {
    condition     = contains(["enabled", "enhanced", "disabled"], var.container_insights)
    error_message = "container_insights is ${jsonencode(var.container_insights)}. Give enabled, enhanced or disabled."
  }
}

variable "image" {
  description = "Image of the service, pinned: a failover is a forced deployment, and a tag that moves would ship another one."
  type        = string
  default     = "public.ecr.aws/nginx/nginx:1.27.4"

  validation {
    condition     = can(regex("(:[A-Za-z0-9_][A-Za-z0-9_.-]*|@sha256:[0-9a-f]{64})$", var.image)) && !endswith(var.image, ":latest")
    error_message = "image is ${jsonencode(var.image)}. Give it with a tag that stays, or with a digest: a failover must not ship another image."
  }
}

variable "container_port" {
  description = "TCP port that the container listens on."
  type        = number
  default     = 80

  validation {
    condition     = var.container_port >= 1 && var.container_port <= 65535 && floor(var.container_port) == var.container_port
    error_message = "container_port is ${var.container_port}. Give a port from 1 to 65535."
  }
}

variable "health_check_path" {
  description = "Path that answers with 200 to 399 when a task is well."
  type        = string
  default     = "/"

  validation {
    condition     = startswith(var.health_check_path, "/")
    error_message = "health_check_path is ${jsonencode(var.health_check_path)}. Give a path that begins with /, such as /health."
  }
}

variable "cpu" {
  description = "CPU units of a task: 1024 are one vCPU."
  type        = number
  default     = 256

  validation {
    condition     = contains([256, 512, 1024, 2048, 4096, 8192, 16384], var.cpu)
    error_message = "cpu is ${var.cpu}. Fargate has 256, 512, 1024, 2048, 4096, 8192 and 16384."
  }
}

variable "memory" {
  description = "Memory of a task in MiB; Fargate says which values go with which cpu."
  type        = number
  default     = 512

  validation {
    condition     = var.memory >= 512 && var.memory >= 2 * var.cpu && var.memory <= 122880
    error_message = "memory is ${var.memory}. Fargate has at least 2 MiB for each CPU unit (512 for cpu = 256), and at most 122880."
  }
}

variable "log_retention_days" {
  description = "Days for which the logs of the tasks are kept."
  type        = number
  default     = 30

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731], var.log_retention_days)
    error_message = "log_retention_days is ${var.log_retention_days}. CloudWatch Logs takes 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545 and 731."
  }
}

variable "min_tasks" {
  description = "Least tasks that autoscaling leaves, and how many there are at first."
  type        = number
  default     = 4

  validation {
    condition     = var.min_tasks >= 1 && floor(var.min_tasks) == var.min_tasks
    error_message = "min_tasks is ${var.min_tasks}. Give a whole number from 1 up."
  }
}

variable "max_tasks" {
  description = "Most tasks that autoscaling makes."
  type        = number
  default     = 12

  validation {
    condition     = var.max_tasks >= var.min_tasks && floor(var.max_tasks) == var.max_tasks
    error_message = "max_tasks is ${var.max_tasks}. Give a whole number, no less than min_tasks, which is ${var.min_tasks}."
  }
}

variable "cpu_target_percent" {
  description = "Average CPU utilization that autoscaling aims at."
  type        = number
  default     = 60

  validation {
    condition     = var.cpu_target_percent >= 10 && var.cpu_target_percent <= 90
    error_message = "cpu_target_percent is ${var.cpu_target_percent}. Give 10 to 90."
  }
}

variable "memory_target_percent" {
  description = "Average memory utilization that autoscaling aims at."
  type        = number
  default     = 75

  validation {
    condition     = var.memory_target_percent >= 10 && var.memory_target_percent <= 90
    error_message = "memory_target_percent is ${var.memory_target_percent}. Give 10 to 90."
  }
}

variable "alarm_actions" {
  description = "ARNs that the installation's alarms notify, such as an SNS topic's."
  type        = list(string)
  default     = []
}
