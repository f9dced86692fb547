import { tryKubectl } from './kubectl';
import { strangerPod } from './stranger.helper';

const dryRun = (pod: unknown) =>
  tryKubectl(['create', '--dry-run=server', '--filename', '-'], { input: JSON.stringify(pod) });

test('the namespace refuses a pod that could be more than a program', async () => {
  const pod = strangerPod('privileged', ['-e', '0']);
  expect(await dryRun(pod)).toMatchObject({ code: 0 });
  const [container] = pod.spec.containers;
  const privileged = { ...container, securityContext: { privileged: true } };
  const { code, stderr } = await dryRun({ ...pod, spec: { ...pod.spec, containers: [privileged] } });
  expect(code).toBe(1);
  expect(stderr).toContain('violates PodSecurity "restricted:latest"');
  expect(stderr).toContain('privileged');
});
