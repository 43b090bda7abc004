/**
 * How long to wait before the next try: a service that is down gets more rest the longer it is.
 *
 * @param delays - growing waits in ms; the last one repeats
 * @param failures - how many tries failed before the latest one
 */
export function delayOf(delays: readonly [number, ...number[]], failures: number): number {
  return delays[Math.min(failures, delays.length - 1)] ?? delays[0];
}
