package io.nodejoin.service.worker;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The Temporal namespace of the workflows. It may be deleted, and recreated under its name, at any time; each new one
 * is prepared when it is first seen.
 */
final class JoinNamespace {
    private final String name;
    private final Supplier<String> lookup;
    private final Runnable preparation;
    private @Nullable String prepared;

    /**
     * @param lookup returns the id of the current namespace of the name, from Temporal
     * @param preparation prepares the current namespace; idempotent
     */
    JoinNamespace(String name, Supplier<String> lookup, Runnable preparation) {
        this.name = name;
        this.lookup = lookup;
        this.preparation = preparation;
    }

    /** Returns the id of the namespace at the last successful check. */
    String id() {
        return Objects.requireNonNull(prepared);
    }

    /** Returns why joins cannot run in it, or null if they can. Calls the server. */
    @Nullable String notReadyReason() {
        try {
            String current = lookup.get();
            if (!current.equals(prepared)) {
                preparation.run();
                prepared = current;
            }
            return null;
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode() == Status.Code.NOT_FOUND
                    ? "Temporal has no namespace " + name + " (create it, and joins continue)"
                    : "Temporal does not respond: " + e.getStatus().getCode();
        }
    }
}
