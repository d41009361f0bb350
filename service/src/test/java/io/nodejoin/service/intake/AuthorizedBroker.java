package io.nodejoin.service.intake;

import io.nodejoin.client.config.KafkaConfig;
import io.nodejoin.testbed.kafka.BrokerMain;
import io.nodejoin.testbed.provision.JarSnapshot;
import io.nodejoin.testbed.provision.SourceTree;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Uuid;
import org.awaitility.Awaitility;

/** A broker with users by SASL, on which each may do what ACLs allow. */
final class AuthorizedBroker implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(90);
    private static final String LOGIN = "org.apache.kafka.common.security.plain.PlainLoginModule required";
    private static final String ADMINISTRATOR = "administrator";

    private final Path directory;
    private final String address;
    private final Process process;
    private final Admin admin;

    private AuthorizedBroker(Path directory, String address, Process process) throws IOException {
        this.directory = directory;
        this.address = address;
        this.process = process;
        this.admin = Admin.create(Map.of(
                "bootstrap.servers",
                address,
                "security.protocol",
                "SASL_PLAINTEXT",
                "sasl.mechanism",
                "PLAIN",
                "sasl.jaas.config",
                login(ADMINISTRATOR) + ";"));
    }

    /** Starts one, with the topics of Nodejoin and users whose passwords are their names. */
    static AuthorizedBroker start(Path directory, List<String> users) throws Exception {
        String address = "127.0.0.1:" + freePort();
        String controller = "127.0.0.1:" + freePort();
        String passwords = users.stream()
                .map(user -> " user_%s=\"%s\"".formatted(user, user))
                .collect(Collectors.joining());
        Path settings = Files.writeString(directory.resolve("broker.properties"), """
                process.roles=broker,controller
                node.id=1
                controller.quorum.voters=1@%2$s
                controller.listener.names=CONTROLLER
                listeners=CLIENTS://%1$s,CONTROLLER://%2$s
                listener.security.protocol.map=CLIENTS:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT
                inter.broker.listener.name=CLIENTS
                sasl.mechanism.inter.broker.protocol=PLAIN
                sasl.enabled.mechanisms=PLAIN
                listener.name.clients.plain.sasl.jaas.config=%3$s user_%4$s="%4$s"%5$s;
                authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
                super.users=User:%4$s;User:ANONYMOUS
                log.dirs=%6$s
                auto.create.topics.enable=false
                offsets.topic.num.partitions=1
                offsets.topic.replication.factor=1
                group.initial.rebalance.delay.ms=0
                """.formatted(
                        address, controller, login(ADMINISTRATOR), ADMINISTRATOR, passwords, directory.resolve("log")));
        Process process = new ProcessBuilder(
                        SourceTree.javaCommand(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Dlogback.configurationFile=io/nodejoin/testbed/kafka/broker-logback.xml",
                        "-cp",
                        new JarSnapshot(SourceTree.locate(), directory.resolve("jars")).classPath("testbed/fixtures"),
                        BrokerMain.class.getName(),
                        settings.toString(),
                        Uuid.randomUuid().toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("broker.log").toFile())
                .start();
        AuthorizedBroker broker = new AuthorizedBroker(directory, address, process);
        broker.createTopics();
        return broker;
    }

    private void createTopics() {
        KafkaConfig topics = KafkaConfig.withDefaults(address);
        Awaitility.await().atMost(START).ignoreExceptions().until(() -> {
            admin.createTopics(List.of(
                            new NewTopic(topics.requestsTopic(), 1, (short) 1),
                            new NewTopic(topics.eventsTopic(), 1, (short) 1),
                            new NewTopic(topics.deadLetterTopic(), 1, (short) 1)))
                    .all()
                    .get();
            return true;
        });
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static String login(String user) {
        return LOGIN + " username=\"" + user + "\" password=\"" + user + "\"";
    }

    /** May do everything. */
    Admin admin() {
        return admin;
    }

    /** Returns the settings of a process that is this user. */
    KafkaConfig as(String user) throws IOException {
        Path file = Files.writeString(
                directory.resolve(user + ".properties"),
                "security.protocol=SASL_PLAINTEXT\nsasl.mechanism=PLAIN\nsasl.jaas.config=" + login(user) + ";\n");
        KafkaConfig topics = KafkaConfig.withDefaults(address);
        return new KafkaConfig(
                address,
                topics.requestsTopic(),
                topics.eventsTopic(),
                topics.deadLetterTopic(),
                topics.groupId(),
                file);
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
        process.destroyForcibly().onExit().join();
    }
}
