import { baseKustomization, ingress } from './base';
import { compose } from './compose';
import { httpRoute } from './gateway';
import { brokerAddresses, brokerPasswords, brokerUsers } from './jetstream';
import { skaffold } from './skaffold';
import { tsconfigs } from './tsconfigs';

/** A file of this repository whose reader cannot read the list of services. */
export interface WrittenFile {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
}

/** Every file that is written from the list, as it must be. */
export function writtenFiles(): readonly WrittenFile[] {
  return [
    ...tsconfigs(),
    skaffold(),
    compose(),
    baseKustomization(),
    ingress(),
    httpRoute(),
    brokerUsers(),
    brokerPasswords(),
    brokerAddresses(),
  ];
}
