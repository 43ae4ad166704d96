# Public subnets without a NAT gateway: the instances reach ECS and the image registry, and nothing reaches them.

data "aws_availability_zones" "available" {
  # checkov:skip=CKV_AWS_394:the first zones by name are taken, a new one comes after them
  state = "available"

  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}

locals {
  # Each Availability Zone and instance type is a Spot pool of its own: the more of them, the seldomer all are empty.
  zones = slice(data.aws_availability_zones.available.names, 0, min(3, length(data.aws_availability_zones.available.names)))
}

resource "aws_vpc" "this" {
  # checkov:skip=CKV2_AWS_11:flow logs cost money and show nothing here
  # checkov:skip=CKV2_AWS_12:nothing in this example uses the default security group
  cidr_block           = var.vpc_cidr
  enable_dns_hostnames = true

  tags = { Name = var.name }
}

resource "aws_subnet" "this" {
  # checkov:skip=CKV_AWS_130:instances without a NAT gateway, to keep the example cheap
  for_each = { for index, zone in local.zones : zone => index }

  vpc_id                  = aws_vpc.this.id
  availability_zone       = each.key
  cidr_block              = cidrsubnet(var.vpc_cidr, 4, each.value)
  map_public_ip_on_launch = true

  tags = { Name = "${var.name}-${each.key}" }
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id

  tags = { Name = var.name }
}

resource "aws_route_table" "this" {
  vpc_id = aws_vpc.this.id

  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.this.id
  }

  tags = { Name = var.name }
}

resource "aws_route_table_association" "this" {
  for_each = aws_subnet.this

  subnet_id      = each.value.id
  route_table_id = aws_route_table.this.id
}

resource "aws_security_group" "instances" {
  name        = "${var.name}-instances"
  description = "Instances of the cluster ${var.name}"
  vpc_id      = aws_vpc.this.id
}

resource "aws_vpc_security_group_egress_rule" "instances" {
  security_group_id = aws_security_group.instances.id
  description       = "To ECS and the image registry"
  ip_protocol       = "-1"
  cidr_ipv4         = "0.0.0.0/0"
}
