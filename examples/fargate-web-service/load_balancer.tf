locals {
  https          = var.certificate_arn != null
  listener_ports = local.https ? [80, 443] : [80]
}

resource "aws_lb" "this" {
  # checkov:skip=CKV2_AWS_20:it redirects where certificate_arn is given
  # checkov:skip=CKV2_AWS_28:a firewall has no part in what this example shows
  # checkov:skip=CKV_AWS_150:`terraform destroy` has to work
  # checkov:skip=CKV_AWS_91:access logs need a bucket, and show nothing here
  name                       = var.name
  load_balancer_type         = "application"
  internal                   = var.internal
  subnets                    = local.network.load_balancer_subnet_ids
  security_groups            = [aws_security_group.load_balancer.id]
  drop_invalid_header_fields = true
}

resource "aws_lb_target_group" "this" {
  # checkov:skip=CKV_AWS_378:inside the VPC, from the load balancer to its tasks
  name_prefix = "web-"
  vpc_id      = local.network.vpc_id
  target_type = "ip"
  protocol    = "HTTP"
  port        = var.container_port

  # A Spot task ends two minutes after its notice: by then its requests have to be over.
  deregistration_delay = 60

  health_check {
    path                = var.health_check_path
    matcher             = "200-399"
    interval            = 10
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 3
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.this.arn
  protocol          = "HTTP"
  port              = 80

  default_action {
    type             = local.https ? "redirect" : "forward"
    target_group_arn = local.https ? null : aws_lb_target_group.this.arn

    dynamic "redirect" {
      for_each = local.https ? [443] : []

      content {
        protocol    = "HTTPS"
        port        = redirect.value
        status_code = "HTTP_301"
      }
    }
  }
}

resource "aws_lb_listener" "https" {
  count = local.https ? 1 : 0

  load_balancer_arn = aws_lb.this.arn
  protocol          = "HTTPS"
  port              = 443
  certificate_arn   = var.certificate_arn
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this.arn
  }
}
