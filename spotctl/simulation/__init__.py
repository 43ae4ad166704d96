"""What switching and restoring costs on the capacity that Spot really had: the product's decisions against others."""
