package io.nodejoin.testbed.cli;

import picocli.CommandLine.Command;

@Command(
        name = "host",
        description = "Hosts: machines with their own systemd, container runtime and network.",
        subcommands = {HostAddCommand.class, HostRemoveCommand.class, HostShellCommand.class})
final class HostCommands {}
