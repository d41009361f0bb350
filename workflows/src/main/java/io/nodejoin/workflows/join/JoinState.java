package io.nodejoin.workflows.join;

import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.agent.HostFacts;
import io.nodejoin.workflows.clusterinfo.DiscoveryInfo;
import io.nodejoin.workflows.compensation.CompensationResult;
import io.nodejoin.workflows.csr.CertificateResult;
import io.nodejoin.workflows.lifecycle.LifecycleState;
import io.nodejoin.workflows.node.NodeState;
import io.nodejoin.workflows.token.SealedToken;
import io.nodejoin.workflows.token.TokenRef;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** State of one join, with the data known in it. Each method is a transition; there are no others. */
sealed interface JoinState extends LifecycleState {
    @Override
    default Phase phase() {
        return switch (this) {
            case Requested _ -> Phase.Requested;
            case AgentConnected _ -> Phase.AgentConnected;
            case HostPrepared _ -> Phase.HostPrepared;
            case TokenIssued _ -> Phase.TokenIssued;
            case CertificateIssued _ -> Phase.CertificateIssued;
            case KubeletStarted _ -> Phase.KubeletStarted;
            case NodeReady _ -> Phase.NodeReady;
            case Stopping(Running from, Stop _) -> from.phase();
            case Compensating _ -> Phase.Compensating;
            case Joined _ -> Phase.Joined;
            case Failed _ -> Phase.Failed;
            case Cancelled _ -> Phase.Cancelled;
        };
    }

    @Override
    default String waitingFor() {
        return switch (this) {
            case Requested _ -> "the worker-agent to enroll and connect";
            case AgentConnected _ -> "the host to be checked and prepared";
            case HostPrepared _ -> "the bootstrap token";
            case TokenIssued _ -> "the kubelet's certificate";
            case CertificateIssued _ -> "the kubelet to start";
            case KubeletStarted _ -> "the node to be Ready";
            case NodeReady _ ->
                "the token's deletion, and for its rejection (401) and the serving certificate if the join requires them";
            case Stopping(Running from, Stop _) -> from.waitingFor();
            case Compensating _ -> "compensation to complete";
            case Ended _ -> "nothing";
        };
    }

    /** An attempt runs and may have changed host or cluster: it can end otherwise than as Joined only by way of Compensating. */
    sealed interface Running extends JoinState {
        /** Number of the attempt, from 1. */
        int attempt();

        default Stopping stop(Stop why) {
            return new Stopping(this, why);
        }
    }

    /** An attempt can start here. */
    sealed interface AttemptStart extends Running {}

    /** The attempt ends without success. */
    sealed interface Halted extends JoinState {
        Stop stop();

        Halted abort(Problem why);

        @Override
        default Problem problem() {
            return stop().problem();
        }
    }

    /** What follows an attempt: the end, or the next attempt. */
    sealed interface AttemptResult extends JoinState {}

    /** A terminal state. */
    sealed interface Ended extends AttemptResult, LifecycleState.Ended {}

    /** The end without a node. */
    sealed interface NotJoined extends Ended {
        CompensationResult compensation();
    }

    /** Why an attempt ends without success. */
    sealed interface Stop {
        Problem problem();
    }

    /** A step failed or the deadline passed: the join fails unless another attempt follows. */
    record Failure(Problem problem) implements Stop {}

    /** The join is aborted: no attempt follows. */
    record Abort(Problem problem) implements Stop {}

    record Requested(int attempt) implements AttemptStart {
        AgentConnected agentConnected(String publicKey) {
            return new AgentConnected(attempt, publicKey);
        }

        Joined alreadyJoined(String nodeUid) {
            return new Joined(nodeUid, true);
        }
    }

    /**
     * The agent is enrolled, and a gateway replica holds its connection.
     *
     * @param publicKey base64 of the DER SubjectPublicKeyInfo of the agent's key
     */
    record AgentConnected(int attempt, String publicKey) implements AttemptStart, AttemptResult {
        HostPrepared hostPrepared(DiscoveryInfo discovery, HostFacts facts, @Nullable String kubeletKeyDigest) {
            return new HostPrepared(attempt, publicKey, discovery, facts, kubeletKeyDigest);
        }
    }

