"""`spotctl`, the operator's command line: it decides and writes as the functions do, with their code."""
