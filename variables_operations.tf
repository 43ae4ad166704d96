variable "notifications" {
  description = <<-EOT
    Messages for people about incidents of Spot pools and about what needs a person (`docs/operations.md`):
    - `enabled`: whether any are sent.
    - `topic_arn`: an SNS topic of yours; null: one is made here, and you subscribe to it. Alarms can't notify a topic in another Region: then give `alarm_actions` too.
    - `create_topic`: whether one is made here, where Terraform can't see at plan whether there is a `topic_arn`: `false` with the ARN of a topic that the same configuration makes.
    - `topic_kms_key_arn`: the customer key of a topic of yours, where it has one: the restore function must be able to use it.
  EOT
  type = object({
    enabled           = optional(bool, true)
    topic_arn         = optional(string)
    create_topic      = optional(bool)
    topic_kms_key_arn = optional(string)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.notifications.topic_arn == null || can(regex("^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", var.notifications.topic_arn))
    error_message = "notifications.topic_arn is \"${coalesce(var.notifications.topic_arn, "null")}\". It must be the ARN of a standard SNS topic, such as \"arn:aws:sns:us-east-1:123456789012:on-call\": people can't be told by a FIFO topic."
  }

  validation {
    condition     = var.notifications.create_topic == null || var.notifications.create_topic == (var.notifications.topic_arn == null)
    error_message = "notifications.create_topic is ${coalesce(var.notifications.create_topic, false)} with topic_arn \"${coalesce(var.notifications.topic_arn, "null")}\". It must be false where a topic is given, and true, or left out, where there is none."
  }

  validation {
    condition     = var.notifications.topic_kms_key_arn == null || (var.notifications.topic_arn != null && can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.notifications.topic_kms_key_arn)))
    error_message = "notifications.topic_kms_key_arn is \"${coalesce(var.notifications.topic_kms_key_arn, "null")}\" with topic_arn \"${coalesce(var.notifications.topic_arn, "null")}\". It must be the ARN of the key of the topic in topic_arn, such as \"arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab\"; a topic that is made here has the key in kms_key_arn."
  }
}

variable "notification_format" {
  description = "`text` (for e-mail), or `chatbot`: the schema of custom notifications of Amazon Q Developer in chat applications (AWS Chatbot), for Slack and Microsoft Teams."
  type        = string
  default     = "text"
  nullable    = false

  validation {
    condition     = contains(["text", "chatbot"], var.notification_format)
    error_message = "notification_format is \"${var.notification_format}\". It must be \"text\" or \"chatbot\"."
  }
}

variable "alarms" {
  description = <<-EOT
    When alarms go off, where the default does not suit:
    - `queue_age_minutes`: the oldest message of a queue has waited for so long.
    - `failed_restores_per_hour`: so many restores have failed within an hour.
    - `pool_open_hours`: Spot has not carried a service of a pool for so long.
    - `restore_late_minutes`: a record has been due for so long, or the restore function does not run.
  EOT
  type = object({
    queue_age_minutes        = optional(number, 15)
    failed_restores_per_hour = optional(number, 5)
    pool_open_hours          = optional(number, 6)
    restore_late_minutes     = optional(number, 30)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.alarms.queue_age_minutes >= 1 && var.alarms.queue_age_minutes <= 1440
    error_message = "alarms.queue_age_minutes is ${var.alarms.queue_age_minutes}. It must be from 1 to 1440 (a day)."
  }

  validation {
    condition     = var.alarms.failed_restores_per_hour >= 1 && floor(var.alarms.failed_restores_per_hour) == var.alarms.failed_restores_per_hour
    error_message = "alarms.failed_restores_per_hour is ${var.alarms.failed_restores_per_hour}. It must be a whole number, 1 or more."
  }

  validation {
    condition     = var.alarms.pool_open_hours >= 1 && var.alarms.pool_open_hours <= 720
    error_message = "alarms.pool_open_hours is ${var.alarms.pool_open_hours}. It must be from 1 to 720 (30 days, for which an unused pool is remembered)."
  }

  validation {
    condition     = var.alarms.restore_late_minutes >= 15 && var.alarms.restore_late_minutes <= 1440
    error_message = "alarms.restore_late_minutes is ${var.alarms.restore_late_minutes}. It must be from 15 (ticks may be that far apart) to 1440 (a day)."
  }
}

variable "dashboard" {
  description = <<-EOT
    The CloudWatch dashboard:
    - `enabled`: whether there is one.
    - `extra_cost_per_task_hour`: what an hour of one of your tasks costs more on on-demand than on Spot, in your currency: with it the dashboard shows what the fallback cost. null: it shows task hours alone.
  EOT
  type = object({
    enabled                  = optional(bool, true)
    extra_cost_per_task_hour = optional(number)
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.dashboard.extra_cost_per_task_hour == null || try(var.dashboard.extra_cost_per_task_hour > 0, false)
    error_message = "dashboard.extra_cost_per_task_hour is ${coalesce(var.dashboard.extra_cost_per_task_hour, 0)}. It must be more than 0, such as 0.035 for 1 vCPU and 2 GB of Fargate."
  }
}

variable "operator_principals" {
  description = "Who may use the command line `spotctl`: ARNs of IAM roles and users that may enter the operator role, which is made for them. The part after the account may hold `*` and `?`, such as `arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_Platform_????????????????` for a permission set of IAM Identity Center: its role's name ends in 16 characters, and `*` there would let in the role of a set `Platform_ReadOnly` too. Their own policies must allow `sts:AssumeRole` of it. Empty: no such role."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.operator_principals : can(regex("^arn:[a-z-]+:iam::[0-9]{12}:(role|user)/[A-Za-z0-9_+=,.@/*?-]+$", arn))])
    error_message = "operator_principals has ${jsonencode([for arn in var.operator_principals : arn if !can(regex("^arn:[a-z-]+:iam::[0-9]{12}:(role|user)/[A-Za-z0-9_+=,.@/*?-]+$", arn))])}. It must be ARNs of IAM roles or users, such as \"arn:aws:iam::123456789012:role/platform-engineer\": of a session give the role's ARN; the account may not be a wildcard."
  }
}
