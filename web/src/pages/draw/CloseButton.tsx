import { CrossIcon } from "../../frame/icons";

interface Props {
  readonly label: string;
  readonly testId: string;
  readonly onClose: () => void;
}

/** The way out of a sheet or a dialog, at the end of its heading. */
export function CloseButton({ label, testId, onClose }: Props) {
  return (
    <button
      type="button"
      className="button quiet square"
      data-testid={testId}
      aria-label={label}
      title={label}
      onClick={onClose}
    >
      <CrossIcon />
    </button>
  );
}
