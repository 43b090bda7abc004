import type { ReadDigit } from "../../api/client";
import { strings } from "../../strings";

const SIDE = 600;
const FOOT = 120;

/** Gives the drawing with its answer away as a picture: through the system's own sheet, or as a download where there is none. */
export async function sharePicture(image: string, answer: ReadDigit): Promise<void> {
  const picture = new File([await painted(image, answer)], strings.why.fileName, { type: "image/png" });
  if (navigator.canShare?.({ files: [picture] })) {
    // Whoever closes the sheet has changed their mind; that is no failure.
    await navigator.share({ files: [picture], title: strings.title }).catch(() => undefined);
    return;
  }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(picture);
  link.download = picture.name;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** The drawing as it was sent, and under it what was read. */
async function painted(url: string, answer: ReadDigit): Promise<Blob> {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [SIDE, SIDE + FOOT];
  const context = canvas.getContext("2d");
  if (!context) throw new Error("This browser offers no 2D canvas.");
  const drawing = new Image();
  drawing.src = url;
  await drawing.decode();
  context.fillStyle = "#000";
  context.fillRect(0, 0, SIDE, SIDE + FOOT);
  const scale = SIDE / Math.max(drawing.naturalWidth, drawing.naturalHeight);
  const [width, height] = [drawing.naturalWidth * scale, drawing.naturalHeight * scale];
  context.drawImage(drawing, (SIDE - width) / 2, (SIDE - height) / 2, width, height);
  context.fillStyle = "#fff";
  context.font = "600 44px system-ui, sans-serif";
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(
    strings.answer.said(answer.digit, answer.confidence, answer.uncertain),
    SIDE / 2,
    SIDE + FOOT / 2,
    SIDE - 40,
  );
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("The canvas gave no picture."))));
  });
}
