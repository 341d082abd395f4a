/** What can be the id of a run. Pure. */

/** Temporal takes 1,000; the runs that a run starts put their names behind its id. */
const mostBytes = 800;

const utf8Bytes = (text: string): number => {
  let bytes = 0;
  for (const char of text) {
    const point = char.codePointAt(0) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x1_0000 ? 3 : 4;
  }
  return bytes;
};

/** Why a text cannot be the id of a run; `undefined`: it can. */
export const runIdProblem = (id: string): string | undefined => {
  if (id.trim() === '') return 'an empty one';
  const bytes = utf8Bytes(id);
  return bytes > mostBytes ? `one of ${bytes} bytes: ${mostBytes} are taken at most` : undefined;
};
