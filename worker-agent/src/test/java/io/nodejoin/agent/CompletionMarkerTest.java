package io.nodejoin.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.agent.command.BootstrapSentinel;
import io.nodejoin.agent.gateway.EnrollmentSecret;
import io.nodejoin.agent.host.FakeHost;
import io.nodejoin.agent.host.RootedHostFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompletionMarkerTest {
    @TempDir
    Path root;

    @TempDir
    Path state;

    private Path secret;

    @BeforeEach
    void writeSecret() throws IOException {
        secret = Files.writeString(state.resolve("secret"), "first\n");
    }

    @Test
    void shouldEndTheAgentUntilThereIsANewEnrollment() throws IOException {
        // given
        CompletionMarker completionMarker = marker(false);
        boolean before = completionMarker.isWritten();

        // when
        completionMarker.write();
        boolean ends = completionMarker.write();

        // then
        assertThat(before).isFalse();
        assertThat(ends).isTrue();
        assertThat(marker(false).isWritten()).isTrue();
        Files.setLastModifiedTime(secret, FileTime.from(Instant.parse("2026-11-25T10:00:00Z")));
        assertThat(marker(false).isWritten()).isFalse();
    }

    @Test
    void shouldKeepRunningForAnEnrollmentThatArrivedMeanwhile() throws IOException {
        // given a secret that was written anew since the agent has enrolled by it
        Files.writeString(state.resolve("agent.enrollment"), new EnrollmentSecret(secret).modificationStamp());
        Files.setLastModifiedTime(secret, FileTime.from(Instant.parse("2026-11-25T10:00:00Z")));

        // when
        boolean ends = marker(false).write();

        // then
        assertThat(ends).isFalse();
        assertThat(marker(false).isWritten()).isFalse();
    }

    @Test
    void shouldHaveNothingToDoWithoutItsSecret() throws IOException {
        // given
        marker(false).write();

        // when
        Files.delete(secret);

        // then
        assertThat(marker(false).isWritten()).isTrue();
    }

    @Test
    void shouldKeepAResidentAgentRunning() {
        // given
        CompletionMarker completionMarker = marker(true);

        // when
        boolean ends = completionMarker.write();

        // then
        assertThat(ends).isFalse();
        assertThat(completionMarker.isWritten()).isFalse();
        assertThat(root.resolve("run/cluster-api/bootstrap-success.complete")).hasContent("success");
    }

    private CompletionMarker marker(boolean resident) {
        return new CompletionMarker(
                resident,
                new BootstrapSentinel(new FakeHost(root).parts().files()),
                new RootedHostFiles(state),
                new EnrollmentSecret(secret));
    }
}
