"""The data sets: MNIST's pictures, the strokes of 30 writers, where their files are found.

Imports the shared package alone. How a digit is drawn or learned may not come in, and TensorFlow
least of all: the function that retrains fetches the data sets before it loads that.
"""
