// What the secret of the contract's flows is; whoever runs them has it in the environment as CONTRACT_SECRET.
export const contractSecret = 's3cr"t/of+the contract';
