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
