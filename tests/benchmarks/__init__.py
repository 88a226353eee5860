"""Tests of the benchmarks: what they count and print, and never a time."""
