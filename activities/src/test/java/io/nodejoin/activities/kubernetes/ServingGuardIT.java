package io.nodejoin.activities.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.nodejoin.protocol.NodeName;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.GeneralName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The service's real credential in the wrong hands: it approves what a node of the thief asks to serve as. */
@Tag("real")
@ExtendWith(LiveClusterExtension.class)
@ResourceLock(LiveClusterExtension.CLUSTER)
class ServingGuardIT {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String ADDRESS = "10.0.0.7";
    private static final String ADDRESS_V6 = "fd00::7";
    private static final String NAMES = "nodejoin-certificates";

    /** What a node asks for, what the approval says of it, and the policy that refuses it. */
    record Attempt(String what, List<GeneralName> names, String claimed, String policy) {
        @Override
        public String toString() {
            return what;
        }
    }

    static final List<Attempt> ATTEMPTS = List.of(
            attempt("a name of the API server beside", dns("%s"), dns("kubernetes.default.svc"), ip(ADDRESS)),
            attempt("the name of another node", dns("another"), ip(ADDRESS)),
            attempt("a second address", dns("%s"), ip(ADDRESS), ip("10.0.0.8")),
            attempt("no address", dns("%s")),
            attempt("no name", ip(ADDRESS)),
            attempt("a URI", dns("%s"), ip(ADDRESS), new GeneralName(GeneralName.uniformResourceIdentifier, "a://b")),
            attempt("an address that the approval does not tell of", dns("%s"), ip("10.0.0.8")));

    private final LiveCluster cluster;
    private final KubernetesClient thief;
    private final NodeName name = new NodeName("guard-" + UUID.randomUUID());

    ServingGuardIT(LiveCluster cluster) {
        this.cluster = cluster;
        this.thief = cluster.clients().client(LiveCluster.NAME);
    }

    private static Attempt attempt(String what, GeneralName... names) {
        return new Attempt(what, List.of(names), ADDRESS, NAMES);
    }

    private static GeneralName dns(String name) {
        return new GeneralName(GeneralName.dNSName, name);
    }

    private static GeneralName ip(String address) {
        return new GeneralName(GeneralName.iPAddress, address);
    }

    @ParameterizedTest
    @FieldSource("ATTEMPTS")
    void shouldApproveNothingButTheNameOfANodeAndTheAddressesThatItTellsOf(Attempt attempt) {
        List<GeneralName> names = attempt.names.stream().map(this::named).toList();

        // then
        assertThat(refusal(name, names, attempt.claimed)).hasMessageContaining("'" + attempt.policy + "'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "kubernetes",
                "kubernetes.default",
                "kubernetes.default.svc.cluster.local",
                "dns.kube-system.svc"
            })
    void shouldApproveNoNodeThatIsCalledAsThingsOfTheCluster(String called) {
        assertThat(refusal(new NodeName(called), List.of(dns(called), ip(ADDRESS)), ADDRESS))
                .hasMessageContaining("'" + NAMES + "'");
    }

    @Test
    void shouldApproveNoAddressOfTheApiServer() {
        // given
        String service = cluster.admin()
                .services()
                .inNamespace("default")
                .withName("kubernetes")
                .get()
                .getSpec()
                .getClusterIP();
        EndpointSlice endpoints = cluster.admin().resource(endpoints()).create();
        String toHosts = URI.create(thief.getConfiguration().getMasterUrl()).getHost();

        // then
        assertThat(refusal(service)).hasMessageContaining("'nodejoin-serving-service'");
        assertThat(refusal("10.0.0.10")).hasMessageContaining("'nodejoin-serving-endpoints'");
        assertThat(refusal(toHosts)).hasMessageContaining("'nodejoin-cluster-info-server'");
        cluster.admin().resource(endpoints).delete();
    }

    /** As API servers write it that are not on loopback. */
    private static EndpointSlice endpoints() {
        return new EndpointSliceBuilder()
                .withNewMetadata()
                .withName("kubernetes")
                .withNamespace("default")
                .endMetadata()
                .withAddressType("IPv4")
                .addNewEndpoint()
                .addToAddresses("10.0.0.10")
                .endEndpoint()
                .build();
    }

    @Test
    void shouldApproveNoAddressOfAnotherNode() {
        // given
        Node other = cluster.admin()
                .resource(new NodeBuilder()
                        .withNewMetadata()
                        .withName("other-" + UUID.randomUUID())
                        .endMetadata()
                        .build())
                .create();
        cluster.admin().nodes().resource(other).subresource("status").patch(PatchContext.of(PatchType.JSON_MERGE), """
                        {"status": {"addresses": [{"type": "InternalIP", "address": "10.0.0.9"},
                                                  {"type": "Hostname", "address": "host-9"}]}}
                        """);

        // then
        assertThat(refusal("10.0.0.9")).hasMessageContaining("'nodejoin-certificate-names'");
        cluster.admin().resource(other).delete();
    }

    @Test
    void shouldApproveTheNameOfANodeAndAnAddressOfEachFamily() {
        // given
        NodeName longName = new NodeName((name + ".").repeat(5) + "example.com");

        // then
        Stream.of(name, longName).forEach(honest -> {
            assertThatCode(() -> approve(honest, List.of(dns(honest.value()), ip(ADDRESS)), ADDRESS))
                    .doesNotThrowAnyException();
            assertThatCode(() -> approve(
                            honest,
                            List.of(dns(honest.value()), ip(ADDRESS_V6), ip(ADDRESS)),
                            ADDRESS + ", fd00:0:0:0:0:0:0:7"))
                    .doesNotThrowAnyException();
        });
    }

    private GeneralName named(GeneralName template) {
        return template.getTagNo() == GeneralName.dNSName
                ? dns(template.getName().toString().formatted(name))
                : template;
    }

    private KubernetesClientException refusal(String address) {
        return refusal(name, List.of(dns(name.value()), ip(address)), address);
    }

    /** When the policies are in force, which takes the API server a moment. */
    private KubernetesClientException refusal(NodeName node, List<GeneralName> names, String claimed) {
        return await(Arrays.toString(names.toArray()))
                .atMost(SOON)
                .until(
                        () -> catchThrowableOfType(
                                KubernetesClientException.class, () -> approve(node, names, claimed)),
                        found -> found != null && found.getCode() == 403);
    }

    private void approve(NodeName node, List<GeneralName> names, String claimed) {
        CertificateSigningRequest csr;
        try (KubernetesClient kubelet = kubelet(node)) {
            csr = Joiner.askToServe(kubelet, node, names);
        }
        try {
            Joiner.approve(thief, csr, "Join x: honest; for system:node:" + node + " at " + claimed);
        } finally {
            cluster.admin().resource(csr).delete();
        }
    }

    private KubernetesClient kubelet(NodeName node) {
        return new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(cluster.admin().getConfiguration())
                        .withImpersonateUsername("system:node:" + node)
                        .withImpersonateGroups("system:nodes")
                        .build())
                .build();
    }
}
