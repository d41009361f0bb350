package io.nodejoin.workflows.compensation;

import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.HostFacts;
import io.nodejoin.workflows.csr.AllowedServingSans;
import io.nodejoin.workflows.csr.IssuedCertificates;
import io.nodejoin.workflows.node.NameQuarantine;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.token.TokenRef;
import io.nodejoin.workflows.token.TokenReservation;
import java.util.Optional;

/** The compensation of one step. It is registered before its step acts, and has no effect if the step never ran. */
public sealed interface CompensatingAction {

    /** Compensations run in this order: first those of whatever could create new objects, then those of the objects. */
    int order();

    /** The summary that Temporal's UI shows and that becomes the residue line after a failure. */
    String summary();

    /** A compensation that belongs to one token. The ledger entry of the token is deleted only after all of them. */
    sealed interface TokenAction extends CompensatingAction {
        TokenRef token();
    }

    record ResetHost() implements CompensatingAction {
        @Override
        public int order() {
            return 1;
        }

        @Override
        public String summary() {
            return "Reset the host";
        }
    }

    /** Cancels a reservation whose result is not known. */
    record ReleaseToken(TokenReservation reservation) implements CompensatingAction {
        @Override
        public int order() {
            return 2;
        }

        @Override
        public String summary() {
            return "Revoke bootstrap token of a reservation with unknown result";
        }
    }

    record RevokeToken(TokenRef token) implements TokenAction {
        @Override
        public int order() {
            return 2;
        }

        @Override
        public String summary() {
            return "Revoke bootstrap token " + token.tokenId();
        }
    }

    record RemoveSignature(TokenRef token) implements TokenAction {
        @Override
        public int order() {
            return 3;
        }

        @Override
        public String summary() {
            return "Remove signature of token " + token.tokenId() + " from cluster-info";
        }
    }

    record DenyPendingCsrs(TokenRef token) implements TokenAction {
        @Override
        public int order() {
            return 4;
        }

        @Override
        public String summary() {
            return "Deny undecided certificate requests of token " + token.tokenId();
        }
    }

    record DisallowServingSans(AllowedServingSans inventory) implements CompensatingAction {
        @Override
        public int order() {
            return 5;
        }

        @Override
        public String summary() {
            return "Withdraw node " + inventory.nodeName() + " from the serving inventory";
        }
    }

    /** Deletes the Node that this join created, if any; the join has not seen it. */
    record DeleteUnobservedNode(NodeRef node, TokenRef token, HostFacts facts) implements CompensatingAction {
        @Override
        public int order() {
            return 6;
        }

        @Override
        public String summary() {
            return "Remove node " + node.name();
        }
    }

    /** Deletes the Node that this join created. */
    record DeleteNode(NodeIdentity node) implements CompensatingAction {
        @Override
        public int order() {
            return 6;
        }

        @Override
        public String summary() {
            return "Remove node " + node.ref().name();
        }
    }

    /**
     * Quarantines the name for other machines while a certificate for it may be valid whose key the host has not
     * erased.
     *
     * @param start the command that transfers the token to the host
     */
    record QuarantineName(NodeRef node, TokenRef token, String machineId, Assignment start)
            implements CompensatingAction {
        @Override
        public int order() {
            return 8;
        }

        @Override
        public String summary() {
            return "Find valid certificates of token " + token.tokenId();
        }

        /** Returns the quarantine for these certificates, if the key of any of them may still exist. */
        Optional<NameQuarantine> quarantineFor(IssuedCertificates certificates, KubeletKeyState key) {
            return key.withoutWiped(certificates)
                    .lastNotAfter()
                    .map(until -> new NameQuarantine(
                            node, token.joinId(), key.mayLieElsewhere(certificates) ? null : machineId, until));
        }
    }

    /** Denies CSRs that were created before the API server had observed the deletion of the token. */
    record DenyLateCsrs(TokenRef token) implements TokenAction {
        @Override
        public int order() {
            return 7;
        }

        @Override
        public String summary() {
            return "Deny late certificate requests of token " + token.tokenId();
        }
    }
}
