# Callers reach the load balancer, the load balancer reaches the tasks, and nothing else does.

resource "aws_security_group" "load_balancer" {
  name_prefix = "${var.name}-load-balancer-"
  description = "Load balancer of ${var.name}"
  vpc_id      = local.network.vpc_id

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "callers" {
  for_each = {
    for pair in setproduct(local.listener_ports, var.ingress_cidr_blocks) : "${pair[0]} ${pair[1]}" => pair
  }

  security_group_id = aws_security_group.load_balancer.id
  description       = "Callers"
  ip_protocol       = "tcp"
  from_port         = each.value[0]
  to_port           = each.value[0]
  cidr_ipv4         = each.value[1]
}

resource "aws_vpc_security_group_egress_rule" "to_tasks" {
  security_group_id            = aws_security_group.load_balancer.id
  description                  = "Requests and health checks"
  ip_protocol                  = "tcp"
  from_port                    = var.container_port
  to_port                      = var.container_port
  referenced_security_group_id = aws_security_group.tasks.id
}

resource "aws_security_group" "tasks" {
  name_prefix = "${var.name}-tasks-"
  description = "Tasks of ${var.name}"
  vpc_id      = local.network.vpc_id

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_vpc_security_group_ingress_rule" "from_load_balancer" {
  # checkov:skip=CKV_AWS_260:from the load balancer's security group only
  security_group_id            = aws_security_group.tasks.id
  description                  = "Requests and health checks of the load balancer"
  ip_protocol                  = "tcp"
  from_port                    = var.container_port
  to_port                      = var.container_port
  referenced_security_group_id = aws_security_group.load_balancer.id
}

resource "aws_vpc_security_group_egress_rule" "from_tasks" {
  security_group_id = aws_security_group.tasks.id
  description       = "To the image registry, to CloudWatch Logs, and to what the application calls"
  ip_protocol       = "-1"
  cidr_ipv4         = "0.0.0.0/0"
}
