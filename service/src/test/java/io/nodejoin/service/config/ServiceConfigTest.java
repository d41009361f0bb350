package io.nodejoin.service.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nodejoin.client.config.ConfigException;
import io.nodejoin.client.config.ConfigFile;
import io.nodejoin.client.config.KafkaConfig;
import io.nodejoin.client.config.Role;
import io.nodejoin.client.config.TemporalConfig;
import io.nodejoin.client.config.TemporalDeployment;
import io.nodejoin.client.config.TemporalPayloads;
import io.nodejoin.client.config.TemporalTls;
import io.nodejoin.client.config.UnencryptedPayloads;
import io.nodejoin.gateway.config.AdmissionSettings;
import io.nodejoin.gateway.config.GatewaySettings;
import io.nodejoin.gateway.config.ListenAddress;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.agent.ArtifactDigest;
import io.nodejoin.protocol.agent.CgroupDriver;
import io.nodejoin.protocol.agent.ContainerdSettings;
import io.nodejoin.protocol.agent.HostSettings;
import io.nodejoin.protocol.agent.KubeletOptions;
import io.nodejoin.protocol.agent.SwapPolicy;
import io.nodejoin.protocol.agent.TlsBootstrap;
import io.nodejoin.workflows.csr.ApprovalMode;
import io.nodejoin.workflows.lifecycle.JoinPolicy;
import io.nodejoin.workflows.node.NodeObject;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceConfigTest {
    private static final String SMALLEST = """
            kafka: {bootstrapServers: "broker:9092"}
            clusters:
              prod: {unsignedRequests: allow, kubeconfigFile: /etc/nodejoin/prod.kubeconfig}
            gateway:
              certificateFile: gateway.crt
              keyFile: gateway.key
              agentCaCertificateFile: agent-ca.crt
              agentCaKeyFile: agent-ca.key
            """;

    @Test
    void shouldHaveDefaults() throws Exception {
        // given
        String yaml = SMALLEST;
        // when
        ServiceConfig config = parse(yaml);
        // then
        assertThat(config.roles()).containsExactly(Role.INTAKE, Role.WORKER, Role.GATEWAY, Role.APPROVER);
        assertThat(config.kafka()).isEqualTo(KafkaConfig.withDefaults("broker:9092"));
        assertThat(config.kafka().requestsTopic()).isEqualTo("nodejoin.requests.v1");
        assertThat(config.kafka().eventsTopic()).isEqualTo("nodejoin.events.v1");
        assertThat(config.kafka().deadLetterTopic()).isEqualTo("nodejoin.requests.v1-dlt");
        assertThat(config.kafka().groupId()).isEqualTo("nodejoin");
        assertThat(config.temporal())
                .isEqualTo(new TemporalConfig("127.0.0.1:7233", "default", null, null, null, null, false));
        assertThat(config.gateway().instance()).isEqualTo("0");
        assertThat(config.gateway().listen()).isEqualTo(new ListenAddress("0.0.0.0", 8443));
        assertThat(config.gateway().admission()).isEqualTo(AdmissionSettings.defaults());
        assertThat(config.http().listen()).isEqualTo(new ListenAddress("127.0.0.1", 8080));
        assertThat(config.audit().file()).isEqualTo(Path.of("/var/lib/nodejoin/audit.jsonl"));
        assertThat(config.join()).isEqualTo(new ServiceConfig.Join(Duration.ofMinutes(14), Duration.ofMinutes(10), 16));
        assertThat(config.clusters())
                .containsEntry(
                        new ClusterName("prod"),
                        new ClusterConfig(
                                Path.of("/etc/nodejoin/prod.kubeconfig"),
                                ApprovalMode.NODEJOIN,
                                TlsBootstrap.AGENT,
                                NodeObject.NODEJOIN,
                                true,
                                List.of(),
                                500,
                                null,
                                UnsignedRequests.ALLOW,
                                null,
                                null,
                                null));
    }

    @Test
    void shouldMapEveryProperty() throws Exception {
        // given
        String yaml = """
                roles: [approver, worker]
                kafka:
                  {bootstrapServers: "a:1,b:2", requestsTopic: in, eventsTopic: out, deadLetterTopic: dead, groupId: us,
                  clientPropertiesFile: client.properties}
                temporal:
                  target: temporal:7233
                  namespace: joins
                  apiKeyFile: temporal.key
                  tls: {caFile: ca.crt, certFile: tls.crt, keyFile: tls.key, serverName: temporal.example}
                  payloads: {keysFile: payload-keys.jwks, unencrypted: allow, codecServer: true}
                  deployment: {name: nodejoin, buildId: 1.2.3}
                  insecure: true
                clusters:
                  west:
                    kubeconfigFile: west.conf
                    approval: cluster
                    tlsBootstrap: kubelet
                    nodeObject: kubelet
                    strict: false
                    kubeletDigests:
                      - "sha256:0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a"
                    maxTokens: 20
                    requestKeysFile: keys.jwks
                    uid: 1f0a7a70-5ad5-4e0c-9f6d-6f4fd3a1c111
                gateway:
                  instance: gw-1
                  listen: "[::1]:9443"
                  certificateFile: a
                  keyFile: b
                  agentCaCertificateFile: c
                  agentCaKeyFile: d
                  admission: off
                  proxyProtocol: [10.0.3.0/24, "2001:db8::7"]
                http: {listen: "0.0.0.0:9090", hosts: [joins.example.com]}
                audit: {file: audit.log}
                join: {deadline: PT20M, tokenTtl: 5m, maxConcurrentStarts: 4}
                dashboard: {usersFile: users, temporalUi: "https://temporal.example", docs: "https://docs.example/"}
                """;
        // when
        ServiceConfig config = parse(yaml);
        // then
        assertThat(config)
                .isEqualTo(new ServiceConfig(
                        Set.of(Role.WORKER, Role.APPROVER),
                        new KafkaConfig("a:1,b:2", "in", "out", "dead", "us", Path.of("client.properties")),
                        overTls(),
                        Map.of(new ClusterName("west"), west()),
                        unlimitedGateway(),
                        new ServiceConfig.Http(new ListenAddress("0.0.0.0", 9090), List.of("joins.example.com")),
                        new ServiceConfig.Audit(Path.of("audit.log")),
                        new ServiceConfig.Join(Duration.ofMinutes(20), Duration.ofMinutes(5), 4),
                        new DashboardConfig(
                                Path.of("users"),
                                null,
                                URI.create("https://temporal.example"),
                                URI.create("https://docs.example/"))));
    }

    private static GatewaySettings unlimitedGateway() {
        return new GatewaySettings(
                "gw-1",
                new ListenAddress("::1", 9443),
                Path.of("a"),
                Path.of("b"),
                Path.of("c"),
                Path.of("d"),
                AdmissionSettings.off(),
                List.of("10.0.3.0/24", "2001:db8::7"));
    }

    private static TemporalConfig overTls() {
        return new TemporalConfig(
                "temporal:7233",
                "joins",
                new TemporalTls(Path.of("ca.crt"), Path.of("tls.crt"), Path.of("tls.key"), "temporal.example"),
                Path.of("temporal.key"),
                new TemporalPayloads(Path.of("payload-keys.jwks"), UnencryptedPayloads.ALLOW, true),
                new TemporalDeployment("nodejoin", "1.2.3"),
                true);
    }

    private static ClusterConfig west() {
        return new ClusterConfig(
                Path.of("west.conf"),
                ApprovalMode.CLUSTER,
                TlsBootstrap.KUBELET,
                NodeObject.KUBELET,
                false,
                List.of(new ArtifactDigest("sha256:" + "0a".repeat(32))),
                20,
                Path.of("keys.jwks"),
                UnsignedRequests.REFUSE,
                UUID.fromString("1f0a7a70-5ad5-4e0c-9f6d-6f4fd3a1c111"),
                null,
                null);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"lb.example.org", "10.0.3.0/33", "10.0.3.0/-1", "10.0.3", "'10.0.3.0/24, 10.0.4.0/24'", "''"})
    void shouldRefuseAProxyThatIsNoAddressAndNoRange(String proxy) {
        // given
        String yaml = SMALLEST.replace("gateway:", "gateway:\n  proxyProtocol: [" + proxy + "]");
        // when, then
        assertThatThrownBy(() -> parse(yaml))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("gateway.proxyProtocol has '")
                .hasMessageContaining("allowed: an IP address or a range such as 10.0.3.0/24");
    }

    @Test
    void shouldTakeTheVersionOfTheServiceForThatOfItsWorkers() throws Exception {
        // given
        String yaml = SMALLEST + "temporal: {deployment: {name: nodejoin}}\n";
        // when
        ServiceConfig config = parse(yaml);
        // then
        assertThat(config.temporal().deployment()).isEqualTo(new TemporalDeployment("nodejoin", "development"));
        assertThat(parse(ConfigFile.write(config))).isEqualTo(config);
    }

    @Test
    void shouldRefuseADeploymentWithoutAName() {
        // given
        String yaml = SMALLEST + "temporal: {deployment: {buildId: 1.2.3}}\n";
        // when
        ThrowingCallable parse = () -> parse(yaml);
        // then
        assertThatThrownBy(parse).hasMessageContaining("temporal.deployment.name is missing");
    }

    @Test
    void shouldSendAnApiKeyOverTlsOnly() throws Exception {
        // given
        String yaml = SMALLEST + "temporal: {apiKeyFile: temporal.key}\n";
        // when
        ServiceConfig config = parse(yaml);
        // then
        assertThat(config.temporal().tls()).isEqualTo(TemporalTls.DEFAULTS);
        assertThat(parse(ConfigFile.write(config))).isEqualTo(config);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "target: 'temporal:7233'",
                "target: '10.0.0.7:7233'",
                "target: 'dns:///temporal:7233'",
                "target: '127.0.0.1.example.org:7233'",
                "target: 'temporal:7233', tls: {caFile: ca.crt}",
                "target: 'temporal:7233', insecure: false"
            })
    void shouldRefuseATemporalOfAnotherMachineThatAnybodyMayWriteTo(String temporal) {
        // given
        String yaml = SMALLEST + "temporal: {" + temporal + "}\n";
        // when, then
        assertThatThrownBy(() -> parse(yaml))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("can start joins and answer for their machines")
                .hasMessageContaining("nodejoin payload-keys new payloads-1 --keys FILE")
                .hasMessageContaining("temporal.insecure: true accepts it");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    target: 'temporal:7233', insecure: true                                     | true
                    target: 'temporal:7233', payloads: {keysFile: k, unencrypted: allow}        | true
                    target: 'temporal:7233', payloads: {keysFile: k}                            | false
                    target: 'temporal:7233', payloads: {keysFile: k}, insecure: true            | false
                    target: 'temporal:7233', apiKeyFile: key                                    | false
                    target: 'temporal:7233', tls: {certFile: a, keyFile: b}                     | false
                    target: 'localhost:7233'                                                    | false
                    target: '127.9.0.1:7233'                                                    | false
                    target: '[::1]:7233'                                                        | false
                    """)
    void shouldAcceptATemporalThatAsksForACredentialAndSayWhetherItDoes(String temporal, boolean insecure)
            throws Exception {
        // when
        ServiceConfig config = parse(SMALLEST + "temporal: {" + temporal + "}\n");
        // then
        assertThat(config.temporal().insecurity().isPresent()).isEqualTo(insecure);
    }

    @Test
    void shouldMapEverythingThatAClusterWantsOfItsHosts() throws Exception {
        // given
        String hosts = """
                {
                    swap: LimitedSwap,
                    containerd: {
                      cgroupDriver: systemd,
                      sandboxImage: registry.example/pause:3.10,
                      registryMirrors: {docker.io: ["https://mirror.example:5000"]}
                    },
                    kubelet: {
                      kubeReserved: {cpu: 100m, memory: 256Mi},
                      systemReserved: {memory: 128Mi},
                      evictionHard: {memory.available: 5%},
                      containerLogMaxSize: 20Mi,
                      containerLogMaxFiles: 3
                    }
                  }
                """;
        String yaml = SMALLEST.replace("prod.kubeconfig}", "prod.kubeconfig, hosts: " + hosts + "}");
        // when
        ServiceConfig config = parse(yaml);
        // then
        assertThat(config.clusters().get(new ClusterName("prod")))
                .isNotNull()
                .extracting(ClusterConfig::hosts)
                .isEqualTo(new HostSettings(
                        SwapPolicy.LIMITED_SWAP,
                        new ContainerdSettings(
                                CgroupDriver.SYSTEMD,
                                "registry.example/pause:3.10",
                                Map.of("docker.io", List.of(URI.create("https://mirror.example:5000")))),
                        new KubeletOptions(
                                Map.of("cpu", "100m", "memory", "256Mi"),
                                Map.of("memory", "128Mi"),
                                Map.of("memory.available", "5%"),
                                "20Mi",
                                3)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    join: {tokenTTL: 10m}      | join.tokenTTL is not a known key; did you mean tokenTtl? known keys here: deadline, maxConcurrentStarts, tokenTtl (line 9)
                    join: {tokenTtl: 16m}      | join.tokenTtl is 16m; allowed: 1m to 15m
                    join: {maxConcurrentStarts: 0} | join.maxConcurrentStarts is 0; allowed: 1 to 256
                    join: {deadline: 1s}       | join.deadline is 1s; allowed: 30s to 24h
                    join: {deadline: soon}     | join.deadline: 'soon' is no duration
                    http: {listen: nowhere}    | http.listen: 'nowhere' is no listen address; write host:port
                    http: {listen: 'a:70000'}  | the port of a listen address is 70000; allowed: 0 to 65535
                    http: {listen: '0.0.0.0:8443'} | must differ
                    temporal: {target: ' '}    | temporal.target is empty
                    temporal: {tls: {certFile: a}} | temporal.tls.keyFile is missing, and temporal.tls.certFile is a
                    temporal: {tls: {keyFile: a}} | temporal.tls.certFile is missing, and temporal.tls.keyFile is a
                    temporal: {tls: {serverName: ' '}} | temporal.tls.serverName is empty
                    temporal: {tls: {crtFile: a}} | temporal.tls.crtFile is not a known key; did you mean certFile?
                    kafka: {bootstrapServers: x} | Duplicate
                    roles: [intake, aprover]   | roles.[1]: 'aprover' is not allowed; did you mean approver? allowed: intake, worker, gateway, approver
                    roles: []                  | roles is empty; name at least one of intake, worker, gateway, approver
                    roles: worker              | roles: has to be a list
                    """)
    void shouldRefuseWithKeyAndRange(String line, String expected) {
        // given
        String yaml = SMALLEST + line + "\n";
        // when, then
        assertThatThrownBy(() -> parse(yaml))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    kubeletDigests: ["sha256:1"] | a digest has the form sha256:<64 lower-case hex digits>
                    maxTokens: 0                 | clusters.<name>.maxTokens is 0; allowed: 1 to 5000
                    certificateLifetime: 9m      | clusters.<name>.certificateLifetime is 9m; allowed: 10m to 8760h
                    certificateLifetime: 1h, tlsBootstrap: kubelet | needs tlsBootstrap: agent; a kubelet requests no lifetime
                    hosts: {swap: some}          | clusters.prod.hosts.swap: 'some' is not allowed; allowed: off, NoSwap, LimitedSwap
                    approval: nodejion           | clusters.prod.approval: 'nodejion' is not allowed; did you mean nodejoin? allowed: nodejoin, cluster
                    requestKeysFile: keys.jwks   | clusters.<name>.unsignedRequests: allow contradicts requestKeysFile; remove one of them
                    strict: perhaps              | clusters.prod.strict: 'perhaps' is no value true or false
                    maxTokens: many              | clusters.prod.maxTokens: 'many' is no whole number
                    uid: 12                      | clusters.prod.uid: '12' is no UUID
                    kubeletDigests: all          | clusters.prod.kubeletDigests: has to be a list
                    hosts: {swaps: off}          | clusters.prod.hosts.swaps is not a known key; did you mean swap? known keys here: containerd, kubelet, swap
                    hosts: {containerd: {sandboxImage: 'a b'}} | clusters.prod.hosts.containerd: sandboxImage is no reference of an image
                    hosts: {containerd: {registryMirrors: {docker.io: []}}} | at least one URL for each registry
                    hosts: {containerd: {registryMirrors: {docker.io: ['https://u:p@m']}}} | without user and query
                    hosts: {containerd: {registryMirrors: {../etc: ['https://m']}}} | neither _default nor a registry's host and port
                    hosts: {kubelet: {kubeReserved: {gpu: 1}}} | kubeReserved knows only cpu, ephemeral-storage, memory, pid
                    hosts: {kubelet: {systemReserved: {cpu: much}}} | systemReserved.cpu is no quantity such as 100m or 256Mi
                    hosts: {kubelet: {containerLogMaxSize: 10 MB}} | containerLogMaxSize is no quantity such as 10Mi
                    hosts: {kubelet: {containerLogMaxFiles: 1}} | containerLogMaxFiles is 1; allowed: 2 to 1000
                    """)
    void shouldRefuseASettingOfAClusterWithItsRange(String setting, String expected) {
        // given
        String yaml = SMALLEST.replace("prod.kubeconfig}", "prod.kubeconfig, " + setting + "}");
        // when, then
        assertThatThrownBy(() -> parse(yaml))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(expected);
    }

    @Test
    void shouldRefuseAClusterThatDoesNotSayWhoMaySendRequestsForIt() {
        // given
        String yaml = SMALLEST.replace("unsignedRequests: allow, ", "");
        // when, then
        assertThatThrownBy(() -> parse(yaml))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("clusters.<name>.requestKeysFile is missing")
                .hasMessageContaining("unsignedRequests: allow");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    bootstrapServers | bootstrapServer | kafka.bootstrapServer is not a known key; did you mean bootstrapServers?
                    kubeconfigFile   | kubeConfig      | clusters.prod.kubeConfig is not a known key; did you mean kubeconfigFile?
                    agentCaKeyFile   | agentCAKeyfile  | gateway.agentCAKeyfile is not a known key; did you mean agentCaKeyFile?
                    gateway:         | gatway:         | gatway is not a known key; did you mean gateway?
                    unsignedRequests | unsignedRequest | clusters.prod.unsignedRequest is not a known key; did you mean unsignedRequests?
                    prod:            | Prod:           | clusters: the name 'Prod' is no RFC 1123 label
                    """)
    void shouldReportAMistypedKeyAsUnknownAndNotAsMissing(String key, String mistyped, String expected) {
        // given
        String yaml = SMALLEST.replace(key, mistyped);
        // when, then
        assertThatThrownBy(() -> parse(yaml))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(expected)
                .message()
                .doesNotContain("io.nodejoin", "java.");
    }

    @Test
    void shouldWriteWhatItReads() throws Exception {
        // given
        ServiceConfig config = parse(SMALLEST.replace(
                "prod.kubeconfig}",
                "prod.kubeconfig, certificateLifetime: 24h, approval: cluster, hosts: {swap: off}}"));

        // when
        String written = ConfigFile.write(config);

        // then
        assertThat(parse(written)).isEqualTo(config);
        assertThat(written)
                .contains("certificateLifetime: 24h", "approval: cluster", "listen: 127.0.0.1:8080")
                .doesNotContain("null", "---", "joinPolicies", "requestKeysFiles");
    }

    @Test
    void shouldNameEachFileThatIsMissing(@TempDir Path directory) throws Exception {
        // given
        Path present = Files.createFile(directory.resolve("gateway.crt"));
        ServiceConfig config = parse(
                SMALLEST.replace("gateway.crt", present.toString()) + "audit: {file: " + directory + "/audit.jsonl}\n");

        // when
        List<String> problems = ConfiguredFiles.problems(config);

        // then
        assertThat(problems)
                .containsExactly(
                        "clusters.prod.kubeconfigFile: there is no file /etc/nodejoin/prod.kubeconfig",
                        "gateway.keyFile: there is no file gateway.key",
                        "gateway.agentCaCertificateFile: there is no file agent-ca.crt",
                        "gateway.agentCaKeyFile: there is no file agent-ca.key");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    intake   |
                    worker   | clusters.prod.kubeconfigFile
                    approver | clusters.prod.kubeconfigFile
                    gateway  | gateway.certificateFile, gateway.keyFile, gateway.agentCaCertificateFile, gateway.agentCaKeyFile
                    """)
    void shouldNeedTheFilesOfItsRolesOnly(String roles, @Nullable String missing, @TempDir Path directory)
            throws Exception {
        // given
        ServiceConfig config = parse(SMALLEST + "audit: {file: " + directory + "/audit.jsonl}\n");

        // when
        List<String> problems = ConfiguredFiles.problems(config.withRoles(Role.parse(roles)));

        // then
        assertThat(problems)
                .extracting(problem -> problem.substring(0, problem.indexOf(':')))
                .containsExactlyElementsOf(missing == null ? List.of() : List.of(missing.split(", ", -1)));
    }

    @Test
    void shouldReadTheRolesOfACommandLine() {
        // when, then
        assertThat(Role.parse("gateway, intake")).containsExactly(Role.INTAKE, Role.GATEWAY);
        assertThatThrownBy(() -> Role.parse("intake,gatway"))
                .hasMessage("'gatway' is no role; did you mean gateway? roles: intake, worker, gateway, approver");
    }

    @Test
    void shouldHandTheRequestedLifetimeOfCertificatesToJoins() throws Exception {
        // given
        String yaml = SMALLEST.replace("prod.kubeconfig}", "prod.kubeconfig, certificateLifetime: 24h}");
        // when
        JoinPolicy policy = parse(yaml).joinPolicies().get(new ClusterName("prod"));
        // then
        assertThat(policy)
                .isNotNull()
                .extracting(JoinPolicy::certificateLifetime)
                .isEqualTo(Duration.ofHours(24));
    }

    @Test
    void shouldHandTheWordsOfAClusterForItsHostsToItsJoins() throws Exception {
        // given
        String yaml = SMALLEST.replace("prod.kubeconfig}", "prod.kubeconfig, hosts: {swap: off}}");
        // when
        JoinPolicy policy = parse(yaml).joinPolicies().get(new ClusterName("prod"));
        // then
        assertThat(policy)
                .isNotNull()
                .extracting(JoinPolicy::hostSettings)
                .isEqualTo(new HostSettings(SwapPolicy.OFF, null, null));
    }

    @Test
    void shouldNameTheMissingSection() {
        // given
        String yaml = "kafka: {bootstrapServers: x}\n";
        // when, then
        assertThatThrownBy(() -> parse(yaml)).hasMessageContaining("clusters is missing");
    }

    private static ServiceConfig parse(String yaml) throws ConfigException {
        return ConfigFile.parse(yaml, ServiceConfig.class);
    }
}
