"""Keeps Amazon ECS services running when Spot capacity goes away, and brings them back when it returns.

`core` decides and knows nothing of AWS clients, `flow` carries decisions out through the ports it declares, `aws`
implements those ports, `handlers` are the entry points of the Lambda functions. Imports point inwards only:
handlers -> aws -> flow -> core.
"""
