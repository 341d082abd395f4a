export const factor = Number('2');
