"""`GET /docs`: what the API takes and answers, for people to read.

Written here from the same OpenAPI document that machines get: plain HTML and a style sheet.
FastAPI's own page would fetch Swagger UI from another host; its files are 1.7 MB, and the script
that starts them is one that the site's content security policy forbids.
"""

from collections.abc import Awaitable, Callable, Iterator
from html import escape
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

Schema = dict[str, Any]
Endpoint = Callable[[Request], Awaitable[Response]]

_EXAMPLE = "data:image/png;base64,…"
_STATUS = {
    "200": "Here it is.",
    "307": "It is at another address for a while; follow it.",
    "400": "Something is wrong with the request.",
    "401": "A token is asked for.",
    "404": "There is nothing yet.",
    "409": "There is something else under this id.",
    "413": "It is too large.",
    "415": "The body is asked for as application/json.",
    "429": "These are too many requests; wait as long as Retry-After says.",
    "500": "Something went wrong on our side.",
    "503": "The store can't be reached; try again.",
}


def add_to(app: FastAPI) -> None:
    """Let an app describe its routes at /docs."""
    app.add_route("/docs", _page_of(app), include_in_schema=False)
    app.add_route("/docs.css", _style, include_in_schema=False)


def _page_of(app: FastAPI) -> Endpoint:
    async def answer(_request: Request) -> Response:
        return HTMLResponse(written(app.openapi()))

    return answer


async def _style(_request: Request) -> Response:
    headers = {"cache-control": "public, max-age=3600"}
    return Response(_CSS, media_type="text/css", headers=headers)


def written(document: Schema) -> str:
    """The page about an OpenAPI document, as HTML.

    Args:
        document: OpenAPI 3.1, of what `documented` says of routes.
    """
    title = escape(document["info"]["title"])
    routes = [
        (method.upper(), path, route)
        for path, methods in document["paths"].items()
        for method, route in methods.items()
    ]
    shapes = document.get("components", {}).get("schemas", {})
    index = "".join(
        f'<li><a href="#{_anchor(method, path)}"><b>{method}</b> {escape(path)}</a></li>'
        for method, path, _ in routes
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f'<title>{title}: the API</title><link rel="icon" href="data:,">'
        '<link rel="stylesheet" href="docs.css"></head><body>'
        f"<header><h1>{title}: the API</h1><p>Bodies are JSON. Every error is"
        ' <code>{"error": "what is wrong and what would be right"}</code>. For machines:'
        ' <a href="openapi.json">openapi.json</a>.</p></header>'
        f'<nav aria-label="Routes"><ul>{index}</ul></nav><main>'
        f"{''.join(_route(*each) for each in routes)}"
        f"<h2>Shapes</h2>{''.join(_shape(name, each) for name, each in shapes.items())}"
        "</main></body></html>"
    )


def _route(method: str, path: str, route: Schema) -> str:
    about = escape(route.get("description") or route.get("summary", ""))
    parts = [
        f'<section id="{_anchor(method, path)}">'
        f"<h2><b>{method}</b> <code>{escape(path)}</code></h2><p>{about}</p>"
    ]
    command = f'curl -s "$API{path}"'
    if "requestBody" in route:
        body = route["requestBody"]["content"]["application/json"]["schema"]
        usual, *others = body.get("anyOf", [body])
        fields = ", ".join(f'"{each}": {_example(each)}' for each in usual.get("required", []))
        command += f" -H 'content-type: application/json' -d '{{{fields}}}'"
        parts.append(f"<h3>Body</h3>{_fields(usual)}")
        parts += [
            f"<h3>Or</h3><p>{escape(each['description'])}</p>{_fields(each)}" for each in others
        ]
    parts.append(f"<pre><code>{escape(command)}</code></pre><h3>Answers</h3>")
    answers = "".join(_answer(*each) for each in route["responses"].items())
    parts.append(_table(("Status", "What", "Shape"), answers))
    return "".join(parts) + "</section>"


def _example(field: str) -> str:
    return f'"{_EXAMPLE}"' if field == "image" else "7"


