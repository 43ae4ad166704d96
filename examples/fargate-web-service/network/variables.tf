variable "name" {
  description = "Name of the VPC, and what the names of its subnets begin with."
  type        = string
}

variable "vpc_cidr" {
  description = "Addresses of the VPC."
  type        = string
}
