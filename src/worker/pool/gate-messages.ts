/** What a batch's child asks of the gate that its attempt was given, and the answer. Host. */
import { recordError } from '../../activities/error-record.js';
import type { FromChild } from './messages.js';
import type { Seat } from './seat.js';

export const passGate = (seat: Seat, message: Extract<FromChild, { kind: 'enter' | 'left' }>): void => {
  const { n, position } = message;
  const entry = seat.running.get(n);
  const { gate } = entry ?? {};
  if (gate === undefined) return;
  if (message.kind === 'left') return gate.left(position, message.kept);
  const answer = (what: object): void => {
    if (seat.running.get(n) === entry) seat.member.send({ kind: 'entered', n, position, ...what });
  };
  gate
    .enter(position, message.keys, message.notBeforeMs)
    .then(answer, (error: unknown) => answer({ error: recordError(error) }));
};
