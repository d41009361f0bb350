package io.nodejoin.agent;

import static org.assertj.core.api.Assertions.assertThat;

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
    void shouldEndTheAgentUntilThereIsAnotherEnrollment() throws IOException {
        // given
        CompletionMarker completionMarker = farewell(false);
        boolean before = completionMarker.isWritten();

        // when
        completionMarker.write();
        boolean ends = completionMarker.write();

        // then
        assertThat(before).isFalse();
        assertThat(ends).isTrue();
        assertThat(farewell(false).isWritten()).isTrue();
        Files.setLastModifiedTime(secret, FileTime.from(Instant.parse("2026-11-25T10:00:00Z")));
        assertThat(farewell(false).isWritten()).isFalse();
    }

    @Test
    void shouldLeaveAnEnrollmentThatHasComeMeanwhileForTheAgent() throws IOException {
        // given a secret that was written anew since the agent has enrolled by it
        Files.writeString(state.resolve("agent.enrollment"), new EnrollmentSecret(secret).modificationStamp());
        Files.setLastModifiedTime(secret, FileTime.from(Instant.parse("2026-11-25T10:00:00Z")));

        // when
        boolean ends = farewell(false).write();

        // then
        assertThat(ends).isFalse();
        assertThat(farewell(false).isWritten()).isFalse();
    }

    @Test
    void shouldHaveNothingLeftToDoWithoutItsSecret() throws IOException {
        // given
        farewell(false).write();

        // when
        Files.delete(secret);

        // then
        assertThat(farewell(false).isWritten()).isTrue();
    }

    @Test
    void shouldLetAResidentAgentGoOn() {
        // given
        CompletionMarker completionMarker = farewell(true);

        // when
        boolean ends = completionMarker.write();

        // then
        assertThat(ends).isFalse();
        assertThat(completionMarker.isWritten()).isFalse();
        assertThat(root.resolve("run/cluster-api/bootstrap-success.complete")).hasContent("success");
    }

    private CompletionMarker farewell(boolean resident) {
        return new CompletionMarker(
                resident, new FakeHost(root).parts().files(), new RootedHostFiles(state), new EnrollmentSecret(secret));
    }
}
