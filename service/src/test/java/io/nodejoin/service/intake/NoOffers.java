package io.nodejoin.service.intake;

import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.event.LifecycleEvent;
import java.util.Optional;

/** Pools that no test asks. */
final class NoOffers implements MachineOffers {
    @Override
    public Optional<Problem> tell(LifecycleEvent.MachineRequest request) {
        throw new AssertionError("offered " + request);
    }
}
