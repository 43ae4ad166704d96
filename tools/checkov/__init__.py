"""The policy linter checkov, in an environment of its own."""
