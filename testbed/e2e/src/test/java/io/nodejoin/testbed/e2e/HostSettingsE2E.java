package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.agent.CgroupDriver;
import io.nodejoin.protocol.agent.ContainerdSettings;
import io.nodejoin.protocol.agent.HostSettings;
import io.nodejoin.protocol.agent.KubeletOptions;
import io.nodejoin.protocol.agent.SwapPolicy;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.protocol.event.LeaveRequested;
import io.nodejoin.protocol.event.LeaveSucceeded;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.client.JoinRequestProducer;
import io.nodejoin.testbed.host.Host;
import io.nodejoin.testbed.host.HostSpec;
import io.nodejoin.testbed.provision.DebianRelease;
import io.nodejoin.testbed.service.ServiceSettings;
import java.net.URI;
import java.security.SecureRandom;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The settings that a cluster wants of its hosts, on a booted host of each release, and what is left of them after its leave. */
@Tag("hosts")
@ResourceLock(BootedBed.SHARED)
class HostSettingsE2E {
    private static final String BED_IMAGE = "localhost/pause:testbed";
    private static final String IMAGE = "localhost/pause:settings";
    private static final HostSettings WANTED = new HostSettings(
            SwapPolicy.NO_SWAP,
            new ContainerdSettings(
                    CgroupDriver.SYSTEMD,
                    IMAGE,
                    Map.of("docker.io", List.of(URI.create("https://mirror.example:5000")))),
            new KubeletOptions(Map.of("memory", "256Mi"), Map.of("memory", "128Mi"), Map.of(), "20Mi", 3));
    private static final long MEBIBYTE = 1024 * 1024;

    private final SecureRandom random = new SecureRandom();

    @RegisterExtension
    private final BootedBed booted = BootedBed.shared("settings of hosts are");

    private final TestBed bed = booted.bed();

    @AfterEach
    void wantNothingMore() {
        bed.service().restartWith(ServiceSettings.standard());
    }

    @Test
    @Tag("real")
    void shouldGiveAHostWhatItsClusterWantsAndTakeItBackWhenItLeaves() {
        bringIntoStateAndBack(DebianRelease.TRIXIE);
    }

    @Test
    @Tag("full")
    void shouldGiveAHostOfTheOlderDebianWhatItsClusterWantsAndTakeItBackWhenItLeaves() {
        bringIntoStateAndBack(DebianRelease.BOOKWORM);
    }

    private void bringIntoStateAndBack(DebianRelease release) {
        // given
        bed.service().restartWith(ServiceSettings.standard().withHostSettings(WANTED));
        TestHost machine = boot("settled-" + release.name().toLowerCase(Locale.ROOT), release);

        try (OutcomeLog outcomes = new OutcomeLog(bed.kafka().bootstrapServers());
                JoinRequestProducer producer =
                        new JoinRequestProducer(bed.kafka().bootstrapServers())) {
            // when it joins
            producer.send(
                    machine.wish().joinRequest(SharedBed.CLUSTER, machine.host().address()), machine.key());
            outcomes.awaitOutcome(machine.node(), JoinSucceeded.class);

            // then
            hasWhatIsWanted(machine.host());

            // and when it leaves
            machine.startAgent();
            producer.send(
                    new LeaveRequested(SharedBed.CLUSTER, machine.node(), null, 0, null, null, null), machine.key());

            // then nothing is left
            assertThat(outcomes.awaitSecondOutcome(machine.node(), LeaveSucceeded.class)
                            .residue())
                    .isEmpty();
        }
        assertThat(HostState.read(machine.host()).differencesFrom(machine.before()))
                .isEmpty();
    }

    private TestHost boot(String name, DebianRelease release) {
        HostFixture fixture = HostFixture.create(name, false, random);
        Host host = booted.addHost(
                HostSpec.named(name, fixture.secret()).with(release).withoutEarlyPreparation());
        host.run("ctr", "--namespace", "k8s.io", "images", "tag", BED_IMAGE, IMAGE)
                .orFail();
        return new TestHost(fixture, host, HostState.read(host));
    }

    private void hasWhatIsWanted(Host host) {
        assertThat(host.run("containerd", "config", "dump").orFail().output())
                .containsPattern("SystemdCgroup = true")
                .containsPattern("sandbox(_image)? = ['\"]" + IMAGE)
                .containsPattern("config_path = ['\"]/etc/containerd/certs.d");
        assertThat(host.read("/etc/containerd/certs.d/docker.io/hosts.toml").orElseThrow())
                .contains("https://mirror.example:5000");
        assertThat(host.read("/var/lib/kubelet/config.yaml").orElseThrow())
                .contains("failSwapOn: false", "swapBehavior: \"NoSwap\"", "containerLogMaxFiles: 3");
        assertThat(memory(host, "capacity") - memory(host, "allocatable")).isEqualTo((256 + 128 + 1) * MEBIBYTE);
    }

    /** Bytes of memory that the node reports. The bed's own threshold for eviction is one mebibyte. */
    private long memory(Host host, String kind) {
        String quantity = bed.controlPlane()
                .kubectl("get", "node", host.name(), "-o", "jsonpath={.status." + kind + ".memory}")
                .run()
                .orFail()
                .output()
                .strip();
        assertThat(quantity).endsWith("Ki");
        return Long.parseLong(quantity.substring(0, quantity.length() - 2)) * 1024;
    }

    private record TestHost(HostFixture wish, Host host, HostState before) {
        NodeName node() {
            return wish.node();
        }

        String key() {
            return SharedBed.recordKey(node());
        }

        /** An agent has ended with its join, and comes again for the same secret once that is written anew. */
        void startAgent() {
            host.write("/etc/nodejoin/enrollment-secret", wish.secret());
            host.run("systemctl", "restart", "nodejoin-agent.service").orFail();
        }
    }
}
