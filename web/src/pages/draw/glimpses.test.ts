import { expect, it } from "vitest";
import type { Answer } from "../../api/client";
import { BLANK, type Drawing } from "../../ink/drawing";
import { Glimpses } from "./glimpses";

const answer = (digit: number) => ({ digit }) as Answer;
const drawings: Drawing[] = Array.from({ length: 5 }, () => ({ ...BLANK }));
const [first, second, third, fourth, fifth] = drawings as [Drawing, Drawing, Drawing, Drawing, Drawing];
const settled = () => new Promise((done) => setTimeout(done));

/** An API that answers when it is told to, a clock, and what was asked and shown. */
function scene() {
  const asked: Drawing[] = [];
  const shown: number[] = [];
  const waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void }[] = [];
  const rests: number[] = [];
  let now = 0;
  const glimpses = new Glimpses(
    (drawing) => {
      asked.push(drawing);
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
    ({ digit }) => shown.push(digit),
    () => now,
    async (ms) => {
      rests.push(ms);
      now += ms;
    },
  );
  const reply = async (digit: number, after = 20) => {
    now += after;
    waiting.shift()?.resolve(answer(digit));
    await settled();
  };
  const fail = async () => {
    waiting.shift()?.reject(new Error("gone"));
    await settled();
  };
  return { asked, shown, rests, glimpses, reply, fail };
}

it("one is asked at a time, and the newest next", async () => {
  const { asked, shown, glimpses, reply } = scene();
  for (const each of [first, second, third]) glimpses.see(each);
  expect(asked).toEqual([first]);
  await reply(1);
  expect(asked[1]).toBe(third);
  expect(asked).toHaveLength(2);
  await reply(7);
  expect(shown).toEqual([1, 7]);
  glimpses.see(fourth);
  await settled();
  expect(asked[2]).toBe(fourth);
});

it("ten are asked a second, at most", async () => {
  const { asked, rests, glimpses, reply } = scene();
  glimpses.see(first);
  glimpses.see(second);
  await reply(1, 20);
  expect(rests).toEqual([80]);
  expect(asked).toEqual([first, second]);
  glimpses.see(third);
  await reply(1, 130);
  expect(rests).toEqual([80]);
  expect(asked).toEqual([first, second, third]);
});

it("what comes after the stroke is over is not shown", async () => {
  const { asked, shown, glimpses, reply } = scene();
  glimpses.see(first);
  glimpses.see(second);
  glimpses.end();
  await reply(1);
  expect(shown).toEqual([]);
  expect(asked).toHaveLength(1);
});

it("nothing is asked while answers are slow", async () => {
  const { asked, glimpses, reply } = scene();
  glimpses.see(first);
  glimpses.see(second);
  await reply(1, 251);
  glimpses.see(third);
  expect(asked).toHaveLength(1);
  glimpses.took(40);
  glimpses.see(fourth);
  expect(asked[1]).toBe(fourth);
});

it("nor after a failure, until an answer has come", async () => {
  const { asked, glimpses, fail } = scene();
  glimpses.see(first);
  await fail();
  glimpses.see(fifth);
  expect(asked).toHaveLength(1);
});
