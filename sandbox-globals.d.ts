/**
 * What Temporal's sandbox has beside ECMAScript, as far as our code uses it: with `types: []` and no DOM, a use of
 * anything else in core, authoring or workflows does not compile. Add a name here only if the sandbox has it.
 */
declare class URL {
  constructor(url: string, base?: string | URL);
  readonly pathname: string;
  readonly href: string;
}

/** V8's. */
interface ErrorConstructor {
  captureStackTrace?(target: object, below?: (...args: never[]) => unknown): void;
}

/** As a type only: the sandbox has no such value; task bodies, which get one, run on the host. */
interface AbortSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
}