    /**
     * The host can run a kubelet.
     *
     * @param kubeletKeyDigest the key that the agent has created for the kubelet; absent if the kubelet creates it
     */
    record HostPrepared(
            int attempt,
            String publicKey,
            DiscoveryInfo discovery,
            HostFacts facts,
            @Nullable String kubeletKeyDigest) implements Running {
        TokenIssued tokenIssued(@Nullable String createdUid, TokenRef token, SealedToken sealed, Instant issuedAt) {
            return new TokenIssued(attempt, discovery, facts, kubeletKeyDigest, createdUid, token, sealed, issuedAt);
        }
    }

    /**
     * The token is created.
     *
     * @param createdUid UID of the Node that the join has created; absent if the kubelet creates it
     * @param issuedAt when it was requested, by the workflow's clock
     */
    record TokenIssued(
            int attempt,
            DiscoveryInfo discovery,
            HostFacts facts,
            @Nullable String kubeletKeyDigest,
            @Nullable String createdUid,
            TokenRef token,
            SealedToken sealed,
            Instant issuedAt)
            implements Running {
        CertificateIssued certificateIssued(CertificateResult.Issued certificate) {
            return new CertificateIssued(attempt, facts, createdUid, token, sealed.createdAt(), certificate);
        }
    }

    /**
     * The kubelet's client certificate is issued.
     *
     * @param createdUid UID of the Node that the join has created; absent if the kubelet creates it
     * @param tokenValidFrom when the token was created, by the API server's clock
     */
    record CertificateIssued(
            int attempt,
            HostFacts facts,
            @Nullable String createdUid,
            TokenRef token,
            Instant tokenValidFrom,
            CertificateResult.Issued certificate)
            implements Running {
        KubeletStarted kubeletStarted() {
            return new KubeletStarted(attempt, facts, token, tokenValidFrom, certificate);
        }
    }

    /**
     * The kubelet runs.
     *
     * @param tokenValidFrom when the token was created, by the API server's clock
     */
    record KubeletStarted(
            int attempt, HostFacts facts, TokenRef token, Instant tokenValidFrom, CertificateResult.Issued certificate)
            implements Running {
        NodeReady nodeReady(NodeState.Ready node) {
            return new NodeReady(attempt, certificate, node);
        }
    }

    record NodeReady(int attempt, CertificateResult.Issued certificate, NodeState.Ready node) implements Running {
        Joined joined() {
            return new Joined(node.uid(), false);
        }
    }

    /** Steps under way are awaited, so that none acts after its compensation. The phase is still that of the state that stopped. */
    record Stopping(Running from, Stop stop) implements Halted {
        Compensating compensate() {
            return new Compensating(from, stop);
        }

        @Override
        public Stopping abort(Problem why) {
            return new Stopping(from, new Abort(why));
        }
    }

    record Compensating(Running from, Stop stop) implements Halted {
        @Override
        public Compensating abort(Problem why) {
            return new Compensating(from, new Abort(why));
        }

        /** Everything is compensated and the agent is still connected: starts the next attempt. */
        AgentConnected retry(String publicKey) {
            return new AgentConnected(from.attempt() + 1, publicKey);
        }

        NotJoined end(CompensationResult compensation, List<String> hostLog, @Nullable Instant retryNotBefore) {
            return switch (stop) {
                case Failure(Problem why) -> new Failed(why, compensation, hostLog, retryNotBefore);
                case Abort(Problem why) -> new Cancelled(why, compensation);
            };
        }
    }

    /**
     * The node is Ready.
     *
     * @param alreadyJoined whether an earlier join had created it and this one changed nothing
     */
    record Joined(String nodeUid, boolean alreadyJoined) implements Ended {}

    /**
     * The join failed.
     *
     * @param retryNotBefore the earliest time for the same request again, if known
     */
    record Failed(
            Problem problem,
            CompensationResult compensation,
            List<String> hostLog,
            @Nullable Instant retryNotBefore) implements NotJoined {
        public Failed {
            hostLog = List.copyOf(hostLog);
        }
    }

    record Cancelled(Problem problem, CompensationResult compensation) implements NotJoined {}
}
