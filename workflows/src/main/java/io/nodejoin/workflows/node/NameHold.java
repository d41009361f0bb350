package io.nodejoin.workflows.node;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Problem;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A node name that is held back because a certificate for it may live on: Kubernetes cannot revoke one.
 *
 * @param joinId the join that brought the certificate about
 * @param machineId of the machine that may have the name again, because the certificate's key lies there if anywhere;
 *     absent if the key may lie elsewhere
 * @param until the end of the certificate's life
 */
public record NameHold(
        NodeRef node, JoinId joinId, @Nullable String machineId, Instant until) {

    /** The reason why this machine may not have the name, if there is one. */
    public Optional<Problem> against(String machine) {
        return machine.equals(machineId)
                ? Optional.empty()
                : Optional.of(new Problem(ErrorCode.NODE_QUARANTINED, text()));
    }

    /** Both holds in one: as long as the longer, for no machine that either keeps out. */
    public NameHold and(NameHold other) {
        NameHold longer = until.isAfter(other.until) ? this : other;
        boolean sameMachine = machineId != null && machineId.equals(other.machineId);
        return new NameHold(node, longer.joinId, sameMachine ? machineId : null, longer.until);
    }

    /** When any machine may have the name again, if none may have it now. */
    public @Nullable Instant lostUntil() {
        return machineId == null ? until : null;
    }

    /** The hold as what a join has left behind. */
    public String residue() {
        return "Name: " + text();
    }

    /** The hold as people read it. */
    public String text() {
        return "the node name " + node.node() + " is held back until " + until + ": a certificate that join " + joinId
                + " brought about may live on " + (machineId == null ? "anywhere" : "on machine " + machineId);
    }
}
