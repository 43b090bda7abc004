"""A network: its layers, what it is fitted to, its calibration, and the files it leaves behind.

Imports the data sets and the shared package. What a picture shows may not come in: a network is the
same, whether digits are drawn for it, collected or judged.
"""
