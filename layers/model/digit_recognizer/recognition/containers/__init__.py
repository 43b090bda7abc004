"""A picture's container, format by format, walked and bounded before any decoder sees it.

Imports errors and the standard library. What doesn't come in: Pillow and NumPy, pixels.
"""
