"""What is in the functions' zip, by size."""
