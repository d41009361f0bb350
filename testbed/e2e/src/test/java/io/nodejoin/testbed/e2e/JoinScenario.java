package io.nodejoin.testbed.e2e;

import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.JoinCancelled;
import io.nodejoin.protocol.event.JoinFailed;
import io.nodejoin.protocol.event.JoinRejected;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.protocol.event.LifecycleEvent.Outcome;
import java.util.List;
import java.util.Random;

/**
 * How one join is to go.
 *
 * @param phase where a cancelled one is cancelled
 * @param delayMillis how long after its token a stolen one is stolen, or how long one with a deadline may take
 */
record JoinScenario(Ending ending, Phase phase, int delayMillis) {
    private static final List<Phase> PHASES = List.of(
            Phase.AgentConnected, Phase.HostPrepared, Phase.TokenIssued, Phase.CertificateIssued, Phase.KubeletStarted);
    private static final List<Ending> ENDS = List.of(
            Ending.KUBELET_CANNOT_START,
            Ending.KUBELET_MISSING,
            Ending.CANCELLED,
            Ending.CANCELLED,
            Ending.TIMES_OUT,
            Ending.TOKEN_STOLEN);
    private static final int MAX_DELAY_MILLIS = 8000;

    /** What becomes of a join. */
    enum Ending {
        SUCCEEDS,
        KUBELET_CANNOT_START,
        KUBELET_MISSING,
        CANCELLED,
        /** Never meets its ready gate; where the machine is slow it may be too late before it begins. */
        TIMES_OUT,
        /** Somebody else uses its token too; the join ends well only if the thief came too late. */
        TOKEN_STOLEN;

        /** Whether a join of this fate may end so; only a join that comes too late may be refused. */
        boolean allows(Outcome outcome) {
            return switch (this) {
                case SUCCEEDS -> outcome instanceof JoinSucceeded;
                case KUBELET_CANNOT_START, KUBELET_MISSING -> outcome instanceof JoinFailed;
                case CANCELLED -> outcome instanceof JoinCancelled;
                case TIMES_OUT -> outcome instanceof JoinFailed || outcome instanceof JoinRejected;
                case TOKEN_STOLEN -> outcome instanceof JoinSucceeded || outcome instanceof JoinFailed;
            };
        }
    }

    static JoinScenario undisturbed() {
        return new JoinScenario(Ending.SUCCEEDS, Phase.Joined, 0);
    }

    /** One of two fails. */
    static JoinScenario random(Random random) {
        if (random.nextBoolean()) {
            return undisturbed();
        }
        return new JoinScenario(
                ENDS.get(random.nextInt(ENDS.size())),
                PHASES.get(random.nextInt(PHASES.size())),
                random.nextInt(MAX_DELAY_MILLIS));
    }
}
