"""From a picture to an answer: decoding, normalising to 28×28, naming the digit.

Imports settings, errors and pixels. What doesn't come in: the store, HTTP, a record of feedback;
and what only training needs (TensorFlow, OpenCV).
"""
