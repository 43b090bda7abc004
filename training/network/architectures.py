"""The networks: from uint8[28, 28] as `normalise` gives it to ten logits.

Every one scales its input itself, so that an exported file takes a normalised picture as it is.
"""

from collections.abc import Callable

import keras
from keras import layers

from digit_recognizer.pixels import SIDE
from digit_recognizer.recognition.digit_centres import CENTRES_COLUMNS, CENTRES_ROWS
from digit_recognizer.recognition.digit_judge import JUDGE_COLUMNS, JUDGE_ROWS, NO_DIGIT
from digit_recognizer.recognition.ink_finder import FINDER_SIDE

CLASSES = 10

_FINDER_WIDTHS = (16, 24, 48, 64)  # filters at 48, 24, 12 and 6 pixels a side
_CENTRES_WIDTHS = (24, 40, 48)  # filters at 16, 8 and 4 rows …
_CENTRES_DEPTHS = (1, 2, 1)  # … and how many convolutions follow the one that makes it smaller
_CENTRES_FINE = (8, 12)  # filters at 32 rows, on the way down and on the way up
_JUDGE_WIDTHS = (8, 16, 32)  # filters at 16, 8 and 4 rows


def dense() -> keras.Model:
    """Two hidden layers, no convolution: the baseline of most tutorials."""
    inputs, x = _scaled_input()
    x = layers.Flatten()(x)
    for units in (256, 128):
        x = layers.Dense(units, activation="relu")(x)
        x = layers.Dropout(0.2)(x)
    return _with_logits(inputs, x, "dense")


def lenet() -> keras.Model:
    """LeNet-5 (LeCun et al. 1998) with ReLU and max pooling."""
    inputs, x = _scaled_input()
    x = layers.Conv2D(6, 5, padding="same", activation="relu")(x)
    x = layers.MaxPooling2D()(x)
    x = layers.Conv2D(16, 5, activation="relu")(x)
    x = layers.MaxPooling2D()(x)
    x = layers.Flatten()(x)
    for units in (120, 84):
        x = layers.Dense(units, activation="relu")(x)
    return _with_logits(inputs, x, "lenet")


def residual(widths: tuple[int, int, int] = (32, 64, 96)) -> keras.Model:
    """A small residual network (He et al. 2016): one block at 14×14 pixels and one at 7×7.

    The last stage is read out by a convolution over the whole field rather than by global
    pooling: where a stroke lies tells a 6 from a 9.
    """
    inputs, x = _scaled_input()
    x = _convolution(x, widths[0], 5, strides=2)
    x = _residual_block(x, widths[0])
    x = _convolution(x, widths[1], 3, strides=2)
    x = _residual_block(x, widths[1])
    x = layers.SpatialDropout2D(0.1)(x)
    x = _convolution(x, widths[2], 3, strides=2, padding="valid")
    x = layers.Flatten()(x)
    x = layers.Dropout(0.3)(x)
    return _with_logits(inputs, x, "residual")


def ink_finder() -> keras.Model:
    """A small U-Net (Ronneberger, Fischer, Brox 2015) that tells ink from all else in a photo.

    No layer works at the full 96×96; the coarsest level sees the whole picture at once.
    uint8[n, 96, 96, 3] to logits float32[n, 96, 96].
    """
    inputs = keras.Input((FINDER_SIDE, FINDER_SIDE, 3), dtype="uint8", name="picture")
    x = layers.Rescaling(1 / 127.5, offset=-1)(inputs)
    skipped = []
    for level, filters in enumerate(_FINDER_WIDTHS):
        x = _convolution(x, filters, 3 if level else 4, strides=2)
        if level:
            x = _convolution(x, filters, 3)
        skipped.append(x)
    whole = layers.GlobalAveragePooling2D(keepdims=True)(x)
    x = layers.ReLU()(layers.Add()([x, layers.Conv2D(_FINDER_WIDTHS[-1], 1)(whole)]))
    for filters, skip in zip(_FINDER_WIDTHS[-2::-1], skipped[-2::-1], strict=True):
        x = layers.UpSampling2D()(layers.Conv2D(filters, 1)(x))
        x = _convolution(layers.ReLU()(layers.Add()([x, skip])), filters, 3)
    x = layers.Conv2DTranspose(1, 4, strides=2, padding="same", dtype="float32")(x)
    logits = layers.Reshape((FINDER_SIDE, FINDER_SIDE), name="logits")(x)
    return keras.Model(inputs, logits, name="ink_finder")


