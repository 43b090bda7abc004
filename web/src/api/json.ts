/** Whether a value is a record with string keys. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a value is a picture in a data URL, which the content security policy allows. */
export function isPicture(value: unknown): value is string {
  return typeof value === "string" && value.startsWith("data:image/");
}
