import { expect, it } from "vitest";
import { toModelCard } from "./modelCard";

it("reads the model in service, how it came there, and those before it", () => {
  const card = toModelCard({
    version: "v2",
    created: "2026-11-22T13:00:00Z",
    data: { mnist: 60_000, feedback_rows: 41 },
    figures: { mnist_accuracy: 99.7, writers_worst_cell: "90 px, 28 px", grid: [1] },
    in_service: { kind: "promotion", reason: "Better on what was corrected.", since: "2026-11-23T02:00:00Z" },
    previous: [
      {
        version: "v1",
        kind: "built-in",
        reason: "It is part of the package.",
        since: "2026-11-01T00:00:00Z",
        until: "2026-11-23T02:00:00Z",
        created: "2026-11-01T00:00:00Z",
        figures: { mnist_accuracy: 99.4 },
        rows: 0,
      },
      null,
    ],
  });
  expect(card).toEqual({
    version: "v2",
    created: "2026-11-22T13:00:00Z",
    since: "2026-11-23T02:00:00Z",
    kind: "promotion",
    reason: "Better on what was corrected.",
    rows: 41,
    figures: { mnist_accuracy: 99.7 },
    previous: [
      {
        version: "v1",
        created: "2026-11-01T00:00:00Z",
        since: "2026-11-01T00:00:00Z",
        kind: "built-in",
        reason: "It is part of the package.",
        rows: 0,
        figures: { mnist_accuracy: 99.4 },
      },
    ],
  });
});

it.each([
  null,
  [],
  { previous: "none", figures: 3, in_service: 7, data: "all", kind: "guess", rows: "many" },
])("knows nothing from an answer of another shape: %j", (body) => {
  expect(toModelCard(body)).toEqual({ version: "", rows: 0, figures: {}, previous: [] });
});
