"""Benchmarks: every figure in the documentation comes from here, beside what it is compared to.

`make bench` runs them all; `python -m benchmarks recording` runs one. They print the machine they
ran on. They assert nothing: a test is no place for a stopwatch.
"""
