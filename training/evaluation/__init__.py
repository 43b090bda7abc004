"""How well a model does: judging it, its figures, its speed, its card and the pictures of it.

Imports the drawings, the network and the data sets. What changes a model may not come in: nothing
here trains, so that a training and a retraining are judged alike.
"""
