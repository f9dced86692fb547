export { type Budget, testBudget } from './test-budget';
export { testMain } from './test-main';
export { testOperatorInjection } from './test-operator-injection';
export { testOutages } from './test-outages';
export { testQueries } from './test-queries';
