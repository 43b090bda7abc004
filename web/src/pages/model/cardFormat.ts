/** The figures that the page knows to name, in this order, with how they are written. */
export const FIGURES = {
  mnist_accuracy: (value) => `${value.toFixed(2)} %`,
  writers_accuracy: (value) => `${value.toFixed(2)} %`,
  writers_worst_cell_accuracy: (value) => `${value.toFixed(2)} %`,
  calibration_error: (value) => value.toFixed(4),
  non_digit_auc: (value) => value.toFixed(3),
  inference_ms: (value) => `${value.toFixed(2)} ms`,
} as const satisfies Record<string, (value: number) => string>;

/** A figure that the page knows. */
export type FigureName = keyof typeof FIGURES;
