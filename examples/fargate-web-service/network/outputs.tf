output "network" {
  description = "Where load balancer and tasks go, as the input network of the example has it."
  value = {
    vpc_id                   = aws_vpc.this.id
    load_balancer_subnet_ids = [for subnet in aws_subnet.this : subnet.id]
    task_subnet_ids          = [for subnet in aws_subnet.this : subnet.id]
    assign_public_ip         = true
  }

  # Whoever uses the subnets needs their way out, too.
  depends_on = [aws_route_table_association.this]
}
