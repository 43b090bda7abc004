"""`POST /predict` names the digit in a drawing; `GET /model` says which model does."""

from fastapi import Request
from fastapi.responses import JSONResponse
from mangum import Mangum

from digit_recognizer import contract, pictures, preprocessing, serving, telemetry
from digit_recognizer.http import create_app, documented, json_object
from digit_recognizer.ids import new_id

app = create_app("Digit recogniser: predict", telemetry.write)
serving.follower()  # the model is built while the process starts, not in the first request

_PATIENCE_S = 1.0  # whoever asks about the model wants to know it, not a digit at once


@app.post("/predict", **documented(contract.PredictAnswer, 400, 413, body=contract.PredictRequest))
async def predict(request: Request) -> JSONResponse:
    """Recognise the digit in a drawing."""
    measured = telemetry.of(request)
    serving.follower().look()
    body = await json_object(request)
    measured.lap("parse")
    grey = pictures.read_picture(body.get("image"))
    measured.lap("decode")
    pixels = preprocessing.normalise(grey)
    measured.lap("normalise")
    recogniser = (await serving.follower().in_service()).classifier
    measured.lap("model")
    answer = recogniser.predict(pixels)
    measured.lap("infer")
    measured.model_version = recogniser.version
    measured.digit, measured.confidence = answer.digit, answer.confidence
    measured.uncertain = answer.uncertain
    content = {
        "prediction": answer.digit,
        "confidence": answer.confidence,
        "probabilities": answer.probabilities,
        "uncertain": answer.uncertain,
        "model_version": recogniser.version,
        "id": new_id(),
    }
    if body.get("explain") is True:
        content["input"] = pictures.png_data_url(pixels)
    response = JSONResponse(content)
    measured.lap("serialise")
    return response


@app.get("/model", **documented(contract.ModelCard))
async def model(_request: Request) -> JSONResponse:
    """Describe the model in service, and those before it."""
    serving.follower().look()
    return JSONResponse((await serving.follower().in_service(_PATIENCE_S)).described())


handler = Mangum(app, lifespan="off")
