package io.nodejoin.cli;

import io.nodejoin.protocol.MachineId;
import io.nodejoin.protocol.event.RequestedMachine;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options by which a join chooses a machine of its pool. */
final class MachineChoice {
    @Option(
            names = "--machine",
            paramLabel = "ID",
            converter = MachineIdConverter.class,
            description = "take this machine of the pool")
    private @Nullable MachineId id;

    @Option(
            names = "--machine-label",
            paramLabel = "KEY=VALUE",
            description = "take a machine that was offered with this label, repeatable")
    private Map<String, String> labels = Map.of();

    @Option(
            names = "--min-cpus",
            paramLabel = "N",
            converter = Cpus.class,
            description = "take a machine with at least this many CPUs")
    private @Nullable Integer minCpus;

    @Option(
            names = "--min-memory",
            paramLabel = "SIZE",
            converter = MemoryConverter.class,
            description = "take a machine with at least this memory, such as 64Gi")
    private @Nullable Long minMemoryBytes;

    /** The same range as in the schema of the request. */
    private static final class Cpus extends WholeNumberConverter {
        Cpus() {
            super(1, 65_536);
        }
    }

    boolean isMade() {
        return id != null || !labels.isEmpty() || minCpus != null || minMemoryBytes != null;
    }

    /** Returns the choice with what identifies the machine; null if any will do. */
    @Nullable RequestedMachine of(@Nullable String endorsementKey, @Nullable String systemUuid) {
        RequestedMachine wanted = new RequestedMachine(endorsementKey, systemUuid, id, labels, minCpus, minMemoryBytes);
        return wanted.equals(RequestedMachine.ANY) ? null : wanted;
    }
}
