import { describe, expect, it } from 'vitest'
import { stepIn } from '../../../../src/cluster/kind/kind-cli.ts'
import { tellingLine, troubleIn } from '../../../../src/cluster/kind/troubles.ts'

describe('what kind and engines say, and what to do', () => {
  it.each([
    [
      'ERROR: failed to create cluster: failed to list nodes: command "docker ps -a ..." failed with error: exit status 1\n\nCommand Output: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
      'does not answer',
      'Start it',
    ],
    [
      'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: Get "http://%2Fvar%2Frun%2Fdocker.sock/v1.24/info": dial unix /var/run/docker.sock: connect: permission denied',
      'permission denied',
      'group docker',
    ],
    [
      'ERROR: failed to create cluster: failed to pull image "kindest/node:v1.34.0": command "docker pull kindest/node:v1.34.0" failed with error: exit status 1\nCommand Output: Error response from daemon: Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: no such host',
      'could not be had',
      '--node-image',
    ],
    [
      'Command Output: Error response from daemon: Get "https://registry-1.docker.io/v2/": proxyconnect tcp: dial tcp 10.0.0.1:3128: connect: connection refused',
      'proxy',
      'HTTPS_PROXY',
    ],
    ['Failed to create control group inotify object: Too many open files', 'inotify', 'fs.inotify.max_user_instances'],
    ['write /var/lib/docker/tmp/x: no space left on device', 'disk', 'docker system prune'],
    [
      'docker: Error response from daemon: driver failed programming external connectivity on endpoint a: Bind for 127.0.0.1:6443 failed: port is already allocated.',
      'port',
      'cluster down',
    ],
    [
      'kubelet is configured to not run on a host using cgroup v1. cgroup v1 support is unsupported and will be removed in a future release',
      'cgroup v1',
      'cgroup v2',
    ],
    ['fork/exec /usr/bin/docker: cannot allocate memory', 'memory', '2 GB'],
    ['ERROR: node(s) already exist for a cluster with the name "k8s-sec-lab"', 'already', 'cluster down'],
    [
      'ERROR: failed to create cluster: could not find a log line that matches "Reached target .*Multi-User System.*|detected cgroup v1"',
      'systemd',
      'inotify',
    ],
    [
      'Error response from daemon: Mounts denied: The path /opt/lab is not shared from the host and is not known to Docker.',
      'mount',
      'K8S_SEC_LAB_HOME',
    ],
    [
      'runc create failed: unable to start container process: unable to apply caps: operation not permitted',
      'privileged',
      'embedded',
    ],
    [
      'Error response from daemon: could not find an available, non-overlapping IPv4 address pool',
      'address range',
      'network prune',
    ],
    [
      'ERROR: failed to create cluster: failed to init node with kubeadm: command "docker exec --privileged a kubeadm init" failed\nThe HTTP call equal to \'curl -sSL http://127.0.0.1:10248/healthz\' returned error: kubelet is not healthy after 4m0s',
      'did not come up',
      'doctor',
    ],
  ])('%s', (output, what, next) => {
    const error = troubleIn(output, { doing: 'kind create cluster', log: '/home/me/kind.log' })
    expect(error.message.toLowerCase()).toContain(what.toLowerCase())
    expect(error.next).toContain(next)
    expect(error.next).toContain('/home/me/kind.log')
    expect(error.exitCode).toBe(3)
  })

  it('quotes what nobody has seen before, and names the whole output', () => {
    const error = troubleIn('Creating cluster ...\nERROR: failed to create cluster: a wholly new thing\n', {
      doing: 'kind create cluster',
      log: '/home/me/kind.log',
    })
    expect(error.message).toBe(
      'kind create cluster failed. It said: ERROR: failed to create cluster: a wholly new thing',
    )
    expect(error.next).toBe('Read what it said: /home/me/kind.log')
  })

  it('passes over the log of a kubeadm for its error', () => {
    const output =
      'ERROR: failed to create cluster: failed to init node with kubeadm: command "docker exec" failed\n\nCommand Output: I1123 16:11:24.851701      77 initconfiguration.go:260] loading configuration\nerror: error execution phase wait-control-plane: failed while waiting for the control plane to start\n'
    expect(tellingLine(output)).toContain('error execution phase wait-control-plane')
  })

  it('quotes the line that says most', () => {
    const output =
      'Deleted nodes: ["a"]\nERROR: failed to create cluster: command "docker run" failed with error: exit status 125\n\nCommand Output: docker: Error response from daemon: it is broken.\nSee \'docker run --help\'.\nStack Trace:'
    expect(tellingLine(output)).toBe('docker: Error response from daemon: it is broken.')
  })
})

describe("kind's own steps", () => {
  it.each([
    [
      ' • Ensuring node image (k8s-sec-lab.local/node:v1.34.3-47ff7e7a90bf) 🖼  ...',
      'Ensuring node image (k8s-sec-lab.local/node:v1.34.3-47ff7e7a90bf)',
      'running',
    ],
    [' ✓ Preparing nodes 📦 ', 'Preparing nodes', 'done'],
    [' ✗ Writing configuration 📜', 'Writing configuration', 'failed'],
    [' • Starting control-plane 🕹️  ...', 'Starting control-plane', 'running'],
    [' • Waiting ≤ 3m0s for control-plane = Ready ⏳  ...', 'Waiting ≤ 3m0s for control-plane = Ready', 'running'],
  ])('%s', (line, title, state) => {
    expect(stepIn(line)).toEqual({ title, state })
  })

  it('are not what is only a line', () => {
    expect(stepIn('Deleted nodes: ["a-control-plane"]')).toBeUndefined()
    expect(stepIn('')).toBeUndefined()
  })
})
