package io.nodejoin.activities;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nodejoin.activities.audit.AuditEntry;
import io.nodejoin.activities.audit.FakeAuditLog;
import io.nodejoin.protocol.ClusterName;
import io.temporal.failure.TemporalFailure;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EffectGuardTest {
    private static final AuditEntry EFFECT =
            new AuditEntry(new ClusterName("c"), "join", "token.create", "secrets/kube-system/bootstrap-token-abc123");

    private final FakeAuditLog audit = new FakeAuditLog();
    private final List<String> checks = new ArrayList<>();
    private boolean ended;
    private final EffectGuard guard = effect -> {
        checks.add(effect);
        if (ended) {
            throw new IllegalStateException("it has ended");
        }
    };

    @Test
    void shouldBeCheckedBeforeAndAfterTheEffectIsRecorded() {
        // when
        guard.recordEffect(EFFECT, audit);

        // then
        assertThat(checks).containsExactly("token.create", "token.create");
        assertThat(audit.entries()).containsExactly(EFFECT);
    }

    @Test
    void shouldHaveNothingRecordedOnceItHasEnded() {
        // given
        ended = true;

        // when, then
        assertThatThrownBy(() -> guard.recordEffect(EFFECT, audit)).hasMessage("it has ended");
        assertThat(audit.entries()).isEmpty();
    }

    @Test
    void shouldAllowNoEffectIfItEndsWhileADiskHoldsUpTheRecord() {
        // given
        audit.whileRecording(() -> ended = true);

        // when, then
        assertThatThrownBy(() -> guard.recordEffect(EFFECT, audit)).hasMessage("it has ended");
    }

    @Test
    void shouldAllowNoEffectThatCannotBeRecorded() {
        // given
        audit.fail();

        // when, then
        assertThatThrownBy(() -> guard.recordEffect(EFFECT, audit)).isInstanceOf(TemporalFailure.class);
    }
}
