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

/** What is taken back of one step. Each is registered before its step acts, and harmless if the step never ran. */
public sealed interface CompensatingAction {

    /** Undos run in this order: first whatever could make new traces, then the traces. */
    int order();

    /** The undo as people read it in Temporal's UI and, if it fails, in the outcome. */
    String summary();

    /** What is taken back of one token. The ledger forgets the token only after all of it. */
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

    /** Ends whatever a reservation has left whose answer is not known. */
    record ReleaseToken(TokenReservation reservation) implements CompensatingAction {
        @Override
        public int order() {
            return 2;
        }

        @Override
        public String summary() {
            return "Revoke bootstrap token of an unanswered reservation";
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

    /** Deletes the Node that this join brought about, if it did: the join has not seen it. */
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

    /** Deletes the Node that this join brought about. */
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
     * Keeps the name from other machines while a certificate for it may live that the host has not wiped.
     *
     * @param start the command that hands the token to the host
     */
    record QuarantineName(NodeRef node, TokenRef token, String machineId, Assignment start)
            implements CompensatingAction {
        @Override
        public int order() {
            return 8;
        }

        @Override
        public String summary() {
            return "Look for certificates of token " + token.tokenId() + " that live on";
        }

        /** The hold that these certificates ask for, if the key of any of them may live. */
        Optional<NameQuarantine> quarantineFor(IssuedCertificates certificates, KubeletKeyState key) {
            return key.withoutWiped(certificates)
                    .lastNotAfter()
                    .map(until -> new NameQuarantine(
                            node, token.joinId(), key.mayLieElsewhere(certificates) ? null : machineId, until));
        }
    }

    /** A request that was made while the API server had not yet heard of the token's end. */
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
