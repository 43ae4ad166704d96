environment                     = "dev"
restore_schedule                = "rate(1 minute)"
log_level                       = "DEBUG"
log_retention_days              = 7
state_table_deletion_protection = false
