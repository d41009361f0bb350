package io.nodejoin.cli;

import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.PhaseTime;
import java.util.List;

/** Counts the attempts of a join by its phases: what follows a compensation is the next one. */
final class Attempts {
    private Attempts() {}

    static int count(List<PhaseTime> phases) {
        int attempts = 1;
        for (int i = 1; i < phases.size(); i++) {
            boolean undone = phases.get(i - 1).phase() == Phase.Compensating;
            if (undone && !phases.get(i).phase().terminal()) {
                attempts++;
            }
        }
        return attempts;
    }
}
