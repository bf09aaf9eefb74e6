"""Measurements: ``make bench`` writes docs/benchmarks.md. Nothing here is a test, and no test is timed."""
