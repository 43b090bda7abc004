"""Learning on from feedback: its files are named like the steps in docs/retraining.md.

Imports everything below it but `from_nothing`, and the shared package. The command stays outside:
what is read from the store, published and promoted is its own story.
"""
