package io.nodejoin.gateway.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.nodejoin.activities.TestPki;
import io.nodejoin.activities.audit.AuditEntry;
import io.nodejoin.activities.audit.FakeAuditLog;
import io.nodejoin.gateway.Samples;
import io.nodejoin.gateway.agentca.AgentPublicKey;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RefusalAuditTest {
    private static final String ADDRESS = "192.0.2.7";
    private static final Problem REASON = new Problem(ErrorCode.ENROLLMENT_REFUSED, "another key is bound");

    private static final AgentPublicKey KEY =
            AgentPublicKey.parse(TestPki.base64(TestPki.keyPair())).orElseThrow();

    private final AtomicLong now = new AtomicLong();
    private final FakeAuditLog audit = new FakeAuditLog();
    private final RefusalAudit refusalAudit = new RefusalAudit(audit, now::get);

    @Test
    void shouldRecordReasonAddressAndClaimedNode() {
        // when
        refusalAudit.enrollmentRefused(Samples.WORKER_A.node(), KEY, ADDRESS, REASON);
        // then
        assertThat(audit.entries())
                .containsExactly(new AuditEntry(
                        Samples.WORKER_A.node().cluster(),
                        "node-join/prod/worker-a",
                        "enrollment.refused",
                        "nodes/worker-a",
                        Map.of(
                                "code",
                                REASON.code().name(),
                                "reason",
                                "another key is bound",
                                "address",
                                ADDRESS,
                                "key-digest",
                                KEY.digest())));
    }

    @Test
    void shouldNameTheSecondProcessOfOneIdentity() {
        // when
        refusalAudit.duplicateSession(Samples.WORKER_A, ADDRESS, new UUID(0, 2));
        // then
        assertThat(audit.entries("agent.session.duplicate")).singleElement().satisfies(entry -> {
            assertThat(entry.join()).isEqualTo(Samples.WORKER_A.join().value());
            assertThat(entry.results()).containsEntry("instance", "00000000-0000-0000-0000-000000000002");
        });
    }

    @Test
    void shouldRecordFewOfOneAddressAndSayHowManyItLeftOut() {
        // given
        for (int i = 0; i < 1000; i++) {
            refusalAudit.throttled(ADDRESS);
        }
        int recorded = audit.entries().size();
        now.addAndGet(Duration.ofSeconds(10).toNanos());
        // when
        refusalAudit.identityRefused(ADDRESS, "the certificate names no agent");
        // then
        assertThat(recorded).isEqualTo(5);
        assertThat(audit.entries().getLast().results()).containsEntry("suppressed-before", "995");
    }

    @Test
    void shouldRecordAboutOneASecondFromHoweverManyAddresses() {
        // given
        int seconds = 100;
        // when
        for (int i = 0; i < 100 * seconds; i++) {
            now.addAndGet(Duration.ofMillis(10).toNanos());
            refusalAudit.throttled("2001:db8:0:" + Integer.toHexString(i) + "::1");
        }
        // then
        assertThat(audit.entries()).hasSizeBetween(seconds, seconds + 31);
    }

    @Test
    void shouldRefuseAllTheSameWhenNothingCanBeRecorded() {
        // given
        audit.fail();
        // when then
        assertThatCode(() -> refusalAudit.enrollmentRefused(Samples.WORKER_A.node(), KEY, ADDRESS, REASON))
                .doesNotThrowAnyException();
    }
}
