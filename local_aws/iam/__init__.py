"""IAM for local_aws: policy evaluation and the authorization of every API call."""
