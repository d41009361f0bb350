package io.nodejoin.workflows.compensation;

import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.HostFacts;
import io.nodejoin.workflows.csr.AllowedServingSans;
import io.nodejoin.workflows.csr.IssuedCertificates;
import io.nodejoin.workflows.csr.JoinCertificates;
import io.nodejoin.workflows.node.CreatedNodeRef;
import io.nodejoin.workflows.node.NameQuarantine;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.token.TokenRef;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The compensation of one step. It is registered before its step acts, and has no effect if the step never ran. */
public sealed interface CompensatingAction {

    /** Compensations run in this order: first those of whatever could create new objects, then those of the objects. */
    default int order() {
        return switch (this) {
            case ResetHost _ -> 1;
            case RevokeToken _ -> 2;
            case RemoveSignature _ -> 3;
            case DenyPendingCsrs _ -> 4;
            case DisallowServingSans _ -> 5;
            case DeleteCreatedNode _ -> 6;
            case DeleteUnobservedNode _, DeleteNode _ -> 7;
            case DenyLateCsrs _ -> 8;
            case QuarantineName _ -> 9;
        };
    }

    /** The summary that Temporal's UI shows and that becomes the residue line after a failure. */
    default String summary() {
        return switch (this) {
            case ResetHost _ -> "Reset the host";
            case RevokeToken(TokenRef token) -> "Revoke bootstrap token " + token.tokenId();
            case RemoveSignature(TokenRef token) ->
                "Remove signature of token " + token.tokenId() + " from cluster-info";
            case DenyPendingCsrs(TokenRef token) -> "Deny undecided certificate requests of token " + token.tokenId();
            case DisallowServingSans(AllowedServingSans sans) -> "Disallow serving SANs of node " + sans.nodeName();
            case DeleteCreatedNode created ->
                "Delete created node " + created.ref().node().name();
            case DeleteUnobservedNode unobserved ->
                "Delete node " + unobserved.node().name();
            case DeleteNode(NodeIdentity node) -> "Delete node " + node.ref().name();
            case DenyLateCsrs(TokenRef token) -> "Deny late certificate requests of token " + token.tokenId();
            case QuarantineName quarantine ->
                switch (quarantine.certificates()) {
                    case JoinCertificates.OfToken(TokenRef token) ->
                        "Find valid certificates of token " + token.tokenId();
                    case JoinCertificates.OfJoin join -> "Find valid certificates of join " + join.joinId();
                };
        };
    }

    /** A compensation that belongs to one token. The ledger entry of the token is deleted only after all of them. */
    sealed interface TokenAction extends CompensatingAction {
        TokenRef token();
    }

    record ResetHost() implements CompensatingAction {}

    record RevokeToken(TokenRef token) implements TokenAction {}

    record RemoveSignature(TokenRef token) implements TokenAction {}

    record DenyPendingCsrs(TokenRef token) implements TokenAction {}

    record DisallowServingSans(AllowedServingSans inventory) implements CompensatingAction {}

    /**
     * Deletes the Node that this join created before its kubelet's start.
     *
     * @param uid its UID; absent until the creation is answered
     */
    record DeleteCreatedNode(CreatedNodeRef ref, @Nullable String uid) implements CompensatingAction {}

    /** Deletes the Node that this join's kubelet created, if any; the join has not seen it. */
    record DeleteUnobservedNode(NodeRef node, TokenRef token, HostFacts facts) implements CompensatingAction {}

    /** Deletes the Node that this join's kubelet registered. */
    record DeleteNode(NodeIdentity node) implements CompensatingAction {}

    /**
     * Quarantines the name for other machines while a certificate for it may be valid whose key the host has not
     * erased.
     *
     * @param kubeletKeyDigest the key that the host has created for its kubelet; absent if the kubelet creates it
     * @param machineId the machine of the host; null if unknown
     * @param start the command that transfers the token to the host; null if unknown
     */
    record QuarantineName(
            NodeRef node,
            JoinCertificates certificates,
            @Nullable String machineId,
            @Nullable String kubeletKeyDigest,
            @Nullable Assignment start)
            implements CompensatingAction {
        private boolean mayLieElsewhere(IssuedCertificates issued, KubeletKeyState key) {
            return switch (certificates) {
                case JoinCertificates.OfToken _ -> key.mayLieElsewhere(issued);
                case JoinCertificates.OfJoin _ -> issued.otherKeyRequested();
            };
        }

        /** Returns the quarantine for these certificates, if the key of any of them may still exist. */
        Optional<NameQuarantine> quarantineFor(IssuedCertificates issued, KubeletKeyState key) {
            return key.withoutWiped(issued)
                    .lastNotAfter()
                    .map(until -> new NameQuarantine(
                            node, certificates.joinId(), mayLieElsewhere(issued, key) ? null : machineId, until));
        }
    }

    /** Denies CSRs that were created before the API server had observed the deletion of the token. */
    record DenyLateCsrs(TokenRef token) implements TokenAction {}
}
