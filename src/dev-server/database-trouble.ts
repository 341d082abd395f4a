/**
 * What is wrong with a database, from what the server or SQLite said of it, and what to do. Host, pure. Nothing here
 * changes a database: what is damaged may still be dear to somebody.
 */

export const damagedDatabase = (database: string): string =>
  `${database} is damaged, or is no database of the server. Put a copy of it back (with its -wal and -shm), or move these three away to begin without its history; stored results stay.`;

const troubles: readonly [RegExp, (database: string) => string][] = [
  [
    /disk is full|no space left/i,
    (database) => `The disk of ${database} is full. Free some space and run again; nothing is lost.`,
  ],
  [
    /readonly database|permission denied|unable to open database file/i,
    (database) =>
      `${database} cannot be opened and written by this user. Look at its owner and mode, and at what is in its place.`,
  ],
  [/disk I\/O error/i, (database) => `The disk of ${database} refuses to be read or written. Look at the disk.`],
  [/no such table|malformed|not a database/i, damagedDatabase],
];

/** `undefined` where the lines say nothing of the database. */
export const databaseTrouble = (log: readonly string[], database: string): string | undefined =>
  troubles.find(([pattern]) => log.some((line) => pattern.test(line)))?.[1](database);
