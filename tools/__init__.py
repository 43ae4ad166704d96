"""What builds, checks and packages this repository; no part of what is deployed."""
