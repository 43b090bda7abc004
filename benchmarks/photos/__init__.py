"""Ways to find the ink in a photo, measured against each other.

May import the package and `training`; no other benchmark comes in.
"""
