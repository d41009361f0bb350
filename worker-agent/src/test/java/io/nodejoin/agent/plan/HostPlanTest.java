package io.nodejoin.agent.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.agent.facts.HostProbe;
import io.nodejoin.agent.facts.HostSnapshot;
import io.nodejoin.agent.facts.KubeletBinary;
import io.nodejoin.agent.host.FakeHost;
import io.nodejoin.agent.host.HostPorts;
import io.nodejoin.agent.host.UnitState;
import io.nodejoin.agent.journal.Journal;
import io.nodejoin.agent.step.StepExecutor;
import io.nodejoin.protocol.agent.Finding;
import io.nodejoin.protocol.event.HostProfile;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostPlanTest {
    @TempDir
    Path directory;

    private static HostSnapshot bare(List<String> swaps, boolean loadable, String fstab) {
        return new HostSnapshot(
                swaps, Set.of(), loadable, Map.of("/etc/fstab", fstab), Map.of("/etc/fstab", 0644), Map.of(), Map.of());
    }

    private static HostPlan planOf(HostSnapshot host) {
        return HostPlan.create(Profile.of(HostProfile.CONTAINERD), host);
    }

    @Test
    void shouldSwitchSwapOffAndKeepItOff() {
        // given
        HostSnapshot host =
                bare(List.of("/dev/sda2"), true, "/dev/sda1 / ext4\n/dev/sda2 none swap sw 0 0\n# none x swap\n");

        // when
        List<HostStep> steps = planOf(host).steps();

        // then
        assertThat(steps)
                .startsWith(
                        new HostStep.WriteFile(
                                "/etc/fstab",
                                "/dev/sda1 / ext4\n#nodejoin# /dev/sda2 none swap sw 0 0\n# none x swap\n",
                                0644,
                                false),
                        new HostStep.MaskUnit("dev-sda2.swap"),
                        new HostStep.SwitchSwapOff("/dev/sda2"));
    }

    @Test
    void shouldLoadModulesOnlyIfTheHostHasModules() {
        // given
        HostSnapshot machine = bare(List.of(), true, "");
        HostSnapshot container = bare(List.of(), false, "");

        // when
        HostPlan onMachine = planOf(machine);
        HostPlan inContainer = planOf(container);

        // then
        assertThat(onMachine.steps())
                .contains(new HostStep.LoadModule("overlay"), new HostStep.LoadModule("br_netfilter"))
                .contains(new HostStep.SetSysctl("/proc/sys/net/bridge/bridge-nf-call-iptables", "1"));
        assertThat(inContainer.steps()).noneMatch(HostStep.LoadModule.class::isInstance);
        assertThat(inContainer.steps())
                .doesNotContain(new HostStep.SetSysctl("/proc/sys/net/bridge/bridge-nf-call-iptables", "1"));
        assertThat(inContainer.findings()).extracting(Finding::severity).containsOnly(Finding.Severity.INFO);
    }

    @Test
    void shouldStartContainerRuntimeThatIsDown() {
        // given
        HostSnapshot host = new HostSnapshot(
                List.of(),
                Set.of(),
                false,
                Map.of(),
                Map.of(),
                Map.of("containerd.service", UnitState.NOT_FOUND),
                Map.of());

        // when
        List<HostStep> steps = planOf(host).steps();

        // then
        assertThat(steps).endsWith(new HostStep.StartUnit("containerd.service"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0750, 02755, 01755})
    void shouldKeepADirectoryWhoseModeIsNotWiderThanDesired(int mode) {
        // given
        HostSnapshot host = new HostSnapshot(
                List.of(), Set.of(), false, Map.of(), Map.of("/etc/kubernetes", mode), Map.of(), Map.of());

        // when
        List<HostStep> steps = planOf(host).steps();

        // then
        assertThat(steps).extracting(HostStep::name).doesNotContain("make /etc/kubernetes");
    }

    @Test
    void shouldPlanNothingOnceAppliedAndKeepItsDigest() {
        // given
        HostPorts host = new FakeHost(directory).parts();
        HostProbe probe = new HostProbe(host, new KubeletBinary(host.commands(), host.files()));
        HostPlan before = planOf(probe.snapshot(HostPlan.queries(Profile.of(HostProfile.CONTAINERD))));
        Journal journal = Journal.open(directory.resolve("journal"));

        // when
        new StepExecutor(host, journal).apply(before.steps(), _ -> {});
        HostPlan after = planOf(probe.snapshot(HostPlan.queries(Profile.of(HostProfile.CONTAINERD))));

        // then
        assertThat(before.steps()).isNotEmpty();
        assertThat(after.steps()).isEmpty();
        assertThat(after.digest()).isEqualTo(before.digest());
    }
}
