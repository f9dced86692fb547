export { failed, kubectl, type KubectlOptions, type KubectlResult, type Place, placeArgs } from './kubectl';
export { type NeededSecret, neededSecrets } from './secrets/needed-secrets';
export { hintFor, isForbidden, reasonOf } from './kubectl-words';
