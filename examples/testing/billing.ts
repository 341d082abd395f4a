// What the tests of this example are of: a flow with a branch, a map with retries, and a failure that it handles.
import { flow, task } from 'perdure';

export interface Order {
  id: number;
  euros: number;
}

const service = 'https://billing.example.com';

export const fetchOrders = task('fetch_orders', async (day: string): Promise<Order[]> => {
  const response = await fetch(`${service}/orders?day=${day}`);
  return (await response.json()) as Order[];
});

export const charge = task('charge', { retries: 2, retryDelay: '10 minutes' }, async (order: Order) => {
  await fetch(`${service}/charges`, { method: 'POST', body: JSON.stringify(order) });
  return order.euros;
});

export const sum = task('sum', (euros: number[]) => euros.reduce((a, b) => a + b, 0));

export const billing = flow('Billing', async ({ day }: { day: string }) => {
  const orders = fetchOrders(day);
  if ((await orders).length === 0) return { charged: 0, euros: 0 };
  const charges = await charge.map(orders).settled();
  const paid = charges.flatMap(({ value }) => (value === undefined ? [] : [value]));
  return { charged: paid.length, euros: await sum(paid) };
});
