"""`POST /predict` names the digit in a drawing; `GET /model` says which model does."""

from fastapi import Request
from fastapi.responses import JSONResponse
from mangum import Mangum

from digit_recognizer import classifier, contract, pictures, preprocessing, registry
from digit_recognizer.http import create_app, documented, json_object
from digit_recognizer.ids import new_id

app = create_app("Digit recogniser: predict")
classifier.in_service()  # built while the process starts, not in the first request


@app.post("/predict", **documented(contract.PredictAnswer, 400, 413, body=contract.PredictRequest))
async def predict(request: Request) -> JSONResponse:
    """Recognise the digit in a drawing."""
    body = await json_object(request)
    pixels = preprocessing.preprocess(body.get("image"))
    recogniser = classifier.in_service()
    answer = recogniser.predict(pixels)
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
    return JSONResponse(content)


@app.get("/model", **documented(contract.ModelCard))
async def model() -> JSONResponse:
    """Describe the model in service."""
    return JSONResponse({**registry.built_in().card, "previous": []})


handler = Mangum(app, lifespan="off")
