/** Which TCP ports of a node's address take a connection: they are tried one by one, on the node itself. */
import { UserError } from '../core/errors.ts'
import type { NodeProbe } from '../core/ports.ts'

/** A check may take twenty seconds; a machine under load needs most of them. */
const TIME_MS = 17_000

/**
 * Non-blocking connects in batches, about three seconds for all 65535. In Perl, because every Debian has it and bash can
 * neither stop waiting for a port that never answers nor see that a connection found only itself: the kernel may pick
 * the tried port as the source port of the very same connection.
 * A connection to the node's own address passes the same address translation as one from outside, so that NodePorts
 * and hostPorts, where nothing listens, are seen.
 */
const SCAN = String.raw`
use strict; use warnings;
use Socket qw(:DEFAULT SOCK_NONBLOCK inet_pton getaddrinfo);
my ($error, $info) = getaddrinfo($ARGV[0], 1, { flags => Socket::AI_NUMERICHOST(), socktype => SOCK_STREAM });
die "no address: $error\n" if $error;
my $v6 = $info->{family} != PF_INET;
my $ip = $v6 ? (Socket::unpack_sockaddr_in6($info->{addr}))[1] : (unpack_sockaddr_in($info->{addr}))[1];
my @ports = @ARGV > 1 ? @ARGV[1 .. $#ARGV] : (1 .. 65535);
while (@ports) {
  my %waiting; my $bits = '';
  for (1 .. 800) {
    last unless @ports;
    my $port = shift @ports;
    socket(my $socket, $info->{family}, SOCK_STREAM | SOCK_NONBLOCK, 0) or die "socket: $!\n";
    my $target = $v6 ? Socket::pack_sockaddr_in6($port, $ip) : pack_sockaddr_in($port, $ip);
    if (connect($socket, $target) || $!{EINPROGRESS}) { vec($bits, fileno($socket), 1) = 1; $waiting{fileno $socket} = [$socket, $port] }
  }
  while (%waiting) {
    my $ready = $bits;
    last unless select(undef, $ready, undef, 1) > 0;
    for my $fd (keys %waiting) {
      next unless vec($ready, $fd, 1);
      vec($bits, $fd, 1) = 0;
      my ($socket, $tried) = @{ delete $waiting{$fd} };
      next if unpack('i', getsockopt($socket, SOL_SOCKET, SO_ERROR));
      my $far = getpeername($socket);
      print "$tried\n" if defined $far && $far ne getsockname($socket);
    }
  }
}
print "done\n";
`

type Scan = {
  readonly nodes: NodeProbe
  readonly node: { readonly name: string; readonly address: string }
  /** The ports to try; all 65535 when left out. */
  readonly tried?: readonly number[] | undefined
  readonly signal: AbortSignal
}

/** Tries TCP ports of the node's address. Answers the open ones, ascending. */
export const scanPorts = async ({ nodes, node, tried = [], signal }: Scan): Promise<readonly number[]> => {
  const argv = ['perl', '-', node.address, ...tried.map(String)]
  const result = await nodes.exec(node.name, argv, { stdin: SCAN, timeoutMs: TIME_MS, signal })
  const lines = result.stdout.split('\n').filter((line) => line !== '')
  // Without its last word the scan did not get to the end, and what it has not tried could be open.
  if (lines.at(-1) !== 'done') {
    const why = result.code === 124 ? `it took more than ${TIME_MS / 1000} seconds` : result.stderr.trim()
    throw new UserError({
      what: `The scan of ${node.name} (${node.address}) did not come to its end: ${why}`,
      next: 'See what listens there with `k8s-sec-lab node -- ss -tlnp`.',
      exitCode: 3,
    })
  }
  return lines
    .slice(0, -1)
    .map(Number)
    .sort((a, b) => a - b)
}
