package io.nodejoin.gateway.enrollment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.nodejoin.activities.TestPki;
import io.nodejoin.activities.audit.FakeAuditLog;
import io.nodejoin.gateway.Samples;
import io.nodejoin.gateway.admission.AdmissionRequest;
import io.nodejoin.gateway.admission.JoinAdmission;
import io.nodejoin.gateway.admission.Turn;
import io.nodejoin.gateway.agentca.AgentCertificates;
import io.nodejoin.gateway.agentca.GatewayCredentials;
import io.nodejoin.gateway.attestation.Attestations;
import io.nodejoin.gateway.config.AdmissionSettings;
import io.nodejoin.gateway.config.GatewayTimeouts;
import io.nodejoin.gateway.ratelimit.RefusalAudit;
import io.nodejoin.gateway.reply.Reply;
import io.nodejoin.gateway.session.AgentPresence;
import io.nodejoin.gateway.session.AgentSessions;
import io.nodejoin.gateway.session.EnrollmentPolls;
import io.nodejoin.gateway.session.GatewayMetrics;
import io.nodejoin.gateway.temporal.FakeJoinWorkflows;
import io.nodejoin.protocol.Sha256;
import io.nodejoin.protocol.agent.EnrollmentRequest;
import io.nodejoin.protocol.agent.EnrollmentResponse;
import io.nodejoin.protocol.time.ManualScheduler;
import io.nodejoin.workflows.hostcommand.AgentConnection;
import io.nodejoin.workflows.lifecycle.EnrollmentProof;
import io.nodejoin.workflows.lifecycle.JoinRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Enrollments that wait for their join, in virtual time. */
class EnrollmentsTest {
    private static final String SECRET = "canary-6f9d2c";
    private static final UUID AGENT = new UUID(0, 1);
    private static final UUID REPLICA = new UUID(0, 2);

    private final GatewayTimeouts timeouts = GatewayTimeouts.defaults();
    private final ManualScheduler time = new ManualScheduler();
    private final FakeJoinWorkflows workflows = new FakeJoinWorkflows();
    private final JoinAdmission admission =
            new JoinAdmission(AdmissionSettings.of(1), time::nanoTime, new SimpleMeterRegistry());
    private final ParkedEnrollments parked = new ParkedEnrollments(admission);
    private Enrollments enrollments;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AgentSessions sessions = new AgentSessions(timeouts, time::nanoTime, time);
    private final AgentPresence presence =
            new AgentPresence(workflows, admission, Samples.news(1), "gateway", REPLICA, Runnable::run, time);
    private Future<Reply> waiting = new CompletableFuture<>();

    @BeforeEach
    void enrollBeforeTheJoinStarts(@TempDir Path directory) throws IOException {
        FakeAuditLog audit = new FakeAuditLog();
        GatewayCredentials credentials = new GatewayCredentials(
                Samples.settings(directory, TestPki.server(TestPki.ca("CN=gateway CA")), TestPki.ca("CN=agents")),
                timeouts.certificateLife(),
                Clock.systemUTC(),
                new SecureRandom());
        GatewayMetrics metrics = new GatewayMetrics(new SimpleMeterRegistry(), sessions);
        enrollments = new Enrollments(
                workflows,
                new Attestations(credentials, metrics, Clock.systemUTC()),
                new AgentCertificates(credentials, audit),
                new EnrollmentPolls(sessions, presence),
                parked,
                admission,
                timeouts,
                new EnrollmentLimits(time::nanoTime),
                new RefusalAudit(audit, time::nanoTime),
                metrics,
                time::nanoTime,
                time);
        EnrollmentRequest request = new EnrollmentRequest(
                Samples.WORKER_A.node().cluster(),
                Samples.WORKER_A.node().name(),
                SECRET,
                TestPki.base64(TestPki.keyPair()),
                null,
                null);
        waiting = threads.submit(() -> enrollments.enroll(request, "192.0.2.1", AGENT));
        awaitNextQuery();
    }

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @Test
    void shouldKnowWhoWaitsAndForHowLong() {
        // given
        time.advance(Duration.ofSeconds(5));
        // when
        List<WaitingAgents.Waiting> listed = enrollments.waitingAgents().list();
        // then
        assertThat(listed)
                .containsExactly(
                        new WaitingAgents.Waiting(Samples.WORKER_A.node(), "192.0.2.1", Duration.ofSeconds(5), null));
    }

