"""What the three functions share over HTTP: the app, its errors, bodies, measurements, access.

Imports ids, settings and errors. What doesn't come in: rows, models, the store.
"""
