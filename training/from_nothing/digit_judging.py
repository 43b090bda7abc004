"""Training the digit judge: runs of parts, and which whole digit each is."""

import math

import keras
import numpy as np

from digit_recognizer.recognition.digit_judge import NO_DIGIT
from training.drawings.judge_examples import JudgeExamples
from training.network.architectures import digit_judge
from training.network.batches import in_batches
from training.network.fitting import averaged_adamw, rate_over

_BATCH = 128
_RATE = 4e-3
_SMOOTHING = 0.01


def trained(examples: JudgeExamples, unseen: JudgeExamples, epochs: int) -> keras.Model:
    """A network of logits; after each epoch a line tells how it does on unseen writers' lines."""
    model = digit_judge()
    steps = epochs * math.ceil(len(examples.x) / _BATCH)
    optimizer = averaged_adamw(rate_over(steps, _RATE, 20), 1e-3, 0.99)
    loss = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=_SMOOTHING)
    model.compile(optimizer, loss)
    targets = np.eye(NO_DIGIT + 1, dtype=np.float32)[examples.y]
    for epoch in range(epochs):
        order = np.random.default_rng(epoch).permutation(len(examples.x))
        model.fit(in_batches(_BATCH, examples.x[order], targets[order]), shuffle=False, verbose=0)
        said = model.predict(in_batches(512, unseen.x), verbose=0)
        whole = said.argmax(axis=1) != NO_DIGIT
        is_whole = unseen.y != NO_DIGIT
        right = said[:, :NO_DIGIT].argmax(axis=1)[is_whole] == unseen.y[is_whole]
        print(
            f"  epoch {epoch + 1}  whole or not {np.mean(whole == is_whole):.4f}"
            f"  which digit {right.mean():.4f}",
            flush=True,
        )
    return model
