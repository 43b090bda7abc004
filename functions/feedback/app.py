"""`POST /save_feedback` keeps what a person says about a drawing."""

from fastapi import Request
from fastapi.responses import JSONResponse
from mangum import Mangum

from digit_recognizer import contract, feedback_rows, preprocessing, storage, telemetry
from digit_recognizer.feedback import Feedback
from digit_recognizer.http import create_app, documented, json_object

app = create_app("Digit recogniser: feedback", telemetry.write)


@app.post(
    "/save_feedback",
    **documented(contract.FeedbackAnswer, 400, 413, 503, body=contract.FeedbackRequest),
)
async def save_feedback(request: Request) -> JSONResponse:
    """Save the label of a drawing; it is on the store when the answer comes."""
    body = await json_object(request)
    pixels = preprocessing.preprocess(body.get("image"))
    record = Feedback.from_request(body, pixels.tobytes(), preprocessing.PREPROCESSING_VERSION)
    await feedback_rows.save(storage.in_service(), record)
    measured = telemetry.of(request)
    measured.label, measured.source = str(record.label), record.source
    message = "Feedback saved successfully."
    return JSONResponse({"status": "success", "message": message, "id": record.id})


handler = Mangum(app, lifespan="off")
