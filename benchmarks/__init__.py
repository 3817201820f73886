"""Benchmarks: medians and ratios against a named baseline of the same run."""
