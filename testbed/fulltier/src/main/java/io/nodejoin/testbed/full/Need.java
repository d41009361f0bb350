package io.nodejoin.testbed.full;

import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.config.BedMode;
import io.nodejoin.testbed.process.Command;
import io.nodejoin.testbed.process.CommandResult;
import java.io.UncheckedIOException;
import java.util.Optional;

/** What a machine must have for a part. */
enum Need {
    /** A bed without hosts. */
    LOCAL_BED,
    /** A bed with booted hosts, which needs root. */
    BOOTED_HOSTS,
    H2LOAD,
    KCAT,
    PYTHON_VENV;

    /** Why this machine does not have it, and what would help. */
    Optional<String> missing() {
        return switch (this) {
            case LOCAL_BED -> TestBed.unavailableReason(BedMode.LOCAL);
            case BOOTED_HOSTS -> TestBed.unavailableReason(BedMode.NAMESPACES);
            case H2LOAD -> program("nghttp2-client", "h2load", "--version");
            case KCAT ->
                program("kcat", "kcat", "-V")
                        .or(() -> program("jq", "jq", "--version"))
                        .or(() -> program("jose", "jose", "alg"));
            case PYTHON_VENV -> program("python3-venv", "python3", "-m", "ensurepip", "--version");
        };
    }

    private static Optional<String> program(String debianPackage, String... call) {
        try {
            Command.of(call).run().orFail();
            return Optional.empty();
        } catch (UncheckedIOException | CommandResult.CommandFailedException _) {
            return Optional.of(
                    "'" + String.join(" ", call) + "' fails: run 'apt-get install " + debianPackage + "' as root");
        }
    }
}
