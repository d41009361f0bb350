package io.nodejoin.service.worker;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Temporal's namespace as joins need it. It may be deleted, and made anew under its name, at any time: each one that is seen
 * for the first time is prepared.
 */
final class JoinNamespace {
    private final String name;
    private final Supplier<String> lookup;
    private final Runnable preparation;
    private @Nullable String prepared;

    /**
     * @param lookup the id of the namespace that has the name now, by Temporal
     * @param preparation of the one that has it; repeatable
     */
    JoinNamespace(String name, Supplier<String> lookup, Runnable preparation) {
        this.name = name;
        this.lookup = lookup;
        this.preparation = preparation;
    }

    /** The id of the one that was there when there was no obstacle last. */
    String id() {
        return Objects.requireNonNull(prepared);
    }

    /** Why joins cannot run in it now, or null if they can. Asks the server. */
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
                    ? "Temporal has no namespace " + name + " (make it, and joins go on)"
                    : "Temporal does not answer: " + e.getStatus().getCode();
        }
    }
}
