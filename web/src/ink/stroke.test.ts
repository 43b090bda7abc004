import { describe, expect, it } from "vitest";
import { StrokeBuilder } from "./stroke";

describe("a stroke", () => {
  it("is a dot when the pen never left its place", () => {
    const builder = new StrokeBuilder({ x: 50, y: 50 }, 18);
    builder.add({ x: 50.2, y: 50.1 });
    expect(builder.build()).toEqual({ points: [{ x: 50, y: 50 }], width: 18 });
  });

  it("leaves out the jitter of a resting hand", () => {
    const builder = new StrokeBuilder({ x: 0, y: 0 }, 18);
    builder.add({ x: 0.3, y: 0 });
    builder.add({ x: 0.5, y: 0.2 });
    builder.add({ x: 9, y: 0 });
    expect(builder.build().points).toEqual([
      { x: 0, y: 0 },
      { x: 9, y: 0 },
    ]);
  });

  it("ends where the pen was lifted even when that is near the point before", () => {
    const builder = new StrokeBuilder({ x: 0, y: 0 }, 18);
    builder.add({ x: 9, y: 0 });
    builder.add({ x: 9.5, y: 0 });
    expect(builder.build().points.at(-1)).toEqual({ x: 9.5, y: 0 });
  });

  it("counts the points that stay", () => {
    const builder = new StrokeBuilder({ x: 0, y: 0 }, 18);
    builder.add({ x: 9, y: 0 });
    builder.add({ x: 9.5, y: 0 });
    expect(builder.length).toBe(2);
    expect(builder.build().points).toHaveLength(3);
  });

  it("stays as it was built while the pen moves on", () => {
    const builder = new StrokeBuilder({ x: 0, y: 0 }, 18);
    const before = builder.build();
    builder.add({ x: 9, y: 0 });
    expect(before.points).toHaveLength(1);
  });
});
