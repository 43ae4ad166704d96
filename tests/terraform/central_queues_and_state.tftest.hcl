mock_provider "aws" {
  source = "./tests/terraform/mocks"
}

run "defaults" {
  command = plan

  module {
    source = "./modules/central"
  }

  assert {
    condition     = aws_sqs_queue.this["placement_failure"].delay_seconds == 0 && aws_sqs_queue.this["spot_interruption"].delay_seconds == 30
    error_message = "Placement failures must come at once, interruptions when ECS has had the time to replace the task."
  }

  assert {
    condition     = alltrue([for key, queue in aws_sqs_queue.this : queue.visibility_timeout_seconds == (key == "sweep" ? 180 : 90) && queue.sqs_managed_sse_enabled])
    error_message = "A queue is not encrypted, or shows messages again before the function has ended."
  }

  assert {
    condition = alltrue([
      for mapping in [aws_lambda_event_source_mapping.placement_failure, aws_lambda_event_source_mapping.spot_interruption] :
      mapping.function_response_types == toset(["ReportBatchItemFailures"]) && mapping.batch_size == 1000 && mapping.maximum_batching_window_in_seconds == 2 && mapping.scaling_config[0].maximum_concurrency == 2
    ])
    error_message = "A function does not read its queue in large batches, few at once, with partial failures."
  }

  assert {
    condition     = aws_dynamodb_table.state.hash_key == "id" && aws_dynamodb_table.state.range_key == "region"
    error_message = "The key of a record is ${aws_dynamodb_table.state.hash_key} and ${coalesce(aws_dynamodb_table.state.range_key, "nothing")}."
  }

  assert {
    condition = [for index in aws_dynamodb_table.state.global_secondary_index : [index.name, index.hash_key, index.range_key, index.projection_type]] == [
      ["due", "due_partition", "due_at", "KEYS_ONLY"]
    ]
    error_message = "The index of what is due is ${jsonencode(aws_dynamodb_table.state.global_secondary_index)}."
  }

  assert {
    condition = (
      aws_dynamodb_table.state.billing_mode == "PAY_PER_REQUEST"
      && aws_dynamodb_table.state.point_in_time_recovery[0].enabled
      && aws_dynamodb_table.state.server_side_encryption[0].enabled
      && aws_dynamodb_table.state.ttl[0].attribute_name == "expires_at"
    )
    error_message = "The table must be on demand, encrypted and recoverable, and forget expired records."
  }
}

run "customer_key_takes_the_place_of_sse_sqs" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  }

  assert {
    condition     = alltrue([for queue in values(aws_sqs_queue.this) : queue.kms_master_key_id == var.kms_key_arn])
    error_message = "A queue is not encrypted with the customer's key."
  }

  assert {
    condition     = aws_dynamodb_table.state.server_side_encryption[0].kms_key_arn == var.kms_key_arn
    error_message = "The table is not encrypted with the customer's key."
  }
}

run "deletion_protection" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    state_table_deletion_protection = true
  }

  assert {
    condition     = aws_dynamodb_table.state.deletion_protection_enabled
    error_message = "The table is not protected."
  }
}

run "large_batches_with_a_window_are_allowed" {
  command = plan

  module {
    source = "./modules/central"
  }

  variables {
    placement_failure_function = { reserved_concurrency = 10, timeout_seconds = 80 }
    placement_failure_queue    = { batch_size = 100, batching_window_seconds = 10 }
  }

  assert {
    condition     = aws_lambda_event_source_mapping.placement_failure.batch_size == 100 && aws_lambda_event_source_mapping.placement_failure.maximum_batching_window_in_seconds == 10
    error_message = "The batch was not set."
  }
}
