"""The topics of `make bench-loop`: what retrainings take, and what comes of them.

Imports `drawn`, training's data sets and drawings, and the shared package. The retraining itself
runs in a process of its own, as `make retrain` does: none of its steps comes in.
"""
