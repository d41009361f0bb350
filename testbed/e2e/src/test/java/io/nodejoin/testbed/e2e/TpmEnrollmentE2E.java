package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.event.JoinAccepted;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.protocol.event.RequestedMachine;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.simulated.SimulatedHost;
import io.nodejoin.testbed.simulated.SimulatedHost.Fault;
import io.nodejoin.testbed.tpm.SoftwareTpm;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Joins that name the endorsement key of their machine: real agents, gateway and Temporal, a swtpm for each host. */
@Tag("real")
@Tag("access")
@OnSharedBed
class TpmEnrollmentE2E {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final SharedBed bed;

    TpmEnrollmentE2E(SharedBed bed) {
        this.bed = bed;
    }

    @Test
    void shouldRefuseAThiefOfTheSecretWithAnotherTpmAndJoinTheMachine() {
        // given
        HostFixture machine = bed.newHost("tpm-thief");
        try (SoftwareTpm tpm = startTpm("tpm-thief");
                SoftwareTpm otherTpm = startTpm("tpm-thief-other")) {
            request(machine, tpm);
            try (SimulatedHost thief = bed.boot(machine, otherTpm)) {
                awaitRefusal(machine);
                assertThat(bed.outcomes().milestones(machine.node())).containsExactly(JoinAccepted.class);
                assertThat(thief.agentCertificate()).isEmpty();
            }

            // when
            bed.boot(machine, tpm);

            // then
            assertJoined(machine);
        }
    }

    @Test
    void shouldRefuseAHostWithoutTpmAndJoinTheMachine() {
        // given
        HostFixture machine = bed.newHost("tpm-missing");
        try (SoftwareTpm tpm = startTpm("tpm-missing")) {
            request(machine, tpm);
            try (SimulatedHost withoutTpm = bed.boot(machine, Fault.NONE)) {
                awaitRefusal(machine);
                assertThat(withoutTpm.agentCertificate()).isEmpty();
            }

            // when
            bed.boot(machine, tpm);

            // then
            assertJoined(machine);
        }
    }

    private SoftwareTpm startTpm(String name) {
        SoftwareTpm tpm = bed.testBed().tpm(name);
        tpm.start();
        return tpm;
    }

    private void request(HostFixture machine, SoftwareTpm tpm) {
        bed.requests()
                .send(
                        SharedBed.requestBuilder(machine)
                                .machine(new RequestedMachine(tpm.endorsementKey(), null))
                                .build(),
                        SharedBed.recordKey(machine.node()));
        bed.outcomes().awaitAccepted(machine.node());
    }

    private void assertJoined(HostFixture machine) {
        JoinSucceeded end = bed.outcomes().awaitOutcome(machine.node(), JoinSucceeded.class);
        assertThat(bed.cluster().ready(machine.node())).containsExactly(end.nodeUid());
    }

    /** Whom the gateway refuses sees one text; the audit log has the code. */
    private void awaitRefusal(HostFixture machine) {
        await("refusal")
                .atMost(TIMEOUT)
                .until(() -> auditLog()
                        .lines()
                        .anyMatch(line -> line.contains("enrollment.refused")
                                && line.contains("nodes/" + machine.node() + "\"")
                                && line.contains(ErrorCode.ATTESTATION_REFUSED.name())));
        await("complaint of the agent")
                .atMost(TIMEOUT)
                .until(() -> bed.agentLog().tells(ErrorCode.ENROLLMENT_REFUSED, ""));
    }

    private String auditLog() throws IOException {
        return Files.readString(bed.testBed().directories().root().resolve("audit.log"));
    }
}
