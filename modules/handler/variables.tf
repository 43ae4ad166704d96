# Internal: the modules that call this one have validated what users give.

variable "name" {
  description = "Name of the function, its role and its log group (`/aws/lambda/NAME`), prefix included, at most 64 characters."
  type        = string
  nullable    = false
}

variable "description" {
  description = "What the function does."
  type        = string
  nullable    = false
}

variable "package" {
  description = "Path of the zip that holds the function's code."
  type        = string
  nullable    = false
}

variable "entry_point" {
  description = "Python path of the handler in the zip."
  type        = string
  nullable    = false
}

variable "runtime" {
  description = "Lambda runtime, such as `python3.13`."
  type        = string
  nullable    = false
}

variable "architecture" {
  description = "`arm64` or `x86_64`."
  type        = string
  nullable    = false
}

variable "timeout_seconds" {
  description = "How long one invocation may run."
  type        = number
  nullable    = false
}

variable "memory_mb" {
  description = "Memory of the function."
  type        = number
  nullable    = false
}

variable "reserved_concurrency" {
  description = "Concurrency that is set aside for the function. null: none."
  type        = number
  default     = null
}

variable "tracing_mode" {
  description = "`Active` or `PassThrough`."
  type        = string
  nullable    = false
}

variable "environment" {
  description = "Environment variables, all of them known at plan. The function's name, the URLs of `queue_urls` and, where wanted, of the dead-letter queue are added."
  type        = map(string)
  nullable    = false
}

variable "queue_urls" {
  description = "Further environment variables that hold the URL of a queue of this account and Region, which is not known before the first apply: variable => the queue's `name`, which is, and its `url`."
  type        = map(object({ name = string, url = string }))
  default     = {}
  nullable    = false
}

variable "policy_documents" {
  description = "Policy documents (JSON) with what the function may do beyond writing its logs and its dead letters."
  type        = list(string)
  nullable    = false
}

variable "role_path" {
  description = "Path of the function's role."
  type        = string
  nullable    = false
}

variable "permissions_boundary" {
  description = "ARN of the boundary of the function's role. null: none."
  type        = string
  default     = null
}

variable "kms_key_arn" {
  description = "Key for log group, dead-letter queue and environment. null: SSE-SQS and AWS-owned keys."
  type        = string
  default     = null
}

variable "log_retention_days" {
  description = "How long the log group keeps its lines. 0: for ever."
  type        = number
  nullable    = false
}

variable "vpc_subnet_ids" {
  description = "Subnets of the function. Empty: not in a VPC."
  type        = list(string)
  nullable    = false
}

variable "vpc_security_group_ids" {
  description = "Security groups of the function."
  type        = list(string)
  nullable    = false
}

variable "dead_letter_queue_name" {
  description = "Name of the dead-letter queue, prefix included, at most 80 characters. null: none, for a function that nothing invokes asynchronously."
  type        = string
  default     = null
}

variable "sends_dead_letters" {
  description = "Whether the function itself sends messages to its dead-letter queue and is told the URL."
  type        = bool
  default     = false
  nullable    = false
}

variable "rule_arns" {
  description = "ARNs of the rules whose targets use the dead-letter queue."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "alarm_description" {
  description = "What a message in the dead-letter queue means and what to do."
  type        = string
  default     = ""
  nullable    = false
}

variable "alarm_actions" {
  description = "ARNs that the alarm on the dead-letter queue notifies."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "tags" {
  description = "Tags of everything that takes tags."
  type        = map(string)
  nullable    = false
}
