# Beside the example multi-account: what the account of orders has where its task sets are replaced.
module "controlled_scaledown" {
  source    = "../../modules/controlled-scaledown"
  providers = { aws = aws.orders }
}
