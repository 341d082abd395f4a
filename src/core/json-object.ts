/** Text that is to be a JSON object, out of a file that may hold anything. Pure; never throws. */

/** `undefined` for what is no JSON, and for JSON that is no object. */
export const jsonObject = (text: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
};
