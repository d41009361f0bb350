package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.client.JoinRequestProducer;
import io.nodejoin.testbed.host.Host;
import io.nodejoin.testbed.host.HostFault;
import io.nodejoin.testbed.host.HostSpec;
import io.nodejoin.testbed.pki.CertificateAuthority;
import io.nodejoin.testbed.pki.CertificateAuthority.Subject;
import io.nodejoin.testbed.process.CommandResult;
import io.nodejoin.testbed.template.Template;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * A booted host that has never seen Java or Nodejoin gets the agent's .deb, its configuration, and joins, and joins again after its
 * certificate has ended.
 */
@Tag("real")
@Tag("hosts")
@ResourceLock(value = BootedBed.SHARED, mode = ResourceAccessMode.READ)
class AgentPackageE2E {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final String UNIT = "nodejoin-agent.service";
    private static final String WATCH = "nodejoin-agent-certificate-check";
    private static final String SENTINEL = "/run/cluster-api/bootstrap-success.complete";
    /** Of the tenths of a point that systemd counts; without any of the unit's restrictions it is 96. */
    private static final String EXPOSURE = "68";

    private final SecureRandom random = new SecureRandom();

    @RegisterExtension
    private final BootedBed booted = BootedBed.shared("the agent's package on a booted host is");

    private final TestBed bed = booted.bed();

    @Test
    void shouldJoinFromThePackageAloneAndEndOnceJoined() {
        // given
        HostFixture fixture = HostFixture.create("packaged", false, random);
        Host host = booted.addHost(
                HostSpec.named(fixture.node().value(), fixture.secret()).with(HostFault.NO_AGENT));
        assertThat(host.run("sh", "-c", "command -v java").succeeded()).isFalse();
        host.copy(bed.agentPackage().deb(), "/root/nodejoin-agent.deb");

        // when
        host.run(List.of("dpkg", "--install", "/root/nodejoin-agent.deb"), TIMEOUT)
                .orFail();
        assertThat(state(host)).as("without a configuration").isEqualTo("inactive");
        configure(host, fixture);
        try (OutcomeLog outcomes = new OutcomeLog(bed.kafka().bootstrapServers());
                JoinRequestProducer producer =
                        new JoinRequestProducer(bed.kafka().bootstrapServers())) {
            await("agent of a new configuration")
                    .atMost(TIMEOUT)
                    .until(() -> state(host).equals("active"));
            producer.send(fixture.joinRequest(SharedBed.CLUSTER, host.address()), SharedBed.recordKey(fixture.node()));
            JoinSucceeded first = outcomes.awaitOutcome(fixture.node(), JoinSucceeded.class);
            await("end of the agent").atMost(TIMEOUT).until(() -> state(host).equals("inactive"));
            outlivesItsCertificate(host, fixture);
            JoinSucceeded second = outcomes.awaitSecondOutcome(fixture.node(), JoinSucceeded.class);
            assertThat(second.nodeUid()).isNotEqualTo(first.nodeUid());
        }

        // then
        await("end of the agent").atMost(TIMEOUT).until(() -> state(host).equals("inactive"));
        assertThat(host.unitProperty(UNIT, "Result")).isEqualTo("success");
        assertThat(host.read(SENTINEL)).contains("success");
        assertThat(host.run("systemctl", "is-active", "kubelet.service").output())
                .isEqualTo("active\n");

        // and it starts again for nothing but another enrollment
        host.run("systemctl", "start", UNIT).orFail();
        await("end of a needless start").atMost(TIMEOUT).until(() -> state(host).equals("inactive"));
        assertThat(host.journal(UNIT, 5)).contains("has joined by this enrollment already");
        host.write("/etc/nodejoin/enrollment-secret", "another-secret-for-another-join");
        await("agent of another enrollment")
                .atMost(TIMEOUT)
                .until(() -> state(host).equals("active"));
        verifiesItself(host);
        isConfined(host);
        goesWhenRemoved(host);
    }

