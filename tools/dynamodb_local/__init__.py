"""Amazon's DynamoDB Local: DynamoDB's own rules, atomic writes included, in a process on this machine."""
