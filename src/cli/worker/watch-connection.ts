/** Says once when a server stops answering, and once when it answers again. HOST. The SDK reconnects by itself. */
import type { Client } from '@temporalio/client';
import { lookEvery } from '../look-every.js';
import { say } from '../standard-streams.js';

const askEveryMs = 2_000;
const answerMs = 3_000;
/** A restart of the server is no news. */
const patienceMs = 5_000;

export const watchConnection = (client: Client, address: string): (() => void) => {
  let answeredAt = Date.now();
  let isLost = false;
  const ask = async (): Promise<void> => {
    try {
      await client.connection.withDeadline(Date.now() + answerMs, () => client.workflowService.getSystemInfo({}));
      answeredAt = Date.now();
      if (isLost) say(`The server at ${address} answers again.`);
      isLost = false;
    } catch {
      if (isLost || Date.now() - answeredAt < patienceMs) return;
      isLost = true;
      say(`The server at ${address} does not answer; trying again. Nothing is lost.`);
    }
  };
  return lookEvery(askEveryMs, ask);
};
