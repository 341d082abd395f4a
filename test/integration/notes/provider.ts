// A provider of secrets: the names it does not know are looked for in the environment.
const values: Record<string, string> = { SECOND_SECRET: 'second-secret-' + 'value' };

export default async (name: string): Promise<string | undefined> => values[name];
