variable "environment" {
  description = "Name of the environment: prefix of every name that is made, and of the clusters that are looked after."
  type        = string
}

variable "restore_schedule" {
  description = "How often the installation looks for services to restore."
  type        = string
}

variable "log_level" {
  description = "Log level of the functions."
  type        = string
  default     = "INFO"
}

variable "log_retention_days" {
  description = "How long log lines are kept."
  type        = number
}

variable "state_table_deletion_protection" {
  description = "Whether DynamoDB refuses to delete the state table."
  type        = bool
}

variable "region" {
  description = "Region of the installation."
  type        = string
  default     = "us-east-1"
}
