// Starts a run as it is loaded, whoever loads it.
import { flow, task } from 'perdure';

const one = task('one', () => 1);
export const pipeline = flow('unguarded', () => one());

void pipeline.run().then((value) => console.log(value));
