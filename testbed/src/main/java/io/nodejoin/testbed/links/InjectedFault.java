package io.nodejoin.testbed.links;

import eu.rekawek.toxiproxy.model.Toxic;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** A link in its trouble. */
public final class InjectedFault {
    private final CustomToxics customToxics;
    private final NetworkFault fault;
    private final List<Toxic> toxics;
    private final long before;

    InjectedFault(CustomToxics customToxics, NetworkFault fault, List<Toxic> toxics, long before) {
        this.customToxics = customToxics;
        this.fault = fault;
        this.toxics = List.copyOf(toxics);
        this.before = before;
    }

    /** Returns the number of bytes that have reached the fault so far. */
    public long affectedBytes() {
        try {
            return customToxics.bytes(fault.affectedDirection()) - before;
        } catch (IOException e) {
            throw new UncheckedIOException("a link does not tell what it has met", e);
        }
    }

    /** Ends the fault, once; returns {@link #affectedBytes}. */
    public long heal() {
        long bytes = affectedBytes();
        try {
            for (Toxic toxic : toxics) {
                toxic.remove();
            }
            switch (fault) {
                case LATE_RESPONSES -> customToxics.delay(fault.affectedDirection(), Duration.ZERO);
                case HALF_OPEN -> customToxics.silenceBefore(Instant.now());
                case PARTITION, LOST_REQUESTS, LOST_RESPONSES, RESET -> {}
            }
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException("a link cannot be mended", e);
        }
    }
}
