# What both groups launch: ECS-optimized Amazon Linux 2023, registered in the cluster.

data "aws_partition" "current" {}

data "aws_ssm_parameter" "image" {
  name = "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id"
}

data "aws_iam_policy_document" "instances" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "instances" {
  name_prefix        = "${var.name}-"
  assume_role_policy = data.aws_iam_policy_document.instances.json
}

resource "aws_iam_role_policy_attachment" "instances" {
  role       = aws_iam_role.instances.name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role"
}

resource "aws_iam_instance_profile" "instances" {
  name_prefix = "${var.name}-"
  role        = aws_iam_role.instances.name
}

resource "aws_launch_template" "this" {
  # checkov:skip=CKV_AWS_88:without a NAT gateway an instance needs one to reach ECS, to keep the example cheap
  name_prefix            = "${var.name}-"
  image_id               = data.aws_ssm_parameter.image.insecure_value
  instance_type          = var.instance_types[0]
  update_default_version = true

  # With Spot instance draining the agent drains the instance when its two minutes' notice comes, so that its tasks are
  # replaced while they still run. The name of the cluster also keeps the instances from outliving it in a destroy.
  user_data = base64encode(<<-EOT
    #!/bin/bash
    cat >> /etc/ecs/ecs.config <<'CONFIG'
    ECS_CLUSTER=${aws_ecs_cluster.this.name}
    ECS_ENABLE_SPOT_INSTANCE_DRAINING=true
    CONFIG
  EOT
  )

  iam_instance_profile {
    arn = aws_iam_instance_profile.instances.arn
  }

  metadata_options {
    http_endpoint = "enabled"
    http_tokens   = "required"
  }

  network_interfaces {
    associate_public_ip_address = true
    security_groups             = [aws_security_group.instances.id]
  }

  tag_specifications {
    resource_type = "instance"
    tags          = { Name = var.name }
  }

  # Without its policy an instance can't register, and tasks would wait for it in vain.
  depends_on = [aws_iam_role_policy_attachment.instances]
}
