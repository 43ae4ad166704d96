provider "aws" {
  alias  = "central"
  region = var.central_region

  assume_role {
    role_arn = "arn:aws:iam::${var.central_account_id}:role/${var.provisioning_role_name}"
  }
}

provider "aws" {
  alias  = "orders"
  region = var.central_region

  assume_role {
    role_arn = "arn:aws:iam::${var.orders_account_id}:role/${var.provisioning_role_name}"
  }
}

provider "aws" {
  alias  = "media_eu_west_1"
  region = "eu-west-1"

  assume_role {
    role_arn = "arn:aws:iam::${var.media_account_id}:role/${var.provisioning_role_name}"
  }
}

provider "aws" {
  alias  = "media_us_west_2"
  region = "us-west-2"

  assume_role {
    role_arn = "arn:aws:iam::${var.media_account_id}:role/${var.provisioning_role_name}"
  }
}
