"""Drawings made by code: strokes, warps, styles, other things than digits, and sets of examples.

Imports the data sets and the shared package's `normalise`. What learns from drawings may not come
in: no network and no TensorFlow, since worker processes are forked here.
"""
