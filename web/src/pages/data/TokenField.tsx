import { useState } from "react";
import { strings } from "../../strings";

const words = strings.data.token;

/** Asks for the operator's token, where the collection is only for those who have it. */
export function TokenField({
  refused,
  onToken,
}: {
  /** Whether one was given and is not the right one. */
  readonly refused: boolean;
  readonly onToken: (token: string) => void;
}) {
  const [token, setToken] = useState("");
  return (
    // The page's policy lets no form be sent anywhere; this one never is.
    <form
      className="card state"
      data-testid="token-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (token.trim() !== "") onToken(token.trim());
      }}
    >
      <h3>{words.heading}</h3>
      <p className="muted">{words.hint}</p>
      <label className="select">
        {words.label}
        <input
          type="password"
          autoComplete="off"
          spellCheck={false}
          data-testid="token"
          value={token}
          onChange={({ currentTarget }) => setToken(currentTarget.value)}
        />
      </label>
      {refused && (
        <p className="alarm" role="alert">
          {words.refused}
        </p>
      )}
      <button type="submit" className="button primary" data-testid="token-use">
        {words.use}
      </button>
    </form>
  );
}
