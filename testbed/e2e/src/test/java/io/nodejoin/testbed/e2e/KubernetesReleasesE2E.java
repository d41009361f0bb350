package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.protocol.event.LeaveRequested;
import io.nodejoin.protocol.event.LeaveSucceeded;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.client.JoinRequestProducer;
import io.nodejoin.testbed.config.BedSettings;
import io.nodejoin.testbed.config.KubernetesRelease;
import io.nodejoin.testbed.host.Host;
import io.nodejoin.testbed.host.HostSpec;
import io.nodejoin.testbed.process.Parallel;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each kubelet with each API server that supports it, both real. The pairs that were proved are written as JSON to the file that the
 * property {@code nodejoin.releases.json} names.
 */
@Tag("full")
@ParameterizedClass
@EnumSource
class KubernetesReleasesE2E {
    private static final ObjectMapper JSON = JsonMapper.builder().build();
    private static final List<Pair> PROVED = new ArrayList<>();

    private final SecureRandom random = new SecureRandom();
    private final KubernetesRelease release;

    @RegisterExtension
    private final BootedBed booted;

    private final TestBed bed;

    KubernetesReleasesE2E(KubernetesRelease release) {
        this.release = release;
        this.booted = BootedBed.of(
                BedSettings.numbered("releases", 13).withKubernetes(release), "Kubernetes " + release + " is");
        this.bed = booted.bed();
    }

    /**
     * A row of the table of what works together.
     *
     * @param apiServer its version
     * @param kubelet its version
     * @param runtime the container runtime of the kubelet's host, with its version
     */
    private record Pair(String apiServer, String kubelet, String runtime) {}

    @Test
    void shouldJoinAndReleaseEachKubeletThatTheApiServerSupports() throws IOException {
        // given
        List<Machine> machines = Parallel.run(release.kubelets().stream()
                .<Supplier<Machine>>map(kubelet -> () -> boot(kubelet))
                .toList());

        try (OutcomeLog outcomes = new OutcomeLog(bed.kafka().bootstrapServers());
                JoinRequestProducer producer =
                        new JoinRequestProducer(bed.kafka().bootstrapServers())) {
            // when
            machines.forEach(machine -> producer.send(
                    machine.fixture()
                            .joinRequest(SharedBed.CLUSTER, machine.host().address()),
                    machine.key()));
            machines.forEach(machine -> outcomes.awaitOutcome(machine.fixture().node(), JoinSucceeded.class));
            List<Pair> pairs = machines.stream().map(this::pair).toList();

            // then
            assertThat(pairs).allSatisfy(pair -> assertThat(pair.apiServer()).startsWith("v" + release + "."));
            assertThat(pairs)
                    .extracting(pair -> pair.kubelet().replaceAll("v(\\d+\\.\\d+)\\..*", "$1"))
                    .containsExactlyElementsOf(release.kubelets().stream()
                            .map(KubernetesRelease::toString)
                            .toList());

            // and nothing is left of those that leave
            machines.forEach(Machine::startAgent);
            machines.forEach(machine -> producer.send(
                    new LeaveRequested(SharedBed.CLUSTER, machine.fixture().node(), null, 0, null, null, null),
                    machine.key()));
            machines.forEach(machine -> assertThat(
                            outcomes.awaitSecondOutcome(machine.fixture().node(), LeaveSucceeded.class)
                                    .residue())
                    .isEmpty());
            machines.forEach(
                    machine -> assertThat(HostState.read(machine.host()).differencesFrom(machine.before()))
                            .isEmpty());
            record(pairs);
        }
    }

    private Machine boot(KubernetesRelease kubelet) {
        HostFixture fixture = HostFixture.create("kubelet-" + kubelet.toString().replace('.', '-'), false, random);
        Host host = booted.addHost(HostSpec.named(fixture.node().value(), fixture.secret())
                .with(kubelet)
                .withoutEarlyPreparation());
        return new Machine(fixture, host, HostState.read(host));
    }

    private Pair pair(Machine machine) {
        return new Pair(
                bed.controlPlane().version(),
                nodeInfo(machine, "kubeletVersion"),
                nodeInfo(machine, "containerRuntimeVersion").replace("://", " "));
    }

    private String nodeInfo(Machine machine, String member) {
        return bed.controlPlane()
                .kubectl(
                        "get",
                        "node",
                        machine.fixture().node().value(),
                        "--output=jsonpath={.status.nodeInfo." + member + "}")
                .run()
                .orFail()
                .output();
    }

    private static void record(List<Pair> pairs) throws IOException {
        PROVED.addAll(pairs);
        String file = System.getProperty("nodejoin.releases.json", "");
        if (!file.isEmpty()) {
            JSON.writeValue(Path.of(file).toFile(), Map.of("pairs", PROVED));
        }
    }

    private record Machine(HostFixture fixture, Host host, HostState before) {
        String key() {
            return SharedBed.recordKey(fixture.node());
        }

        /** An agent has ended with its join, and comes again for the same secret once that is written anew. */
        void startAgent() {
            host.write("/etc/nodejoin/enrollment-secret", fixture.secret());
            host.run("systemctl", "restart", "nodejoin-agent.service").orFail();
        }
    }
}
