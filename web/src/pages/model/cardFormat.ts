import { strings } from "../../strings";

const { fixed } = strings;

/** The figures that the page knows to name, in this order, with how they are written. */
export const FIGURES = {
  mnist_accuracy: (value) => `${fixed(value, 2)} %`,
  writers_accuracy: (value) => `${fixed(value, 2)} %`,
  writers_worst_cell_accuracy: (value) => `${fixed(value, 2)} %`,
  calibration_error: (value) => fixed(value, 4),
  non_digit_auc: (value) => fixed(value, 3),
  inference_ms: (value) => `${fixed(value, 2)} ms`,
} as const satisfies Record<string, (value: number) => string>;

/** A figure that the page knows. */
export type FigureName = keyof typeof FIGURES;
