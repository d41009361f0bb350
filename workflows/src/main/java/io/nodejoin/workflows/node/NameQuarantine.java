package io.nodejoin.workflows.node;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Problem;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The quarantine of a node name: a certificate for it may still be valid, and Kubernetes cannot revoke one.
 *
 * @param joinId the join that caused the certificate to be issued
 * @param machineId the machine that may use the name, because the certificate's key is on that machine or nowhere;
 *     absent if the key may be on another machine
 * @param until when the certificate expires
 */
public record NameQuarantine(
        NodeRef node, JoinId joinId, @Nullable String machineId, Instant until) {

    /** Returns the problem of this machine with the name, if the quarantine excludes it. */
    public Optional<Problem> problemFor(String otherMachineId) {
        return otherMachineId.equals(machineId)
                ? Optional.empty()
                : Optional.of(new Problem(ErrorCode.NODE_QUARANTINED, describe()));
    }

    /** Merges two quarantines: lasts as long as the longer one, and excludes every machine that either excludes. */
    public NameQuarantine mergeWith(NameQuarantine other) {
        NameQuarantine longer = until.isAfter(other.until) ? this : other;
        boolean sameMachine = machineId != null && machineId.equals(other.machineId);
        return new NameQuarantine(node, longer.joinId, sameMachine ? machineId : null, longer.until);
    }

    /** Returns when the quarantine ends, if it excludes every machine. */
    public @Nullable Instant blockedForAllUntil() {
        return machineId == null ? until : null;
    }

    /** Returns the quarantine as a line of a join's residue. */
    public String residueLine() {
        return "Name: " + describe();
    }

    /** Returns the quarantine as a sentence for people. */
    public String describe() {
        return "node name " + node.name() + " is quarantined until " + until + ": a certificate issued for join "
                + joinId + " may be in use " + (machineId == null ? "on any machine" : "on machine " + machineId);
    }
}
