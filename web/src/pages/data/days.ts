/** How many rows came on a day (yyyy-mm-dd, UTC). */
export interface Day {
  readonly day: string;
  readonly count: number;
}

const DAY_MS = 86_400_000;

/**
 * The days up to the last one with rows, those without any filled in: a gap in time must look like one.
 *
 * @param days - oldest first
 * @param limit - how many days at most
 */
export function latestDays(days: readonly Day[], limit: number): Day[] {
  const counts = new Map(days.map(({ day, count }) => [day, count]));
  const [first, last] = [days[0], days.at(-1)].map((each) => (each ? Date.parse(each.day) : Number.NaN));
  if (first === undefined || last === undefined || Number.isNaN(first) || Number.isNaN(last)) return [];
  const latest: Day[] = [];
  for (let time = Math.max(first, last - (limit - 1) * DAY_MS); time <= last; time += DAY_MS) {
    const day = new Date(time).toISOString().slice(0, 10);
    latest.push({ day, count: counts.get(day) ?? 0 });
  }
  return latest;
}
