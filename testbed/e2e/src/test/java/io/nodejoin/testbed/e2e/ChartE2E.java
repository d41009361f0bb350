package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.client.config.ConfigException;
import io.nodejoin.client.config.ConfigFile;
import io.nodejoin.client.config.Role;
import io.nodejoin.client.kafka.KafkaSettings;
import io.nodejoin.service.config.ConfiguredFiles;
import io.nodejoin.service.config.ServiceConfig;
import io.nodejoin.testbed.controlplane.ControlPlane;
import io.nodejoin.testbed.process.CommandResult;
import io.nodejoin.testbed.provision.SourceTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.config.types.Password;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The Helm chart and the Kustomize base as Helm, the service and an API server take them. */
@Tag("real")
@Tag("operations")
@OnSharedBed
class ChartE2E {
    private static final String NAMESPACE = "nodejoin-chart";
    private static final String CRDS = "src/test/resources/chart-crds";
    private static final Path BASE = SourceTree.locate().module("deploy").resolve("kustomize");

    private final SharedBed bed;
    private final Helm helm;

    @TempDir
    private Path directory;

    ChartE2E(SharedBed bed) {
        this.bed = bed;
        this.helm = Helm.of(bed.testBed(), bed.testBed().directories().root().resolve("helm"));
    }

    @BeforeAll
    static void defineWhatOperatorsBring(SharedBed bed) {
        ControlPlane controlPlane = bed.testBed().controlPlane();
        controlPlane.kubectl("apply", "--filename=" + CRDS).run().orFail();
        controlPlane
                .kubectl("wait", "--for=condition=Established", "--filename=" + CRDS)
                .run()
                .orFail();
        controlPlane
                .kubectl("apply", "--filename=src/test/resources/chart-namespace.yaml")
                .run()
                .orFail();
    }

    @Test
    void shouldLint() {
        // when
        CommandResult result = helm.command(
                        "lint", Helm.CHART.toString(), "--strict", "--values=" + Helm.values("minimal"))
                .run();

        // then
        assertThat(result.exitCode()).as(result.toString()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "minimal",
                "ha",
                "kafka-scram",
                "kafka-mtls",
                "kafka-oauth",
                "kafka-properties",
                "temporal-tls",
                "cert-manager",
                "tls-route",
                "monitoring",
                "network-policy",
                "clusters",
                "oidc",
                "host-network"
            })
    void shouldRenderWhatServiceAndApiServerAccept(String values) throws Exception {
        // when
        String manifests = helm.render(NAMESPACE, values);

        // then the service can use its file, and finds every file that it names
        assertThat(ConfiguredFiles.problems(read(manifests))).isEmpty();

        // and the API server knows every field, and sees nothing that a restricted namespace would refuse
        CommandResult applied = bed.testBed()
                .controlPlane()
                .kubectl("apply", "--dry-run=server", "--validate=strict", "--filename=-")
                .withInput(manifests)
                .run();
        assertThat(applied.exitCode()).as(applied.error()).isZero();
        if (!values.equals("host-network")) {
            assertThat(applied.error()).isEmpty();
        }
    }

    @Test
    void shouldRenderPodsByRoleThatTheApiServerAccepts() throws Exception {
        // when
        CommandResult applied = bed.testBed()
                .controlPlane()
                .kubectl("apply", "--dry-run=server", "--validate=strict", "--filename=-")
                .withInput(helm.render(NAMESPACE, "roles"))
                .run();

        // then
        assertThat(applied.exitCode()).as(applied.error()).isZero();
        assertThat(applied.error()).isEmpty();
        assertThat(applied.output()).contains("statefulset.apps/nodejoin-approver", "networkpolicy");
    }

