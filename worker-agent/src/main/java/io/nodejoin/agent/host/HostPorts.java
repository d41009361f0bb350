package io.nodejoin.agent.host;

import java.time.Clock;

/** All that the agent touches of its host. A simulated host brings its own parts. */
public record HostPorts(CommandRunner commands, HostFiles files, Systemd systemd, HostNetwork network, Clock clock) {}
