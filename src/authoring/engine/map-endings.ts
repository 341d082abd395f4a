/** The endings of a map's items, in the order in which they come. Pure. */
import type { MapBody, MapOutcome } from './map-body.js';

export async function* endingsOf(body: MapBody, width: number): AsyncGenerator<MapOutcome> {
  const arrived: (MapOutcome[] | Promise<MapOutcome[]>)[] = [];
  let wake = (): void => undefined;
  body.onEnding((ended) => {
    arrived.push(ended);
    wake();
  });
  for (let told = 0; told < width;) {
    const ended = arrived.shift();
    if (ended === undefined) await new Promise<void>((resolve) => (wake = resolve));
    else {
      const outcomes = ended instanceof Promise ? await ended : ended;
      yield* outcomes;
      told += outcomes.length;
    }
  }
}
