package io.nodejoin.service.worker;

import io.grpc.StatusRuntimeException;
import io.nodejoin.client.temporal.TemporalEndpoint;
import io.nodejoin.client.temporal.TemporalFault;
import io.nodejoin.protocol.Problem;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The Temporal namespace of the workflows. It may be deleted, and recreated under its name, at any time; each new one
 * is prepared when it is first seen.
 */
final class JoinNamespace {
    private final TemporalEndpoint endpoint;
    private final Supplier<String> lookup;
    private final Supplier<Optional<Problem>> preparation;
    private @Nullable String prepared;

    /**
     * @param lookup returns the id of the current namespace of the name, from Temporal
     * @param preparation prepares the current namespace, or says why joins cannot run in it; idempotent
     */
    JoinNamespace(TemporalEndpoint endpoint, Supplier<String> lookup, Supplier<Optional<Problem>> preparation) {
        this.endpoint = endpoint;
        this.lookup = lookup;
        this.preparation = preparation;
    }

    /** Returns the id of the namespace at the last successful check. */
    String id() {
        return Objects.requireNonNull(prepared);
    }

    /** Returns why joins cannot run in it; empty if they can. Calls the server. */
    Optional<Problem> problem() {
        try {
            String current = lookup.get();
            if (current.equals(prepared)) {
                return Optional.empty();
            }
            Optional<Problem> unprepared = preparation.get();
            if (unprepared.isEmpty()) {
                prepared = current;
            }
            return unprepared;
        } catch (StatusRuntimeException e) {
            return Optional.of(TemporalFault.describe(e, endpoint));
        }
    }
}
