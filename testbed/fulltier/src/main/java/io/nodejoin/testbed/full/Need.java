package io.nodejoin.testbed.full;

import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.config.BedMode;
import io.nodejoin.testbed.process.Command;
import java.io.UncheckedIOException;
import java.util.Optional;

/** What a machine must have for a part. */
enum Need {
    /** A bed without hosts. */
    LOCAL_BED,
    /** A bed with booted hosts, which needs root. */
    BOOTED_HOSTS,
    H2LOAD;

    /** Why this machine does not have it, and what would help. */
    Optional<String> missing() {
        return switch (this) {
            case LOCAL_BED -> TestBed.unavailableReason(BedMode.LOCAL);
            case BOOTED_HOSTS -> TestBed.unavailableReason(BedMode.NAMESPACES);
            case H2LOAD -> h2load();
        };
    }

    private static Optional<String> h2load() {
        try {
            Command.of("h2load", "--version").run().orFail();
            return Optional.empty();
        } catch (UncheckedIOException _) {
            return Optional.of("h2load is missing: run 'apt-get install nghttp2-client' as root");
        }
    }
}
