package io.nodejoin.workflows.join;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.agent.HostFacts;
import io.nodejoin.workflows.clusterinfo.DiscoveryInfo;
import io.nodejoin.workflows.compensation.CompensationResult;
import io.nodejoin.workflows.csr.CertificateResult;
import io.nodejoin.workflows.lifecycle.JoinResult;
import io.nodejoin.workflows.node.NodeState;
import io.nodejoin.workflows.token.SealedToken;
import io.nodejoin.workflows.token.TokenRef;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where one join stands, and what is known by then. Each method is a legal move; a move without a method cannot happen. */
sealed interface JoinState {

    Phase phase();

    /** What has to happen next, as the end of the sentence "the join waits for". */
    String waitingFor();

    /** May have left traces on host or cluster: the only way to an end other than Joined leads through Compensating. */
    sealed interface Active extends JoinState {
        default Compensating compensating(Problem why) {
            return new Compensating(this, why);
        }
    }

    /** Nothing more will happen. */
    sealed interface Ended extends JoinState {
        @Override
        default String waitingFor() {
            return "nothing";
        }

        JoinResult result();
    }

    record Requested() implements Active {
        AgentConnected agentConnected(String publicKey) {
            return new AgentConnected(publicKey);
        }

        Joined alreadyJoined(String nodeUid) {
            return new Joined(nodeUid, true);
        }

        @Override
        public Phase phase() {
            return Phase.Requested;
        }

        @Override
        public String waitingFor() {
            return "the worker-agent to enroll and connect";
        }
    }

    /**
     * The agent is enrolled, and a gateway replica holds its connection.
     *
     * @param publicKey base64 of the DER SubjectPublicKeyInfo of the agent's key
     */
    record AgentConnected(String publicKey) implements Active {
        HostPrepared hostPrepared(DiscoveryInfo discovery, HostFacts facts) {
            return new HostPrepared(publicKey, discovery, facts);
        }

        @Override
        public Phase phase() {
            return Phase.AgentConnected;
        }

        @Override
        public String waitingFor() {
            return "the host to be checked and prepared";
        }
    }

    record HostPrepared(String publicKey, DiscoveryInfo discovery, HostFacts facts) implements Active {
        TokenIssued tokenIssued(TokenRef token, SealedToken sealed, Instant issuedAt) {
            return new TokenIssued(discovery, facts, token, sealed, issuedAt);
        }

        @Override
        public Phase phase() {
            return Phase.HostPrepared;
        }

        @Override
        public String waitingFor() {
            return "the bootstrap token";
        }
    }

    /** The token is made; it was asked for at {@code issuedAt}, by the workflow's clock. */
    record TokenIssued(DiscoveryInfo discovery, HostFacts facts, TokenRef token, SealedToken sealed, Instant issuedAt)
            implements Active {
        KubeletStarted kubeletStarted() {
            return new KubeletStarted(facts, token, sealed.createdAt());
        }

        @Override
        public Phase phase() {
            return Phase.TokenIssued;
        }

        @Override
        public String waitingFor() {
            return "the kubelet to start";
        }
    }

    /** The kubelet runs with a token that began to be valid at {@code tokenValidFrom}, by the API server's clock. */
    record KubeletStarted(HostFacts facts, TokenRef token, Instant tokenValidFrom) implements Active {
        CertificateIssued certificateIssued(CertificateResult.Issued certificate) {
            return new CertificateIssued(facts, token, tokenValidFrom, certificate);
        }

        @Override
        public Phase phase() {
            return Phase.KubeletStarted;
        }

        @Override
        public String waitingFor() {
            return "the kubelet's certificate";
        }
    }

    /** The kubelet has its certificate, by a token that began to be valid at {@code tokenValidFrom}, by the API server's clock. */
    record CertificateIssued(
            HostFacts facts, TokenRef token, Instant tokenValidFrom, CertificateResult.Issued certificate)
            implements Active {
        NodeReady nodeReady(NodeState.Ready node) {
            return new NodeReady(certificate, node);
        }

        @Override
        public Phase phase() {
            return Phase.CertificateIssued;
        }

        @Override
        public String waitingFor() {
            return "the node to be Ready";
        }
    }

    record NodeReady(CertificateResult.Issued certificate, NodeState.Ready node) implements Active {
        Joined joined() {
            return new Joined(node.uid(), false);
        }

        @Override
        public Phase phase() {
            return Phase.NodeReady;
        }

        @Override
        public String waitingFor() {
            return "the token to be refused with 401, and for the serving certificate if one was asked for";
        }
    }

    record Compensating(Active from, Problem problem) implements JoinState {
        Failed failed(CompensationResult compensation, List<String> hostLog, @Nullable Instant retryNotBefore) {
            return new Failed(problem, compensation, hostLog, retryNotBefore);
        }

        Cancelled cancelled(List<String> residue) {
            return new Cancelled(problem, residue);
        }

        /** All is taken back, the agent is there still. */
        AgentConnected nextAttempt(String publicKey) {
            return new AgentConnected(publicKey);
        }

        Ended ended(CompensationResult compensation, List<String> hostLog, @Nullable Instant retryNotBefore) {
            boolean cancelled =
                    problem.code() == ErrorCode.CANCELLED_BY_REQUEST || problem.code() == ErrorCode.SUPERSEDED;
            return cancelled ? cancelled(compensation.residue()) : failed(compensation, hostLog, retryNotBefore);
        }

        @Override
        public Phase phase() {
            return Phase.Compensating;
        }

        @Override
        public String waitingFor() {
            return "everything to be taken back";
        }
    }

    /**
     * The node is Ready.
     *
     * @param alreadyJoined whether an earlier join had made it, and this one changed nothing
     */
    record Joined(String nodeUid, boolean alreadyJoined) implements Ended {
        @Override
        public Phase phase() {
            return Phase.Joined;
        }

        @Override
        public JoinResult result() {
            return new JoinResult(Phase.Joined, null);
        }
    }

    /**
     * The node did not come about.
     *
     * @param retryNotBefore when the same may be tried again at the earliest, if that is known
     */
    record Failed(
            Problem problem,
            CompensationResult compensation,
            List<String> hostLog,
            @Nullable Instant retryNotBefore) implements Ended {
        public Failed {
            hostLog = List.copyOf(hostLog);
        }

        @Override
        public Phase phase() {
            return Phase.Failed;
        }

        @Override
        public JoinResult result() {
            return new JoinResult(Phase.Failed, problem);
        }
    }

    record Cancelled(Problem problem, List<String> residue) implements Ended {
        public Cancelled {
            residue = List.copyOf(residue);
        }

        @Override
        public Phase phase() {
            return Phase.Cancelled;
        }

        @Override
        public JoinResult result() {
            return new JoinResult(Phase.Cancelled, problem);
        }
    }
}
