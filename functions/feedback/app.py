"""`POST /save_feedback` keeps what a person says about a drawing, or takes it back."""

from fastapi import Request
from fastapi.responses import JSONResponse
from mangum import Mangum

from digit_recognizer.api import aside, contract, events, log_line, telemetry
from digit_recognizer.api.app import create_app, documented
from digit_recognizer.api.body import json_object
from digit_recognizer.feedback import request as said
from digit_recognizer.recognition import pictures, preprocessing
from digit_recognizer.recognition.arrays import Grey
from digit_recognizer.recognition.containers.container import Container
from digit_recognizer.rows import arrivals
from digit_recognizer.store import opening

app = create_app("Digit recogniser: feedback", log_line.write)


@app.post(
    "/save_feedback",
    **documented(
        contract.FeedbackAnswer,
        *(400, 409, 413, 415, 503),
        body=(contract.FeedbackRequest, contract.TakeBackRequest),
    ),
)
async def save_feedback(request: Request) -> JSONResponse:
    """Save the label of a drawing, or take it back; it is on the store when the answer comes."""
    body = await json_object(request)
    if (taken_back := said.taken_back(body)) is not None:
        await arrivals.take_back(opening.configured(), taken_back)
        return _success("It is taken back.", taken_back)
    picture = pictures.opened(body.get("image"))
    box = said.parse_box(body)

    def kept(picture: Container) -> tuple[Grey, str]:
        return preprocessing.for_a_row(pictures.cropped(picture, box) if box else picture)

    pixels, body["image"] = await aside.call(kept, picture, is_costly=picture.is_costly)
    record = said.from_request(body, pixels.tobytes(), preprocessing.PREPROCESSING_VERSION)
    await arrivals.save(opening.configured(), record)
    measured = telemetry.of(request)
    measured.label, measured.source = str(record.label), record.source
    return _success("Feedback saved successfully.", record.id)


def _success(message: str, id_: str) -> JSONResponse:
    return JSONResponse({"status": "success", "message": message, "id": id_})


handler = events.only_requests(Mangum(app, lifespan="off"))
