package io.nodejoin.workflows.cleanup;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.workflows.csr.JoinCertificates;
import io.nodejoin.workflows.node.NodeIdentity;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether a request has left anything that nobody takes back. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "state")
@JsonSubTypes({
    @JsonSubTypes.Type(name = "InCharge", value = OrphanState.InCharge.class),
    @JsonSubTypes.Type(name = "Orphaned", value = OrphanState.Orphaned.class)
})
public sealed interface OrphanState {

    /** Its workflow runs, or may run; or nothing is left. */
    record InCharge(String why) implements OrphanState {}

    /**
     * Its workflow has ended.
     *
     * @param how how it ended, for people
     * @param endedAt when it ended, by Temporal's clock; null if unknown
     * @param tokens the tokens that the ledger has for it, that of the last attempt first
     * @param machineId the machine that they are for; null if unknown
     * @param kubeletKeyDigest the key that the host has created for its kubelet; null if it has not, or if unknown
     * @param certificates those whose keys may be with somebody who is not to use them; null if there are none
     * @param host what is to be done with the host
     * @param node the Node that the join has created and that is to be deleted; null if there is none
     * @param cordonedNode the Node whose cordon is to be lifted if it is the leave's; null if there is none
     * @param remains a line for what has to stay
     * @param owed the outcomes that are still to be published: its own, and those of requests that waited for its end
     * @param isPublished whether its outcome is published, and still recorded as owed
     * @param machine the machine of a pool that the join has had without making it a node; null if it has had none
     */
    record Orphaned(
            String how,
            @Nullable Instant endedAt,
            List<TokenId> tokens,
            @Nullable String machineId,
            @Nullable String kubeletKeyDigest,
            @Nullable JoinCertificates certificates,
            HostReset host,
            @Nullable NodeIdentity node,
            @Nullable NodeIdentity cordonedNode,
            List<String> remains,
            List<OwedOutcome> owed,
            boolean isPublished,
            @Nullable OrphanedMachine machine)
            implements OrphanState {
        public Orphaned {
            tokens = List.copyOf(tokens);
            remains = List.copyOf(remains);
            owed = List.copyOf(owed);
        }
    }

    /**
     * The machine goes back to its pool.
     *
     * @param residue a line for what may be on it, beside what its reset leaves
     */
    record OrphanedMachine(PoolName pool, List<String> residue) {
        public OrphanedMachine {
            residue = List.copyOf(residue);
        }
    }

    /** Whether the host is to be reset. */
    enum HostReset {
        /** It may have been prepared. */
        NEEDED,
        /** Nothing was done to it, or its own run has reset it, or its request has succeeded. */
        NOT_NEEDED
    }
}
