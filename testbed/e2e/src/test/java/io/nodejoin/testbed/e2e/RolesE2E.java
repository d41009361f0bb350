package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.protocol.event.JoinSucceeded;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.client.JoinRequestProducer;
import io.nodejoin.testbed.host.Host;
import io.nodejoin.testbed.host.HostSpec;
import io.nodejoin.testbed.service.ServiceByRoles;
import io.nodejoin.testbed.service.ServiceByRoles.Part;
import io.nodejoin.testbed.service.ServiceSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.ResourceLock;

/** A service in three processes: intake and gateway without any kubeconfig, a worker that mints, an approver that approves. */
@Tag("real")
@Tag("access")
@ResourceLock(BootedBed.SHARED)
class RolesE2E {
    private static final Pattern ACTION = Pattern.compile("\"action\":\"([a-z.-]+)\"");

    @RegisterExtension
    private final BootedBed booted = BootedBed.shared("roles in processes of their own are");

    private final TestBed bed = booted.bed();
    private final ServiceByRoles service = bed.service().byRoles();

    @BeforeEach
    void divide() {
        bed.service().stop();
        service.start(ServiceSettings.standard());
    }

    @AfterEach
    void unite() {
        service.stop();
        bed.service().restartWith(SharedBed.settings());
    }

    @Test
    void shouldJoinAHostAndLetEachProcessActWithinItsRoleOnly() throws IOException {
        // given
        HostFixture fixture = HostFixture.create("divided", false, new SecureRandom());
        Host host = booted.addHost(HostSpec.named(fixture.node().value(), fixture.secret()));
        try (OutcomeLog outcomes = new OutcomeLog(bed.kafka().bootstrapServers());
                JoinRequestProducer producer =
                        new JoinRequestProducer(bed.kafka().bootstrapServers());
                ClusterView cluster = new ClusterView(bed.directories().adminKubeconfig())) {

            // when
            producer.send(
                    fixture.requestBuilder(SharedBed.CLUSTER, host.address())
                            .servingCertificate(true)
                            .build(),
                    SharedBed.recordKey(fixture.node()));

            // then
            JoinSucceeded joined = outcomes.awaitOutcome(fixture.node(), JoinSucceeded.class);
            assertThat(cluster.ready(fixture.node())).containsExactly(joined.nodeUid());
            cluster.hasNoCredentialsOf(joined.joinId());
        }
        assertThat(actions(service.approver())).containsOnly("csr.approve", "serving.allow-sans");
        assertThat(actions(service.worker()))
                .contains("token.create", "token.revoke", "node.create")
                .noneMatch(action -> action.matches("(csr|serving)\\..*"));
        assertThat(actions(service.front())).noneMatch(action -> action.matches("(csr|token|node)\\..*"));
        assertThat(service.readiness(service.front()))
                .contains("intake", "gateway")
                .doesNotContain("cluster");
    }

    private static Set<String> actions(Part part) throws IOException {
        return ACTION.matcher(Files.readString(part.audit()))
                .results()
                .map((MatchResult found) -> found.group(1))
                .collect(Collectors.toSet());
    }
}