    /**
     * The machine as it is after a long time off: its kubelet is silent, and its newest certificate has ended. The stand-in for that
     * certificate has another key; the watch looks at its end and at its serial number only.
     */
    private void outlivesItsCertificate(Host host, HostFixture fixture) {
        assertThat(host.run("systemctl", "is-active", WATCH + ".timer").output())
                .isEqualTo("active\n");
        host.run("systemctl", "start", WATCH + ".service").orFail();
        assertThat(state(host)).as("while the certificate lasts").isEqualTo("inactive");
        host.run("systemctl", "stop", "kubelet.service").orFail();
        Clock longAgo = Clock.fixed(Instant.parse("2020-01-01T00:00:00Z"), ZoneOffset.UTC);
        String ended = new CertificateAuthority("kubernetes", longAgo, random)
                .issue(Subject.memberOf("system:nodes", "system:node:" + fixture.node()))
                .certificatePem();
        host.write("/var/lib/kubelet/pki/kubelet-client-2099-01-01-00-00-00.pem", ended);
        host.run(
                        "ln",
                        "--symbolic",
                        "--force",
                        "kubelet-client-2099-01-01-00-00-00.pem",
                        "/var/lib/kubelet/pki/kubelet-client-current.pem")
                .orFail();
        bed.controlPlane()
                .kubectl(
                        "patch",
                        "lease",
                        fixture.node().value(),
                        "--namespace=kube-node-lease",
                        "--type=merge",
                        "--patch={\"spec\":{\"renewTime\":\"2020-01-01T00:00:00.000000Z\"}}")
                .run()
                .orFail();
        CommandResult look = host.run("systemctl", "start", WATCH + ".service");
        assertThat(look.succeeded()).as(host.journal(WATCH + ".service", 20)).isTrue();
    }

    private void configure(Host host, HostFixture fixture) {
        host.run("install", "-m", "600", "/dev/null", "/etc/nodejoin/enrollment-secret")
                .orFail();
        host.write("/etc/nodejoin/enrollment-secret", fixture.secret());
        host.copy(bed.directories().pki().resolve("gateway-ca.crt"), "/etc/nodejoin/gateway-ca.crt");
        host.write(
                "/etc/nodejoin/agent.json",
                Template.load("host/agent.json")
                        .render(Map.of(
                                "node",
                                fixture.node(),
                                "gateway",
                                bed.plan().gatewayUrl(),
                                "profile",
                                "containerd",
                                "prepare",
                                "early",
                                "apiServer",
                                bed.plan().apiServer())));
    }

    private static void verifiesItself(Host host) {
        assertThat(host.run("nodejoin-agent", "version", "--verify").orFail().output())
                .contains("files are whole");
        assertThat(host.run(
                                "/usr/lib/nodejoin-agent/runtime/bin/java",
                                "@/usr/lib/nodejoin-agent/java.options",
                                "-Xshare:on",
                                "io.nodejoin.agent.AgentMain",
                                "version")
                        .succeeded())
                .as("the archive of classes is of use")
                .isTrue();
        assertThat(host.run("dpkg", "--verify", "nodejoin-agent").orFail().output())
                .isEmpty();
        host.run("sh", "-c", "for jar in /usr/lib/nodejoin-agent/lib/jackson-core-*; do echo >> $jar; done")
                .orFail();
        CommandResult damaged = host.run("nodejoin-agent", "version", "--verify");
        assertThat(damaged.succeeded()).isFalse();
        assertThat(damaged.output()).contains("jackson-core", "is changed");
    }

    private static void isConfined(Host host) {
        CommandResult analysis = host.run("systemd-analyze", "security", "--no-pager", "--threshold=" + EXPOSURE, UNIT);
        assertThat(analysis.succeeded()).as(analysis.output()).isTrue();
    }

    private static void goesWhenRemoved(Host host) {
        host.run("dpkg", "--purge", "nodejoin-agent").orFail();
        assertThat(host.exists("/usr/lib/nodejoin-agent")).isFalse();
        assertThat(host.exists("/usr/bin/nodejoin-agent")).isFalse();
        assertThat(host.run("systemctl", "list-unit-files", "nodejoin-agent*").output())
                .contains("0 unit files");
        assertThat(host.exists("/var/lib/nodejoin-agent/journal.jsonl"))
                .as("a reset goes by the journal")
                .isTrue();
    }

    private static String state(Host host) {
        return host.run("systemctl", "is-active", UNIT).output().strip();
    }
}