def _answer(status: str, answer: Schema) -> str:
    kinds = answer.get("content", {})
    shape = ", ".join(
        _type(each["schema"]) if "json" in kind else escape(kind) for kind, each in kinds.items()
    )
    return _row(f"<code>{status}</code>", escape(_STATUS.get(status, "")), shape)


def _shape(name: str, schema: Schema) -> str:
    about = escape(schema.get("description", ""))
    return (
        f'<section id="{escape(name)}"><h3>{escape(name)}</h3><p>{about}</p>{_fields(schema)}'
        "</section>"
    )


def _fields(schema: Schema) -> str:
    required = schema.get("required", [])
    rows = "".join(
        _row(
            f"<code>{escape(name)}</code>{'' if name in required else ' <i>optional</i>'}",
            _type(field),
            escape(field.get("description", "")),
        )
        for name, field in schema.get("properties", {}).items()
    )
    return _table(("Field", "Type", "What"), rows)


def _type(schema: Schema) -> str:
    """What a value is, in words and links; HTML."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rsplit("/", 1)[-1])
        return f'<a href="#{name}">{name}</a>'
    if "anyOf" in schema:
        return " or ".join(_type(each) for each in schema["anyOf"])
    if "enum" in schema or "const" in schema:
        values = schema.get("enum", [schema.get("const")])
        return ", ".join(
            f"<code>{escape(repr(each).replace(chr(39), chr(34)))}</code>" for each in values
        )
    kind: str = schema.get("type", "anything")
    if kind == "array":
        return f"list of {_type(schema.get('items', {}))}"
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        return f"object of {_type(schema['additionalProperties'])}"
    return " ".join([escape(str(schema.get("format", kind))), *_bounds(schema)])


def _bounds(schema: Schema) -> Iterator[str]:
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None:
        yield f"from {low:g}"
    if high is not None:
        yield f"to {high:g}"


def _table(head: tuple[str, ...], rows: str) -> str:
    titles = "".join(f'<th scope="col">{each}</th>' for each in head)
    # A table that is wider than a phone is scrolled, also by keyboard.
    return (
        f'<div class="scroll" tabindex="0" role="group" aria-label="{head[0]}"><table>'
        f"<thead><tr>{titles}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _row(first: str, *others: str) -> str:
    cells = "".join(f"<td>{each}</td>" for each in others)
    return f'<tr><th scope="row">{first}</th>{cells}</tr>'


def _anchor(method: str, path: str) -> str:
    return escape(method.lower() + path.replace("/", "-"))


# The page's own colours, see web/src/styles/tokens.css.
_CSS = """
:root {
  color-scheme: light dark;
  --line: light-dark(#ddd8cd, #30353b);
  --muted: light-dark(#5b5e63, #a3a8ae);
  --accent: light-dark(#0e6557, #6ccdb7);
}
html {
  background: light-dark(#f5f3ee, #121417);
  color: light-dark(#1c1f24, #ebe8e1);
  font-family: system-ui, sans-serif;
  line-height: 1.45;
}
body { max-width: 60rem; margin: 0 auto; padding: 1rem; }
a { color: var(--accent); overflow-wrap: anywhere; }
code { font: 0.9375em ui-monospace, monospace; overflow-wrap: anywhere; }
b { color: var(--accent); font-weight: 600; }
nav ul { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; padding: 0; list-style: none; }
nav a { display: inline-block; padding: 0.5rem 0; }
h1 { font-size: 1.5rem; }
h2 { font-size: 1.25rem; }
h3 { margin: 1rem 0 0.5rem; font-size: 1rem; }
section { margin: 1rem 0 2rem; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: 0.875rem; text-align: left; }
th, td {
  padding: 0.5rem 0.75rem 0.5rem 0;
  border-bottom: 1px solid var(--line);
  font-weight: 400;
  vertical-align: top;
}
thead th, p, i { color: var(--muted); }
pre {
  padding: 0.75rem;
  overflow-x: auto;
  border: 1px solid var(--line);
  border-radius: 0.7rem;
  background: light-dark(#fffefa, #1a1d21);
  white-space: pre-wrap;
  overflow-wrap: anywhere;
}
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
:target > h2, :target > h3 { text-decoration: underline; text-decoration-color: var(--accent); }
"""
