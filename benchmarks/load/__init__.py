"""The topic `load`: the local server under load.

Imports `drawn`, the server's limits and `sections`; what loads it runs in a process of its own.
Nothing of the learning loop comes in.
"""
