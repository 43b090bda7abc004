import type { ReactNode } from "react";

function Icon({ children }: { readonly children: ReactNode }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {children}
    </svg>
  );
}

/** A tick. */
export const CheckIcon = () => (
  <Icon>
    <path d="M5 12.5l4.5 4.5L19 7.5" />
  </Icon>
);

/** A cross. */
export const CrossIcon = () => (
  <Icon>
    <path d="M6.5 6.5l11 11m0-11l-11 11" />
  </Icon>
);

/** The moon: leads to the dark theme. */
export const MoonIcon = () => (
  <Icon>
    <path d="M20 14.2A8.2 8.2 0 0 1 9.8 4a8.2 8.2 0 1 0 10.2 10.2z" />
  </Icon>
);

/** The sun: leads to the light theme. */
export const SunIcon = () => (
  <Icon>
    <circle cx="12" cy="12" r="4" />
    <path d="M12 3v1.5m0 15V21m9-9h-1.5m-15 0H3m15.4-6.4l-1.1 1.1M6.7 17.3l-1.1 1.1m0-12.8l1.1 1.1m10.6 10.6l1.1 1.1" />
  </Icon>
);

/** An arrow into a tray. */
export const DownloadIcon = () => (
  <Icon>
    <path d="M12 4v11m-4.5-4.5L12 15l4.5-4.5M5 19.5h14" />
  </Icon>
);

/** A pen. */
export const PenIcon = () => (
  <Icon>
    <path d="M4 20l1-4.5L16 4.5a2 2 0 0 1 2.9 0l.6.6a2 2 0 0 1 0 2.9L8.5 19z" />
  </Icon>
);

/** A cap: training. */
export const TrainIcon = () => (
  <Icon>
    <path d="M12 5L2.5 9.5 12 14l9.5-4.5zM6 11.5V16c0 1.4 2.7 2.7 6 2.7s6-1.3 6-2.7v-4.5" />
  </Icon>
);

/** Columns: data. */
export const DataIcon = () => (
  <Icon>
    <path d="M5 20v-7m7 7V4m7 16V9" />
  </Icon>
);

/** Nodes and their links: the model. */
export const ModelIcon = () => (
  <Icon>
    <circle cx="5.5" cy="6" r="2" />
    <circle cx="5.5" cy="18" r="2" />
    <circle cx="18.5" cy="12" r="2" />
    <path d="M7.3 7l9.3 4.2m-9.3 5.8l9.3-4.2" />
  </Icon>
);

/** An arrow back. */
export const UndoIcon = () => (
  <Icon>
    <path d="M8.5 5L4 9.5 8.5 14M4.5 9.5H14a5 5 0 0 1 0 10h-3" />
  </Icon>
);

/** An arrow forth. */
export const RedoIcon = () => (
  <Icon>
    <path d="M15.5 5L20 9.5 15.5 14m4-4.5H10a5 5 0 0 0 0 10h3" />
  </Icon>
);

/** A picture. */
export const PictureIcon = () => (
  <Icon>
    <rect x="3.5" y="4.5" width="17" height="15" rx="2.5" />
    <circle cx="9" cy="10" r="1.6" />
    <path d="M4 17l4.8-4 3.2 2.5 3.5-3.5 5 5" />
  </Icon>
);

/** A camera. */
export const CameraIcon = () => (
  <Icon>
    <path d="M4 8h3l1.5-2.5h7L17 8h3a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V9a1 1 0 0 1 1-1z" />
    <circle cx="12" cy="13" r="3.3" />
  </Icon>
);

/** A dot as wide as the pen. */
export const DotIcon = ({ size }: { readonly size: number }) => (
  <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    <circle className="dot" cx="12" cy="12" r={3 + 2.5 * size} />
  </svg>
);

/** Two arrows in a circle. */
export const RefreshIcon = () => (
  <Icon>
    <path d="M19.5 12a7.5 7.5 0 1 1-2.3-5.4M19.5 4v3.5H16" />
  </Icon>
);
