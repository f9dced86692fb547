import { baseKustomization, ingress } from './base';
import { compose } from './compose';
import { httpRoute } from './gateway';
import { brokerAddresses, brokerPasswords, brokerUsers } from './jetstream';
import { skaffold } from './skaffold';
import { tsconfigs } from './tsconfigs';
import type { WrittenFile } from './written-file';

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
