import { describe, expect, it } from "vitest";
import { chainAlong, curveThrough, type PathSink, traceCurve } from "./curve";
import type { Point } from "./point";

/** Writes down what is traced, as SVG path data. */
function pathOf(points: Point[]): string {
  const steps: string[] = [];
  const sink: PathSink = {
    moveTo: (x, y) => steps.push(`M${x},${y}`),
    lineTo: (x, y) => steps.push(`L${x},${y}`),
    quadraticCurveTo: (cx, cy, x, y) => steps.push(`Q${cx},${cy} ${x},${y}`),
  };
  traceCurve(sink, points);
  return steps.join(" ");
}

describe("the curve along a pen's points", () => {
  it("is nothing without a point", () => {
    expect(pathOf([])).toBe("");
  });

  it("is next to no line for one point, which round caps make a dot", () => {
    expect(pathOf([{ x: 5, y: 6 }])).toBe("M5,6 L5.01,6");
  });

  it("is straight between two points", () => {
    const line = [
      { x: 0, y: 0 },
      { x: 10, y: 20 },
    ];
    expect(pathOf(line)).toBe("M0,0 L10,20");
  });

  it("bends at inner points and passes through the midpoints between them", () => {
    const corner = [
      { x: 0, y: 0 },
      { x: 10, y: 0 },
      { x: 10, y: 10 },
      { x: 0, y: 10 },
    ];
    expect(pathOf(corner)).toBe("M0,0 L5,0 Q10,0 10,5 Q10,10 5,10 L0,10");
  });

  it("ends where the pen was lifted, however many points it took", () => {
    for (let count = 2; count < 40; count++) {
      const points = Array.from({ length: count }, (_, i) => ({ x: i * 3, y: Math.sin(i) * 20 }));
      expect(curveThrough(points).at(-1)?.end).toEqual(points.at(-1));
    }
  });
});

describe("the chain along a curve", () => {
  const arch = [
    { x: 0, y: 0 },
    { x: 0, y: 100 },
    { x: 100, y: 100 },
    { x: 100, y: 0 },
  ];

  it("begins and ends where the curve does, and one point is a chain of itself", () => {
    const chain = chainAlong(arch, 0.1);
    expect([chain[0], chain.at(-1)]).toEqual([arch[0], arch.at(-1)]);
    expect(chainAlong(arch.slice(0, 1), 0.1)).toEqual(arch.slice(0, 1));
    expect(chainAlong([], 0.1)).toEqual([]);
  });

  it("has more corners the nearer it must stay, and none on straight pieces", () => {
    expect(chainAlong(arch, 0.01).length).toBeGreaterThan(chainAlong(arch, 1).length);
    expect(chainAlong(arch.slice(0, 2), 0.0001)).toHaveLength(2);
  });
});
