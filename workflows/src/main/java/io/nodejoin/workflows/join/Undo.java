package io.nodejoin.workflows.join;

import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.HostFacts;
import io.nodejoin.workflows.certificate.IssuedCertificates;
import io.nodejoin.workflows.certificate.ServingInventory;
import io.nodejoin.workflows.node.NameHold;
import io.nodejoin.workflows.node.NodeIdentity;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.token.TokenRef;
import io.nodejoin.workflows.token.TokenReservation;
import java.util.Optional;

/** What is taken back of one step. Each is registered before its step acts, and harmless if the step never ran. */
sealed interface Undo {

    /** Undos run in this order: first whatever could make new traces, then the traces. */
    int rank();

    /** The undo as people read it in Temporal's UI and, if it fails, in the outcome. */
    String what();

    /** What is taken back of one token. The ledger forgets the token only after all of it. */
    sealed interface OfToken extends Undo {
        TokenRef token();
    }

    record ResetHost() implements Undo {
        @Override
        public int rank() {
            return 1;
        }

        @Override
        public String what() {
            return "Reset the host";
        }
    }

    /** Ends whatever a reservation has left whose answer is not known. */
    record ReleaseToken(TokenReservation reservation) implements Undo {
        @Override
        public int rank() {
            return 2;
        }

        @Override
        public String what() {
            return "Revoke bootstrap token of an unanswered reservation";
        }
    }

    record RevokeToken(TokenRef token) implements OfToken {
        @Override
        public int rank() {
            return 2;
        }

        @Override
        public String what() {
            return "Revoke bootstrap token " + token.tokenId();
        }
    }

    record RemoveSignature(TokenRef token) implements OfToken {
        @Override
        public int rank() {
            return 3;
        }

        @Override
        public String what() {
            return "Remove signature of token " + token.tokenId() + " from cluster-info";
        }
    }

    record DenyRequests(TokenRef token) implements OfToken {
        @Override
        public int rank() {
            return 4;
        }

        @Override
        public String what() {
            return "Deny undecided certificate requests of token " + token.tokenId();
        }
    }

    record WithdrawServing(ServingInventory inventory) implements Undo {
        @Override
        public int rank() {
            return 5;
        }

        @Override
        public String what() {
            return "Withdraw node " + inventory.name() + " from the serving inventory";
        }
    }

    /** Deletes the Node that this join brought about, if it did: the join has not seen it. */
    record RemoveUnseenNode(NodeRef node, TokenRef token, HostFacts facts) implements Undo {
        @Override
        public int rank() {
            return 6;
        }

        @Override
        public String what() {
            return "Remove node " + node.node();
        }
    }

    /** Deletes the Node that this join brought about. */
    record RemoveNode(NodeIdentity node) implements Undo {
        @Override
        public int rank() {
            return 6;
        }

        @Override
        public String what() {
            return "Remove node " + node.node().node();
        }
    }

    /**
     * Keeps the name from other machines while a certificate for it may live that the host has not wiped.
     *
     * @param start the command that hands the token to the host
     */
    record HoldName(NodeRef node, TokenRef token, String machineId, Assignment start) implements Undo {
        @Override
        public int rank() {
            return 8;
        }

        @Override
        public String what() {
            return "Look for certificates of token " + token.tokenId() + " that live on";
        }

        /** The hold that these certificates ask for, if the key of any of them may live. */
        Optional<NameHold> against(IssuedCertificates certificates, HostKey key) {
            return key.unaccounted(certificates)
                    .lastEnd()
                    .map(until ->
                            new NameHold(node, token.joinId(), key.elsewhere(certificates) ? null : machineId, until));
        }
    }

    /** A request that was made while the API server had not yet heard of the token's end. */
    record DenyLateRequests(TokenRef token) implements OfToken {
        @Override
        public int rank() {
            return 7;
        }

        @Override
        public String what() {
            return "Deny late certificate requests of token " + token.tokenId();
        }
    }
}
