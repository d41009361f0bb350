package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.HostProfile;
import io.nodejoin.protocol.event.JoinCancelRequested;
import io.nodejoin.protocol.event.JoinCancelled;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.client.JoinRequestProducer;
import io.nodejoin.testbed.config.BedSettings;
import io.nodejoin.testbed.host.Host;
import io.nodejoin.testbed.host.HostSpec;
import io.nodejoin.testbed.process.CommandResult;
import io.nodejoin.testbed.process.Parallel;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Nodejoin and kubeadm on the same booted hosts, one after the other. */
@Tag("full")
class InteropE2E {
    private static final Duration LONG_TIMEOUT = Duration.ofMinutes(2);
    private static final Pattern PREFLIGHT_ERROR = Pattern.compile("(?m)^\\s*\\[ERROR ([A-Za-z0-9-]+)]");
    /** A host of the bed is a container: it has no kernel configuration to be read, and few control groups. */
    private static final List<String> OF_THE_BED = List.of("SystemVerification");

    private final SecureRandom random = new SecureRandom();

    @RegisterExtension
    private final BootedBed booted = BootedBed.of(BedSettings.numbered("interop", 12), "Nodejoin beside kubeadm is");

    private final TestBed bed = booted.bed();

    @Test
    void shouldPassAHostToKubeadmAndTakeOneFromIt() {
        // given
        HostFixture before = HostFixture.create("before", false, random);
        HostFixture after = HostFixture.create("after", false, random);
        HostFixture prepared = HostFixture.create("prepared", false, random);
        List<Host> hosts =
                Parallel.run(List.<Supplier<Host>>of(() -> boot(before), () -> boot(after), () -> boot(prepared)));
        Host byKubeadmBefore = hosts.get(0);
        Host byKubeadmAfter = hosts.get(1);
        Host preparedOnly = hosts.get(2);
        HostState untouched = HostState.read(byKubeadmAfter);
        bed.joinByKubeadm(byKubeadmBefore);
        byKubeadmBefore
                .run(List.of("kubeadm", "reset", "--force"), LONG_TIMEOUT)
                .orFail();
        kubectl("delete", "node", "before");

        // when
        try (OutcomeLog outcomes = new OutcomeLog(bed.kafka().bootstrapServers());
                JoinRequestProducer producer =
                        new JoinRequestProducer(bed.kafka().bootstrapServers())) {
            producer.send(
                    before.joinRequest(SharedBed.CLUSTER, byKubeadmBefore.address()),
                    SharedBed.recordKey(before.node()));
            producer.send(
                    prepared.joinRequest(SharedBed.CLUSTER, preparedOnly.address()),
                    SharedBed.recordKey(prepared.node()));
            producer.send(
                    after.joinRequest(
                            SharedBed.CLUSTER,
                            byKubeadmAfter.address(),
                            HostProfile.CONTAINERD,
                            List.of("nodejoin.io/never")),
                    SharedBed.recordKey(after.node()));
            outcomes.awaitOutcome(before.node(), JoinSucceeded.class);
            outcomes.awaitOutcome(prepared.node(), JoinSucceeded.class);
            outcomes.awaitPhase(after.node(), Phase.KubeletStarted);
            producer.send(
                    new JoinCancelRequested(SharedBed.CLUSTER, after.node(), null, null),
                    SharedBed.recordKey(after.node()));
            assertThat(outcomes.awaitOutcome(after.node(), JoinCancelled.class).residue())
                    .isEmpty();
        }

        // then the host of a cancelled join is as it was
        assertThat(HostState.read(byKubeadmAfter).differencesFrom(untouched)).isEmpty();

        // and the host that was kubeadm's is Nodejoin's
        assertThat(byKubeadmBefore.exists("/etc/kubernetes/kubelet.conf")).isFalse();
        assertThat(byKubeadmBefore.exists("/var/lib/kubelet/kubeconfig")).isTrue();

        // and the one that Nodejoin has given back is kubeadm's
        bed.joinByKubeadm(byKubeadmAfter);
        assertThat(byKubeadmAfter.exists("/etc/kubernetes/kubelet.conf")).isTrue();

        // and what Nodejoin prepares is what kubeadm wants
        takeTheKubeletOff(preparedOnly);
        assertThat(preflightErrors(preparedOnly)).isSubsetOf(OF_THE_BED);
    }

    private Host boot(HostFixture fixture) {
        return booted.addHost(
                HostSpec.named(fixture.node().value(), fixture.secret()).withoutEarlyPreparation());
    }

    /** Leaves the host as a join has prepared it, without what the join has started. */
    private static void takeTheKubeletOff(Host host) {
        host.run("systemctl", "disable", "--now", "kubelet.service").orFail();
        host.run(
                        "rm",
                        "-r",
                        "/etc/kubernetes/pki/ca.crt",
                        "/var/lib/kubelet/kubeconfig",
                        "/var/lib/kubelet/config.yaml")
                .orFail();
        await("free port")
                .atMost(LONG_TIMEOUT)
                .until(() ->
                        host.run("ss", "-Htln", "sport", "=", ":10250").output().isEmpty());
    }

    private List<String> preflightErrors(Host host) {
        // Without errors it would go on to look for a cluster by this token, which is none.
        CommandResult checked = host.run(
                List.of(
                        "kubeadm",
                        "join",
                        "phase",
                        "preflight",
                        bed.plan().apiServer().toString(),
                        "--token=abcdef.0123456789abcdef",
                        "--discovery-token-unsafe-skip-ca-verification"),
                Duration.ofSeconds(20));
        assertThat(checked.output()).contains("Running pre-flight checks");
        return PREFLIGHT_ERROR
                .matcher(checked.error())
                .results()
                .map(error -> error.group(1))
                .toList();
    }

    private void kubectl(String... words) {
        bed.controlPlane().kubectl(words).run().orFail();
    }
}
