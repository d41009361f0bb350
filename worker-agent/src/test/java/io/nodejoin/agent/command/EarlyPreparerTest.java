package io.nodejoin.agent.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.agent.facts.HostProbe;
import io.nodejoin.agent.facts.KubeletBinary;
import io.nodejoin.agent.host.FakeHost;
import io.nodejoin.agent.host.HostPorts;
import io.nodejoin.agent.host.RootedHostFiles;
import io.nodejoin.agent.journal.Journal;
import io.nodejoin.agent.key.KubeletKey;
import io.nodejoin.agent.preflight.HostChecks;
import io.nodejoin.agent.step.StepExecutor;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.EarlyPreparation;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.TlsBootstrap;
import io.nodejoin.protocol.event.HostProfile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EarlyPreparerTest {
    private static final HostCommand.PrepareHost WANTED =
            new HostCommand.PrepareHost(HostProfile.CONTAINERD, TlsBootstrap.AGENT, null, null);

    @TempDir
    private Path root;

    @TempDir
    private Path state;

    private FakeHost host;
    private Journal journal;
    private KubeletKey kubeletKey;

    @BeforeEach
    void makeHost() {
        host = new FakeHost(root);
        journal = Journal.open(state.resolve("journal"));
        kubeletKey = new KubeletKey(new RootedHostFiles(state));
    }

    @AfterEach
    void close() {
        journal.close();
    }

    private EarlyPreparer preparer(HostCommand.@Nullable PrepareHost wanted) {
        HostPorts ports = host.parts();
        KubeletBinary binary = new KubeletBinary(ports.commands(), ports.files());
        HostProbe probe = new HostProbe(ports, binary);
        return new EarlyPreparer(
                wanted,
                new Preflight(new HostChecks(ports, probe, binary, _ -> Optional.empty(), Set.of()), probe),
                new PrepareHost(probe, new StepExecutor(ports, journal), kubeletKey),
                journal);
    }

    private void accept(HostCommand command) {
        journal.recordAccepted(new Assignment(
                "earlier",
                JoinId.of("test", "1"),
                new NodeName("w1"),
                1,
                1,
                Instant.parse("9999-01-01T00:00:00Z"),
                command));
    }

    @Test
    void shouldPrepareTheHostAndTheKubeletsKey() throws InterruptedException {
        // when
        EarlyPreparation preparation = preparer(WANTED).prepare().orElseThrow();

        // then
        assertThat(preparation.command()).isEqualTo(WANTED);
        assertThat(preparation.facts().machineId()).isNotEmpty();
        assertThat(kubeletKey.digest()).contains(preparation.kubeletKeyDigest());
        assertThat(journal.changes()).isNotEmpty();
    }

    @Test
    void shouldPrepareOnlyOnce() throws InterruptedException {
        // given
        EarlyPreparer preparer = preparer(WANTED);
        Optional<EarlyPreparation> first = preparer.prepare();
        int calls = host.calls().size();

        // when
        Optional<EarlyPreparation> second = preparer.prepare();

        // then
        assertThat(second).isEqualTo(first);
        assertThat(host.calls()).hasSize(calls);
    }

    @Test
    void shouldLeaveAHostToItsJoinIfNothingIsWanted() throws InterruptedException {
        // when
        Optional<EarlyPreparation> preparation = preparer(null).prepare();

        // then
        assertThat(preparation).isEmpty();
        assertThat(journal.changes()).isEmpty();
    }

    @Test
    void shouldLeaveAHostToItsJoinThatFailsACheck() throws InterruptedException {
        // given
        host.directory("etc/kubernetes");
        host.text("/etc/kubernetes/admin.conf", "of another cluster");

        // when
        Optional<EarlyPreparation> preparation = preparer(WANTED).prepare();

        // then
        assertThat(preparation).isEmpty();
        assertThat(journal.changes()).isEmpty();
        assertThat(kubeletKey.digest()).isEmpty();
    }

    @Test
    void shouldNotSwitchSwapOffBeforeTheJoin() throws InterruptedException {
        // given
        host.text("/proc/swaps", """
                Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority
                /dev/vdb                                partition\t1048572\t\t0\t\t-2
                """);

        // when
        Optional<EarlyPreparation> preparation = preparer(WANTED).prepare();

        // then
        assertThat(preparation).isEmpty();
        assertThat(journal.changes()).isEmpty();
    }

    @Test
    void shouldLeaveAHostAloneThatAJoinHasChanged() throws Exception {
        // given
        accept(new HostCommand.ResetHost());

        // when
        Optional<EarlyPreparation> preparation = preparer(WANTED).prepare();

        // then
        assertThat(preparation).isEmpty();
        assertThat(Files.exists(state.resolve("kubelet.key"))).isFalse();
    }

    @Test
    void shouldNotReportAPreparationOnceACommandIsAccepted() throws InterruptedException {
        // given
        EarlyPreparer preparer = preparer(WANTED);
        preparer.prepare();
        accept(WANTED);

        // when
        Optional<EarlyPreparation> preparation = preparer.prepare();

        // then
        assertThat(preparation).isEmpty();
    }
}
