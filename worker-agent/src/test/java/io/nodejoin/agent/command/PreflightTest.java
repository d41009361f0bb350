package io.nodejoin.agent.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.agent.facts.HostProbe;
import io.nodejoin.agent.facts.KubeletBinary;
import io.nodejoin.agent.host.HostParts;
import io.nodejoin.agent.host.TemporaryHost;
import io.nodejoin.protocol.agent.Finding;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.join.HostProfile;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PreflightTest {
    private static final HostCommand.Preflight COMMAND =
            new HostCommand.Preflight(HostProfile.CONTAINERD, "v1.37.2", URI.create("https://10.0.0.1:6443"), null);
    private static final String ROOT = "/dev/vda / ext4 rw 0 0\n";

    @TempDir
    private Path root;

    private TemporaryHost temporary;

    @BeforeEach
    void makeHost() {
        temporary = new TemporaryHost(root);
    }

    private HostResult preflight() {
        HostParts host = temporary.parts();
        KubeletBinary binary = new KubeletBinary(host.commands(), host.files());
        return new Preflight(host, new HostProbe(host, binary), binary).run(COMMAND);
    }

    @Test
    void shouldPassAHostThatHasEverything() {
        // when
        HostResult result = preflight();

        // then
        assertThat(result)
                .isInstanceOfSatisfying(
                        HostResult.PreflightPassed.class,
                        passed -> assertThat(passed.findings()).isEmpty());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ROOT + "tmpfs /run tmpfs rw 0 0\n",
                ROOT + "none /run ramfs rw 0 0\n",
                ROOT + "tmpfs /run tmpfs rw 0 0\n/dev/vdb /run/nodejoin2 ext4 rw 0 0\n",
                ROOT + "/dev/vdb /run ext4 rw 0 0\ntmpfs /run tmpfs rw 0 0\n",
                "tmpfs / tmpfs rw 0 0\n",
            })
    void shouldPassAHostThatKeepsRunInMemory(String mounts) {
        // given
        temporary.text("/proc/1/mounts", mounts);

        // when
        HostResult result = preflight();

        // then
        assertThat(result).isInstanceOf(HostResult.PreflightPassed.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ROOT,
                ROOT + "tmpfs /runner tmpfs rw 0 0\n",
                ROOT + "tmpfs /run tmpfs rw 0 0\n/dev/vdb /run ext4 rw 0 0\n",
                ROOT + "tmpfs /run tmpfs rw 0 0\n/dev/vdb /run/nodejoin xfs rw 0 0\n",
            })
    void shouldRefuseAHostWhoseTokenWouldReachADisk(String mounts) {
        // given
        temporary.text("/proc/1/mounts", mounts);

        // when
        HostResult result = preflight();

        // then
        assertThat(result)
                .isInstanceOfSatisfying(
                        HostResult.HostFailed.class,
                        failed -> assertThat(failed.findings())
                                .extracting(Finding::name)
                                .containsExactly("run-in-memory"));
    }
}
