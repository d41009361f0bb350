package io.nodejoin.testbed.e2e;

import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.join.JoinCancelled;
import io.nodejoin.protocol.join.JoinEvent.Outcome;
import io.nodejoin.protocol.join.JoinFailed;
import io.nodejoin.protocol.join.JoinRejected;
import io.nodejoin.protocol.join.JoinSucceeded;
import java.util.List;
import java.util.Random;

/**
 * How one join is to go.
 *
 * @param phase where a cancelled one is cancelled
 * @param delayMillis how long after its token a stolen one is stolen, or how long one with a deadline may take
 */
record Course(Fate fate, Phase phase, int delayMillis) {
    private static final List<Phase> PHASES = List.of(
            Phase.AgentConnected, Phase.HostPrepared, Phase.TokenIssued, Phase.KubeletStarted, Phase.CertificateIssued);
    private static final List<Fate> ENDS = List.of(
            Fate.KUBELET_CANNOT_START, Fate.KUBELET_MISSING, Fate.CANCELLED, Fate.CANCELLED, Fate.LATE, Fate.STOLEN);
    private static final int LONGEST_MILLIS = 8000;

    /** What becomes of a join. */
    enum Fate {
        JOINS,
        KUBELET_CANNOT_START,
        KUBELET_MISSING,
        CANCELLED,
        /** Never meets its ready gate; where the machine is slow it may be too late before it begins. */
        LATE,
        /** Somebody else uses its token too; the join ends well only if the thief came too late. */
        STOLEN;

        /** Whether a join of this fate may end so; only a join that comes too late may be refused. */
        boolean allows(Outcome outcome) {
            return switch (this) {
                case JOINS -> outcome instanceof JoinSucceeded;
                case KUBELET_CANNOT_START, KUBELET_MISSING -> outcome instanceof JoinFailed;
                case CANCELLED -> outcome instanceof JoinCancelled;
                case LATE -> outcome instanceof JoinFailed || outcome instanceof JoinRejected;
                case STOLEN -> outcome instanceof JoinSucceeded || outcome instanceof JoinFailed;
            };
        }
    }

    static Course undisturbed() {
        return new Course(Fate.JOINS, Phase.Joined, 0);
    }

    /** One of two fails. */
    static Course random(Random random) {
        if (random.nextBoolean()) {
            return undisturbed();
        }
        return new Course(
                ENDS.get(random.nextInt(ENDS.size())),
                PHASES.get(random.nextInt(PHASES.size())),
                random.nextInt(LONGEST_MILLIS));
    }
}
