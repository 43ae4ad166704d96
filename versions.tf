terraform {
  required_version = ">= 1.9"

  required_providers {
    # The modules below use it; here stands what both of them need.
    # tflint-ignore: terraform_unused_required_providers
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.77" # for python3.13
    }
  }
}
