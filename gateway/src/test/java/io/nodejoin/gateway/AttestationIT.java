package io.nodejoin.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.activities.TestPki;
import io.nodejoin.gateway.agentca.AgentIdentity;
import io.nodejoin.gateway.attestation.EmulatedTpm;
import io.nodejoin.gateway.http.StrictJson;
import io.nodejoin.protocol.Sha256;
import io.nodejoin.protocol.agent.Attestation;
import io.nodejoin.protocol.agent.AttestationChallenge;
import io.nodejoin.protocol.agent.AttestationRequest;
import io.nodejoin.protocol.agent.EnrollmentRequest;
import io.nodejoin.workflows.lifecycle.EnrollmentProof;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AttestationIT {
    private static final String SECRET = "canary-6f9d2c";
    private static final StrictJson JSON = new StrictJson();

    private final EmulatedTpm tpm = new EmulatedTpm();
    private RunningGateway running;
    private AgentClient client;
    private AgentIdentity node = Samples.WORKER_A;
    private int tests;

    @BeforeAll
    void start() throws IOException {
        running = new RunningGateway();
        client = running.stranger();
    }

    @AfterAll
    void stop() {
        client.close();
        running.close();
    }

    @BeforeEach
    void takeAnotherNode() {
        tests++;
        node = Samples.agent("attested-" + tests);
        running.workflows.start(node, Sha256.hex(SECRET));
    }

    @Test
    void shouldTellTheJoinWhichTpmHasSolvedTheChallenge() throws Exception {
        // given
        EnrollmentRequest enrollment = enrollment();

        // when
        HttpResponse<String> response = enroll(enrollment, solution(enrollment));

        // then
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(lastProof().endorsementKey())
                .isEqualTo("sha256:" + Sha256.hex(Base64.getDecoder().decode(tpm.endorsementKey())));
    }

    @Test
    void shouldTellTheJoinOfNoTpmWithoutASolution() throws Exception {
        // when
        HttpResponse<String> response = enroll(enrollment(), null);

        // then
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(lastProof().endorsementKey()).isNull();
    }

    @Test
    void shouldAcceptTheSameSolutionAgain() throws Exception {
        // given
        EnrollmentRequest enrollment = enrollment();
        Attestation solution = solution(enrollment);
        enroll(enrollment, solution);

        // when
        HttpResponse<String> again = enroll(enrollment, solution);

        // then
        assertThat(again.statusCode()).isEqualTo(200);
    }

    @Test
    void shouldRefuseTheSolutionForAnotherAgentsKey() throws Exception {
        // given
        Attestation stolen = solution(enrollment());

        // when
        HttpResponse<String> thief = enroll(enrollment(), stolen);

        // then
        assertRefused(thief);
    }

    @Test
    void shouldRefuseTheSolutionForAnotherSecret() throws Exception {
        // given
        EnrollmentRequest enrollment = enrollment();
        EnrollmentRequest otherSecret = new EnrollmentRequest(
                enrollment.cluster(), enrollment.node(), "other-7a1b", enrollment.publicKey(), null, null);

        // when
        HttpResponse<String> response = enroll(otherSecret, solution(enrollment));

        // then
        assertRefused(response);
    }

    @Test
    void shouldRefuseTheSolutionForAnotherNode() throws Exception {
        // given
        EnrollmentRequest enrollment = enrollment();
        Attestation solution = solution(enrollment);
        takeAnotherNode();
        EnrollmentRequest otherNode = new EnrollmentRequest(
                node.node().cluster(), node.node().name(), SECRET, enrollment.publicKey(), null, null);

        // when
        HttpResponse<String> response = enroll(otherNode, solution);

        // then
        assertRefused(response);
    }

    @Test
    void shouldRefuseTheSolutionUnderTheNameOfAnotherTpm() throws Exception {
        // given
        EnrollmentRequest enrollment = enrollment();
        Attestation own = solution(enrollment);

        // when
        HttpResponse<String> response = enroll(
                enrollment,
                new Attestation(
                        new EmulatedTpm().endorsementKey(), own.attestationKeyName(), own.expiresAt(), own.mac()));

        // then
        assertRefused(response);
    }

    @Test
    void shouldRefuseAnExtendedSolution() throws Exception {
        // given
        EnrollmentRequest enrollment = enrollment();
        Attestation own = solution(enrollment);

        // when
        HttpResponse<String> response = enroll(
                enrollment,
                new Attestation(
                        own.endorsementKey(),
                        own.attestationKeyName(),
                        own.expiresAt().plus(Duration.ofHours(1)),
                        own.mac()));

        // then
        assertRefused(response);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "AAAA", "not base64"})
    void shouldRefuseWhatIsNoSolution(String mac) throws Exception {
        // given
        EnrollmentRequest enrollment = enrollment();
        Attestation own = solution(enrollment);

        // when
        HttpResponse<String> response = enroll(
                enrollment, new Attestation(own.endorsementKey(), own.attestationKeyName(), own.expiresAt(), mac));

        // then
        assertRefused(response);
    }

    @Test
    void shouldRecordTheCodeOfARefusal() throws Exception {
        try (RunningGateway recorded = new RunningGateway();
                AgentClient thief = recorded.stranger()) {
            // given
            EnrollmentRequest enrollment = enrollment();
            Attestation own = solution(enrollment);

            // when
            thief.post("/v1/enrollments", write(with(enrollment, own)));

            // then
            assertThat(recorded.audit.entries("enrollment.refused"))
                    .singleElement()
                    .satisfies(entry -> assertThat(entry.results()).containsEntry("code", "ATTESTATION_REFUSED"));
            assertThat(recorded.count("nodejoin_gateway_enrollments", "result", "unattested"))
                    .isPositive();
        }
    }

    @Test
    void shouldEnrollTheMachineWhoeverShowsFalseProofsAtItsAddress() throws Exception {
        // given
        EnrollmentRequest enrollment = enrollment();
        Attestation solution = solution(enrollment);
        for (int guess = 0; guess < 8; guess++) {
            enroll(enrollment(), solution);
        }

        // when
        HttpResponse<String> machine = enroll(enrollment, solution);

        // then
        assertThat(machine.statusCode()).isEqualTo(200);
    }

    @Test
    void shouldMakeNoChallengeForOtherKeysThanItCanName() throws Exception {
        // given
        AttestationRequest good = tpm.request(enrollment());

        // when
        int otherEndorsementKey = challengeStatus(good, key -> TestPki.base64(TestPki.keyPair()), name -> name);
        int otherName = challengeStatus(good, key -> key, name -> name.replace("000b", "0004"));

        // then
        assertThat(otherEndorsementKey).isEqualTo(400);
        assertThat(otherName).isEqualTo(400);
    }

    private int challengeStatus(
            AttestationRequest good, UnaryOperator<String> endorsementKey, UnaryOperator<String> name)
            throws Exception {
        return client.post(
                        "/v1/attestations",
                        write(new AttestationRequest(
                                good.cluster(),
                                good.node(),
                                good.publicKey(),
                                endorsementKey.apply(good.endorsementKey()),
                                name.apply(good.attestationKeyName()))))
                .statusCode();
    }

    /** As a wrong secret is, whatever the reason, and before the join is asked. */
    private void assertRefused(HttpResponse<String> response) {
        assertThat(response.statusCode()).isEqualTo(403);
        assertThat(response.body())
                .isEqualTo("{\"code\":\"ENROLLMENT_REFUSED\",\"detail\":\"the enrollment is refused\"}");
        assertThat(running.workflows.asked).doesNotContain(node.node());
    }

    private EnrollmentRequest enrollment() {
        return new EnrollmentRequest(
                node.node().cluster(), node.node().name(), SECRET, TestPki.base64(TestPki.keyPair()), null, null);
    }

    private Attestation solution(EnrollmentRequest enrollment) throws Exception {
        HttpResponse<String> response = client.post("/v1/attestations", write(tpm.request(enrollment)));
        AttestationChallenge challenge = JSON.read(
                        response.body().getBytes(StandardCharsets.UTF_8), AttestationChallenge.class)
                .orElseThrow();
        return tpm.solve(challenge, enrollment);
    }

    private HttpResponse<String> enroll(EnrollmentRequest enrollment, @Nullable Attestation attestation)
            throws Exception {
        return client.post("/v1/enrollments", write(with(enrollment, attestation)));
    }

    private static EnrollmentRequest with(EnrollmentRequest enrollment, @Nullable Attestation attestation) {
        return new EnrollmentRequest(
                enrollment.cluster(),
                enrollment.node(),
                enrollment.secret(),
                enrollment.publicKey(),
                null,
                attestation);
    }

    private EnrollmentProof lastProof() {
        return running.workflows.proofs.getLast();
    }

    private static String write(Object value) {
        return new String(JSON.write(value), StandardCharsets.UTF_8);
    }
}
