"""One record of feedback, how it is written, and what many of them amount to.

Imports ids, pixels and errors. What doesn't come in: any I/O, NumPy, HTTP.
"""
