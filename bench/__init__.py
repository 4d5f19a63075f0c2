"""Measurements: `make bench`. CPU time of this process, medians within one run."""
