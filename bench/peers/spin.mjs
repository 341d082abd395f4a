/**
 * One item of CPU work: a fixed number of iterations, not a fixed time, so that a busy machine makes it longer and not
 * cheaper.
 */
export default function spin(iterations) {
  let x = 1;
  for (let i = 0; i < iterations; i++) x = (Math.imul(x, 1_664_525) + 1_013_904_223) | 0;
  return x;
}
