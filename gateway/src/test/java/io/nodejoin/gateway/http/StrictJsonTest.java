package io.nodejoin.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.gateway.Samples;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.HostFacts;
import io.nodejoin.protocol.agent.HostResult;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StrictJsonTest {
    private final StrictJson json = new StrictJson();

    @Test
    void shouldWriteWhatItReads() {
        // given
        Assignment assignment = Samples.assignment(Samples.WORKER_A, "a-1");
        // when
        byte[] written = json.write(assignment);
        // then
        assertThat(new String(written, StandardCharsets.UTF_8)).contains("\"command\":{\"verb\":\"ResetHost\"}");
        assertThat(json.read(written, Assignment.class)).contains(assignment);
    }

    @Test
    void shouldReadAResultWithoutWhatMayBeAbsent() {
        // given
        HostResult passed = new HostResult.PreflightPassed(
                new HostFacts("4f2c9d0e", null, null, "Debian GNU/Linux 13", "6.12.48"), List.of());
        // when
        var read = json.read(json.write(passed), HostResult.class);
        // then
        assertThat(read).contains(passed);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"result\":\"Exec\",\"lines\":[]}",
                "{\"result\":\"Diagnostics\"}",
                "{\"result\":\"Diagnostics\",\"lines\":null}",
                "{\"result\":\"Diagnostics\",\"lines\":[],\"more\":1}",
                "{\"result\":\"HostFailed\",\"problem\":{\"code\":\"NO_SUCH\",\"detail\":\"x\"},\"findings\":[],\"log\":[]}",
                "{\"result\":\"HostFailed\",\"problem\":{\"detail\":\"x\"},\"findings\":[],\"log\":[]}"
            })
    void shouldRefuseWhatIsNotOfTheContract(String body) {
        // given body when
        var read = json.read(body.getBytes(StandardCharsets.UTF_8), HostResult.class);
        // then
        assertThat(read).isEmpty();
    }
}
