import { CONTAINER, NATS, nothing, POD, seesWhatIsBroken, TICKETS } from './broken.test.helper';
import { natsPolicies } from './nats-policies';

seesWhatIsBroken(natsPolicies, {
  'there is one broker, found by its label': [[NATS, 'spec/template/metadata/labels', {}, 'not one StatefulSet']],
  'NATS Streaming runs with its options, and the limits are set': [
    [NATS, `${CONTAINER}/args/6`, '-cid=other', 'without -cid'],
    [NATS, `${CONTAINER}/args/9`, '--file_sync=false', 'not on the disk'],
    [NATS, `${CONTAINER}/args/10`, '--file_read_buffer_size=2MB', 'reads ahead'],
    [NATS, `${CONTAINER}/args/13`, '-mb=0', 'no bound'],
    [NATS, `${CONTAINER}/command`, ['sh'], 'no shell'],
    [NATS, `${CONTAINER}/image`, 'nats-streaming:0.25.5', 'official'],
  ],
  'NATS Streaming keeps its messages on its volume': [
    [NATS, `${CONTAINER}/args/8`, '--dir=/tmp/store', '--dir beside'],
    [NATS, 'spec/volumeClaimTemplates/0/metadata/name', 'other', '--dir beside'],
  ],
  'many nodes agree by Raft, on disks of different machines': [
    [NATS, 'spec/replicas', 2, 'do not know of each other'],
    [NATS, `${CONTAINER}/args/0`, '--clustered=true', 'no others'],
  ],
  'one pod can be drained': [['PodDisruptionBudget tickets', 'metadata/name', 'nats-streaming', 'one pod and a']],
  'the services call the right cluster id': [[TICKETS, `${CONTAINER}/env/4/value`, 'other', 'the cluster other']],
});

describe('in prod', () => {
  seesWhatIsBroken(
    natsPolicies,
    {
      'many nodes agree by Raft, on disks of different machines': [
        [NATS, 'spec/replicas', 4, 'an even number'],
        [NATS, `${POD}/affinity`, nothing, 'two nodes on one machine'],
        [NATS, `${CONTAINER}/args/16`, '--cluster_node_id=one', 'node id'],
        [NATS, `${CONTAINER}/args/17`, '--cluster_peers=nats-streaming-0', 'as peers'],
        [NATS, `${CONTAINER}/args/19`, '--cluster_sync=false', 'power failure'],
        [NATS, `${CONTAINER}/args/21`, '--routes=nats://nats-streaming:6222', 'find its own pods'],
        ['PodDisruptionBudget nats-streaming', '', nothing, 'to a drain'],
      ],
      'NATS Streaming keeps its messages on its volume': [
        [NATS, `${CONTAINER}/args/18`, '--cluster_log_path=raft', '--cluster_log_path'],
      ],
    },
    'overlays/prod',
  );
});
