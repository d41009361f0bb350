package io.nodejoin.agent.command;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.nodejoin.agent.facts.HostProbe;
import io.nodejoin.agent.facts.KubeletBinary;
import io.nodejoin.agent.host.FakeHost;
import io.nodejoin.agent.host.HostException;
import io.nodejoin.agent.host.HostPorts;
import io.nodejoin.agent.host.RootedHostFiles;
import io.nodejoin.agent.journal.Journal;
import io.nodejoin.agent.key.KubeletKey;
import io.nodejoin.agent.step.StepExecutor;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Sha256;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.agent.TlsBootstrap;
import io.nodejoin.protocol.event.HostProfile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrepareHostTest {
    @TempDir
    private Path root;

    @TempDir
    private Path state;

    private @Nullable String prepare(TlsBootstrap tlsBootstrap) {
        HostPorts host = new FakeHost(root).parts();
        HostProbe probe = new HostProbe(host, new KubeletBinary(host.commands(), host.files()));
        KubeletKey key = new KubeletKey(new RootedHostFiles(state));
        try (Journal journal = Journal.open(state.resolve("journal"))) {
            HostResult result = new PrepareHost(probe, new StepExecutor(host, journal), key)
                    .execute(
                            new HostCommand.PrepareHost(HostProfile.CONTAINERD, tlsBootstrap, null, null),
                            (_, _) -> {});
            return ((HostResult.HostPrepared) result).kubeletKeyDigest();
        }
    }

    private Path keyFile() {
        return state.resolve("kubelet.key");
    }

    @Test
    void shouldReportTheDigestOfAKeyThatOnlyItsOwnerCanRead() throws IOException {
        // when
        String digest = prepare(TlsBootstrap.AGENT);

        // then
        String publicKey = Files.readAllLines(keyFile()).getLast();
        assertThat(digest).isEqualTo(Sha256.hex(Base64.getDecoder().decode(publicKey)));
        assertThat(Files.getPosixFilePermissions(keyFile())).isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void shouldReportTheSameKeyTwice() {
        // given
        String first = prepare(TlsBootstrap.AGENT);

        // when
        String second = prepare(TlsBootstrap.AGENT);

        // then
        assertThat(second).isEqualTo(first);
    }

    @Test
    void shouldNotJournalTheKey() throws IOException {
        // when
        prepare(TlsBootstrap.AGENT);

        // then
        String privateKey = Files.readAllLines(keyFile()).getFirst();
        assertThat(Files.readString(state.resolve("journal"))).doesNotContain(privateKey.substring(0, 20));
    }

    @Test
    void shouldHaveNoKeyIfTheKubeletCreatesIt() {
        // given
        prepare(TlsBootstrap.AGENT);

        // when
        String digest = prepare(TlsBootstrap.KUBELET);

        // then
        assertThat(digest).isNull();
        assertThat(keyFile()).doesNotExist();
    }

    @Test
    void shouldFailIfTheKeyCannotBeRead() throws IOException {
        // given
        Files.write(keyFile(), "no key\n".getBytes(US_ASCII));

        // when
        HostException failure = catchThrowableOfType(HostException.class, () -> prepare(TlsBootstrap.AGENT));

        // then
        assertThat(failure.problem().code()).isEqualTo(ErrorCode.HOST_COMMAND_FAILED);
        assertThat(failure.problem().detail())
                .contains("kubelet.key", "delete it")
                .doesNotContain("no key\n");
    }
}
