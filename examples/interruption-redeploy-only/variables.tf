variable "region" {
  description = "Region of the installation; it serves the services of every Region that is onboarded."
  type        = string
  default     = "us-east-1"
}
