environment                     = "prod"
restore_schedule                = "rate(5 minutes)"
log_retention_days              = 90
state_table_deletion_protection = true
