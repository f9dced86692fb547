import { useStore } from '../store';
import { ActButton } from './act-button';
import { Card } from './card';
import { Jobs } from './jobs';
import { Letters } from './letters';
import { Groups, Parked } from './waiting';

/** What an operator asks, and does: each of these is a program that can be run in a terminal, too. */
export function Operate() {
  const mayAct = useStore((state) => state.hello?.mayAct) ?? false;
  const replicas = useStore((state) => state.hello?.replicas) ?? [];
  const services = useStore((state) => state.hello?.services) ?? [];
  return (
    <Card id="operate" title="Operate">
      {mayAct && (
        <div class="buttons">
          <ActButton name="audit" kind="main">
            Audit everything
          </ActButton>
          {replicas.map((replica) => (
            <ActButton key={replica} name="rebuild" body={{ replica }}>
              Rebuild {replica}
            </ActButton>
          ))}
          {services.map(({ name }) => (
            <ActButton key={name} name="re-emit" body={{ service: name }}>
              Re-emit {name}
            </ActButton>
          ))}
        </div>
      )}
      {mayAct && <Jobs only="program" />}
      <Letters />
      <Parked />
      <Groups />
    </Card>
  );
}
