import { inflateSync } from "node:zlib";
import { afterEach, describe, expect, it, vi } from "vitest";
import { greyPng } from "./greyPng";

const WIDTH = 5;
const HEIGHT = 3;
const pixels = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) => i * 17);

/** The chunks of a PNG by type, their checksums left aside. */
function chunksOf(png: Uint8Array): Map<string, Uint8Array> {
  const view = new DataView(png.buffer, png.byteOffset);
  const chunks = new Map<string, Uint8Array>();
  for (let at = 8; at < png.length; ) {
    const length = view.getUint32(at);
    chunks.set(String.fromCharCode(...png.subarray(at + 4, at + 8)), png.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  return chunks;
}

afterEach(() => void vi.unstubAllGlobals());

describe("a grey PNG", () => {
  it("says its size, 8 bits and grey in its header", async () => {
    const header = chunksOf(await greyPng(pixels, WIDTH, HEIGHT)).get("IHDR");
    expect([...(header ?? [])]).toEqual([0, 0, 0, WIDTH, 0, 0, 0, HEIGHT, 8, 0, 0, 0, 0]);
  });

  it("holds each row behind a filter byte", async () => {
    const data = chunksOf(await greyPng(pixels, WIDTH, HEIGHT)).get("IDAT");
    const rows = [0, 1, 2].flatMap((y) => [0, ...pixels.subarray(y * WIDTH, (y + 1) * WIDTH)]);
    const inflated = new Blob([data as BlobPart]).stream().pipeThrough(new DecompressionStream("deflate"));
    expect([...new Uint8Array(await new Response(inflated).arrayBuffer())]).toEqual(rows);
  });

  it("ends with the checksum that every PNG ends with", async () => {
    const png = await greyPng(pixels, WIDTH, HEIGHT);
    expect([...png.subarray(-8)]).toEqual([...new TextEncoder().encode("IEND"), 0xae, 0x42, 0x60, 0x82]);
  });

  it("holds the same where the browser does not compress", async () => {
    const [width, height] = [280, 280];
    const large = Uint8Array.from({ length: width * height }, (_, i) => (i * i) % 251);
    vi.stubGlobal("CompressionStream", undefined);
    const data = chunksOf(await greyPng(large, width, height)).get("IDAT") ?? new Uint8Array();
    const rows = inflateSync(data);
    expect(rows).toHaveLength((width + 1) * height);
    expect([...rows.subarray(281, 288)]).toEqual([0, ...large.subarray(280, 286)]);
  });
});
