package io.nodejoin.agent.gateway;

import io.nodejoin.protocol.agent.EarlyPreparation;
import java.util.Optional;

/** Prepares the host before it enrolls. */
@FunctionalInterface
public interface HostPreparer {
    /** Returns how the host is prepared; empty if its join prepares it. A second call does nothing anew. */
    Optional<EarlyPreparation> prepare() throws InterruptedException;
}
