package io.nodejoin.workflows.join;

import io.nodejoin.protocol.Problem;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.HostFacts;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.event.JoinRevocationUnverified;
import io.nodejoin.workflows.clusterinfo.DiscoveryInfo;
import io.nodejoin.workflows.compensation.Compensation;
import io.nodejoin.workflows.csr.CertificateResult;
import io.nodejoin.workflows.hostcommand.HostCommandClient;
import io.nodejoin.workflows.lifecycle.Enrollment;
import io.nodejoin.workflows.lifecycle.StateMachine;
import io.nodejoin.workflows.node.NameAvailability;
import io.nodejoin.workflows.node.NodeState;
import io.nodejoin.workflows.temporal.LocalActivities;
import io.nodejoin.workflows.token.TokenRef;
import io.temporal.workflow.CompletablePromise;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The order and concurrency of the steps of an attempt. */
final class JoinSequence {
    private final JoinAttempt attempt;
    private final StateMachine<JoinState> states;
    private final ClusterSteps cluster;
    private final HostSteps host;
    private final TokenSteps token;
    private final KubeletSteps kubelet;
    private final CertificateSteps certificates;
    private final NodeSteps nodes;

    /** @param attempt runs what is concurrent */
    JoinSequence(
            JoinAttempt attempt,
            StateMachine<JoinState> states,
            Enrollment enrollment,
            HostCommandClient commands,
            Compensation compensation,
            LocalActivities localActivities) {
        this.attempt = attempt;
        this.states = states;
        this.cluster = new ClusterSteps(attempt::plan, enrollment, localActivities);
        this.host = new HostSteps(attempt::plan, cluster, enrollment, commands, compensation);
        this.token = new TokenSteps(attempt::plan, commands, compensation, localActivities);
        this.kubelet = new KubeletSteps(attempt::plan, commands, compensation);
        this.certificates = new CertificateSteps(attempt::plan, compensation);
        this.nodes = new NodeSteps(attempt::plan, enrollment, compensation, localActivities);
    }

    JoinState.Joined run(JoinState.AttemptStart start) {
        return switch (start) {
            case JoinState.Requested requested -> runFirst(requested);
            case JoinState.AgentConnected connected -> {
                attempt.pause();
                yield prepare(
                        connected,
                        attempt.startAsync(cluster::ensureClusterInfo),
                        attempt.startAsync(cluster::checkName));
            }
        };
    }

    private JoinState.Joined runFirst(JoinState.Requested requested) {
        Promise<DiscoveryInfo> discovery = attempt.startAsync(cluster::ensureClusterInfo);
        Promise<NameAvailability> availability = attempt.startAsync(cluster::checkName);
        Optional<NameAvailability.AlreadyJoined> alreadyJoined = cluster.findAlreadyJoined(availability.get());
        if (alreadyJoined.isPresent()) {
            discovery.get();
            return states.transitionTo(
                    requested.alreadyJoined(alreadyJoined.get().uid()));
        }
        return prepare(states.transitionTo(requested.agentConnected(host.awaitAgent())), discovery, availability);
    }

    private JoinState.Joined prepare(
            JoinState.AgentConnected connected,
            Promise<DiscoveryInfo> discovery,
            Promise<NameAvailability> availability) {
        HostFacts facts = host.checkHost(discovery.get());
        cluster.requireNotQuarantined(availability.get(), facts);
        String kubeletKey = host.prepareHost();
        cluster.freeName(availability.get(), facts);
        JoinState.HostPrepared prepared =
                states.transitionTo(connected.hostPrepared(discovery.get(), facts, kubeletKey));
        String createdUid = nodes.createNode();
        return startKubelet(states.transitionTo(token.issueToken(prepared, createdUid)));
    }

    private JoinState.Joined startKubelet(JoinState.TokenIssued issued) {
        Assignment start =
                kubelet.startKubeletCommand(issued, host.earlyPreparation().isPresent());
        Promise<HostResult.KubeletBootstrapped> bootstrapped = attempt.startAsync(() -> bootstrap(start));
        Promise<CertificateResult.Issued> certificate = attempt.startAsync(() -> certificates.awaitCertificate(issued));
        CompletablePromise<NodeState.Present> registered = Workflow.newPromise();
        // The attempt may be stopped before it waits for this; without a handler the SDK warns of an unobserved
        // failure.
        registered.handle((_, _) -> true);
        Promise<TokenRef> revoked = attempt.startAsync(() -> token.revokeToken(issued, start, registered));
        Promise<TokenRef> settled = attempt.startAsync(() -> settleToken(issued, certificate, revoked, bootstrapped));
        kubelet.awaitRequestingKubelet(start, certificate);
        JoinState.CertificateIssued certified = states.transitionTo(issued.certificateIssued(certificate.get()));
        registered.completeFrom(attempt.startAsync(() -> nodes.awaitRegistered(certified)));
        kubelet.awaitKubeletActive(start, registered);
        JoinState.KubeletStarted started = states.transitionTo(certified.kubeletStarted());
        NodeState.Present node = registered.get();
        String uid = node.uid();
        Promise<Boolean> serving = attempt.startAsync(() -> certificates.awaitServingCertificate(uid));
        JoinState.NodeReady ready = states.transitionTo(started.nodeReady(nodes.awaitReady(started, node)));
        Promise<Boolean> recorded = attempt.startAsync(() -> nodes.recordJoinedNode(started, uid));
        revoked.get();
        serving.get();
        recorded.get();
        if (issued.kubeletKeyDigest() == null) {
            settled.get();
            kubelet.requireSameKey(bootstrapped, started.certificate());
        }
        return states.transitionTo(ready.joined());
    }

    private HostResult.KubeletBootstrapped bootstrap(Assignment start) {
        HostResult.KubeletBootstrapped bootstrapped = kubelet.startKubelet(start);
        token.markRejected();
        return bootstrapped;
    }

    private TokenRef settleToken(
            JoinState.TokenIssued issued,
            Promise<CertificateResult.Issued> certificate,
            Promise<TokenRef> revoked,
            Promise<HostResult.KubeletBootstrapped> bootstrapped) {
        certificate.get();
        certificates.denyRivalsUntilRejection(issued, revoked, bootstrapped);
        TokenRef spent = revoked.get();
        token.deleteLedgerEntry(spent);
        return spent;
    }

    /** Returns what to report of a token that is deleted, but that the API server has not been seen to reject. */
    Optional<JoinRevocationUnverified> unverifiedRevocation() {
        return token.unverifiedRevocation();
    }

    /** Returns when the quarantine of the name ends, if it applies to this machine. */
    @Nullable Instant nameQuarantinedUntil() {
        return cluster.nameQuarantinedUntil();
    }

    /** Returns whether this problem is a command that the connected host did not answer. */
    boolean hasLostHost(Problem why) {
        return host.hasLostHost(why);
    }
}
