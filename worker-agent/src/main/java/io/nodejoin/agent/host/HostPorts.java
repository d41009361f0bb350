package io.nodejoin.agent.host;

import java.time.Clock;

/** The ports of the agent to its host. A simulated host has implementations of its own. */
public record HostPorts(CommandRunner commands, HostFiles files, Systemd systemd, HostNetwork network, Clock clock) {}
