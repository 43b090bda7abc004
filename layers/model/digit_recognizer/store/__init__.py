"""Objects under keys, in S3, a folder or memory, and which of them is configured.

Imports settings and errors. What doesn't come in: what the objects mean (rows, models), HTTP.
"""
