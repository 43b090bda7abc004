import { strings } from "../strings";

const words = strings.shortcuts;

interface Props {
  readonly on: boolean;
  readonly onSwitch: (on: boolean) => void;
}

/** What single keys do, and the switch that turns them off. */
export function ShortcutHelp({ on, onSwitch }: Props) {
  return (
    <details className="shortcuts">
      <summary>{words.heading}</summary>
      <dl>
        {words.list.map(([key, does]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <label className="check">
        <input
          type="checkbox"
          data-testid="shortcuts"
          checked={on}
          onChange={({ currentTarget }) => onSwitch(currentTarget.checked)}
        />
        {words.switch}
      </label>
    </details>
  );
}