    @Test
    void shouldAskAboutItsJoinOnceAndThenSleep() {
        // when
        time.advance(timeouts.enrollmentWait().minusMillis(1));
        // then
        assertThat(workflows.asked).hasSize(1);
        assertThat(workflows.proofs).isEmpty();
    }

    @Test
    void shouldFindAJoinThatAnotherReplicaStarted() {
        // given
        workflows.start(Samples.WORKER_A, Sha256.hex(SECRET));
        // when
        enrollments.joinSeen(Samples.WORKER_A.node(), "run-1");
        awaitNextQuery();
        time.advance(timeouts.firstCommand());
        // then
        assertThat(waiting)
                .succeedsWithin(Duration.ofSeconds(10))
                .satisfies(reply -> assertThat(reply.body())
                        .isInstanceOfSatisfying(
                                EnrollmentResponse.Enrolled.class,
                                enrolled -> assertThat(enrolled.assignment()).isNull()));
        assertThat(workflows.enrolled).containsExactly(new AgentConnection("gateway", AGENT, REPLICA));
    }

    @Test
    void shouldHandNoProofOverUntilItIsTheTurnOfItsJoin() {
        // given
        Turn before =
                admission.enter(AdmissionRequest.of(Samples.agent("worker-b").node(), null, false), () -> {});
        before.bound();
        workflows.start(Samples.WORKER_A, Sha256.hex(SECRET));
        enrollments.joinStarted(Samples.WORKER_A.node());
        await().until(() -> admission.waitReason(Samples.WORKER_A.node()).isPresent());
        int proofsBefore = workflows.proofs.size();
        // when
        admission.kubeletActive(Samples.agent("worker-b").node());
        // then
        await().until(() -> !workflows.enrolled.isEmpty());
        assertThat(proofsBefore).isZero();
    }

    @Test
    void shouldStartAJoinWithoutItsProofThatHasToWaitForItsTurn() {
        // given
        admission
                .enter(AdmissionRequest.of(Samples.agent("worker-b").node(), null, false), () -> {})
                .bound();
        // when
        Optional<EnrollmentProof> proof = parked.findProof(Samples.joinRequest(Samples.WORKER_A, Sha256.hex(SECRET)));
        // then
        assertThat(proof).isEmpty();
    }

    @Test
    void shouldAnswerWithoutAskingTheJoinThatStartedWithTheProof() {
        // given
        JoinRequest request = Samples.joinRequest(Samples.WORKER_A, Sha256.hex(SECRET));
        EnrollmentProof proof = parked.findProof(request).orElseThrow();
        int asked = workflows.asked.size();
        // when
        parked.bound(request, proof, "run-1");
        awaitNextQuery();
        time.advance(timeouts.firstCommand());
        // then
        assertThat(waiting)
                .succeedsWithin(Duration.ofSeconds(10))
                .satisfies(reply -> assertThat(reply.body()).isInstanceOf(EnrollmentResponse.Enrolled.class));
        assertThat(proof.connection()).isEqualTo(new AgentConnection("gateway", AGENT, REPLICA));
        assertThat(workflows.asked).hasSize(asked);
    }

    @Test
    void shouldNotOfferAProofWithAnotherSecret() {
        // when
        Optional<EnrollmentProof> offered =
                parked.findProof(Samples.joinRequest(Samples.WORKER_A, Sha256.hex("another secret")));
        // then
        assertThat(offered).isEmpty();
    }

    @Test
    void shouldTellAgentOfUnknownNameToWait() {
        // given
        time.advance(timeouts.enrollmentWait().minusNanos(1));
        boolean waitsUntilThen = !waiting.isDone();
        // when
        time.advance(Duration.ofNanos(1));
        // then
        assertThat(waitsUntilThen).isTrue();
        assertThat(waiting)
                .succeedsWithin(Duration.ofSeconds(10))
                .isEqualTo(Reply.accepted(new EnrollmentResponse.Pending(Duration.ofSeconds(2))));
    }

    private void awaitNextQuery() {
        await().pollInterval(Duration.ofMillis(1)).until(() -> time.pending() == 1);
    }
}
