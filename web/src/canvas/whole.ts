/** What files begin with. WebP is a RIFF. */
const STARTS = {
  jpeg: [0xff, 0xd8, 0xff],
  png: [0x89, 0x50, 0x4e, 0x47],
  riff: [0x52, 0x49, 0x46, 0x46],
  pdf: [0x25, 0x50, 0x44, 0x46],
} as const;

/** Brands of the containers in which phones keep HEIC photos (ISO/IEC 23008-12, annex B). */
const HEIC = /^ftyp(heic|heix|hevc|heim|heis|hevm|hevs|mif1|msf1)/;

/** What a file is, by its content; `undefined` for all that the browser should say something of. */
export type Kind = "jpeg" | "png" | "riff" | "pdf" | "heic" | undefined;

/** What a file is by its first bytes, whatever it is called. */
export function kindOf(bytes: Uint8Array): Kind {
  const names = Object.keys(STARTS) as (keyof typeof STARTS)[];
  const found = names.find((name) => STARTS[name].every((byte, i) => bytes[i] === byte));
  return found ?? (HEIC.test(String.fromCharCode(...bytes.subarray(4, 12))) ? "heic" : undefined);
}

/**
 * Whether a file goes on to its end. Browsers show what there is of a JPEG that broke off and leave the rest grey, which
 * nobody should be told a digit of.
 */
export function isWhole(bytes: Uint8Array): boolean {
  switch (kindOf(bytes)) {
    case "jpeg":
      return endsAfterScan(bytes);
    case "png":
      return hasBytes(bytes, Math.max(0, bytes.length - PNG_TAIL), PNG_END);
    case "riff":
      return bytes.length >= 8 && viewOf(bytes).getUint32(4, true) + 8 <= bytes.length;
    default:
      return true;
  }
}

/** The name of the last chunk, and within how many bytes of a file's end it stands: some programs write behind it. */
const PNG_END = [0x49, 0x45, 0x4e, 0x44];
const PNG_TAIL = 4096;

/** Whether the bytes are there, anywhere from a place on. */
function hasBytes(bytes: Uint8Array, from: number, wanted: readonly number[]): boolean {
  for (let i = from; i <= bytes.length - wanted.length; i++) {
    if (wanted.every((byte, at) => bytes[i + at] === byte)) return true;
  }
  return false;
}

/** Whether an end of image follows a JPEG's first scan: a thumbnail in what stands before it has an end of its own. */
function endsAfterScan(bytes: Uint8Array): boolean {
  const view = viewOf(bytes);
  let at = 2;
  while (at + 4 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1];
    if (marker === 0xda) return hasBytes(bytes, at, [0xff, 0xd9]);
    // A marker may be preceded by any number of such bytes.
    at += marker === 0xff ? 1 : 2 + view.getUint16(at + 2);
  }
  return false;
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
