export const inc = async (x: number): Promise<number> => x + 1;
export const numbers = async (n: number): Promise<number[]> => Array.from({ length: n }, (_, i) => i);
export const total = async (xs: number[]): Promise<number> => xs.reduce((a, b) => a + b, 0);
