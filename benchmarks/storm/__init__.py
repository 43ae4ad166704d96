"""A storm of events through the product's own functions, and how many AWS calls it takes."""
