"""`POST /predict` names the digit in a drawing; `GET /model` says which model does.

`GET /health` says that all is well, and names the version that answers here.
"""

import asyncio
from dataclasses import asdict
from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse
from mangum import Mangum

from digit_recognizer.api import aside, contract, events, log_line, telemetry
from digit_recognizer.api.app import VERSION, create_app, documented
from digit_recognizer.api.body import json_object
from digit_recognizer.ids import new_id
from digit_recognizer.models import follower
from digit_recognizer.pixels import data_url
from digit_recognizer.recognition import evidence, number, pictures, preprocessing
from digit_recognizer.recognition.classifier import Answer, Classifier
from digit_recognizer.recognition.containers.container import Container
from digit_recognizer.settings import settings
from digit_recognizer.store import opening

app = create_app("Digit recogniser: predict", log_line.write)
follower.follower()  # the model is built while the process starts, not in the first request

_PATIENCE_S = 1.0  # whoever asks about the model wants to know it, not a digit at once


@app.post(
    "/predict",
    **documented(contract.PredictAnswer, 400, 413, 415, 503, body=(contract.PredictRequest,)),
)
async def predict(request: Request) -> JSONResponse:
    """Recognise the digit in a drawing."""
    measured = telemetry.of(request)
    follower.follower().look()
    body = await json_object(request)
    measured.lap("parse")

    def normalised(picture: Container) -> tuple[pictures.Decoded, preprocessing.Normalised]:
        decoded = pictures.decode(picture)
        measured.lap("decode")
        return decoded, preprocessing.normalised(decoded.grey, decoded.coloured)

    picture = pictures.opened(body.get("image"))
    count = number.parse_count(body.get("digits"))
    decoded, (pixels, drawn) = await aside.call(normalised, picture, is_costly=picture.is_costly)
    measured.lap("normalise")
    recogniser = (await follower.follower().in_service()).classifier
    measured.lap("model")
    answer = recogniser.predict(pixels)
    measured.lap("infer")
    measured.model_version = recogniser.version
    measured.digit, measured.confidence = answer.digit, answer.confidence
    measured.uncertain = answer.uncertain
    content = {**_told(answer), "model_version": recogniser.version}
    explain = body.get("explain")
    if explain is True or explain == "evidence":
        content["input"] = data_url(pixels.tobytes())
    if explain == "evidence":
        content["evidence"] = asdict(evidence.evidence(recogniser.probabilities, pixels))
        measured.lap("explain")
    if count == "several" or (count is None and number.may_be_several(answer, pixels)):
        one_digit = None if count else answer.confidence
        found = number.read_number(decoded, drawn, recogniser.probabilities, one_digit)
        if found:
            content |= _as_number(found, picture, recogniser, explains="input" in content)
        measured.lap("segment")
    response = JSONResponse(content)
    measured.lap("serialise")
    return response


def _told(answer: Answer) -> dict[str, Any]:
    """What is answered of one digit."""
    return {
        "prediction": answer.digit,
        "confidence": answer.confidence,
        "probabilities": answer.probabilities,
        "uncertain": answer.uncertain,
        "id": new_id(),
    }


def _as_number(
    found: number.Number, picture: Container, recogniser: Classifier, *, explains: bool
) -> dict[str, Any]:
    """What is answered of several digits, besides what is of one."""
    width, height = pictures.upright_size(picture)
    digits: list[dict[str, Any]] = []
    for digit, box in zip(found.digits, found.boxes, strict=True):
        at = (box[0] * width, box[1] * height, box[2] * width, box[3] * height)
        told = _told(recogniser.answer(digit.probabilities))
        told["uncertain"] |= digit.in_doubt
        digits.append({**told, "box": [round(edge) for edge in at]})
        if explains:
            digits[-1]["input"] = data_url(digit.pixels.tobytes())
    first = {name: digits[0][name] for name in ("prediction", "confidence", "probabilities")}
    return {**first, "uncertain": True, "number": found.text, "digits": digits}


@app.get("/model", **documented(contract.ModelCard))
async def model(_request: Request) -> JSONResponse:
    """Describe the model in service, and those before it."""
    follower.follower().look()
    return JSONResponse((await follower.follower().in_service(_PATIENCE_S)).described())


@app.get("/health", **documented(contract.Health, 503))
async def health(_request: Request) -> JSONResponse:
    """Say that the service can answer, which model does, and whether there is feedback."""
    from digit_recognizer.rows import snapshot  # a prediction does not pay for it

    follower.follower().look()
    csv_found, now = await asyncio.gather(
        snapshot.any_rows(opening.configured()), follower.follower().in_service(_PATIENCE_S)
    )
    return JSONResponse(
        {
            "status": "healthy",
            "csv_found": csv_found,
            "model_version": now.classifier.version,
            "version": VERSION,
            "revision": settings().revision or None,
        }
    )


handler = events.only_requests(Mangum(app, lifespan="off"))
