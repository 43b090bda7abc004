import type { QueueStorage } from "./queue";

/** What the API takes for a contributor. */
const SHAPE = /^[\w-]{16,64}$/;

/**
 * The name under which this browser sends its answers: 128 random bits, made once. They come from nothing about the
 * person or the device, and only let a retraining see which answers come from the same place.
 *
 * @returns reads the name; the same one for as long as the storage, or where that is blocked the page, lasts
 */
export function contributorIn(storage: QueueStorage, key: string): () => string {
  let name: string | undefined;
  return () => {
    try {
      const storedName = storage.getItem(key);
      if (storedName !== null && SHAPE.test(storedName)) return storedName;
      name ??= randomName();
      storage.setItem(key, name);
    } catch {
      name ??= randomName();
    }
    return name;
  };
}

/** 22 characters of base64url. */
function randomName(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}
