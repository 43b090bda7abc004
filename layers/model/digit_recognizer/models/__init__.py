"""Versions of the model on the store, and which one answers.

Imports recognition and store. What doesn't come in: rows, HTTP.
"""