def digit_judge() -> keras.Model:
    """A small LeNet that says which whole digit some parts of a line are, or that they are none.

    uint8[n, 32, 40, 2] (those parts, and the rest) to logits float32[n, 11].
    """
    inputs = keras.Input((JUDGE_ROWS, JUDGE_COLUMNS, 2), dtype="uint8", name="parts")
    x = layers.Rescaling(1 / 255)(inputs)
    for filters, size in zip(_JUDGE_WIDTHS, (5, 3, 3), strict=True):
        x = _convolution(x, filters, size, strides=2)
    x = layers.Dropout(0.2)(layers.Flatten()(x))
    x = layers.Dense(32, activation="relu")(x)
    logits = layers.Dense(NO_DIGIT + 1, name="logits", dtype="float32")(x)
    return keras.Model(inputs, logits, name="digit_judge")


def digit_centres() -> keras.Model:
    """A small U-Net (Ronneberger, Fischer, Brox 2015) of which pixel belongs to which digit.

    uint8[n, 32, 64, 2] (a part of a line, and the rest) to float32[n, 32, 64]: how far right of
    each pixel the middle of its digit is, in heights of the line.
    """
    inputs = keras.Input((CENTRES_ROWS, CENTRES_COLUMNS, 2), dtype="uint8", name="part")
    x = _convolution(layers.Rescaling(1 / 255)(inputs), _CENTRES_FINE[0], 3)
    finer = [x]
    for filters, depth in zip(_CENTRES_WIDTHS, _CENTRES_DEPTHS, strict=True):
        x = _convolution(x, filters, 3, strides=2)
        for _ in range(depth):
            x = _convolution(x, filters, 3)
        finer.append(x)
    x = finer.pop()
    for filters in (*_CENTRES_WIDTHS[-2::-1], _CENTRES_FINE[1]):
        x = layers.Concatenate()([layers.UpSampling2D()(x), finer.pop()])
        x = _convolution(_convolution(x, filters, 1), filters, 3)
    x = layers.Conv2D(1, 1, dtype="float32")(x)
    away = layers.Reshape((CENTRES_ROWS, CENTRES_COLUMNS), name="away")(x)
    return keras.Model(inputs, away, name="digit_centres")


ARCHITECTURES: dict[str, Callable[[], keras.Model]] = {
    "dense": dense,
    "lenet": lenet,
    "residual": residual,
}


def _scaled_input() -> tuple[keras.KerasTensor, keras.KerasTensor]:
    inputs = keras.Input((SIDE, SIDE), dtype="uint8", name="pixels")
    x = layers.Rescaling(1 / 255)(inputs)
    return inputs, layers.Reshape((SIDE, SIDE, 1))(x)


def _with_logits(inputs: keras.KerasTensor, x: keras.KerasTensor, name: str) -> keras.Model:
    logits = layers.Dense(CLASSES, name="logits", dtype="float32")(x)
    return keras.Model(inputs, logits, name=name)


def _convolution(
    x: keras.KerasTensor, filters: int, size: int, strides: int = 1, padding: str = "same"
) -> keras.KerasTensor:
    x = layers.Conv2D(filters, size, strides=strides, padding=padding, use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    return layers.ReLU()(x)


def _residual_block(x: keras.KerasTensor, filters: int) -> keras.KerasTensor:
    y = _convolution(x, filters, 3)
    y = layers.Conv2D(filters, 3, padding="same", use_bias=False)(y)
    y = layers.BatchNormalization()(y)
    return layers.ReLU()(layers.Add()([x, y]))