    @ParameterizedTest
    @CsvSource({
        "intake, kafka-ca nodejoin-intake nodejoin-payload-keys nodejoin-request-keys nodejoin-users",
        "worker, kafka-ca nodejoin-payload-keys nodejoin-worker nodejoin-worker-fra-1",
        "gateway, nodejoin-agent-ca nodejoin-gateway nodejoin-payload-keys",
        "approver, nodejoin-approver-fra-1 nodejoin-payload-keys"
    })
    void shouldGiveThePodsOfARoleItsSecretsOnly(String role, String secrets) throws Exception {
        // given
        RenderedChart chart =
                RenderedChart.parse(helm.render(NAMESPACE, "roles")).seenBy("nodejoin-" + role);

        // when
        chart.writeFiles(directory, (secret, key) -> "of " + secret + " " + key);

        // then
        ServiceConfig config =
                ConfigFile.read(directory.resolve("etc/nodejoin/config/nodejoin.yaml"), ServiceConfig.class);
        assertThat(ConfiguredFiles.problems(config.withRoles(Role.parse(role)))).isEmpty();
        assertThat(chart.container().path("args").toString()).contains("--roles=" + role);
        assertThat(String.join(" ", chart.secrets())).isEqualTo(secrets);
    }

    @ParameterizedTest
    @ValueSource(strings = {"intake", "worker"})
    void shouldGiveARoleItsOwnUserOfKafka(String role) throws Exception {
        // given
        RenderedChart.parse(helm.render(NAMESPACE, "roles"))
                .seenBy("nodejoin-" + role)
                .writeFiles(directory, (secret, key) -> "of " + secret + " " + key);
        ServiceConfig config =
                ConfigFile.read(directory.resolve("etc/nodejoin/config/nodejoin.yaml"), ServiceConfig.class);

        // when
        Map<String, Object> settings = new KafkaSettings(config.kafka()).common();

        // then
        assertThat(new AdminClientConfig(settings)
                        .getPassword("sasl.jaas.config")
                        .value())
                .contains("username=\"nodejoin-%1$s\" password=\"of nodejoin-%1$s password\"".formatted(role));
    }

