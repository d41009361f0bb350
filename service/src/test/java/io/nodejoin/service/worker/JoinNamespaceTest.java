package io.nodejoin.service.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class JoinNamespaceTest {
    private final List<String> prepared = new ArrayList<>();
    private final JoinNamespace namespace = new JoinNamespace("joins", this::id, this::prepare);
    private String id = "first";
    private Status answer = Status.OK;
    private Status preparation = Status.OK;

    private String id() {
        require(answer);
        return id;
    }

    private void prepare() {
        require(preparation);
        prepared.add(id);
    }

    private static void require(Status status) {
        if (!status.isOk()) {
            throw new StatusRuntimeException(status);
        }
    }

    @Test
    void shouldBePreparedOnce() {
        // given
        assertThat(namespace.notReadyReason()).isNull();

        // when
        String obstacle = namespace.notReadyReason();

        // then
        assertThat(obstacle).isNull();
        assertThat(prepared).containsExactly("first");
    }

    @Test
    void shouldSayThatItDoesNotExist() {
        // given
        assertThat(namespace.notReadyReason()).isNull();
        answer = Status.NOT_FOUND;

        // when
        String obstacle = namespace.notReadyReason();

        // then
        assertThat(obstacle).contains("no namespace joins");
    }

    @Test
    void shouldBePreparedAgainOnceItIsMadeAnew() {
        // given
        assertThat(namespace.notReadyReason()).isNull();
        id = "second";

        // when
        String obstacle = namespace.notReadyReason();

        // then
        assertThat(obstacle).isNull();
        assertThat(prepared).containsExactly("first", "second");
    }

    @Test
    void shouldTryItsPreparationAgain() {
        // given
        preparation = Status.UNAVAILABLE;
        assertThat(namespace.notReadyReason()).contains("UNAVAILABLE");
        preparation = Status.OK;

        // when
        String obstacle = namespace.notReadyReason();

        // then
        assertThat(obstacle).isNull();
        assertThat(prepared).containsExactly("first");
    }
}
