"""`make demo`: the module applied with Terraform to an AWS on this machine, a Spot shortage, and what came of it."""
