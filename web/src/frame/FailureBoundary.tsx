import { Component, type ReactNode } from "react";
import { strings } from "../strings";

interface Props {
  readonly children: ReactNode;
}

/** Shows a sentence in place of a page whose code did not come, as after a network that was lost or a new release. */
export class FailureBoundary extends Component<Props, { readonly failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <section className="card state" role="alert">
        <p className="alarm">{strings.failedPage}</p>
        <button type="button" className="button small" onClick={() => window.location.reload()}>
          {strings.reload}
        </button>
      </section>
    );
  }
}
