"""The CloudFormation template that onboards an account and Region, made from the module `workload-onboarding`."""
