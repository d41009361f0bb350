package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.protocol.join.JoinRequested;
import io.nodejoin.protocol.join.JoinSucceeded;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.demo.HostWish;
import io.nodejoin.testbed.demo.JoinRequests;
import io.nodejoin.testbed.host.Host;
import io.nodejoin.testbed.host.HostSpec;
import io.nodejoin.testbed.process.CommandResult;
import io.nodejoin.testbed.process.Together;
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
@ResourceLock(value = BootedBed.SHARED, mode = ResourceAccessMode.READ)
class ServingE2E {
    private static final Duration SOON = Duration.ofSeconds(60);
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
        HostWish asking = HostWish.of("serving", false, random);
        HostWish silent = HostWish.of("selfmade", false, random);
        List<Host> hosts = Together.run(List.<Supplier<Host>>of(() -> boot(asking), () -> boot(silent)));
        Host host = hosts.getFirst();

        // when
        try (OutcomeLog outcomes = new OutcomeLog(bed.kafka().bootstrapServers());
                JoinRequests requests = new JoinRequests(bed.kafka().bootstrapServers())) {
            requests.send(request(asking, host, true), SharedBed.key(asking.node()));
            requests.send(request(silent, hosts.getLast(), null), SharedBed.key(silent.node()));
            outcomes.awaitEnd(asking.node(), JoinSucceeded.class);
            outcomes.awaitEnd(silent.node(), JoinSucceeded.class);
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
        await("renewal").atMost(SOON).until(() -> servingRequests().size() == 2);
        await("renewed logs").atMost(SOON).until(() -> logs(asking).contains("a word from serving"));
        assertThat(servingRequests()).containsOnly("system:node:serving NodejoinApproved");
    }

    private Host boot(HostWish wish) {
        return booted.addHost(HostSpec.named(wish.node().value(), wish.secret()));
    }

    private static JoinRequested request(HostWish wish, Host host, @Nullable Boolean servingCertificate) {
        return wish.asking(SharedBed.CLUSTER, host.address())
                .servingCertificate(servingCertificate)
                .build();
    }

    /** Starts a container that says one line, with the host's own programs, and waits until it runs. */
    private void speak(HostWish wish) {
        String node = wish.node().value();
        String pod = Template.load("e2e/speaker.yaml").fill(Map.of("node", node));
        bed.controlPlane().kubectl("apply", "--filename=-").feeding(pod).run().orFail();
        await("speaker on " + node)
                .atMost(SOON)
                .until(() -> kubectl("get", "pod", "speaker-" + node, "--output=jsonpath={.status.phase}")
                        .output()
                        .equals("Running"));
    }

    private String logs(HostWish wish) {
        return kubectl("logs", "speaker-" + wish.node()).output();
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
