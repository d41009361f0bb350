package io.nodejoin.service.intake;

import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.event.LifecycleEvent;
import java.util.Optional;

/** Tells pools which machines they have. An exception means that the result is unknown; the caller retries. */
public interface MachineOffers {

    /** Returns why the pool refuses the offer; empty if it was told. A withdrawal is never refused. Idempotent. */
    Optional<Problem> tell(LifecycleEvent.MachineRequest request);
}
