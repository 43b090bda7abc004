import type { ReactNode } from "react";

interface Props {
  readonly name: string;
  readonly testId: string;
  readonly disabled?: boolean;
  readonly onClick: () => void;
  readonly children: ReactNode;
}

/** A button that is an icon. */
export function Tool({ name, testId, disabled = false, onClick, children }: Props) {
  return (
    <button
      type="button"
      className="button square tool"
      data-testid={testId}
      aria-label={name}
      title={name}
      disabled={disabled}
      onClick={onClick}
    >
      {children}
    </button>
  );
}
