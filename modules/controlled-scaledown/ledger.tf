# Who works on which service, and how all of it was before: one item per service, written only over what was read.
resource "aws_dynamodb_table" "ledger" {
  name         = local.names.ledger_table
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  range_key    = "region"
  tags         = var.tags

  attribute {
    name = "id"
    type = "S"
  }

  attribute {
    name = "region"
    type = "S"
  }

  ttl {
    attribute_name = "expires_at"
    enabled        = true
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = var.kms_key_arn
  }

  lifecycle {
    precondition {
      condition     = var.kms_key_arn == null || try(split(":", var.kms_key_arn)[3], "") == local.region
      error_message = "kms_key_arn is \"${coalesce(var.kms_key_arn, "null")}\", but this is Region ${local.region}. Give a key of this Region: no service uses one of another."
    }
  }
}
