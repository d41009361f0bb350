package io.nodejoin.cli;

import picocli.CommandLine.Command;

/** {@code nodejoin cluster}: groups the commands that act on a cluster. */
@Command(name = "cluster", description = "Prepares clusters.", synopsisSubcommandLabel = "COMMAND")
public final class ClusterCommand {}
