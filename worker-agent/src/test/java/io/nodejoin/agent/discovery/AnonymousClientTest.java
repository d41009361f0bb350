package io.nodejoin.agent.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AnonymousClientTest {
    private final AnonymousClient client = new AnonymousClient();
    private TestTls tls;

    @BeforeAll
    void makeCertificates() {
        tls = new TestTls();
    }

    private RecordingServer server(String header) throws IOException {
        return new RecordingServer(tls.context("server"), header, List.of(""));
    }

    @Test
    void shouldReturnTheTimeOfTheServerAndSendNoCredential() throws IOException {
        // given
        try (RecordingServer server = server("Date: Wed, 25 Nov 2026 12:00:00 GMT\r\n")) {
            // when
            Optional<Instant> time = client.serverTime(server.address());

            // then
            assertThat(time).contains(Instant.parse("2026-11-25T12:00:00Z"));
            assertThat(server.received()).startsWith("HEAD /version HTTP/1.1").doesNotContain("Authorization");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Date: yesterday\r\n", "Date:\r\n"})
    void shouldReturnNoTimeWithoutAValidDate(String header) throws IOException {
        // given
        try (RecordingServer server = server(header)) {
            // when
            Optional<Instant> time = client.serverTime(server.address());

            // then
            assertThat(time).isEmpty();
        }
    }

    @Test
    void shouldReturnNothingWithoutAResponse() throws IOException {
        // given
        URI gone;
        try (RecordingServer server = server("")) {
            gone = server.address();
        }

        // when
        Optional<Instant> time = client.serverTime(gone);

        // then
        assertThat(time).isEmpty();
    }

    @Test
    void shouldReturnTheStatusOfAResponseOrThatThereIsNone() throws IOException {
        // given
        URI resource;
        OptionalInt answered;
        try (RecordingServer server = server("")) {
            resource = server.address().resolve("/pods");
            answered = client.status(resource);
        }

        // when
        OptionalInt unanswered = client.status(resource);

        // then
        assertThat(answered).hasValue(200);
        assertThat(unanswered).isEmpty();
    }
}
