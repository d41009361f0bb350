package io.nodejoin.workflows.join;

import io.nodejoin.workflows.certificate.ServingInventory;
import io.nodejoin.workflows.node.NodeRef;
import io.nodejoin.workflows.token.TokenRef;
import io.nodejoin.workflows.token.TokenReservation;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What is taken back of one step. Each is registered before its step acts, and harmless if the step never ran. */
sealed interface Undo {

    /** Undos run in this order: first whatever could make new traces, then the traces. */
    int rank();

    /** The undo as people read it in Temporal's UI and, if it fails, in the outcome. */
    String what();

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

    /**
     * Ends the token and forgets its reservation.
     *
     * @param token absent while the answer to the reservation is not known
     */
    record RevokeToken(
            TokenReservation reservation, @Nullable TokenRef token) implements Undo {
        @Override
        public int rank() {
            return 2;
        }

        @Override
        public String what() {
            return "Revoke bootstrap token " + (token == null ? "of an unanswered reservation" : token.tokenId());
        }
    }

    record RemoveSignature(TokenRef token) implements Undo {
        @Override
        public int rank() {
            return 3;
        }

        @Override
        public String what() {
            return "Remove signature of token " + token.tokenId() + " from cluster-info";
        }
    }

    record DenyRequests(TokenRef token) implements Undo {
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

    /**
     * Deletes the Node that this join brought about.
     *
     * @param uid absent while this join has not seen the Node
     */
    record RemoveNode(
            NodeRef node, Instant createdAfter, @Nullable String uid) implements Undo {
        RemoveNode found(String nodeUid) {
            return new RemoveNode(node, createdAfter, nodeUid);
        }

        @Override
        public int rank() {
            return 6;
        }

        @Override
        public String what() {
            return "Remove node " + node.node();
        }
    }

    /** A request that was made while the API server had not yet heard of the token's end. */
    record DenyLateRequests(TokenRef token) implements Undo {
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