    @Test
    void shouldLeaveNoClusterSettingOfTheServiceOut() throws Exception {
        // when
        ServiceConfig config = read(helm.render(NAMESPACE, "clusters"));

        // then
        String written = ConfigFile.write(config);
        assertThat(written).contains("swap: \"off\"", "maxTokens: 5000", "certificateLifetime: 24h", "strict: false");
        assertThat(config.requestKeysFiles()).hasSize(1);
        assertThat(config.clusters()).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({
        "kafka-scram, sasl.jaas.config, 'password=\"of kafka-user-nodejoin password\"'",
        "kafka-mtls, ssl.keystore.key, of kafka-user-nodejoin user.key",
        "kafka-oauth, sasl.oauthbearer.client.credentials.client.secret, of nodejoin-kafka-oauth client-secret"
    })
    void shouldGiveKafkaItsSecretsFromFiles(String values, String setting, String content) throws Exception {
        // given
        String manifests = helm.render(NAMESPACE, values);
        ServiceConfig config = read(manifests);

        // when
        Map<String, Object> settings = new KafkaSettings(config.kafka()).common();
        Object value = new AdminClientConfig(settings).values().get(setting);

        // then
        assertThat(value instanceof Password password ? password.value() : value)
                .asString()
                .contains(content);
        assertThat(manifests).doesNotContain(content);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            replica=2                                  | replica
            replicas=0                                 | /replicas
            kafka.bootstrapServer=kafka:9092           | bootstrapServer
            kafka.bootstrapServers=kafka               | /kafka/bootstrapServers
            kafka.sasl.mechanism=GSSAPI                | /kafka/sasl/mechanism
            clusters.fra-1.approval=nobody             | /clusters/fra-1/approval
            clusters.fra-1.maxTokens=5001              | /clusters/fra-1/maxTokens
            clusters.Fra.kubeconfigSecret.name=a       | Fra
            clusters.fra-1.hosts.swap=on               | /clusters/fra-1/hosts/swap
            gateway.service.type=External              | /gateway/service/type
            gateway.port=65536                         | /gateway/port
            gateway.proxyProtocol={lb.example}         | /gateway/proxyProtocol/0
            join.tokenTtl=ten minutes                  | /join/tokenTtl
            image.digest=sha256:0123                   | /image/digest
            dashboard.docs=https://git.example/docs    | /dashboard/docs
            audit.persistence.size=much                | /audit/persistence/size
            monitoring.serviceMonitor.enable=true      | enable
            roles.replicas.dashboard=2                 | dashboard
            roles.kafka.gateway.sasl.username=nodejoin | gateway
            """)
    void shouldNameTheKeyOfAValueThatIsWrong(String value, String key) {
        // when
        CommandResult result = template("minimal", "--set=" + value);

        // then
        assertThat(result.exitCode()).isNotZero();
        assertThat(result.error())
                .contains("values don't meet the specifications of the schema")
                .contains(key);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            clusters.fra-1.unsignedRequests=refuse     | clusters.fra-1.requestKeysSecret is missing: name the Secret with the keys
            temporal.target=                           | temporal.target is empty: set host:port of Temporal's frontend
            temporal.insecure=false                    | temporal: whoever reaches Temporal can start joins and answer for their machines: set temporal.payloads.keysSecret
            temporal.payloads.unencrypted=allow        | temporal.payloads.unencrypted: allow needs temporal.payloads.keysSecret
            temporal.deployment.buildId=1.2.3          | temporal.deployment.buildId needs temporal.deployment.name
            temporal.payloads.codecServer=true         | temporal.payloads.codecServer needs temporal.payloads.keysSecret
            kafka.sasl.mechanism=SCRAM-SHA-512         | kafka.sasl.mechanism is SCRAM-SHA-512: name the Secret with the user
            kafka.sasl.mechanism=PLAIN                 | sends the password as it is: set kafka.tls.enabled
            kafka.tls.caSecret.name=ca                 | kafka.tls.enabled is false: set it to true
            kafka.eventsTopic=nodejoin.requests.v1     | must be three topics
            gateway.agentCa.certManager.enabled=true   | gateway.agentCa needs exactly one of
            gateway.certificate.secretName=            | gateway.certificate needs exactly one of
            gateway.tlsRoute.enabled=true              | gateway.tlsRoute needs parentRefs
            gateway.service.nodePort=30843             | gateway.service.nodePort needs gateway.service.type NodePort
            dashboard.oidc.issuer=https://dex.example  | dashboard.oidc needs clientId, externalUrl, viewers or operators
            http.port=8443                             | gateway.port and http.port are both 8443: they must differ
            clusters.fra-1.kubeconfigSecret.name=      | /clusters/fra-1/kubeconfigSecret/name
            roles.separate=true                        | clusters.fra-1.workerKubeconfigSecret.name is missing
            clusters.fra-1.approverKubeconfigSecret.name=a | roles.separate is false: set it to true
            roles.kafka.worker.sasl.username=nodejoin  | roles.kafka has users of separate roles, and roles.separate is false
            roles.separate=true,kafka.sasl.mechanism=SCRAM-SHA-512,roles.kafka.intake.sasl.secret.name=a | in roles.kafka.worker.sasl.secret.name
            """)
    void shouldSayInASentenceWhatASchemaCannot(String value, String sentence) {
        // when
        CommandResult result = template("minimal", "--set=" + value);

        // then
        assertThat(result.exitCode()).isNotZero();
        assertThat(result.error()).contains(sentence);
    }

    @Test
    void shouldNameAllThatIsMissingAtOnce() {
        // when
        CommandResult result =
                helm.command("template", "nodejoin", Helm.CHART.toString()).run();

        // then
        assertThat(result.exitCode()).isNotZero();
        assertThat(result.error())
                .contains("nothing was installed:", "clusters is empty", "kafka.bootstrapServers is empty")
                .contains("temporal.target is empty", "gateway.certificate needs", "gateway.agentCa needs");
    }

    @Test
    void shouldInstallNothingWhileASecretIsMissing() {
        // given
        kubectl("create", "secret", "generic", "nodejoin-cluster-fra-1", "--namespace=" + NAMESPACE)
                .orFail();
        kubectl(
                        "create",
                        "secret",
                        "generic",
                        "nodejoin-agent-ca",
                        "--namespace=" + NAMESPACE,
                        "--from-literal=tls.crt=x")
                .orFail();

        // when
        CommandResult refused = install("--dry-run=server");
        CommandResult unchecked = install("--dry-run=server", "--set=checkSecrets=false");

        // then
        assertThat(refused.exitCode()).isNotZero();
        assertThat(refused.error())
                .contains(
                        "clusters.fra-1.kubeconfigSecret: namespace nodejoin-chart has no Secret nodejoin-cluster-fra-1"
                                + " with the key kubeconfig; create it: kubectl --namespace nodejoin-chart create secret generic"
                                + " nodejoin-cluster-fra-1 --from-file=kubeconfig=FILE")
                .contains("has no Secret nodejoin-agent-ca with the key tls.key", "has no Secret nodejoin-gateway");
        assertThat(unchecked.exitCode()).as(unchecked.error()).isZero();
        assertThat(unchecked.output())
                .contains("kubectl --namespace nodejoin-chart rollout status statefulset/nodejoin");
    }

    @Test
    void shouldNameTheMissingSecretOfARole() {
        // when
        CommandResult refused =
                helmOnChart(List.of("install", "nodejoin", "--namespace=" + NAMESPACE), "roles", "--dry-run=server");

        // then
        assertThat(refused.exitCode()).isNotZero();
        assertThat(refused.error())
                .contains(
                        "roles.kafka.worker.sasl.secret: namespace nodejoin-chart has no Secret nodejoin-worker with the"
                                + " key password; create it: kubectl --namespace nodejoin-chart create secret generic nodejoin-worker"
                                + " --from-literal=password=PASSWORD");
    }

    @Test
    void shouldRunTheSameContainerByTheKustomizeBase() throws Exception {
        // given
        RenderedChart chart = RenderedChart.parse(helm.render(NAMESPACE, "minimal"));

        // when
        String base = kubectl("kustomize", BASE.toString()).orFail().output();
        CommandResult applied = kubectl("apply", "--dry-run=server", "--namespace=" + NAMESPACE, "--kustomize=" + BASE);

        // then
        RenderedChart kustomized = RenderedChart.parse(base);
        assertThat(applied.exitCode()).as(applied.error()).isZero();
        assertThat(applied.error()).isEmpty();
        assertThat(kustomized.pod().path("securityContext"))
                .isEqualTo(chart.pod().path("securityContext"));
        for (String part : List.of(
                "args", "ports", "startupProbe", "readinessProbe", "livenessProbe", "securityContext", "resources")) {
            assertThat(kustomized.container().path(part))
                    .as(part)
                    .isEqualTo(chart.container().path(part));
        }
        assertThat(ConfigFile.read(BASE.resolve("nodejoin.yaml"), ServiceConfig.class)
                        .audit()
                        .file())
                .hasToString("/var/lib/nodejoin/audit.jsonl");
    }

    @Test
    void shouldCarryTheVersionOfTheProject() throws IOException {
        // when
        String chart = Files.readString(Helm.CHART.resolve("Chart.yaml"));

        // then
        String version = Files.readString(SourceTree.locate().root().resolve("pom.xml"))
                .replaceAll("(?s).*?<version>([^<-]+)-SNAPSHOT</version>.*", "$1");
        assertThat(chart).contains("\nversion: " + version + "\n", "\nappVersion: " + version + "\n");
    }

    /** The configuration of the chart's pods, with the files that they see written below the test's directory. */
    private ServiceConfig read(String manifests) throws IOException, ConfigException {
        RenderedChart.parse(manifests).writeFiles(directory, (secret, key) -> "of " + secret + " " + key);
        return ConfigFile.read(directory.resolve("etc/nodejoin/config/nodejoin.yaml"), ServiceConfig.class)
                .withGatewayInstance("nodejoin-0");
    }

    private CommandResult template(String values, String... options) {
        return helmOnChart(List.of("template", "nodejoin"), values, options);
    }

    private CommandResult install(String... options) {
        return helmOnChart(List.of("install", "nodejoin", "--namespace=" + NAMESPACE), "minimal", options);
    }

    private CommandResult helmOnChart(List<String> words, String values, String... options) {
        List<String> all = new ArrayList<>(words);
        all.addAll(List.of(Helm.CHART.toString(), "--values=" + Helm.values(values)));
        all.addAll(List.of(options));
        return helm.command(all.toArray(String[]::new)).run();
    }

    private CommandResult kubectl(String... words) {
        return bed.testBed().controlPlane().kubectl(words).run();
    }
}
