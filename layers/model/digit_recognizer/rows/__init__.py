"""How rows are kept so that none is lost and none doubled; `compaction` states the invariant.

Imports feedback, recognition and store. What doesn't come in: models, HTTP.
"""
