package io.nodejoin.activities.kubernetes.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.workflows.failure.Failures;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TokenQuotaTest {
    private static final ClusterName WEST = new ClusterName("west");
    private static final ClusterName EAST = new ClusterName("east");
    private static final int MOST = 500;

    private long now;
    private int ledger;
    private int counted;
    private final TokenQuota quota = new TokenQuota(_ -> MOST, () -> now);

    private void claim(ClusterName cluster) {
        quota.claim(cluster, () -> {
            counted++;
            return ledger;
        });
    }

    @Test
    void shouldRefuseTheFiveHundredAndFirst() {
        // given
        for (int i = 0; i < MOST; i++) {
            claim(WEST);
        }

        // when
        Throwable refused = catchThrowable(() -> claim(WEST));

        // then
        assertThat(Failures.problemOf(refused).code()).isEqualTo(ErrorCode.TOKEN_QUOTA_EXCEEDED);
        assertThat(counted).isEqualTo(1);
    }

    @Test
    void shouldCountWhatOthersClaimed() {
        // given
        ledger = MOST;

        // when
        Throwable refused = catchThrowable(() -> claim(WEST));

        // then
        assertThat(Failures.problemOf(refused).code()).isEqualTo(ErrorCode.TOKEN_QUOTA_EXCEEDED);
    }

    @Test
    void shouldNoticeLaterThatThereIsRoomAgain() {
        // given
        ledger = MOST;
        assertThatThrownBy(() -> claim(WEST)).isNotNull();
        ledger = MOST - 1;
        now += Duration.ofSeconds(2).toNanos();

        // when
        Throwable refused = catchThrowable(() -> claim(WEST));

        // then
        assertThat(refused).isNull();
    }

    @Test
    void shouldGiveEachClusterItsOwnRoom() {
        // given
        ledger = MOST;
        assertThatThrownBy(() -> claim(WEST)).isNotNull();
        ledger = 0;

        // when
        Throwable refused = catchThrowable(() -> claim(EAST));

        // then
        assertThat(refused).isNull();
    }
}
