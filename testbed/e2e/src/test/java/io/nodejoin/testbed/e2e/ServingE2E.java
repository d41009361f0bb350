package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.protocol.event.JoinRequested;
import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.client.JoinRequestProducer;
import io.nodejoin.testbed.host.Host;
import io.nodejoin.testbed.host.HostSpec;
import io.nodejoin.testbed.process.CommandResult;
import io.nodejoin.testbed.process.Parallel;
import io.nodejoin.testbed.template.Template;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * Booted hosts with real kubelets. The bed's API server speaks only to a kubelet that serves with a certificate of the
 * cluster's CA, so whatever comes through it from a container proves one.
 */
@Tag("real")
@Tag("hosts")
@ResourceLock(value = BootedBed.SHARED, mode = ResourceAccessMode.READ)
class ServingE2E {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final String APPROVED =
            "jsonpath={range .items[?(@.spec.signerName==\"kubernetes.io/kubelet-serving\")]}"
                    + "{.spec.username} {.status.conditions[*].reason}{\"\\n\"}{end}";

    private final SecureRandom random = new SecureRandom();

    @RegisterExtension
    private final BootedBed booted = BootedBed.shared("serving certificates on booted hosts are");

    private final TestBed bed = booted.bed();

    @Test
    void shouldShowLogsAndExecuteOnANodeThatServesByACertificateOfTheCluster() {
        // given
        HostFixture asking = HostFixture.create("serving", false, random);
        HostFixture silent = HostFixture.create("selfmade", false, random);
        List<Host> hosts = Parallel.run(List.<Supplier<Host>>of(() -> boot(asking), () -> boot(silent)));
        Host host = hosts.getFirst();

        // when
        try (OutcomeLog outcomes = new OutcomeLog(bed.kafka().bootstrapServers());
                JoinRequestProducer producer =
                        new JoinRequestProducer(bed.kafka().bootstrapServers())) {
            producer.send(request(asking, host, true), SharedBed.recordKey(asking.node()));
            producer.send(request(silent, hosts.getLast(), null), SharedBed.recordKey(silent.node()));
            outcomes.awaitOutcome(asking.node(), JoinSucceeded.class);
            outcomes.awaitOutcome(silent.node(), JoinSucceeded.class);
        }

        // then the certificate was there before the join ended
        assertThat(servingRequests()).containsExactly("system:node:serving NodejoinApproved");
        assertThat(host.exists("/var/lib/kubelet/pki/kubelet-server-current.pem"))
                .isTrue();
        speak(asking);
        speak(silent);
        assertThat(logs(asking)).contains("a word from serving");
        assertThat(kubectl("exec", "speaker-serving", "--", "/usr/bin/echo", "done there"))
                .returns("done there\n", CommandResult::output);
        assertThat(kubectl("logs", "speaker-selfmade"))
                .as("a kubelet that signs its own certificate")
                .returns(false, CommandResult::succeeded)
                .extracting(CommandResult::error)
                .asString()
                .contains("x509");

        // and its renewal is approved as well, long after the workflow has ended
        host.run("sh", "-c", "rm /var/lib/kubelet/pki/kubelet-server-* && systemctl restart kubelet.service");
        await("renewal").atMost(TIMEOUT).until(() -> servingRequests().size() == 2);
        await("renewed logs").atMost(TIMEOUT).until(() -> logs(asking).contains("a word from serving"));
        assertThat(servingRequests()).containsOnly("system:node:serving NodejoinApproved");
    }

    private Host boot(HostFixture fixture) {
        return booted.addHost(HostSpec.named(fixture.node().value(), fixture.secret()));
    }

    private static JoinRequested request(HostFixture fixture, Host host, @Nullable Boolean servingCertificate) {
        return fixture.requestBuilder(SharedBed.CLUSTER, host.address())
                .servingCertificate(servingCertificate)
                .build();
    }

    /** Starts a container that says one line, with the host's own programs, and waits until it runs. */
    private void speak(HostFixture fixture) {
        String node = fixture.node().value();
        String pod = Template.load("e2e/speaker.yaml").render(Map.of("node", node));
        bed.controlPlane().kubectl("apply", "--filename=-").withInput(pod).run().orFail();
        await("speaker on " + node)
                .atMost(TIMEOUT)
                .until(() -> kubectl("get", "pod", "speaker-" + node, "--output=jsonpath={.status.phase}")
                        .output()
                        .equals("Running"));
    }

    private String logs(HostFixture fixture) {
        return kubectl("logs", "speaker-" + fixture.node()).output();
    }

    private List<String> servingRequests() {
        return kubectl("get", "certificatesigningrequests", "--output=" + APPROVED)
                .output()
                .lines()
                .filter(line -> line.startsWith("system:node:serving "))
                .toList();
    }

    private CommandResult kubectl(String... words) {
        return bed.controlPlane().kubectl(words).run();
    }
}
