package io.nodejoin.service.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.nodejoin.client.config.TemporalConfig;
import io.nodejoin.client.temporal.TemporalEndpoint;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JoinNamespaceTest {
    private static final TemporalEndpoint ENDPOINT =
            TemporalEndpoint.of(TemporalConfig.withDefaults("temporal:7233").withNamespace("joins"));

    private final List<String> prepared = new ArrayList<>();
    private final JoinNamespace namespace = new JoinNamespace(ENDPOINT, this::id, this::prepare);
    private String id = "first";
    private Status answer = Status.OK;
    private Status preparation = Status.OK;
    private @Nullable Problem lacking;

    private String id() {
        require(answer);
        return id;
    }

    private Optional<Problem> prepare() {
        require(preparation);
        if (lacking == null) {
            prepared.add(id);
        }
        return Optional.ofNullable(lacking);
    }

    private static void require(Status status) {
        if (!status.isOk()) {
            throw new StatusRuntimeException(status);
        }
    }

    @Test
    void shouldBePreparedOnce() {
        // given
        assertThat(namespace.problem()).isEmpty();

        // when
        Optional<Problem> obstacle = namespace.problem();

        // then
        assertThat(obstacle).isEmpty();
        assertThat(prepared).containsExactly("first");
    }

    @Test
    void shouldSayThatItDoesNotExist() {
        // given
        assertThat(namespace.problem()).isEmpty();
        answer = Status.NOT_FOUND;

        // when
        Optional<Problem> obstacle = namespace.problem();

        // then
        assertThat(obstacle)
                .contains(new Problem(
                        ErrorCode.TEMPORAL_NOT_PREPARED, "Temporal at temporal:7233 has no namespace joins"));
    }

    @Test
    void shouldBePreparedAgainOnceItIsMadeAnew() {
        // given
        assertThat(namespace.problem()).isEmpty();
        id = "second";

        // when
        Optional<Problem> obstacle = namespace.problem();

        // then
        assertThat(obstacle).isEmpty();
        assertThat(prepared).containsExactly("first", "second");
    }

    @Test
    void shouldTryItsPreparationAgain() {
        // given
        preparation = Status.UNAVAILABLE;
        assertThat(namespace.problem()).map(Problem::code).contains(ErrorCode.TEMPORAL_UNAVAILABLE);
        preparation = Status.OK;

        // when
        Optional<Problem> obstacle = namespace.problem();

        // then
        assertThat(obstacle).isEmpty();
        assertThat(prepared).containsExactly("first");
    }

    @Test
    void shouldNotBeReadyWhileItLacksSomething() {
        // given
        lacking = new Problem(ErrorCode.TEMPORAL_NOT_PREPARED, "it lacks a search attribute");
        assertThat(namespace.problem()).contains(lacking);
        lacking = null;

        // when
        Optional<Problem> obstacle = namespace.problem();

        // then
        assertThat(obstacle).isEmpty();
        assertThat(prepared).containsExactly("first");
    }
}
