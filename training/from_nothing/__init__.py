"""Training from nothing: its configuration, what each epoch shows, its run and the loop.

Imports the drawings, the network and the data sets. What judges may not come in: nothing of a
training is chosen by pictures that it is judged on.
"""
