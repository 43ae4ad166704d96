# All rules: an exception stands beside the line that needs it, with its reason.
config {
  call_module_type = "local"
}

plugin "terraform" {
  enabled = true
  preset  = "all"
}

# It wants all variables in one variables.tf. Here they stand in files by subject (variables_queues.tf ...): over a
# thousand lines in one file are not read by anybody.
rule "terraform_standard_module_structure" {
  enabled = false
}

plugin "aws" {
  enabled = true
}
