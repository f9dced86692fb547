import { containerPolicies } from './container-policies';
import { installPolicies } from './install-policies';
import { jetStreamPolicies } from './jetstream-policies';
import { natsPolicies } from './nats-policies';
import { networkPolicies } from './network-policies';
import type { Policy } from './policy';
import { referencePolicies } from './reference-policies';
import { secretPolicies } from './secret-policies';
import { servicePolicies } from './service-policies';

/** Every rule that holds in every overlay, by what it says. */
export const policies: Readonly<Record<string, Policy>> = {
  ...containerPolicies,
  ...servicePolicies,
  ...referencePolicies,
  ...secretPolicies,
  ...natsPolicies,
  ...jetStreamPolicies,
  ...networkPolicies,
  ...installPolicies,
};
