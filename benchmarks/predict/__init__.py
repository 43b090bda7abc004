"""The topic `predict`: where the time of an answer goes.

Imports the shared package, the function and `sections`; each step runs in a process of its own.
Nothing of training comes in.
"""
