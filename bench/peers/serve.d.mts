/** Types of `serve.mjs`, for the contenders in TypeScript. */
export declare const serve: <T>(
  peer: string,
  works: Record<string, (n: number) => Promise<T>>,
  factsOf?: (value: T) => Promise<object>,
) => Promise<void>;
