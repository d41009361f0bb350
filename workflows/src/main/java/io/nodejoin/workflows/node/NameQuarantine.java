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
public record NameQuarantine(
        NodeRef node, JoinId joinId, @Nullable String machineId, Instant until) {

    /** The reason why this machine may not have the name, if there is one. */
    public Optional<Problem> problemFor(String otherMachineId) {
        return otherMachineId.equals(machineId)
                ? Optional.empty()
                : Optional.of(new Problem(ErrorCode.NODE_QUARANTINED, describe()));
    }

    /** Both holds in one: as long as the longer, for no machine that either keeps out. */
    public NameQuarantine mergeWith(NameQuarantine other) {
        NameQuarantine longer = until.isAfter(other.until) ? this : other;
        boolean sameMachine = machineId != null && machineId.equals(other.machineId);
        return new NameQuarantine(node, longer.joinId, sameMachine ? machineId : null, longer.until);
    }

    /** When any machine may have the name again, if none may have it now. */
    public @Nullable Instant blockedForAllUntil() {
        return machineId == null ? until : null;
    }

    /** The hold as what a join has left behind. */
    public String residueLine() {
        return "Name: " + describe();
    }

    /** The hold as people read it. */
    public String describe() {
        return "the node name " + node.name() + " is held back until " + until + ": a certificate that join " + joinId
                + " brought about may live on " + (machineId == null ? "anywhere" : "on machine " + machineId);
    }
}
