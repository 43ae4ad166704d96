# Two target groups, each with a listener: the one for production, and one for what is about to become production. The
# state machine lets the listeners change places, and the tag with them; from then on both are its own.
resource "aws_lb" "this" {
  # checkov:skip=CKV2_AWS_20:a Network Load Balancer has no redirects
  # checkov:skip=CKV_AWS_150:`terraform destroy` has to work
  # checkov:skip=CKV_AWS_152:connections stay in their zone, which costs nothing; each zone has a task
  # checkov:skip=CKV_AWS_91:access logs need a bucket, and show nothing here
  name               = var.name
  load_balancer_type = "network"
  subnets            = [for subnet in aws_subnet.public : subnet.id]
  security_groups    = [aws_security_group.load_balancer.id]

  # It faces the internet, which AWS refuses in a VPC that has no way there yet.
  depends_on = [aws_internet_gateway.this]
}

resource "aws_lb_target_group" "this" {
  for_each = { blue = "true", green = "false" }

  name        = "${var.name}-${each.key}"
  protocol    = "TCP"
  port        = 80
  target_type = "ip"
  vpc_id      = aws_vpc.this.id

  # How long connections may go on that a task has when it is taken out.
  deregistration_delay = 60

  health_check {
    protocol            = "TCP"
    interval            = 10
    healthy_threshold   = 2
    unhealthy_threshold = 2
  }

  tags = { isProduction = each.value }

  lifecycle {
    ignore_changes = [tags["isProduction"], tags_all["isProduction"]]
  }
}

resource "aws_lb_listener" "production" {
  load_balancer_arn = aws_lb.this.arn
  protocol          = "TCP"
  port              = var.port

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this["blue"].arn
  }

  lifecycle {
    ignore_changes = [default_action]
  }
}

resource "aws_lb_listener" "test" {
  load_balancer_arn = aws_lb.this.arn
  protocol          = "TCP"
  port              = var.test_port

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this["green"].arn
  }

  lifecycle {
    ignore_changes = [default_action]
  }
}
