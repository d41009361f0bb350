package io.nodejoin.workflows.join;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.agent.HostFacts;
import io.nodejoin.workflows.certificate.CertificateDecision;
import io.nodejoin.workflows.clusterinfo.ClusterTrust;
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
        default Compensating abandoned(Problem why) {
            return new Compensating(this, why);
        }
    }

    /** Nothing more will happen. */
    sealed interface Ended extends JoinState {
        @Override
        default String waitingFor() {
            return "nothing";
        }

        JoinEnd end();
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
        HostPrepared hostPrepared(ClusterTrust trust, HostFacts facts) {
            return new HostPrepared(publicKey, trust, facts);
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

    record HostPrepared(String publicKey, ClusterTrust trust, HostFacts facts) implements Active {
        TokenIssued tokenIssued(TokenRef token, SealedToken sealed, Instant issuedAt) {
            return new TokenIssued(trust, facts, token, sealed, issuedAt);
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
    record TokenIssued(ClusterTrust trust, HostFacts facts, TokenRef token, SealedToken sealed, Instant issuedAt)
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

    /** The kubelet runs with a token that began to be valid at {@code validFrom}, by the API server's clock. */
    record KubeletStarted(HostFacts facts, TokenRef token, Instant validFrom) implements Active {
        CertificateIssued certificateIssued(CertificateDecision.Issued certificate) {
            return new CertificateIssued(facts, token, validFrom, certificate);
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

    /** The kubelet has its certificate, by a token that began to be valid at {@code validFrom}, by the API server's clock. */
    record CertificateIssued(HostFacts facts, TokenRef token, Instant validFrom, CertificateDecision.Issued certificate)
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

    record NodeReady(CertificateDecision.Issued certificate, NodeState.Ready node) implements Active {
        Joined burnt() {
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

    record Compensating(Active from, Problem why) implements JoinState {
        Failed failed(Aftermath aftermath, List<String> hostLog, @Nullable Instant notBefore) {
            return new Failed(why, aftermath, hostLog, notBefore);
        }

        Cancelled cancelled(List<String> residue) {
            return new Cancelled(why, residue);
        }

        /** All is taken back, the agent is there still. */
        AgentConnected again(String publicKey) {
            return new AgentConnected(publicKey);
        }

        Ended ended(Aftermath aftermath, List<String> hostLog, @Nullable Instant notBefore) {
            boolean unwanted = why.code() == ErrorCode.CANCELLED_BY_REQUEST || why.code() == ErrorCode.SUPERSEDED;
            return unwanted ? cancelled(aftermath.residue()) : failed(aftermath, hostLog, notBefore);
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
     * @param before whether an earlier join had made it, and this one changed nothing
     */
    record Joined(String nodeUid, boolean before) implements Ended {
        @Override
        public Phase phase() {
            return Phase.Joined;
        }

        @Override
        public JoinEnd end() {
            return new JoinEnd(Phase.Joined, null);
        }
    }

    /**
     * The node did not come about.
     *
     * @param notBefore when the same may be tried again at the earliest, if that is known
     */
    record Failed(
            Problem why,
            Aftermath aftermath,
            List<String> hostLog,
            @Nullable Instant notBefore) implements Ended {
        public Failed {
            hostLog = List.copyOf(hostLog);
        }

        @Override
        public Phase phase() {
            return Phase.Failed;
        }

        @Override
        public JoinEnd end() {
            return new JoinEnd(Phase.Failed, why);
        }
    }

    record Cancelled(Problem why, List<String> residue) implements Ended {
        public Cancelled {
            residue = List.copyOf(residue);
        }

        @Override
        public Phase phase() {
            return Phase.Cancelled;
        }

        @Override
        public JoinEnd end() {
            return new JoinEnd(Phase.Cancelled, why);
        }
    }
}
