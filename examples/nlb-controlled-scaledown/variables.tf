variable "region" {
  description = "Region of everything."
  type        = string
  default     = "us-east-1"
}

variable "name" {
  description = "What the names of all that is made here begin with."
  type        = string
  default     = "stream"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,19}$", var.name))
    error_message = "name is ${jsonencode(var.name)}. Give 1 to 20 small letters, digits and -, beginning with a letter."
  }
}

variable "vpc_cidr" {
  description = "Addresses of the VPC that is made."
  type        = string
  default     = "10.50.0.0/16"
}

variable "port" {
  description = "Port of the listener for production."
  type        = number
  default     = 80
}

variable "test_port" {
  description = "Port of the listener for the other target group, open inside the VPC only."
  type        = number
  default     = 8080
}

variable "desired_count" {
  description = "Tasks of the service."
  type        = number
  default     = 2
}

variable "first_task_set" {
  description = "Whether Terraform makes a first task set. false once the state machine has replaced it."
  type        = bool
  default     = true
}

variable "image" {
  description = "Image of the service, pinned."
  type        = string
  default     = "public.ecr.aws/nginx/nginx:1.27.4"
}

variable "wait_for_service" {
  description = "Seconds that new tasks get to become healthy, in the execution input that is shown."
  type        = number
  default     = 600
}

variable "scaledown_decrement" {
  description = "Percent points by which the old task set is scaled down, in the execution input that is shown."
  type        = number
  default     = 50
}

variable "scaledown_wait" {
  description = "Seconds after each of these steps, in the execution input that is shown."
  type        = number
  default     = 120
}

variable "alarm_actions" {
  description = "ARNs that the alarms notify, such as an SNS topic's."
  type        = list(string)
  default     = []
}
