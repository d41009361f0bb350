package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.agent.CgroupDriver;
import io.nodejoin.protocol.agent.ContainerdSettings;
import io.nodejoin.protocol.agent.HostSettings;
import io.nodejoin.protocol.agent.KubeletOptions;
import io.nodejoin.protocol.agent.SwapPolicy;
import io.nodejoin.protocol.join.JoinSucceeded;
import io.nodejoin.protocol.join.LeaveRequested;
import io.nodejoin.protocol.join.LeaveSucceeded;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.demo.HostWish;
import io.nodejoin.testbed.demo.JoinRequests;
import io.nodejoin.testbed.host.Host;
import io.nodejoin.testbed.host.HostSpec;
import io.nodejoin.testbed.plan.BedSettings;
import io.nodejoin.testbed.process.Together;
import io.nodejoin.testbed.provision.DebianRelease;
import io.nodejoin.testbed.service.ServiceSettings;
import java.net.URI;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a cluster wants of its hosts, on booted ones of both releases, and what is left of it when they have left. */
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
    private final BootedBed booted = BootedBed.of(BedSettings.numbered("settings", 15), "settings of hosts are");

    private final TestBed bed = booted.bed();

    @Test
    void shouldGiveHostsWhatTheirClusterWantsAndTakeItBackWhenTheyLeave() {
        // given
        bed.service().stop();
        bed.service().prepare(ServiceSettings.standard().wanting(WANTED));
        bed.service().start();
        HostWish newer = HostWish.of("newer", false, random);
        HostWish older = HostWish.of("older", false, random);
        List<HostWish> wishes = List.of(newer, older);
        List<Host> hosts = Together.run(List.<Supplier<Host>>of(
                () -> boot(newer, DebianRelease.TRIXIE), () -> boot(older, DebianRelease.BOOKWORM)));
        List<HostState> before = hosts.stream().map(HostState::of).toList();

        try (OutcomeLog outcomes = new OutcomeLog(bed.kafka().bootstrapServers());
                JoinRequests requests = new JoinRequests(bed.kafka().bootstrapServers())) {
            // when they join
            for (int i = 0; i < hosts.size(); i++) {
                requests.send(
                        wishes.get(i).request(SharedBed.CLUSTER, hosts.get(i).address()), key(wishes.get(i)));
            }
            wishes.forEach(wish -> outcomes.awaitEnd(wish.node(), JoinSucceeded.class));

            // then
            hosts.forEach(this::hasWhatIsWanted);

            // and when they leave
            for (int i = 0; i < hosts.size(); i++) {
                startAgent(hosts.get(i), wishes.get(i));
                requests.send(
                        new LeaveRequested(SharedBed.CLUSTER, wishes.get(i).node(), null, 0, null, null),
                        key(wishes.get(i)));
            }

            // then nothing is left
            for (HostWish wish : wishes) {
                assertThat(outcomes.awaitSecondEnd(wish.node(), LeaveSucceeded.class)
                                .residue())
                        .isEmpty();
            }
        }
        for (int i = 0; i < hosts.size(); i++) {
            assertThat(HostState.of(hosts.get(i)).differencesFrom(before.get(i)))
                    .isEmpty();
        }
    }

    private Host boot(HostWish wish, DebianRelease release) {
        Host host =
                bed.addHost(HostSpec.named(wish.node().value(), wish.secret()).with(release));
        host.run("ctr", "--namespace", "k8s.io", "images", "tag", BED_IMAGE, IMAGE)
                .orFail();
        return host;
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

    /** An agent has ended with its join, and comes again for the same secret once that is written anew. */
    private static void startAgent(Host host, HostWish wish) {
        host.write("/etc/nodejoin/enrollment-secret", wish.secret());
        host.run("systemctl", "restart", "nodejoin-agent.service").orFail();
    }

    private static String key(HostWish wish) {
        return SharedBed.key(wish.node());
    }
}
