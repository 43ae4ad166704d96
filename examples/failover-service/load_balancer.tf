# One load balancer with one target group: the tasks of the service and of its twin are targets in it, all alike.

resource "aws_security_group" "load_balancer" {
  name        = "${var.name}-load-balancer"
  description = "Load balancer of the cluster ${var.name}"
  vpc_id      = aws_vpc.this.id
}

resource "aws_vpc_security_group_ingress_rule" "load_balancer" {
  for_each = toset(var.allowed_cidrs)

  security_group_id = aws_security_group.load_balancer.id
  description       = "HTTP"
  ip_protocol       = "tcp"
  from_port         = 80
  to_port           = 80
  cidr_ipv4         = each.value
}

resource "aws_vpc_security_group_egress_rule" "load_balancer" {
  security_group_id            = aws_security_group.load_balancer.id
  description                  = "To the tasks"
  ip_protocol                  = "tcp"
  from_port                    = local.container_port
  to_port                      = local.container_port
  referenced_security_group_id = aws_security_group.tasks.id
}

resource "aws_lb" "this" {
  # checkov:skip=CKV2_AWS_20:plain HTTP: a certificate needs a domain, which an example has not
  # checkov:skip=CKV2_AWS_28:a firewall has no part in what this example shows
  # checkov:skip=CKV_AWS_150:`terraform destroy` has to work
  # checkov:skip=CKV_AWS_91:access logs need a bucket, and show nothing here
  name               = var.name
  load_balancer_type = "application"
  security_groups    = [aws_security_group.load_balancer.id]
  subnets            = [for subnet in aws_subnet.this : subnet.id]

  drop_invalid_header_fields = true

  depends_on = [aws_internet_gateway.this]
}

resource "aws_lb_target_group" "web" {
  # checkov:skip=CKV_AWS_378:inside the VPC, from the load balancer to its tasks
  name        = "${var.name}-web"
  vpc_id      = aws_vpc.this.id
  target_type = "ip"
  port        = local.container_port
  protocol    = "HTTP"

  # Connections have to be drained within the two minutes between a Spot task's notice and its end.
  deregistration_delay = 60

  # A task of the twin helps once it is healthy: two checks, 5 seconds apart.
  health_check {
    path              = "/"
    interval          = 5
    timeout           = 4
    healthy_threshold = 2
  }
}

resource "aws_lb_listener" "http" {
  # checkov:skip=CKV_AWS_103:plain HTTP: a certificate needs a domain, which an example has not
  # checkov:skip=CKV_AWS_2:plain HTTP: a certificate needs a domain, which an example has not
  load_balancer_arn = aws_lb.this.arn
  port              = 80
  protocol          = "HTTP"

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.web.arn
  }
}
