# One item per service that was failed over; the index holds only what is due.
resource "aws_dynamodb_table" "state" {
  name                        = local.names.state_table
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "id"
  range_key                   = "region"
  deletion_protection_enabled = var.state_table_deletion_protection
  tags                        = var.tags

  attribute {
    name = "id"
    type = "S"
  }

  attribute {
    name = "region"
    type = "S"
  }

  attribute {
    name = "due_partition"
    type = "S"
  }

  attribute {
    name = "due_at"
    type = "N"
  }

  global_secondary_index {
    name            = "due"
    hash_key        = "due_partition"
    range_key       = "due_at"
    projection_type = "KEYS_ONLY"
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
}
