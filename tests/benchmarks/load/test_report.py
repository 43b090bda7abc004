import json

from benchmarks.load.report import load, server


def test_load_on_the_server_is_measured(drawing: str) -> None:
    bodies = [json.dumps({"image": drawing, "label": 7})]
    with server() as under_load:
        predicted = load(under_load, "/predict", bodies, 2, 0.5, ask_health=True)
        saved = load(under_load, "/save_feedback", bodies, 2, 0.5)
        unknown = load(under_load, "/nothing", bodies, 1, 0.1)
        kept = list((under_load.folder / "feedback" / "rows").rglob("*.json"))

    assert predicted.errors == saved.errors == {}
    assert 0 < predicted.answered["p50"] <= predicted.answered["p99"]
    assert min(predicted.megabytes) > 50
    assert predicted.health
    assert len(kept) == saved.answered["n"] > 0
    assert list(unknown.errors) == ["404"]
