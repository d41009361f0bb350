package io.nodejoin.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.agent.gateway.EnrollmentSecret;
import io.nodejoin.agent.host.RootedHostFiles;
import io.nodejoin.agent.host.TemporaryHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FarewellTest {
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
        Farewell farewell = farewell(false);
        boolean before = farewell.isSaid();

        // when
        farewell.say();
        boolean ends = farewell.say();

        // then
        assertThat(before).isFalse();
        assertThat(ends).isTrue();
        assertThat(farewell(false).isSaid()).isTrue();
        Files.setLastModifiedTime(secret, FileTime.from(Instant.parse("2026-11-25T10:00:00Z")));
        assertThat(farewell(false).isSaid()).isFalse();
    }

    @Test
    void shouldLeaveAnEnrollmentThatHasComeMeanwhileForTheAgent() throws IOException {
        // given a secret that was written anew since the agent has enrolled by it
        Files.writeString(state.resolve("agent.enrollment"), new EnrollmentSecret(secret).stamp());
        Files.setLastModifiedTime(secret, FileTime.from(Instant.parse("2026-11-25T10:00:00Z")));

        // when
        boolean ends = farewell(false).say();

        // then
        assertThat(ends).isFalse();
        assertThat(farewell(false).isSaid()).isFalse();
    }

    @Test
    void shouldHaveNothingLeftToDoWithoutItsSecret() throws IOException {
        // given
        farewell(false).say();

        // when
        Files.delete(secret);

        // then
        assertThat(farewell(false).isSaid()).isTrue();
    }

    @Test
    void shouldLetAResidentAgentGoOn() {
        // given
        Farewell farewell = farewell(true);

        // when
        boolean ends = farewell.say();

        // then
        assertThat(ends).isFalse();
        assertThat(farewell.isSaid()).isFalse();
        assertThat(root.resolve("run/cluster-api/bootstrap-success.complete")).hasContent("success");
    }

    private Farewell farewell(boolean resident) {
        return new Farewell(
                resident,
                new TemporaryHost(root).parts().files(),
                new RootedHostFiles(state),
                new EnrollmentSecret(secret));
    }
}
