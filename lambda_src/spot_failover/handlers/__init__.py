"""Entry points of the Lambda functions: read the settings, build the parts, call them, report."""
