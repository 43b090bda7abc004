import { expect, it } from "vitest";
import { toModelCard } from "./modelCard";

it("reads the model in service and those before it", () => {
  const card = toModelCard({
    version: "v2",
    created: "2026-11-22T13:00:00Z",
    figures: { mnist_accuracy: 99.7, writers_worst_cell: "90 px, 28 px", grid: [1] },
    previous: [
      { version: "v1", created_at: "2026-11-01T00:00:00Z", figures: { mnist_accuracy: 99.4 } },
      null,
    ],
  });
  expect(card).toEqual({
    version: "v2",
    created: "2026-11-22T13:00:00Z",
    figures: { mnist_accuracy: 99.7 },
    previous: [{ version: "v1", created: "2026-11-01T00:00:00Z", figures: { mnist_accuracy: 99.4 } }],
  });
});

it.each([null, [], { previous: "none", figures: 3 }])(
  "knows nothing from an answer of another shape: %j",
  (body) => {
    expect(toModelCard(body)).toEqual({ version: "", created: undefined, figures: {}, previous: [] });
  },
);
